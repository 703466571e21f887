#include "rules/rule_scope.hpp"

#include <algorithm>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/scope_guard.hpp"

namespace liaison::rules {
namespace {

constexpr std::string_view kOrganizationScope = "organization";
constexpr std::string_view kGroupPrefix = "group:";
constexpr std::string_view kMailboxPrefix = "mailbox:";

}  // namespace

std::string to_string(const RuleScope& scope) {
    switch (scope.kind) {
        case RuleScope::Kind::Organization:
            return std::string(kOrganizationScope);
        case RuleScope::Kind::Group:
            return std::string(kGroupPrefix) + scope.name;
        case RuleScope::Kind::Mailbox:
            return std::string(kMailboxPrefix) + scope.name;
    }
    return {};
}

std::optional<RuleScope> parse_rule_scope(std::string_view text) {
    if (text == kOrganizationScope) return RuleScope{};
    if (count_chars(text) > limits::rule_phrase_chars_max) return std::nullopt;
    RuleScope scope;
    if (text.starts_with(kGroupPrefix)) {
        scope.kind = RuleScope::Kind::Group;
        scope.name = normal_line(text.substr(kGroupPrefix.size()));
    } else if (text.starts_with(kMailboxPrefix)) {
        scope.kind = RuleScope::Kind::Mailbox;
        scope.name = normal_address(text.substr(kMailboxPrefix.size()));
        if (scope.name.find('@') == std::string::npos) return std::nullopt;
    }
    if (scope.name.empty()) return std::nullopt;
    return scope;
}

Checked<std::optional<Condition>> scope_guard(const RuleScope& scope, const NamedLists& shared) {
    if (scope.kind == RuleScope::Kind::Organization) return std::nullopt;
    Condition guard{.key = ConditionKey::Mailbox};
    if (scope.kind == RuleScope::Kind::Mailbox) {
        guard.values = {scope.name};
        return guard;
    }
    const auto list = shared.find(scope.name);
    if (list == shared.end())
        return std::unexpected(std::vector{RuleError{
            "", 1, 1, "there is no organisation-wide list \"" + scope.name + "\" of mailboxes"}});
    for (const std::string& address : list->second) guard.values.push_back(normal_address(address));
    std::ranges::sort(guard.values);
    const auto repeats = std::ranges::unique(guard.values);
    guard.values.erase(repeats.begin(), repeats.end());
    return guard;
}

}  // namespace liaison::rules
