#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "core/text.hpp"
#include "rules/mail_record.hpp"
#include "rules/rule_set.hpp"
#include "tests/rules/reference_evaluator.hpp"

// Rule sets and mails that tests/bench/rules_peers.py made, for a run beside other filters. Without
// LIAISON_RULES_BENCH (the folder that it made) nothing is registered.
namespace liaison::bench {
namespace {

using Mails = std::vector<rules::MailRecord>;

std::string peer_file(const std::string& folder, const std::string& name) {
    std::ifstream file(folder + "/" + name, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), {});
}

std::shared_ptr<const Mails> peer_mails(const std::string& folder) {
    auto out = std::make_shared<Mails>();
    for (const std::string& line : split(peer_file(folder, "mails.jsonl"), '\n')) {
        if (line.empty()) continue;
        auto record = rules::read_mail_record(line);
        if (!record) throw std::runtime_error(to_text(record.error().front()));
        out->push_back(std::move(*record));
    }
    return out;
}

void matcher(benchmark::State& state, const rules::RuleSet& set, const Mails& mails) {
    std::size_t at = 0, matched = 0;
    for (auto _ : state) {
        matched += set.evaluate(mails[at].message, {}).matched.empty() ? 0 : 1;
        at = (at + 1) % mails.size();
    }
    state.SetItemsProcessed(state.iterations());
    std::size_t all = 0;
    for (const rules::MailRecord& mail : mails)
        all += set.evaluate(mail.message, {}).matched.empty() ? 0 : 1;
    state.counters["matched"] = static_cast<double>(all);
    benchmark::DoNotOptimize(matched);
}

void naive(benchmark::State& state, const std::string& document, const Mails& mails) {
    const reference::ReferenceRules judge(document);
    std::size_t at = 0;
    for (auto _ : state) {
        reference::ReferenceInput in;
        in.mail = mails[at].message;
        benchmark::DoNotOptimize(judge.evaluate(in));
        at = (at + 1) % mails.size();
    }
    state.SetItemsProcessed(state.iterations());
}

const bool kPeersRegistered = [] {
    const char* folder = std::getenv("LIAISON_RULES_BENCH");
    if (folder == nullptr) return false;
    const auto mails = peer_mails(folder);
    for (const int count : {10, 100, 1'000, 10'000}) {
        const std::string n = std::to_string(count);
        const std::string document = peer_file(folder, "rules-" + n + ".json");
        auto set = rules::RuleSet::load(document);
        if (!set) throw std::runtime_error(to_text(set.error().front()));
        benchmark::RegisterBenchmark(
            ("rules/real_mails/" + n).c_str(),
            [set = *set, mails](benchmark::State& state) { matcher(state, set, *mails); });
        benchmark::RegisterBenchmark(
            ("rules/naive/" + n).c_str(),
            [document, mails](benchmark::State& state) { naive(state, document, *mails); });
    }
    return true;
}();

}  // namespace
}  // namespace liaison::bench
