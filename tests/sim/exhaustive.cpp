#include "tests/sim/exhaustive.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "tests/sim/exhaustive_stage.hpp"

namespace liaison::sim {

namespace {

using How = Interruption::How;

struct Tally {
    std::size_t scenarios = 0;
    std::size_t playings = 0;
    std::size_t failures = 0;
};

/// The first line in which two texts differ.
std::string first_difference(std::string_view a, std::string_view b) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i)
        if (a[i] == '\n') begin = i + 1;
    const auto line = [begin](std::string_view text) {
        return std::string(text.substr(begin, text.find('\n', begin) - begin));
    };
    return "undisturbed: " + line(a) + "\n      disturbed:   " + line(b);
}

Played play_safely(const Scenario& scenario, Interruption interruption) {
    try {
        Stage stage(scenario, interruption);
        return stage.play();
    } catch (const std::exception& e) {
        Played broken;
        broken.wrong.push_back(std::string("exception: ") + e.what());
        broken.struck = true;
        return broken;
    }
}

/// True if nothing is wrong.
bool judge(const Scenario& scenario, const std::string& how, const Played& played,
           const Played* undisturbed) {
    std::vector<std::string> wrong = played.wrong;
    if (undisturbed && wrong.empty() && played.outside != undisturbed->outside)
        wrong.push_back("another end:\n      " +
                        first_difference(undisturbed->outside, played.outside));
    if (undisturbed && !played.struck) wrong.push_back("the disturbance never came");
    for (const std::string& one : wrong)
        std::printf("%s, %s:\n    %s\n", scenario.name.c_str(), how.c_str(), one.c_str());
    return wrong.empty();
}

void play_scenario(const Scenario& scenario, bool undisturbed, Tally& tally) {
    const Played plain = play_safely(scenario, {});
    ++tally.scenarios;
    ++tally.playings;
    if (!judge(scenario, "undisturbed", plain, nullptr)) {
        ++tally.failures;
        return;
    }
    if (undisturbed) return;
    const auto disturbed = [&](How how, std::size_t at, const std::string& words) {
        ++tally.playings;
        if (!judge(scenario, words, play_safely(scenario, {how, at}), &plain)) ++tally.failures;
    };
    for (std::size_t i = 0; i < plain.points.size(); ++i)
        disturbed(How::Die, i, "dies at point " + std::to_string(i) + " (" + plain.points[i] + ")");
    for (std::size_t i = 0; i < plain.requests.size(); ++i) {
        disturbed(How::Unapplied, i,
                  "request " + std::to_string(i) + " (" + plain.requests[i] + ") is lost");
        disturbed(
            How::AnswerLost, i,
            "the answer to request " + std::to_string(i) + " (" + plain.requests[i] + ") is lost");
    }
}

std::vector<const Scenario*> chosen_scenarios(const std::string& only) {
    std::vector<const Scenario*> out;
    for (const Scenario& scenario : all_scenarios())
        if (only.empty() || scenario.name.find(only) != std::string::npos) out.push_back(&scenario);
    return out;
}

/// Every `jobs`-th scenario, from `first` on.
Tally play_share(const std::vector<const Scenario*>& scenarios, const ExhaustiveOptions& options,
                 std::size_t first) {
    Tally tally;
    for (std::size_t i = first; i < scenarios.size(); i += options.jobs) {
        const Tally before = tally;
        play_scenario(*scenarios[i], options.undisturbed, tally);
        if (options.tells)
            std::printf("%-44s %5zu playings, %zu failed\n", scenarios[i]->name.c_str(),
                        tally.playings - before.playings, tally.failures - before.failures);
        std::fflush(stdout);
    }
    return tally;
}

/// SQLite's settings of the simulator are the process's: shares run in processes of their own.
Tally play_in_processes(const std::vector<const Scenario*>& scenarios,
                        const ExhaustiveOptions& options) {
    std::vector<std::pair<pid_t, int>> children;
    for (std::size_t job = 0; job < options.jobs; ++job) {
        int ends[2];
        if (pipe(ends) != 0) throw std::runtime_error("no pipe");
        std::fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            const Tally tally = play_share(scenarios, options, job);
            const bool told =
                write(ends[1], &tally, sizeof tally) == static_cast<ssize_t>(sizeof tally);
            std::_Exit(told ? 0 : 1);
        }
        close(ends[1]);
        children.emplace_back(child, ends[0]);
    }
    Tally sum;
    for (const auto& [child, end] : children) {
        Tally part;
        const bool told = read(end, &part, sizeof part) == static_cast<ssize_t>(sizeof part);
        close(end);
        waitpid(child, nullptr, 0);
        if (!told) {
            std::printf("a process of the exhaustive mode ended before its time\n");
            ++sum.failures;
            continue;
        }
        sum.scenarios += part.scenarios;
        sum.playings += part.playings;
        sum.failures += part.failures;
    }
    return sum;
}

}  // namespace

int run_exhaustive(const ExhaustiveOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<const Scenario*> scenarios = chosen_scenarios(options.only);
    const Tally tally = options.jobs > 1 ? play_in_processes(scenarios, options)
                                         : play_share(scenarios, options, 0);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("scenarios=%zu playings=%zu failures=%zu seconds=%.1f\n", tally.scenarios,
                tally.playings, tally.failures, seconds);
    return tally.failures == 0 && tally.scenarios > 0 ? 0 : 1;
}

}  // namespace liaison::sim
