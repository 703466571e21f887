#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "tests/sim/modes.hpp"
#include "tests/sim/world.hpp"

namespace {

using namespace liaison::sim;

Workload workload_of(const std::string& name, std::uint64_t seed) {
    if (name == "standard") return Workload::standard();
    if (name == "small") return Workload::small();
    return seed % 20 == 0 ? Workload::standard() : Workload::small();
}

}  // namespace

int main(int argc, char** argv) {
    if (const auto code = run_other_mode(argc, argv)) return *code;
    CLI::App app("The simulator of Liaison: production code, virtual time, one seed.");
    std::uint64_t seeds = 100, from = 1, trace = 0;
    std::string workload = "mixed";
    bool twice = false, felt = false;
    FaultTally tally;
    app.add_option("--seeds", seeds, "how many seeds");
    app.add_option("--from", from, "the first seed");
    app.add_option("--workload", workload, "standard, small or mixed");
    app.add_option("--trace", trace, "tell the story of this seed");
    app.add_flag("--twice", twice, "run each seed twice and compare");
    app.add_flag("--felt", felt, "print how often each fault struck and was felt; fail if one never was");
    CLI11_PARSE(app, argc, argv);
    std::uint64_t violations = 0, crashes = 0, faults = 0, count = trace ? 1 : seeds, unfelt = 0;
    if (trace) from = trace;
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        RunOptions options;
        options.seed = seed;
        options.workload = workload_of(workload, seed);
        if (trace) options.story = &std::cout;
        const RunResult result = World(options).run();
        if (twice && World(options).run().trace_hash != result.trace_hash) {
            std::printf("seed %llu: two runs differ\n", static_cast<unsigned long long>(seed));
            ++violations;
        }
        for (const Violation& v : result.violations)
            std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(seed), v.checker.c_str(), v.message.c_str());
        violations += result.violations.size();
        crashes += result.crashes;
        tally.add(result.tally);
        faults += result.faults.size();
        if (trace)
            std::printf("requests %llu steps %llu virtual %lld ms\n", static_cast<unsigned long long>(result.requests),
                        static_cast<unsigned long long>(result.steps), static_cast<long long>(result.virtual_time.count()));
    }
    if (felt) {
        std::printf("%s", tally.table().c_str());
        for (const FaultId id : tally.never_fired()) std::printf("never fired: %s %s\n", fault_code(id).c_str(), std::string(fault_info(id).name).c_str());
        for (const FaultId id : tally.never_felt()) std::printf("never felt: %s %s\n", fault_code(id).c_str(), std::string(fault_info(id).name).c_str());
        unfelt = tally.never_felt().size() + tally.never_fired().size();
    }
    std::printf("seeds=%llu violations=%llu crashes=%llu faults=%llu\n", static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(violations), static_cast<unsigned long long>(crashes), static_cast<unsigned long long>(faults));
    return violations == 0 && unfelt == 0 ? 0 : 1;
}
