#include <benchmark/benchmark.h>

#include "daemon/mail_logger.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

/// Everything that becomes of mails in a designated folder: feed, facts, rules, address book,
/// originals, interactions in the CRM, marks in the mailbox; stores and CRM in files. The stand-in
/// Exchange answers in the same thread, so its work is in the figure. One mail per item.
void mail_pipeline(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    auto rules = rules::RuleSet::load(rule_document(static_cast<std::size_t>(state.range(1))));
    if (!rules) throw std::runtime_error("the rule document was refused");
    daemon::MailboxSpec spec;
    spec.mailbox = MailboxId(kAlice);
    spec.folders = {"Inbox/CRM"};
    std::size_t logged = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto world = std::make_unique<BenchWorld>(10'000);
        world->deliver_mails(count);
        auto source = ews::make_ews_mail_source(*world->http, world->settings());
        auto logger = std::make_unique<daemon::MailLogger>(
            *source, world->crm->interactions(), world->crm->addresses(), *world->stores.mail,
            world->clock, world->log);
        state.ResumeTiming();
        for (bool moved = true; moved;) {
            world->clock.advance(std::chrono::seconds(5));
            moved = must(world->run(logger->run_cycle(spec, *rules))).moved();
        }
        state.PauseTiming();
        const MailCounts counts = must(world->run(world->stores.mail->counts(spec.mailbox)));
        logged += counts.logged;
        if (counts.seen != count || counts.pending + counts.parked > 0 ||
            counts.logged * 4 != count * 3)
            state.SkipWithError("not every mail came through");
        logger.reset();
        source.reset();
        world.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["logged"] = static_cast<double>(logged) / static_cast<double>(state.iterations());
}
BENCHMARK(mail_pipeline)
    ->Name("mail_pipeline")
    ->ArgNames({"mails", "rules"})
    ->Args({2'000, 0})
    ->Args({2'000, 1'000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace liaison::bench

BENCHMARK_MAIN();
