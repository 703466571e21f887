#include "tests/sim/runner.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <sstream>
#include <thread>

namespace liaison::sim {

namespace {

constexpr std::uint64_t kChunk = 40;  ///< seeds that one process runs before it is replaced

unsigned long long ull(std::uint64_t number) { return number; }

void print_violation(std::uint64_t seed, const std::string& checker, const std::string& message) {
    std::string one_line = message;
    std::replace(one_line.begin(), one_line.end(), '\n', ' ');
    std::printf("seed %llu: %s: %s\n", ull(seed), checker.c_str(), one_line.c_str());
    std::fflush(stdout);
}

/// Hands out chunks of seeds and gathers what came of them.
class JobBoard {
public:
    JobBoard(const SeedRange& range, std::string program)
        : range_(range), program_(std::move(program)), next_(range.from), shows_(isatty(STDERR_FILENO) != 0) {}

    void work() {
        while (true) {
            SeedRange chunk = range_;
            {
                const std::lock_guard lock(mutex_);
                const std::uint64_t end = range_.from + range_.count;
                if (next_ >= end) return;
                chunk.from = next_;
                chunk.count = std::min(kChunk, end - next_);
                next_ += chunk.count;
            }
            run_chunk(chunk);
        }
    }
    Totals totals;

private:
    void run_chunk(const SeedRange& chunk) {
        const std::string command = "'" + program_ + "' --machine --jobs 1 --seeds " + std::to_string(chunk.count) + " --from " +
                                    std::to_string(chunk.from) + " --workload " + chunk.workload + (chunk.twice ? " --twice" : "") +
                                    (chunk.only ? " --only " + fault_code(*chunk.only) : "");
        FILE* pipe = popen(command.c_str(), "r");
        if (!pipe) return;
        Totals mine;
        std::array<char, 4096> buffer{};
        while (std::fgets(buffer.data(), buffer.size(), pipe)) {
            std::string line(buffer.data());
            while (!line.empty() && line.back() == '\n') line.pop_back();
            if (mine.add_line(line)) continue;
            const std::lock_guard lock(mutex_);
            std::printf("%s\n", line.c_str());
            std::fflush(stdout);
        }
        pclose(pipe);
        const std::lock_guard lock(mutex_);
        if (mine.seeds < chunk.count) {
            print_violation(chunk.from + mine.seeds, "crash", "the simulator itself died in this chunk of seeds");
            ++mine.violations;
            mine.seeds = chunk.count;
        }
        for (std::istringstream in(mine.lines()); in;) {
            std::string line;
            std::getline(in, line);
            totals.add_line(line);
        }
        if (shows_) std::fprintf(stderr, "\r%llu of %llu seeds, %llu violations", ull(totals.seeds), ull(range_.count), ull(totals.violations));
        if (shows_ && totals.seeds == range_.count) std::fprintf(stderr, "\n");
    }

    const SeedRange range_;
    const std::string program_;
    std::uint64_t next_;
    bool shows_;
    std::mutex mutex_;
};

}  // namespace

RunOptions options_of(std::uint64_t seed, const std::string& workload) {
    RunOptions out;
    out.seed = seed;
    const bool standard = workload == "standard" || (workload == "mixed" && seed % 20 == 0);
    out.workload = standard ? Workload::standard() : Workload::small();
    out.crashes = plan_crashes(seed, out.workload);
    return out;
}

std::string Totals::lines() const {
    std::ostringstream out;
    out << "totals " << seeds << " " << violations << " " << crashes << " " << faults << " " << felt << " " << edits << " " << requests << " "
        << virtual_seconds << "\n";
    for (const FaultInfo& info : fault_catalogue()) {
        const FaultCount& count = tally.count(info.id);
        if (count.passed > 0)
            out << "tally " << static_cast<int>(info.id) << " " << count.passed << " " << count.fired << " " << count.felt << "\n";
    }
    return out.str();
}

bool Totals::add_line(const std::string& line) {
    std::istringstream in(line);
    std::string word;
    in >> word;
    if (word == "totals") {
        std::uint64_t more[8]{};
        for (std::uint64_t& number : more) in >> number;
        std::uint64_t* const mine[8] = {&seeds, &violations, &crashes, &faults, &felt, &edits, &requests, &virtual_seconds};
        for (std::size_t i = 0; i < 8; ++i) *mine[i] += more[i];
        return true;
    }
    if (word != "tally") return false;
    int id = 0;
    FaultCount count;
    in >> id >> count.passed >> count.fired >> count.felt;
    tally.add(static_cast<FaultId>(id), count);
    return true;
}

Totals run_seeds(const SeedRange& range, const std::function<void(const Totals&)>& after) {
    Totals totals;
    for (std::uint64_t seed = range.from; seed < range.from + range.count; ++seed) {
        RunOptions options = options_of(seed, range.workload);
        options.only = range.only;
        RunResult result = World(options).run();
        for (const Violation& v : result.violations) print_violation(seed, v.checker, v.message);
        if (range.twice && World(options).run().trace_hash != result.trace_hash) {
            print_violation(seed, "determinism", "two runs of this seed differ");
            ++totals.violations;
        }
        ++totals.seeds;
        totals.violations += result.violations.size();
        totals.crashes += result.crashes;
        totals.faults += result.faults.size();
        totals.edits += result.edits;
        totals.requests += result.requests;
        totals.virtual_seconds += static_cast<std::uint64_t>(result.virtual_time.count()) / 1000;
        for (const FaultInfo& info : fault_catalogue()) totals.felt += result.tally.count(info.id).felt;
        totals.tally.add(result.tally);
        if (after) after(totals);
    }
    return totals;
}

Totals run_jobs(const SeedRange& range, std::size_t jobs, const std::string& program) {
    JobBoard board(range, program);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < jobs; ++i) threads.emplace_back([&board] { board.work(); });
    for (std::thread& thread : threads) thread.join();
    return board.totals;
}

}  // namespace liaison::sim
