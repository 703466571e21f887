#include <benchmark/benchmark.h>

#include "core/digest.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

std::vector<MessageLog> message_batch(Words& words, std::size_t first, std::size_t count) {
    std::vector<MessageLog> out;
    for (std::size_t i = first; i < first + count; ++i) {
        const std::string n = std::to_string(i);
        MessageLog log;
        log.identity = MessageIdentity(sha256_hex("bench " + n));
        log.internet_message_id = "<bench-" + n + "@mail.example>";
        log.subject = words.word() + " " + words.word();
        log.text_body = words.text(6'000);
        log.at = *parse_timestamp("2026-11-24T08:15:00Z");
        log.participants = {{"from", {"person0@host0.example", "Person"}},
                            {"to", {"alice@example.test", "Alice"}}};
        log.mailbox = MailboxId(kAlice);
        log.original_eml = made_up_mail(words, i, "person0@host0.example");
        InteractionDraft draft;
        draft.contact_id = "1";
        draft.contact_address = "person0@host0.example";
        draft.user_id = "1";
        draft.direction = MailDirection::Inbound;
        log.drafts.push_back(std::move(draft));
        out.push_back(std::move(log));
    }
    return out;
}

/// New mails with their originals, in batches of 100; one mail per item.
void log_batches(benchmark::State& state) {
    BenchWorld world(1'000);
    Words words(9);
    std::size_t next = 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<MessageLog> batch = message_batch(words, next, 100);
        next += 100;
        state.ResumeTiming();
        const auto logged = world.run(world.crm->interactions().log_messages(std::move(batch)));
        for (const auto& one : logged)
            if (!one || one->was_there) state.SkipWithError("a mail was not logged");
    }
    state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(log_batches)
    ->Name("crm/log_messages_batch_of_100")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// 100 addresses at once, half of them known; one address per item.
void resolve_addresses(benchmark::State& state) {
    BenchWorld world(static_cast<std::size_t>(state.range(0)));
    Words words(10);
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < 100; ++i) {
        const std::string n =
            std::to_string(words.roll(static_cast<std::size_t>(state.range(0))));
        addresses.push_back(i % 2 ? "person" + n + "@host" + n + ".example"
                                  : "stranger" + n + "@other.example");
    }
    for (auto _ : state)
        if (must(world.run(world.crm->addresses().resolve(addresses))).empty())
            state.SkipWithError("nobody was found");
    state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(resolve_addresses)
    ->Name("crm/resolve_100_addresses")
    ->Arg(1'000)
    ->Arg(100'000)
    ->UseRealTime();

}  // namespace
}  // namespace liaison::bench
