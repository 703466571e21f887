#include "rules/rule_scope.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"

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

}  // namespace liaison::rules
