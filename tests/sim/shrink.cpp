#include <cstdio>
#include <sstream>

#include "tests/sim/runner.hpp"

namespace liaison::sim {

namespace {

/// One thing of a run that can be taken away.
struct Part {
    enum class What { Event, Fault, Crash } what = What::Event;
    std::uint32_t event = 0;
    Occurrence fault;
    std::uint64_t crash = 0;
};

void take_away(RunOptions& options, const Part& part) {
    switch (part.what) {
        case Part::What::Event:
            options.left_out.insert(part.event);
            break;
        case Part::What::Fault:
            options.suppressed.insert(part.fault);
            break;
        case Part::What::Crash:
            options.crashes.erase(part.crash);
            break;
    }
}

std::vector<Part> parts_of(const RunOptions& options, const RunResult& result) {
    std::vector<Part> out;
    for (const Event& event : result.events)
        if (!options.left_out.contains(event.number))
            out.push_back({Part::What::Event, event.number, {}, 0});
    for (const Occurrence& fault : result.faults) out.push_back({Part::What::Fault, 0, fault, 0});
    for (const std::uint64_t crash : options.crashes)
        out.push_back({Part::What::Crash, 0, {}, crash});
    return out;
}

bool fails_so(const RunResult& result, const std::string& checker) {
    for (const Violation& v : result.violations)
        if (v.checker == checker) return true;
    return false;
}

/// Takes away halves, then quarters, down to single parts, as long as the same checker speaks.
RunOptions shrunk(RunOptions options, const std::string& checker, std::size_t& runs) {
    for (bool smaller = true; smaller;) {
        smaller = false;
        std::vector<Part> parts = parts_of(options, World(options).run());
        for (std::size_t size = std::max<std::size_t>(1, parts.size() / 2);
             size > 0 && !parts.empty(); size /= 2) {
            for (std::size_t begin = 0; begin < parts.size();) {
                RunOptions trial = options;
                const std::size_t end = std::min(parts.size(), begin + size);
                for (std::size_t i = begin; i < end; ++i) take_away(trial, parts[i]);
                ++runs;
                if (fails_so(World(trial).run(), checker)) {
                    options = std::move(trial);
                    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(begin),
                                parts.begin() + static_cast<std::ptrdiff_t>(end));
                    smaller = true;
                } else {
                    begin = end;
                }
            }
        }
    }
    return options;
}

}  // namespace

int shrink_seed(std::uint64_t seed, const std::string& workload) {
    RunOptions options = options_of(seed, workload);
    const RunResult whole = World(options).run();
    if (whole.violations.empty()) {
        std::printf("seed %llu does not fail\n", static_cast<unsigned long long>(seed));
        return 0;
    }
    const std::string checker = whole.violations.front().checker;
    std::size_t runs = 1;
    options = shrunk(std::move(options), checker, runs);
    std::ostringstream story;
    options.story = &story;
    options.tells_steps = false;
    const RunResult least = World(options).run();
    std::printf(
        "seed %llu, %s, after %zu runs: %zu of %zu events, %zu faults, %zu crashes are left\n%s",
        static_cast<unsigned long long>(seed), checker.c_str(), runs,
        least.events.size() - options.left_out.size(), whole.events.size(), least.faults.size(),
        options.crashes.size(), story.str().c_str());
    return 1;
}

}  // namespace liaison::sim
