#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace liaison::sim {

struct PlantedOptions {
    std::vector<std::string> plants;  ///< "all", or names
    std::uint64_t seeds = 20'000;     ///< at most, for each plant
    std::uint64_t from = 1;
    std::string workload = "mixed";
    std::size_t jobs = 1;
    bool concentrated = false;  ///< for a plant of one fault only that fault strikes
    bool keeps_going = false;  ///< runs all seeds and tells which checkers spoke in how many of them
};

/// Runs liaison-sim-planted, which lies beside `program`, once for each plant until its first violation. A seed that
/// fails without the plant, too, does not count. Prints a line for each plant: seeds needed, the checker that spoke
/// first, all checkers of that seed. Answers 0 if every plant was caught.
int run_planted(const PlantedOptions& options, const std::string& program);

}  // namespace liaison::sim
