#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/rule_xml.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

/// Set-Mailbox -RulesQuota: 256 KB at most, which is the default since Exchange 2010.
constexpr std::size_t rules_quota_bytes = 256u << 10;

/// The operations of one request over a copy of the rules. All of them are carried out or none
/// (MS-OXWSRULES 3.1.4.2).
class RuleUpdate {
public:
    RuleUpdate(const RequestContext& context, ServerRules rules)
        : context_(context), rules_(std::move(rules)) {}

    void run(const pugi::xml_node& operations) {
        int index = 0;
        for (const pugi::xml_node operation : operations.children()) {
            if (operation.type() != pugi::node_element) continue;
            const std::vector<RuleFault> faults = one(operation);
            if (!faults.empty()) append_faults(index, faults);
            ++index;
        }
    }

    /// Removing Outlook's rule message loses the rules that are switched off
    /// (ED:g/how-to-manage-inbox-rules-by-using-ews-in-exchange).
    void drop_outlook_blob() {
        std::erase_if(rules_.rules, [](const ServerRule& rule) { return !rule.enabled; });
        rules_.outlook_blob = false;
    }

    const std::string& errors() const { return errors_; }
    ServerRules& rules() { return rules_; }

private:
    std::vector<RuleFault> one(const pugi::xml_node& operation) {
        const std::string_view kind = operation.name();
        if (kind == "DeleteRuleOperation") {
            const std::string id = element_text(operation.child("RuleId"));
            const auto found = find(id);
            if (found == rules_.rules.end()) return {{"RuleId", "RuleNotFound", id}};
            if (!touched_.insert(id).second)
                return {{"RuleId", "DuplicatedOperationOnTheSameRule", id}};
            rules_.rules.erase(found);
            return {};
        }
        std::vector<RuleFault> faults;
        ServerRule rule = read_rule(context_, operation.child("Rule"), faults);
        if (!priorities_.insert(rule.priority).second)
            faults.push_back({"Priority", "DuplicatedPriority", std::to_string(rule.priority)});
        if (kind == "CreateRuleOperation") {
            if (!rule.id.empty()) faults.push_back({"RuleId", "CreateWithRuleId", rule.id});
            if (!faults.empty()) return faults;
            rule.id = context_.store.new_rule_id(context_.mailbox);
            rules_.rules.push_back(std::move(rule));
            return {};
        }
        const auto found = find(rule.id);
        if (found == rules_.rules.end())
            faults.push_back({"RuleId", "RuleNotFound", rule.id});
        else if (found->not_supported)
            faults.push_back({"RuleId", "UnsupportedRule", rule.id});
        else if (!touched_.insert(rule.id).second)
            faults.push_back({"RuleId", "DuplicatedOperationOnTheSameRule", rule.id});
        if (faults.empty()) *found = std::move(rule);
        return faults;
    }

    std::vector<ServerRule>::iterator find(const std::string& id) {
        return std::find_if(rules_.rules.begin(), rules_.rules.end(),
                            [&](const ServerRule& rule) { return rule.id == id; });
    }

    void append_faults(int index, const std::vector<RuleFault>& faults) {
        errors_ += "<t:RuleOperationError>";
        append_number(errors_, "t:OperationIndex", index);
        errors_ += "<t:ValidationErrors>";
        for (const RuleFault& fault : faults) {
            errors_ += "<t:Error>";
            append_element(errors_, "t:FieldURI", fault.field);
            append_element(errors_, "t:ErrorCode", fault.code);
            append_element(errors_, "t:ErrorMessage", "The value is not valid: " + fault.code);
            append_element(errors_, "t:FieldValue", fault.value);
            errors_ += "</t:Error>";
        }
        errors_ += "</t:ValidationErrors></t:RuleOperationError>";
    }

    const RequestContext& context_;
    ServerRules rules_;
    std::set<std::string> touched_;
    std::set<std::int64_t> priorities_;
    std::string errors_;
};

}  // namespace

Reply update_inbox_rules(const RequestContext& context, const pugi::xml_node& request) {
    constexpr std::string_view name = "UpdateInboxRules";
    if (!context.every_message_fails.empty())
        return bare_error(name, {context.every_message_fails, "The operation failed.", {}});
    const auto mailbox = rules_mailbox(context, request);
    if (!mailbox) return bare_error(name, mailbox.error());
    RequestContext owner = context;
    owner.mailbox = *mailbox;
    const ServerRules& stored = context.store.inbox_rules(*mailbox);
    const bool removes =
        parse_boolean(element_text(request.child("RemoveOutlookRuleBlob"))).value_or(false);
    if (stored.outlook_blob && !removes) {
        return bare_error(name, {"ErrorOutlookRuleBlobExists",
                                 "The Outlook rule blob exists and was not to be removed.",
                                 {}});
    }
    RuleUpdate update(owner, stored);
    if (stored.outlook_blob) update.drop_outlook_blob();
    update.run(request.child("Operations"));
    if (!update.errors().empty()) {
        return bare_error(
            name,
            {"ErrorInboxRulesValidationError", "At least one rule operation is not valid.", {}},
            "<m:RuleOperationErrors>" + update.errors() + "</m:RuleOperationErrors>");
    }
    if (encode_server_rules(update.rules()).size() > rules_quota_bytes)
        return bare_error(name, {"ErrorRulesOverQuota", "The rules exceed the quota.", {}});
    const auto written = context.store.set_inbox_rules(*mailbox, std::move(update.rules()));
    if (!written) return bare_error(name, from_store(written.error(), "ErrorNonExistentMailbox"));
    return bare_response(name, {});
}

}  // namespace liaison::sandbox::ews
