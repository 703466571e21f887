#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "tests/sim/world.hpp"

namespace liaison::sim {

/// How a seed is run: workload by name ("mixed": one standard in twenty), and the crashes that it draws.
RunOptions options_of(std::uint64_t seed, const std::string& workload);

struct SeedRange {
    std::uint64_t from = 1;
    std::uint64_t count = 100;
    std::string workload = "mixed";
    bool twice = false;
    std::optional<FaultId> only = {};  ///< this fault alone strikes
};

/// Sums of many runs.
struct Totals {
    std::uint64_t seeds = 0;
    std::uint64_t violations = 0;
    std::uint64_t crashes = 0;
    std::uint64_t faults = 0;
    std::uint64_t felt = 0;
    std::uint64_t edits = 0;
    std::uint64_t requests = 0;
    std::uint64_t virtual_seconds = 0;
    FaultTally tally;

    /// One line that `add_line` reads again; several, in fact.
    std::string lines() const;
    /// False if the line is another one.
    bool add_line(const std::string& line);
};

/// Runs seeds in this process. Each violation is printed as "seed N: checker: message" when it is found. `after` is told
/// the totals after each seed.
Totals run_seeds(const SeedRange& range, const std::function<void(const Totals&)>& after);

/// The same by several processes of this program at a time, with progress on a terminal.
Totals run_jobs(const SeedRange& range, std::size_t jobs, const std::string& program);

/// Runs the seed as it is, then takes away whatever it can fail without: events, faults, crashes. Prints what is left,
/// in words. Answers 0 if the seed does not fail at all.
int shrink_seed(std::uint64_t seed, const std::string& workload);

}  // namespace liaison::sim
