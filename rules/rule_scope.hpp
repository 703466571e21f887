#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace liaison::rules {

/// For whose mailboxes a document speaks. The order of the enumerators is the order of evaluation.
struct RuleScope {
    enum class Kind : std::uint8_t {
        Organization,  ///< every mailbox
        Group,         ///< the mailboxes in the organisation-wide list `name`
        Mailbox        ///< the mailbox with the address `name`
    };
    Kind kind = Kind::Organization;
    std::string name = {};
    friend auto operator<=>(const RuleScope&, const RuleScope&) = default;
    friend bool operator==(const RuleScope&, const RuleScope&) = default;
};

/// "organization", "group:Sales", "mailbox:ann@example.com"
std::string to_string(const RuleScope& scope);
/// Nothing when the text names no scope; a mailbox' address comes back in normal form.
std::optional<RuleScope> parse_rule_scope(std::string_view text);

}  // namespace liaison::rules
