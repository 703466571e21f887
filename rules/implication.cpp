#include "rules/implication.hpp"

#include <algorithm>
#include <string_view>

#include "core/limits.hpp"

namespace liaison::rules {
namespace {

using Key = ConditionKey;

/// A mail has at most one value for the key.
bool is_single_valued(Key key) {
    switch (key) {
        case Key::FromAddresses:
        case Key::Mailbox:
        case Key::Folder:
        case Key::Importance:
        case Key::Sensitivity:
        case Key::Direction:
            return true;
        default:
            return false;
    }
}

bool is_subset(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
    return std::ranges::includes(whole, part);
}

bool is_disjoint(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::none_of(
        a, [&](const std::string& one) { return std::ranges::binary_search(b, one); });
}

bool is_in_domain(std::string_view host, std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

std::string_view host_of(std::string_view address) {
    return address.substr(address.rfind('@') + 1);
}

bool is_below(std::string_view path, std::string_view folder) {
    return path == folder ||
           (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Each of `part` has a fitting one in `whole`.
template <class Fits>
bool each_fits(const std::vector<std::string>& part, const std::vector<std::string>& whole,
               const Fits& fits) {
    return std::ranges::all_of(part, [&](const std::string& one) {
        return std::ranges::any_of(whole,
                                   [&](const std::string& other) { return fits(one, other); });
    });
}

/// No pair of them fits.
template <class Fits>
bool none_fits(const std::vector<std::string>& a, const std::vector<std::string>& b,
               const Fits& fits) {
    return std::ranges::none_of(a, [&](const std::string& one) {
        return std::ranges::any_of(b, [&](const std::string& other) { return fits(one, other); });
    });
}

/// Where a text that is found in the first field is found in the second, too.
bool is_within_field(Key inner, Key outer) {
    return inner == outer ||
           (outer == Key::BodyOrSubjectContains &&
            (inner == Key::BodyContains || inner == Key::SubjectContains)) ||
           (outer == Key::BodyOrSubjectMatches &&
            (inner == Key::BodyMatches || inner == Key::SubjectMatches));
}

/// Flags of which the first, when true, makes the second true.
struct FlagPair {
    Key first, second;
};
constexpr FlagPair kFlagImplications[] = {
    {Key::SentToMe, Key::SentToOrCcMe},
    {Key::SentCcMe, Key::SentToOrCcMe},
    {Key::SentOnlyToMe, Key::SentToOrCcMe},
};
constexpr FlagPair kFlagExclusions[] = {
    {Key::SentToMe, Key::NotSentToMe},
    {Key::IsMeetingRequest, Key::IsMeetingResponse},
    {Key::IsMeetingRequest, Key::IsNonDeliveryReport},
    {Key::IsMeetingRequest, Key::IsReadReceipt},
    {Key::IsMeetingResponse, Key::IsNonDeliveryReport},
    {Key::IsMeetingResponse, Key::IsReadReceipt},
    {Key::IsNonDeliveryReport, Key::IsReadReceipt},
    {Key::IsSigned, Key::IsEncrypted},
};

bool flag_implies(const Condition& a, const Condition& b) {
    if (a.key == b.key) return a.flag == b.flag;
    for (const FlagPair& pair : kFlagImplications) {
        if (a.key == pair.first && a.flag && b.key == pair.second && b.flag) return true;
        if (a.key == pair.second && !a.flag && b.key == pair.first && !b.flag) return true;
    }
    // sentToMe and notSentToMe are each other's opposite.
    return (a.key == Key::SentToMe && b.key == Key::NotSentToMe && a.flag != b.flag) ||
           (a.key == Key::NotSentToMe && b.key == Key::SentToMe && a.flag != b.flag);
}

bool flag_excludes(const Condition& a, const Condition& b) {
    Condition opposite = b;
    opposite.flag = !b.flag;
    if (flag_implies(a, opposite)) return true;
    return std::ranges::any_of(kFlagExclusions, [&](const FlagPair& pair) {
        return a.flag && b.flag &&
               ((a.key == pair.first && b.key == pair.second) ||
                (a.key == pair.second && b.key == pair.first));
    });
}

bool needs_attachment(const Condition& one) {
    switch (one.key) {
        case Key::AttachmentNameContains:
        case Key::AttachmentNameMatches:
        case Key::AttachmentExtensionIs:
        case Key::AttachmentTypeIs:
        case Key::AttachmentSizeRange:
            return true;
        default:
            return one.key == Key::HasAttachments && one.flag;
    }
}

/// The condition needs somebody whom the CRM knows; `who` is senderIs or recipientIs.
bool needs_party(const Condition& one, Key& who) {
    switch (one.key) {
        case Key::SenderHasOpenOpportunity:
        case Key::SenderIsPrivacyBlocked:
        case Key::SenderCompanyIn:
        case Key::SenderCategoryIn:
        case Key::SenderOwnerIs:
        case Key::SenderCampaignIn:
            who = Key::SenderIs;
            return info(one.key).shape != ValueShape::Flag || one.flag;
        case Key::RecipientHasOpenOpportunity:
        case Key::RecipientIsPrivacyBlocked:
        case Key::RecipientCompanyIn:
        case Key::RecipientCategoryIn:
        case Key::RecipientOwnerIs:
        case Key::RecipientCampaignIn:
            who = Key::RecipientIs;
            return info(one.key).shape != ValueShape::Flag || one.flag;
        default:
            return false;
    }
}

bool is_unknown_only(const Condition& one, Key who) {
    return one.key == who && one.values.size() == 1 && one.values.front() == "unknown";
}

/// The cases of `excludes` that are not symmetric.
bool excludes_one_way(const Condition& a, const Condition& b) {
    Key who = Key::Count_;
    if (needs_party(a, who) && is_unknown_only(b, who)) return true;
    if (needs_attachment(a) && b.key == Key::HasAttachments && !b.flag) return true;
    if (a.key == Key::FromAddresses && b.key == Key::FromDomains)
        return none_fits(a.values, b.values, [](std::string_view address, std::string_view domain) {
            return is_in_domain(host_of(address), domain);
        });
    if (a.key == Key::Folder && b.key == Key::FolderUnder)
        return none_fits(a.values, b.values, is_below);
    return false;
}

/// `what` and one leaf more.
bool leaf_follows(const Certain& what, const Condition& leaf, std::size_t& steps) {
    return std::ranges::any_of(what.leaves, [&](const Node* known) {
        ++steps;
        return implies(known->condition, leaf);
    });
}

Certain with(Certain what, const Node& node);

/// In each way in which a choice of `what` can hold, `check` answers true. Choices are taken one at
/// a time: two of them together prove more than is tried here.
template <class Check>
bool in_every_case(const Certain& what, const Check& check) {
    return std::ranges::any_of(what.choices, [&](const Node* choice) {
        return std::ranges::all_of(choice->children, [&](const Node& child) {
            Certain narrowed = with(what, child);
            std::erase(narrowed.choices, choice);
            return check(narrowed);
        });
    });
}

void collect(const Node& node, Certain& into) {
    switch (node.kind) {
        case Node::Kind::Leaf:
            into.leaves.push_back(&node);
            return;
        case Node::Kind::All:
            for (const Node& child : node.children) collect(child, into);
            return;
        case Node::Kind::Not:
            into.negations.push_back(&node.children.front());
            return;
        case Node::Kind::Any:
            if (node.children.size() == 1)
                collect(node.children.front(), into);
            else
                into.choices.push_back(&node);
            return;
    }
}

Certain with(Certain what, const Node& node) {
    collect(node, what);
    return what;
}

/// The part of `follows` that needs no case by case.
bool follows_at_once(const Certain& what, const Node& expression, std::size_t& steps) {
    if (++steps > limits::rule_comparisons_max) return false;
    switch (expression.kind) {
        case Node::Kind::Leaf:
            return leaf_follows(what, expression.condition, steps);
        case Node::Kind::All:
            return std::ranges::all_of(expression.children, [&](const Node& child) {
                return follows_at_once(what, child, steps);
            });
        case Node::Kind::Any:
            return std::ranges::any_of(expression.children, [&](const Node& child) {
                return follows_at_once(what, child, steps);
            });
        case Node::Kind::Not:
            return contradicts(what, expression.children.front(), steps);
    }
    return false;
}

/// If `inner` holds, `part` holds.
bool node_implies(const Node& inner, const Node& part, std::size_t& steps) {
    const Certain alone = certain_of(inner);
    return follows_at_once(alone, part, steps);
}

}  // namespace

bool implies(const Condition& a, const Condition& b) {
    const ValueShape shape = info(b.key).shape;
    if (info(a.key).shape == ValueShape::Flag && shape == ValueShape::Flag)
        return flag_implies(a, b);
    if (b.key == Key::HasAttachments && b.flag && needs_attachment(a)) return true;
    if (a.key == Key::FromAddresses && b.key == Key::FromDomains)
        return each_fits(a.values, b.values, [](std::string_view address, std::string_view domain) {
            return is_in_domain(host_of(address), domain);
        });
    if (a.key == Key::SentToAddresses && b.key == Key::SentToDomains)
        return each_fits(a.values, b.values, [](std::string_view address, std::string_view domain) {
            return is_in_domain(host_of(address), domain);
        });
    if (a.key == Key::Folder && b.key == Key::FolderUnder)
        return each_fits(a.values, b.values, is_below);
    if (shape == ValueShape::Phrases)
        return info(a.key).shape == shape && is_within_field(a.key, b.key) &&
               each_fits(a.values, b.values, [](std::string_view text, std::string_view part) {
                   return text.find(part) != std::string_view::npos;
               });
    if (shape == ValueShape::Patterns)
        return is_within_field(a.key, b.key) && is_subset(a.values, b.values);
    if (a.key != b.key) return false;
    switch (shape) {
        case ValueShape::Domains:
            return each_fits(a.values, b.values, is_in_domain);
        case ValueShape::SizeRange:
            return a.minimum_kb >= b.minimum_kb && a.maximum_kb <= b.maximum_kb;
        case ValueShape::Paths:
            return b.key == Key::FolderUnder ? each_fits(a.values, b.values, is_below)
                                             : is_subset(a.values, b.values);
        default:
            if (b.key == Key::MessageActionFlag &&
                std::ranges::find(b.values, "any") != b.values.end())
                return true;
            return is_subset(a.values, b.values);
    }
}

bool excludes(const Condition& a, const Condition& b) {
    if (info(a.key).shape == ValueShape::Flag && info(b.key).shape == ValueShape::Flag &&
        flag_excludes(a, b))
        return true;
    if (excludes_one_way(a, b) || excludes_one_way(b, a)) return true;
    if (a.key != b.key) return false;
    if (a.key == Key::WithinSizeRange)
        return a.minimum_kb > b.maximum_kb || b.minimum_kb > a.maximum_kb;
    if (a.key == Key::FromDomains || a.key == Key::FolderUnder)
        return none_fits(a.values, b.values, a.key == Key::FromDomains ? is_in_domain : is_below) &&
               none_fits(b.values, a.values, a.key == Key::FromDomains ? is_in_domain : is_below);
    if (a.key == Key::SenderIs || a.key == Key::RecipientIs)
        return (is_unknown_only(a, a.key) || is_unknown_only(b, a.key)) &&
               is_disjoint(a.values, b.values);
    return is_single_valued(a.key) && is_disjoint(a.values, b.values);
}

Certain certain_of(const Node& conditions) {
    Certain out;
    collect(conditions, out);
    return out;
}

bool follows(const Certain& what, const Node& expression, std::size_t& steps) {
    if (expression.kind == Node::Kind::All)
        return std::ranges::all_of(expression.children,
                                   [&](const Node& child) { return follows(what, child, steps); });
    return follows_at_once(what, expression, steps) ||
           in_every_case(what, [&](const Certain& narrowed) {
               return follows_at_once(narrowed, expression, steps);
           });
}

bool contradicts(const Certain& what, const Node& expression, std::size_t& steps) {
    if (++steps > limits::rule_comparisons_max) return false;
    for (const Node* negation : what.negations) {
        ++steps;
        if (node_implies(expression, *negation, steps)) return true;
    }
    switch (expression.kind) {
        case Node::Kind::Leaf:
            return std::ranges::any_of(what.leaves, [&](const Node* known) {
                ++steps;
                return excludes(known->condition, expression.condition);
            });
        case Node::Kind::All:
            return std::ranges::any_of(expression.children, [&](const Node& child) {
                return contradicts(what, child, steps);
            });
        case Node::Kind::Any:
            return !expression.children.empty() &&
                   std::ranges::all_of(expression.children, [&](const Node& child) {
                       return contradicts(what, child, steps);
                   });
        case Node::Kind::Not:
            return follows_at_once(what, expression.children.front(), steps);
    }
    return false;
}

}  // namespace liaison::rules
