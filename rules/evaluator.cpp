#include "rules/evaluator.hpp"

#include <bit>

#include "core/limits.hpp"
#include "rules/action_list.hpp"

namespace liaison::rules {
namespace {

constexpr std::size_t kWordBits = 64;

std::size_t words_for(std::size_t bits) {
    return (bits + kWordBits - 1) / kWordBits;
}
bool bit_is_set(const std::vector<std::uint64_t>& bits, std::size_t at) {
    return (bits[at / kWordBits] >> (at % kWordBits)) & 1u;
}
void set_bit(std::vector<std::uint64_t>& bits, std::size_t at) {
    bits[at / kWordBits] |= std::uint64_t{1} << (at % kWordBits);
}

}  // namespace

Evaluator::Evaluator(const CompiledRules& compiled, const MailMessage& message, const Facts& facts)
    : compiled_(compiled),
      message_(message),
      true_conditions_(words_for(compiled.conditions.size())),
      woken_rules_(words_for(compiled.rules.size())) {
    if (compiled_.uses_flags) flags_.emplace(message, facts);
    for (const std::uint32_t rule : compiled_.always) set_bit(woken_rules_, rule);
    for_each_value(message, facts, [&](ConditionKey key, std::string_view value) {
        const auto& table = compiled_.values[static_cast<std::size_t>(key)];
        if (table.empty()) return;
        const auto found = table.find(value);
        if (found == table.end()) return;
        for (const std::uint32_t condition : found->second) set_condition(condition);
    });
    find_phrases();
}

void Evaluator::find_phrases() {
    std::vector<std::uint32_t> found;
    for (std::size_t field = 0; field < kTextFieldCount; ++field) {
        const PhraseMatcher& matcher = compiled_.matchers[field];
        if (matcher.empty()) continue;
        found.clear();
        PhraseMatcher::Scan scan(matcher);
        for_each_text(message_, static_cast<TextField>(field),
                      [&](std::string_view text) { scan.feed(text, found); });
        for (const std::uint32_t phrase : found)
            for (const std::uint32_t condition : compiled_.phrase_conditions[field][phrase])
                set_condition(condition);
    }
}

void Evaluator::set_condition(std::uint32_t condition) {
    if (bit_is_set(true_conditions_, condition)) return;
    set_bit(true_conditions_, condition);
    for (const std::uint32_t rule : compiled_.triggered_rules[condition])
        set_bit(woken_rules_, rule);
}

bool Evaluator::condition_holds(std::uint32_t number) const {
    const Condition& condition = compiled_.conditions[number];
    if (is_looked_up(condition.key)) return bit_is_set(true_conditions_, number);
    if (info(condition.key).shape == ValueShape::SizeRange)
        return message_.size >= condition.minimum_kb * 1024 &&
               message_.size <= condition.maximum_kb * 1024;
    return flags_->is(condition.key) == condition.flag;
}

bool Evaluator::holds(const std::vector<CompiledNode>& nodes, std::uint32_t at,
                      std::uint32_t& failed) const {
    const CompiledNode& node = nodes[at];
    failed = at;
    std::uint32_t inner = at;
    switch (node.kind) {
        case Node::Kind::Leaf:
            return condition_holds(node.condition);
        case Node::Kind::Not:
            return !holds(nodes, at + 1, inner);
        case Node::Kind::All:
            for (std::uint32_t child = at + 1; child < node.end; child = nodes[child].end)
                if (!holds(nodes, child, failed)) return false;
            return true;
        case Node::Kind::Any:
            for (std::uint32_t child = at + 1; child < node.end; child = nodes[child].end)
                if (holds(nodes, child, inner)) return true;
            return false;
    }
    return false;
}

std::string_view Evaluator::obstacle(const CompiledRule& rule, bool& by_exception) const {
    std::uint32_t failed = 0;
    by_exception = false;
    if (!holds(rule.nodes, 0, failed)) return rule.paths[failed];
    const CompiledNode& root = rule.unless.front();
    for (std::uint32_t child = 1; child < root.end; child = rule.unless[child].end) {
        if (!holds(rule.unless, child, failed)) continue;
        by_exception = true;
        return rule.paths[rule.nodes.size() + child];
    }
    return {};
}

void Evaluator::trace(const CompiledRule& rule, std::string_view text) {
    if (result_.trace.size() >= limits::rule_trace_max)
        ++trace_lines_dropped_;
    else
        result_.trace.push_back("\"" + rule.rule.display_name + "\": " + std::string(text));
}

bool Evaluator::look_at(const CompiledRule& rule) {
    bool by_exception = false;
    const std::string_view path = obstacle(rule, by_exception);
    if (!path.empty()) {
        trace(rule, std::string(path) + (by_exception ? " holds" : " does not hold"));
        return true;
    }
    result_.matched.push_back(rule.rule.id);
    add_actions(rule.rule, result_);
    trace(rule, rule.rule.stop ? "matched; no later rule is looked at" : "matched");
    return !rule.rule.stop;
}

MailActions Evaluator::run(TraceDetail detail) {
    result_.rule_set_version = compiled_.version;
    bool go_on = true;
    if (detail == TraceDetail::All) {
        for (const CompiledRule& rule : compiled_.rules) {
            if (!rule.rule.enabled)
                trace(rule, "switched off");
            else
                go_on = go_on && look_at(rule);
            if (!go_on) break;
        }
    }
    for (std::size_t word = 0;
         word < woken_rules_.size() && go_on && detail == TraceDetail::LookedAt; ++word)
        for (std::uint64_t bits = woken_rules_[word]; bits != 0 && go_on; bits &= bits - 1)
            go_on = look_at(compiled_.rules[word * kWordBits +
                                            static_cast<std::size_t>(std::countr_zero(bits))]);
    if (trace_lines_dropped_ > 0)
        result_.trace.push_back("and " + std::to_string(trace_lines_dropped_) + " more rules");
    return std::move(result_);
}

}  // namespace liaison::rules
