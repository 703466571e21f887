#include "tests/sim/planted.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace liaison::sim {

namespace {

/// A program whose words are read line by line; both its outputs.
class ChildProgram {
public:
    ChildProgram(std::vector<std::string> words, const std::string& plant) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return;
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        child_ = fork();
        if (child_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            dup2(ends[1], STDERR_FILENO);
            close(ends[0]);
            close(ends[1]);
            setenv("LIAISON_PLANT", plant.c_str(), 1);
            execv(arguments.front(), arguments.data());
            std::_Exit(127);
        }
        close(ends[1]);
        out_ = fdopen(ends[0], "r");
    }
    ~ChildProgram() { end(); }
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;

    std::optional<std::string> line() {
        char* text = nullptr;
        std::size_t room = 0;
        const ssize_t size = out_ ? getline(&text, &room, out_) : -1;
        std::optional<std::string> out;
        if (size >= 0) out.emplace(text, static_cast<std::size_t>(size));
        std::free(text);
        while (out && out->ends_with('\n')) out->pop_back();
        return out;
    }
    /// Its exit code; ends it first if it still runs. Above 128: a signal.
    int end() {
        if (child_ <= 0) return status_;
        if (!std::exchange(ended_, true)) kill(child_, SIGKILL);
        return wait();
    }
    int wait() {
        ended_ = true;
        if (out_) fclose(std::exchange(out_, nullptr));
        int raw = 0;
        if (child_ > 0) waitpid(std::exchange(child_, -1), &raw, 0);
        status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
        return status_;
    }

private:
    pid_t child_ = -1;
    FILE* out_ = nullptr;
    bool ended_ = false;
    int status_ = 0;
};

struct SeenViolation {
    std::uint64_t seed = 0;
    std::string checker;
    std::string message;
};

/// "seed 12: convergence: task L4 differs"
std::optional<SeenViolation> violation_in(const std::string& line) {
    if (!line.starts_with("seed ")) return std::nullopt;
    SeenViolation out;
    const auto [end, error] = std::from_chars(line.data() + 5, line.data() + line.size(), out.seed);
    const auto at = static_cast<std::size_t>(end - line.data());
    if (error != std::errc{} || line.compare(at, 2, ": ") != 0) return std::nullopt;
    const std::size_t colon = line.find(": ", at + 2);
    if (colon == std::string::npos) return std::nullopt;
    out.checker = line.substr(at + 2, colon - at - 2);
    out.message = line.substr(colon + 2);
    return out;
}

struct PlantRun {
    std::string id;
    std::string kind;
    std::string breaks;
    std::uint64_t seed = 0;  ///< that caught it; 0: none
    std::string first;       ///< the checker that spoke first
    std::map<std::string, std::set<std::uint64_t>> checkers;  ///< the seeds in which each spoke
    std::string message;
    std::string reached;     ///< how often its site was passed, if it was not caught
};

class PlantedRunner {
public:
    PlantedRunner(const PlantedOptions& options, const std::string& program) : options_(options) {
        const std::filesystem::path folder = std::filesystem::canonical("/proc/self/exe").parent_path();
        planted_ = (folder / "liaison-sim-planted").string();
        if (!std::filesystem::exists(planted_)) planted_ = (std::filesystem::path(program).parent_path() / "liaison-sim-planted").string();
    }

    int run() {
        if (!std::filesystem::exists(planted_)) {
            std::printf("there is no %s: build the target liaison-sim-planted\n", planted_.c_str());
            return 2;
        }
        const auto begin = std::chrono::steady_clock::now();
        if (!read_table()) return 2;
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < options_.jobs; ++i) threads.emplace_back([this] { work(); });
        for (std::thread& thread : threads) thread.join();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        std::printf("plants=%zu caught=%zu seeds_max=%llu seconds=%.0f\n", runs_.size(), caught_, static_cast<unsigned long long>(seeds_max_), seconds);
        return caught_ == runs_.size() ? 0 : 1;
    }

private:
    bool read_table() {
        ChildProgram child({planted_}, "list");
        while (const auto line = child.line()) {
            PlantRun run;
            const std::size_t a = line->find('\t');
            const std::size_t b = line->find('\t', a + 1);
            const std::size_t c = line->find('\t', b + 1);
            if (c == std::string::npos) continue;
            run.id = line->substr(0, a);
            run.kind = line->substr(a + 1, b - a - 1);
            run.breaks = line->substr(c + 1);
            const auto& wanted = options_.plants;
            const auto is = [&](const std::string& name) { return name == "all" || name == run.id || name == run.kind; };
            if (std::any_of(wanted.begin(), wanted.end(), is)) runs_.push_back(std::move(run));
        }
        child.wait();
        if (runs_.empty()) std::printf("there is no such plant\n");
        return !runs_.empty();
    }

    std::vector<std::string> words(const std::string& kind, std::uint64_t from, std::uint64_t seeds) const {
        std::vector<std::string> out{planted_,     "--from",          std::to_string(from), "--seeds", std::to_string(seeds),
                                     "--workload", options_.workload, "--jobs",             "1"};
        if (options_.concentrated && kind.starts_with('F')) out.insert(out.end(), {"--only", kind});
        return out;
    }

    /// Does the seed fail without any plant?
    bool fails_anyway(const std::string& kind, std::uint64_t seed) {
        {
            const std::lock_guard guard(mutex_);
            if (const auto known = plain_fails_.find({options_.concentrated ? kind : "", seed}); known != plain_fails_.end()) return known->second;
        }
        ChildProgram child(words(kind, seed, 1), "");
        bool fails = false;
        while (const auto line = child.line()) fails = fails || violation_in(*line).has_value();
        fails = child.wait() > 1 || fails;
        const std::lock_guard guard(mutex_);
        plain_fails_[{options_.concentrated ? kind : "", seed}] = fails;
        return fails;
    }

    void watch(PlantRun& run) {
        ChildProgram child(words(run.kind, options_.from, options_.seeds), run.id);
        std::uint64_t excused = 0;
        bool cut = false;
        while (const auto line = child.line()) {
            if (line->starts_with("plant reached=")) run.reached = line->substr(6);
            const auto seen = violation_in(*line);
            cut = !options_.keeps_going && run.seed != 0 && (!seen || seen->seed != run.seed);
            if (cut) break;
            if (!seen || seen->seed == excused) continue;
            const bool judged = run.checkers.contains(seen->checker) && run.checkers[seen->checker].contains(seen->seed);
            if (!judged && seen->seed != run.seed && fails_anyway(run.kind, seen->seed)) {
                excused = seen->seed;
                continue;
            }
            if (run.seed == 0) {
                run.first = seen->checker;
                run.message = seen->message;
                run.seed = seen->seed;
            }
            run.checkers[seen->checker].insert(seen->seed);
        }
        if (cut) child.end();
        const int code = child.wait();
        if (run.seed == 0 && code > 2) {
            run.first = "the process ended with " + std::to_string(code);
            run.seed = options_.from;
        }
    }

    void tell(const PlantRun& run) {
        const std::lock_guard guard(mutex_);
        if (run.seed == 0) {
            std::printf("%-44s %-8s NOT CAUGHT (%s): %s\n", run.id.c_str(), run.kind.c_str(), run.reached.c_str(), run.breaks.c_str());
        } else {
            ++caught_;
            const std::uint64_t needed = run.seed - options_.from + 1;
            seeds_max_ = std::max(seeds_max_, needed);
            std::string all;
            for (const auto& [checker, seeds] : run.checkers)
                all += " " + checker + (options_.keeps_going ? "(" + std::to_string(seeds.size()) + ")" : "");
            std::printf("%-44s %-8s %6llu seeds  by%s  (%s)\n", run.id.c_str(), run.kind.c_str(), static_cast<unsigned long long>(needed),
                        all.empty() ? (" " + run.first).c_str() : all.c_str(), run.message.c_str());
        }
        std::fflush(stdout);
    }

    void work() {
        while (true) {
            std::size_t mine = 0;
            {
                const std::lock_guard guard(mutex_);
                if (next_ == runs_.size()) return;
                mine = next_++;
            }
            watch(runs_[mine]);
            tell(runs_[mine]);
        }
    }

    PlantedOptions options_;
    std::string planted_;
    std::vector<PlantRun> runs_;
    std::mutex mutex_;
    std::size_t next_ = 0;
    std::size_t caught_ = 0;
    std::uint64_t seeds_max_ = 0;
    std::map<std::pair<std::string, std::uint64_t>, bool> plain_fails_;  ///< by fault, if concentrated
};

}  // namespace

int run_planted(const PlantedOptions& options, const std::string& program) { return PlantedRunner(options, program).run(); }

}  // namespace liaison::sim
