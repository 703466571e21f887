#include "rules/inbox_predicates.hpp"

#include <algorithm>

#include "core/http_message.hpp"
#include "core/text.hpp"
#include "rules/fold.hpp"

namespace liaison::rules {
namespace {

using Key = ConditionKey;

enum class InboxForm : std::uint8_t {
    Never,    ///< only the daemon knows
    List,     ///< the same list
    Address,  ///< a list of texts that servers look for in the address only
    Choice,   ///< one word
    Flag,
    Size,
    Place,  ///< known at compile time
};

InboxForm inbox_form(Key key) {
    switch (key) {
        case Key::FromAddresses:
        case Key::SentToAddresses:
        case Key::SubjectContains:
        case Key::BodyContains:
        case Key::BodyOrSubjectContains:
        case Key::HeaderContains:
        case Key::Categories:
            return InboxForm::List;
        case Key::SenderContains:
        case Key::RecipientContains:
            return InboxForm::Address;
        case Key::Importance:
        case Key::Sensitivity:
            return InboxForm::Choice;
        case Key::HasAttachments:
        case Key::SentToMe:
        case Key::SentCcMe:
        case Key::SentToOrCcMe:
        case Key::SentOnlyToMe:
        case Key::NotSentToMe:
        case Key::IsApprovalRequest:
        case Key::IsEncrypted:
        case Key::IsMeetingRequest:
        case Key::IsMeetingResponse:
        case Key::IsNonDeliveryReport:
        case Key::IsReadReceipt:
        case Key::IsSigned:
        case Key::IsVoicemail:
            return InboxForm::Flag;
        case Key::WithinSizeRange:
            return InboxForm::Size;
        case Key::Folder:
        case Key::FolderUnder:
        case Key::Mailbox:
            return InboxForm::Place;
        default:
            return InboxForm::Never;
    }
}

std::string daemon_only_reason(Key key) {
    const std::string name(info(key).name);
    if (key == Key::IsAutomaticReply || key == Key::IsAutomaticForward ||
        key == Key::IsPermissionControlled)
        return name + ": Exchange knows such mail by its own marks, Liaison by header fields too";
    if (key == Key::FromDomains || key == Key::SentToDomains)
        return name + ": Exchange has no condition on domains";
    return name + ": only Liaison can tell";
}

/// The words of a closed list that are not among `values`.
std::vector<std::string> other_tokens(Key key, const std::vector<std::string>& values) {
    std::vector<std::string> out;
    for (const std::string& token : split(info(key).tokens, ' '))
        if (std::ranges::find(values, token) == values.end()) out.push_back(token);
    return out;
}

/// Collects the literals of a rule: conditions that must hold and conditions that must not.
class PredicateCollector {
public:
    PredicateCollector(std::string mailbox, InboxPredicateForm& out)
        : mailbox_(std::move(mailbox)), out_(out) {}

    void take(const Node& node, bool wanted) {
        switch (node.kind) {
            case Node::Kind::Leaf:
                return leaf(node.condition, wanted);
            case Node::Kind::Not:
                return take(node.children.at(0), !wanted);
            case Node::Kind::All:
            case Node::Kind::Any:
                break;
        }
        const bool splits = (node.kind == Node::Kind::All) == wanted;
        if (splits || node.children.size() == 1) {
            for (const Node& child : node.children) take(child, wanted);
            return;
        }
        // What is left is a choice: "all of them must not hold", "one of them must hold".
        if (node.children.empty()) {
            out_.never = true;
        } else if (const auto merged = one_list(node)) {
            leaf(*merged, wanted);
        } else {
            reason(wanted ? "anyOf over different conditions"
                          : "an exception or not over several conditions at once");
        }
    }

private:
    void reason(std::string text) {
        if (std::ranges::find(out_.reasons, text) == out_.reasons.end())
            out_.reasons.push_back(std::move(text));
    }

    /// anyOf over lists of one kind is one list.
    static std::optional<Condition> one_list(const Node& node) {
        if (node.kind != Node::Kind::Any) return std::nullopt;
        std::optional<Condition> merged;
        for (const Node& child : node.children) {
            const Node* leaf = &child;
            while (leaf->kind != Node::Kind::Leaf && leaf->kind != Node::Kind::Not &&
                   leaf->children.size() == 1)
                leaf = &leaf->children.front();
            if (leaf->kind != Node::Kind::Leaf) return std::nullopt;
            const InboxForm form = inbox_form(leaf->condition.key);
            const bool is_list =
                form == InboxForm::List || form == InboxForm::Address || form == InboxForm::Choice;
            if (!is_list || (merged && merged->key != leaf->condition.key)) return std::nullopt;
            if (!merged)
                merged = leaf->condition;
            else
                merged->values.insert(merged->values.end(), leaf->condition.values.begin(),
                                      leaf->condition.values.end());
        }
        return merged;
    }

    void leaf(const Condition& condition, bool wanted) {
        switch (inbox_form(condition.key)) {
            case InboxForm::Never:
                return reason(daemon_only_reason(condition.key));
            case InboxForm::List:
                return list(condition, wanted);
            case InboxForm::Address:
                return address_text(condition, wanted);
            case InboxForm::Choice:
                return choice(condition, wanted);
            case InboxForm::Flag:
                return flag(condition, wanted == condition.flag);
            case InboxForm::Size:
                return size(condition, wanted);
            case InboxForm::Place:
                return place(condition, wanted);
        }
    }

    InboxPredicates& side(bool wanted) { return wanted ? out_.conditions : out_.exceptions; }

    void twice(const Condition& condition) {
        reason(std::string(info(condition.key).name) + " stands twice");
    }

    void list(const Condition& condition, bool wanted) {
        if (condition.values.empty()) {  // none of nothing
            if (wanted) out_.never = true;
            return;
        }
        auto& lists = side(wanted).lists;
        const std::string name(info(condition.key).name);
        const auto [at, is_new] = lists.try_emplace(name, condition.values);
        if (is_new || at->second == condition.values) return;
        if (wanted) return twice(condition);
        at->second.insert(at->second.end(), condition.values.begin(), condition.values.end());
        std::ranges::sort(at->second);
        at->second.erase(std::unique(at->second.begin(), at->second.end()), at->second.end());
    }

    void address_text(const Condition& condition, bool wanted) {
        for (const std::string& text : condition.values) {
            const bool ascii = std::ranges::all_of(
                text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
            if (ascii && text.find('@') != std::string::npos) continue;
            return reason(std::string(info(condition.key).name) +
                          ": servers look in the address only, Liaison in the name as well; a text "
                          "with @ means the same to both");
        }
        list(condition, wanted);
    }

    void choice(const Condition& condition, bool wanted) {
        Condition single = condition;
        std::ranges::sort(single.values);
        single.values.erase(std::unique(single.values.begin(), single.values.end()),
                            single.values.end());
        const std::vector<std::string> others = other_tokens(condition.key, single.values);
        if (others.empty()) {  // every word: always holds
            if (!wanted) out_.never = true;
            return;
        }
        if (single.values.size() > 1 && others.size() == 1) {
            single.values = others;
            wanted = !wanted;
        }
        if (single.values.size() > 1)
            return reason(std::string(info(condition.key).name) +
                          ": Exchange takes one word, not several");
        InboxPredicates& to = side(wanted);
        auto& slot = condition.key == Key::Importance ? to.importance : to.sensitivity;
        if (slot && *slot != single.values.front()) {
            if (wanted) {
                out_.never = true;  // it cannot have both
                return;
            }
            return twice(condition);
        }
        slot = single.values.front();
    }

    /// Exchange takes a flag that must not hold as an exception.
    void flag(const Condition& condition, bool wanted) {
        side(wanted).flags[std::string(info(condition.key).name)] = true;
    }

    void size(const Condition& condition, bool wanted) {
        auto& slot = side(wanted).size;
        const InboxPredicates::SizeRange range{condition.minimum_kb, condition.maximum_kb};
        if (slot && *slot != range) return twice(condition);
        slot = range;
    }

    /// At arrival the place of a mail is known: the Inbox of this mailbox.
    void place(const Condition& condition, bool wanted) {
        const bool holds = std::ranges::any_of(condition.values, [&](const std::string& value) {
            if (condition.key == Key::Mailbox) return value == normal_address(mailbox_);
            return value == normal_folder_path("Inbox");
        });
        if (holds != wanted) out_.never = true;
    }

    std::string mailbox_;
    InboxPredicateForm& out_;
};

}  // namespace

InboxPredicateForm inbox_predicates(const Rule& rule, const std::string& mailbox) {
    InboxPredicateForm out;
    PredicateCollector collector(mailbox, out);
    collector.take(rule.conditions, true);
    collector.take(rule.exceptions, false);
    return out;
}

}  // namespace liaison::rules
