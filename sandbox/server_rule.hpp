#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sandbox {

/// Conditions, exceptions or actions of an inbox rule: what stands in t:Conditions, t:Exceptions or
/// t:Actions, by local element name. Lists keep their texts, addresses their EmailAddress, choices
/// and booleans one text in XSD form, WithinSizeRange and WithinDateRange two (empty: no bound),
/// folders the folder's id.
using RuleParts = std::map<std::string, std::vector<std::string>, std::less<>>;

/// An inbox rule as the mailbox keeps it (types.xsd RuleType).
struct ServerRule {
    std::string id;
    std::string display_name;
    std::int64_t priority = 1;
    bool enabled = true;
    bool not_supported = false;  ///< made by a client in a form that EWS cannot show
    bool in_error = false;
    RuleParts conditions;
    RuleParts exceptions;
    RuleParts actions;
    friend bool operator==(const ServerRule&, const ServerRule&) = default;
};

/// What a mailbox keeps of rules.
struct ServerRules {
    std::vector<ServerRule> rules;  ///< by priority
    /// Outlook's own rule message is there (IPM.RuleOrganizer): it holds rules that are switched
    /// off and rules for mail that is being sent, which exist nowhere else.
    bool outlook_blob = false;
    friend bool operator==(const ServerRules&, const ServerRules&) = default;
};

/// The form in which the store's file keeps them.
std::string encode_server_rules(const ServerRules& rules);
bool decode_server_rules(std::string_view bytes, ServerRules& rules);

}  // namespace liaison::sandbox
