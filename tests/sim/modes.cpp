#include "tests/sim/modes.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <thread>

#include "tests/sim/exhaustive.hpp"
#include "tests/sim/planted.hpp"

namespace liaison::sim {

namespace {

std::size_t all_cores() { return std::max(1u, std::thread::hardware_concurrency()); }

int exhaustive_mode(int argc, char** argv) {
    CLI::App app("Plays every small scenario, disturbed at every step.");
    ExhaustiveOptions options;
    options.jobs = all_cores();
    bool exhaustive = true;
    app.add_flag("--exhaustive", exhaustive, "this mode");
    app.add_option("--scenario", options.only, "only scenarios whose name holds this");
    app.add_flag("--tell", options.tells, "a line per scenario");
    app.add_flag("--undisturbed", options.undisturbed, "each scenario once, as it is");
    app.add_option("--jobs", options.jobs, "processes");
    CLI11_PARSE(app, argc, argv);
    return run_exhaustive(options);
}

int planted_mode(int argc, char** argv) {
    CLI::App app("Runs the simulator over planted bugs and tells which it catches.");
    PlantedOptions options;
    options.jobs = all_cores();
    app.add_option("--planted", options.plants, "all, or names of plants, parted by commas")->required()->delimiter(',');
    app.add_option("--seeds", options.seeds, "at most so many seeds for each plant");
    app.add_option("--from", options.from, "the first seed");
    app.add_option("--workload", options.workload, "standard, small or mixed");
    app.add_option("--jobs", options.jobs, "plants at a time");
    app.add_flag("--concentrated", options.concentrated, "for the plant of a fault only that fault strikes");
    app.add_flag("--keep-going", options.keeps_going, "run all seeds; tell in how many each checker spoke");
    CLI11_PARSE(app, argc, argv);
    return run_planted(options, argv[0]);
}

}  // namespace

std::optional<int> run_other_mode(int argc, char** argv) {
    const auto asks_for = [&](std::string_view name) {
        return std::any_of(argv + 1, argv + argc, [name](const char* word) {
            return std::string_view(word) == name || std::string_view(word).starts_with(std::string(name) + "=");
        });
    };
    if (asks_for("--exhaustive")) return exhaustive_mode(argc, argv);
    if (asks_for("--planted")) return planted_mode(argc, argv);
    return std::nullopt;
}

}  // namespace liaison::sim
