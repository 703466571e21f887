#include "rules/evaluator.hpp"

#include <algorithm>
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
        ++steps_.values;
        const auto found = table.find(value);
        if (found == table.end()) return;
        for (const std::uint32_t condition : found->second) set_condition(condition);
    });
    for (std::size_t field = 0; field < kTextFieldCount; ++field) find_texts(field);
}

void Evaluator::find_texts(std::size_t number) {
    const FieldSearch& search = compiled_.fields[number];
    const auto field = static_cast<TextField>(number);
    if (search.phrases.empty() && search.patterns.empty()) return;
    std::vector<std::uint32_t> found, literals, candidates;
    bool odd_letters = false;
    PhraseMatcher::Scan scan(search.phrases);
    for_each_text(message_, field, [&](std::string_view text) {
        scan.feed(text, found);
        steps_.phrase_bytes += text.size();
        odd_letters |= !search.patterns.empty() && PatternMatcher::folds_to_ascii(text);
    });
    steps_.phrase_steps += scan.steps();
    steps_.phrases_found += found.size();
    for (const std::uint32_t phrase : found) {
        for (const std::uint32_t condition : search.phrase_conditions[phrase])
            set_condition(condition);
        if (search.phrase_literal[phrase] != kNoCondition)
            literals.push_back(search.phrase_literal[phrase]);
    }
    if (search.patterns.empty()) return;
    if (odd_letters)
        search.patterns.all(candidates);
    else
        search.patterns.candidates(literals, candidates);
    if (!candidates.empty()) try_patterns(search, field, candidates);
}

void Evaluator::try_patterns(const FieldSearch& search, TextField field,
                             const std::vector<std::uint32_t>& candidates) {
    std::vector<std::string> texts;
    for_each_text(message_, field, [&](std::string_view text) { texts.emplace_back(text); });
    for (const std::uint32_t pattern : candidates) {
        ++steps_.patterns_tried;
        const auto matches = [&](const std::string& text) {
            steps_.pattern_bytes += text.size();
            return search.patterns.matches(pattern, text);
        };
        if (std::ranges::none_of(texts, matches)) continue;
        for (const std::uint32_t condition : search.pattern_conditions[pattern])
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
    if (info(condition.key).shape == ValueShape::SizeRange) {
        const auto fits = [&](std::int64_t bytes) {
            return bytes >= condition.minimum_kb * 1024 && bytes <= condition.maximum_kb * 1024;
        };
        if (condition.key == ConditionKey::WithinSizeRange) return fits(message_.size);
        return std::ranges::any_of(message_.attachments, [&](const AttachmentInfo& one) {
            return !one.is_inline && fits(one.size);
        });
    }
    return flags_->is(condition.key) == condition.flag;
}

bool Evaluator::holds(const std::vector<CompiledNode>& nodes, std::uint32_t at,
                      std::uint32_t& failed) const {
    const CompiledNode& node = nodes[at];
    ++steps_.nodes;
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

void Evaluator::note_outcome(const CompiledRule& rule, bool matched) {
    if (result_.outcomes.size() >= limits::rule_trace_max) return;
    RuleOutcome outcome{.id = rule.rule.id,
                        .name = rule.rule.display_name,
                        .scope = rule.scope,
                        .matched = matched,
                        .stopped = matched && rule.rule.stop,
                        .conditions = {}};
    std::size_t place = 0;
    for (const auto* nodes : {&rule.nodes, &rule.unless})
        for (const CompiledNode& node : *nodes) {
            const std::string& path = rule.paths[place++];
            if (node.kind == Node::Kind::Leaf)
                outcome.conditions.push_back({path, condition_holds(node.condition)});
        }
    result_.outcomes.push_back(std::move(outcome));
}

bool Evaluator::look_at(const CompiledRule& rule, TraceDetail detail) {
    if (rule.guard != kNoCondition && !condition_holds(rule.guard)) return true;
    ++steps_.rules;
    bool by_exception = false;
    const std::string_view path = obstacle(rule, by_exception);
    if (detail != TraceDetail::None) note_outcome(rule, path.empty());
    if (!path.empty()) {
        if (detail != TraceDetail::None)
            trace(rule, std::string(path) + (by_exception ? " holds" : " does not hold"));
        return true;
    }
    result_.matched.push_back(rule.rule.id);
    add_actions(rule.rule, result_);
    if (detail != TraceDetail::None)
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
                go_on = go_on && look_at(rule, detail);
            if (!go_on) break;
        }
    }
    for (std::size_t word = 0; word < woken_rules_.size() && go_on && detail != TraceDetail::All;
         ++word)
        for (std::uint64_t bits = woken_rules_[word]; bits != 0 && go_on; bits &= bits - 1)
            go_on = look_at(
                compiled_
                    .rules[word * kWordBits + static_cast<std::size_t>(std::countr_zero(bits))],
                detail);
    if (trace_lines_dropped_ > 0)
        result_.trace.push_back("and " + std::to_string(trace_lines_dropped_) + " more rules");
    return std::move(result_);
}

}  // namespace liaison::rules
