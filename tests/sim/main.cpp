#include <CLI/CLI.hpp>
#include <malloc.h>

#include <cstdio>
#include <iostream>
#include <thread>

#include "tests/sim/modes.hpp"
#include "tests/sim/runner.hpp"

namespace {

using namespace liaison::sim;

unsigned long long ull(std::uint64_t number) { return number; }

constexpr const char* kExamples = R"(
Examples
  liaison-sim --seeds 10000 --from 1            ten thousand mixed seeds on all cores
  liaison-sim --seeds 500 --twice               each seed twice: the two runs must be the same
  liaison-sim --trace 4711                      the story of one seed, told step by step
  liaison-sim --shrink 4711                     the shortest story that still fails
  liaison-sim --exhaustive                      the small scenarios, interrupted at every step
  liaison-sim --planted all                     which planted bugs are caught, and how soon

Exit code 0 only without a violation. The last line is seeds=N violations=V crashes=C faults=F.)";

int tell_story(std::uint64_t seed, const std::string& workload) {
    RunOptions options = options_of(seed, workload);
    options.story = &std::cout;
    const RunResult result = World(options).run();
    for (const Violation& v : result.violations) std::printf("seed %llu: %s: %s\n", ull(seed), v.checker.c_str(), v.message.c_str());
    std::printf("edits=%llu requests=%llu steps=%llu places to die=%llu virtual seconds=%lld hash=%016llx\n", ull(result.edits),
                ull(result.requests), ull(result.steps), ull(result.places), static_cast<long long>(result.virtual_time.count() / 1000),
                ull(result.trace_hash));
    std::printf("seeds=1 violations=%zu crashes=%llu faults=%zu\n", result.violations.size(), ull(result.crashes), result.faults.size());
    return result.violations.empty() ? 0 : 1;
}

/// Simulated faults that never struck, or struck and nothing came of it.
std::size_t tell_felt(const Totals& totals) {
    std::printf("%s", totals.tally.table().c_str());
    const auto name = [](FaultId id) { return fault_code(id) + " " + std::string(fault_info(id).name); };
    for (const FaultId id : totals.tally.never_fired()) std::printf("never fired: %s\n", name(id).c_str());
    for (const FaultId id : totals.tally.never_felt()) std::printf("never felt: %s\n", name(id).c_str());
    return totals.tally.never_fired().size() + totals.tally.never_felt().size();
}

}  // namespace

int main(int argc, char** argv) {
    // The memory of one run is the next one's: giving it back and asking again costs a tenth of the time.
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_MMAP_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 64 << 20);
    if (const auto code = run_other_mode(argc, argv)) return *code;
    CLI::App app("The simulator of Liaison: production code on one thread, in virtual time, from one seed.");
    app.footer(kExamples);
    SeedRange range;
    std::uint64_t trace = 0, shrink = 0;
    std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
    bool felt = false, machine = false;
    app.add_option("--seeds", range.count, "how many seeds")->capture_default_str();
    app.add_option("--from", range.from, "the first seed")->capture_default_str();
    app.add_option("--jobs", jobs, "processes at a time")->capture_default_str();
    app.add_option("--workload", range.workload, "standard, small or mixed (one standard in twenty)")
        ->check(CLI::IsMember({"standard", "small", "mixed"}))
        ->capture_default_str();
    std::string only;
    app.add_option("--only", only, "this fault alone strikes, again and again: F13 or its name")->check([](const std::string& name) {
        return parse_fault(name) ? std::string() : "there is no fault " + name;
    });
    app.add_flag("--twice", range.twice, "run each seed twice and compare");
    app.add_option("--trace", trace, "tell the story of this seed");
    app.add_option("--shrink", shrink, "find the shortest story in which this seed still fails");
    app.add_flag("--felt", felt, "print how often each fault struck and was felt; fail if one never was");
    app.add_flag("--machine", machine, "totals for the calling process")->group("");
    CLI11_PARSE(app, argc, argv);
    if (!only.empty()) range.only = parse_fault(only);
    if (trace != 0) return tell_story(trace, range.workload);
    if (shrink != 0) return shrink_seed(shrink, range.workload);
    const bool alone = jobs <= 1 || range.count < 4;
    const Totals totals = alone ? run_seeds(range, {}) : run_jobs(range, jobs, argv[0]);
    if (machine) {
        std::printf("%s", totals.lines().c_str());
        return totals.violations == 0 ? 0 : 1;
    }
    const std::size_t unfelt = felt ? tell_felt(totals) : 0;
    std::printf("edits delivered %llu, faults felt %llu, requests %llu, virtual hours %.1f\n", ull(totals.edits), ull(totals.felt),
                ull(totals.requests), static_cast<double>(totals.virtual_seconds) / 3600);
    std::printf("seeds=%llu violations=%llu crashes=%llu faults=%llu\n", ull(totals.seeds), ull(totals.violations), ull(totals.crashes),
                ull(totals.faults));
    return totals.violations == 0 && unfelt == 0 ? 0 : 1;
}
