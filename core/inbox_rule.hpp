#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ids.hpp"

namespace liaison {

/// Conditions or exceptions of an inbox rule, by the names of Graph's messageRulePredicates.
struct InboxPredicates {
    /// "subjectContains", "fromAddresses", "categories", ... with their values: any of them.
    std::map<std::string, std::vector<std::string>> lists = {};
    /// "hasAttachments", "sentToMe", "isSigned", ... and whether it must hold.
    std::map<std::string, bool> flags = {};
    std::optional<std::string> importance = {};   ///< low, normal, high
    std::optional<std::string> sensitivity = {};  ///< normal, personal, private, confidential
    struct SizeRange {
        std::int64_t minimum_kb = 0;
        std::int64_t maximum_kb = 0;
        friend bool operator==(const SizeRange&, const SizeRange&) = default;
    };
    std::optional<SizeRange> size = {};  ///< withinSizeRange
    /// The server's names of predicates that Liaison never writes ("FlaggedForAction",
    /// "ItemClasses").
    std::set<std::string> foreign = {};

    bool empty() const {
        return lists.empty() && flags.empty() && !importance && !sensitivity && !size &&
               foreign.empty();
    }
    friend bool operator==(const InboxPredicates&, const InboxPredicates&) = default;
};

/// Actions of an inbox rule (Graph: messageRuleActions). There is none that deletes or sends.
struct InboxActions {
    FolderId move_to = {};
    FolderId copy_to = {};
    std::vector<std::string> assign_categories = {};
    std::optional<std::string> mark_importance = {};
    bool mark_as_read = false;
    bool stop_processing = false;
    /// The server's names of actions that Liaison never writes ("Delete", "ForwardToRecipients").
    std::set<std::string> foreign = {};
    friend bool operator==(const InboxActions&, const InboxActions&) = default;
};

/// A rule that Exchange carries out when a mail arrives in the Inbox.
struct InboxRule {
    std::string id = {};  ///< the server's; empty for a rule that is to be made
    std::string display_name = {};
    std::int64_t priority = 0;  ///< lowest first, from 1 (Graph: sequence)
    bool enabled = true;
    /// False: the server keeps the rule but cannot show it whole (EWS IsNotSupported). Never
    /// written, never removed.
    bool supported = true;
    bool in_error = false;  ///< the server could not carry it out (Graph: hasError)
    InboxPredicates conditions = {};
    InboxPredicates exceptions = {};
    InboxActions actions = {};
    friend bool operator==(const InboxRule&, const InboxRule&) = default;
};

/// The inbox rules of one mailbox.
struct InboxRuleList {
    std::vector<InboxRule> rules;  ///< by priority
    /// Outlook keeps rules of its own in the mailbox as one lump (EWS OutlookRuleBlobExists).
    /// Writing then needs its removal, which loses rules that are switched off in Outlook and rules
    /// for mail that is being sent.
    bool outlook_rules = false;
};

/// One change of a mailbox' inbox rules: all of it or nothing.
struct InboxRuleChange {
    std::vector<InboxRule> create;
    std::vector<InboxRule> replace;   ///< by id
    std::vector<std::string> remove;  ///< ids
    /// The owner agreed to the loss that InboxRuleList::outlook_rules tells of.
    bool remove_outlook_rules = false;
    bool empty() const { return create.empty() && replace.empty() && remove.empty(); }
};

}  // namespace liaison
