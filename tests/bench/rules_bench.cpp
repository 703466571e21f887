#include <benchmark/benchmark.h>

#include "rules/rule_set.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

std::vector<MailMessage> mails_for_rules(std::size_t count) {
    Words words(5);
    std::vector<MailMessage> out;
    for (std::size_t i = 0; i < count; ++i) {
        MailMessage mail;
        const std::string n = std::to_string(words.roll(20'000));
        mail.from = MailAddress{"person" + n + "@host" + n + ".example", "Person " + n};
        mail.to = {{"alice@example.test", "Alice"}, {"desk" + n + "@example.test", ""}};
        for (int w = 0; w < 8; ++w) mail.subject += words.word() + " ";
        mail.text_body = words.text(6'500);
        for (int h = 0; h < 20; ++h)
            mail.headers.emplace_back("X-Field-" + std::to_string(h), words.text(30));
        mail.size = static_cast<std::int64_t>(mail.text_body.size()) + 1'600;
        out.push_back(std::move(mail));
    }
    return out;
}

rules::RuleSet loaded_rules(std::size_t count) {
    auto set = rules::RuleSet::load(rule_document(count));
    if (!set) throw std::runtime_error("the rule document was refused");
    return std::move(*set);
}

/// One mail of 8 KB per item.
void evaluate_rules(benchmark::State& state) {
    const rules::RuleSet set = loaded_rules(static_cast<std::size_t>(state.range(0)));
    const std::vector<MailMessage> mails = mails_for_rules(200);
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(set.evaluate(mails[at], {}));
        at = (at + 1) % mails.size();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(evaluate_rules)->Name("rules/evaluate")->Arg(10)->Arg(1'000)->Arg(10'000);

/// Reading, checking and compiling; one rule per item.
void load_rules(benchmark::State& state) {
    const std::string document = rule_document(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(rules::RuleSet::load(document));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(load_rules)->Name("rules/load")->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace liaison::bench
