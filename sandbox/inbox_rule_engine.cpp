#include "sandbox/inbox_rule_engine.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "sandbox/mail_item.hpp"
#include "sandbox/mime.hpp"

namespace liaison::sandbox {
namespace {

/// Lower case of every character, one by one, as Unicode has it.
std::string rule_lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
        const gunichar c = g_utf8_get_char_validated(at, end - at);
        if (c == static_cast<gunichar>(-1) || c == static_cast<gunichar>(-2)) {
            out.push_back(*at++);
            continue;
        }
        char bytes[6];
        const int size = g_unichar_to_utf8(g_unichar_tolower(c), bytes);
        out.append(bytes, static_cast<std::size_t>(size));
        at = g_utf8_next_char(at);
    }
    return out;
}

std::string xml_unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i);
        const std::pair<std::string_view, char> entities[] = {
            {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#xD;", '\r'}};
        const auto found =
            std::find_if(std::begin(entities), std::end(entities),
                         [&](const auto& entity) { return rest.starts_with(entity.first); });
        if (found == std::end(entities)) {
            out.push_back(text[i]);
        } else {
            out.push_back(found->second);
            i += found->first.size() - 1;
        }
    }
    return out;
}

struct RulePerson {
    std::string name;
    std::string address;
};

std::string inner_text(std::string_view xml, std::string_view tag) {
    const std::string open = "<t:" + std::string(tag) + ">";
    const std::size_t start = xml.find(open);
    if (start == std::string_view::npos) return {};
    const std::size_t from = start + open.size();
    return xml_unescaped(xml.substr(from, xml.find("</t:", from) - from));
}

std::vector<RulePerson> people_of(const Item& item, std::string_view property) {
    std::vector<RulePerson> out;
    const PropertyValue* value = item.properties.find(property);
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return out;
    std::string_view rest = fragment->xml;
    for (std::size_t end = 0; (end = rest.find("</t:Mailbox>")) != std::string_view::npos;
         rest.remove_prefix(end + 12)) {
        const std::string_view one = rest.substr(0, end);
        out.push_back(
            {rule_lower(inner_text(one, "Name")), rule_lower(inner_text(one, "EmailAddress"))});
    }
    return out;
}

/// What the predicates ask of one mail.
class ArrivedMail {
public:
    ArrivedMail(const Item& item, const Content& content, std::string_view mailbox)
        : item_(item), content_(content), me_(rule_lower(mailbox)) {
        author_ = people_of(item, "message:From");
        from_ = author_.empty() ? people_of(item, "message:Sender") : author_;
        to_ = people_of(item, "message:ToRecipients");
        cc_ = people_of(item, "message:CcRecipients");
        subject_ = rule_lower(item.properties.text("item:Subject"));
    }

    bool holds(std::string_view name, const std::vector<std::string>& values) {
        if (const auto flag = flag_value(name)) return *flag == (values.at(0) == "true");
        if (name == "WithinSizeRange") return within_size(values);
        if (name == "WithinDateRange") return within_dates(values);
        return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
            return value_holds(name, rule_lower(value));
        });
    }

private:
    using People = std::vector<RulePerson>;

    static bool named(const People& people, std::string_view text) {
        return std::any_of(people.begin(), people.end(), [&](const RulePerson& one) {
            return one.name.find(text) != std::string::npos ||
                   one.address.find(text) != std::string::npos;
        });
    }
    static bool addressed(const People& people, std::string_view address) {
        return std::any_of(people.begin(), people.end(),
                           [&](const RulePerson& one) { return one.address == address; });
    }

    const std::string& body() {
        if (!body_) body_ = rule_lower(content_.text_body);
        return *body_;
    }
    const std::vector<std::pair<std::string, std::string>>& headers() {
        if (!headers_) {
            headers_.emplace();
            for (const auto& [name, value] : parse_mime(content_.mime).headers)
                headers_->emplace_back(rule_lower(name), rule_lower(value));
        }
        return *headers_;
    }
    bool header_is(std::string_view name, std::string_view start) {
        return std::any_of(headers().begin(), headers().end(), [&](const auto& header) {
            return header.first == name && header.second.starts_with(start);
        });
    }
    bool class_starts(std::string_view prefix) const {
        return rule_lower(item_.item_class).starts_with(rule_lower(prefix));
    }
    bool class_ends(std::string_view suffix) const {
        const std::string name = rule_lower(item_.item_class);
        return name.starts_with("report.") && name.ends_with(rule_lower(suffix));
    }

    bool value_holds(std::string_view name, const std::string& text) {
        const auto in = [&](const std::string& whole) {
            return whole.find(text) != std::string::npos;
        };
        if (name == "ContainsSubjectStrings") return in(subject_);
        if (name == "ContainsBodyStrings") return in(body());
        if (name == "ContainsSubjectOrBodyStrings") return in(subject_) || in(body());
        if (name == "ContainsSenderStrings") return named(author_, text);
        if (name == "ContainsRecipientStrings") return named(to_, text) || named(cc_, text);
        if (name == "ContainsHeaderStrings") {
            return std::any_of(headers().begin(), headers().end(), [&](const auto& header) {
                return in(header.first + ": " + header.second);
            });
        }
        if (name == "FromAddresses") return addressed(from_, text);
        if (name == "SentToAddresses") return addressed(to_, text) || addressed(cc_, text);
        if (name == "Importance") return rule_lower(or_normal("item:Importance")) == text;
        if (name == "Sensitivity") return rule_lower(or_normal("item:Sensitivity")) == text;
        if (name == "ItemClasses") return class_starts(text);
        if (name == "Categories") {
            return std::any_of(item_.categories.begin(), item_.categories.end(),
                               [&](const std::string& one) { return rule_lower(one) == text; });
        }
        return false;
    }

    std::string or_normal(std::string_view property) const {
        const std::string_view value = item_.properties.text(property);
        return value.empty() ? "Normal" : std::string(value);
    }

    bool is_only_recipient() const {
        const auto is_me = [&](const RulePerson& one) { return one.address == me_; };
        return addressed(to_, me_) && std::all_of(to_.begin(), to_.end(), is_me) &&
               std::all_of(cc_.begin(), cc_.end(), is_me);
    }

    std::optional<bool> flag_value(std::string_view name) {
        if (name == "SentToMe") return addressed(to_, me_);
        if (name == "SentCcMe") return addressed(cc_, me_);
        if (name == "SentToOrCcMe") return addressed(to_, me_) || addressed(cc_, me_);
        if (name == "NotSentToMe") return !addressed(to_, me_);
        if (name == "SentOnlyToMe") return is_only_recipient();
        if (name == "HasAttachments") {
            return std::any_of(item_.attachments.begin(), item_.attachments.end(),
                               [](const Attachment& one) { return !one.is_inline; });
        }
        return kind_value(name);
    }

    /// Kinds of mail by item class (MS-OXCMSG, MS-OXOCAL, MS-OXORMMS, MS-OXOSMIME) and by the
    /// headers of automatic mail (RFC 3834 5, RFC 2156 3.3).
    std::optional<bool> kind_value(std::string_view name) {
        if (name == "IsNDR") return class_ends(".NDR");
        if (name == "IsReadReceipt") return class_ends(".IPNRN");
        if (name == "IsMeetingRequest") return class_starts("IPM.Schedule.Meeting.Request");
        if (name == "IsMeetingResponse") return class_starts("IPM.Schedule.Meeting.Resp.");
        if (name == "IsSigned")
            return rule_lower(item_.item_class) == "ipm.note.smime.multipartsigned";
        if (name == "IsEncrypted") return rule_lower(item_.item_class) == "ipm.note.smime";
        if (name == "IsVoicemail")
            return class_starts("IPM.Note.Microsoft.Voicemail") ||
                   class_starts("IPM.Note.rpmsg.Microsoft.Voicemail");
        if (name == "IsApprovalRequest") return class_starts("IPM.Note.Microsoft.Approval.Request");
        if (name == "IsPermissionControlled")
            return class_starts("IPM.Note.rpmsg") || header_is("content-class", "rpmsg.message");
        if (name == "IsAutomaticReply")
            return class_starts("IPM.Note.Rules.OofTemplate") ||
                   class_starts("IPM.Note.Rules.ReplyTemplate") ||
                   header_is("auto-submitted", "auto-replied") || header_is("x-autoreply", "yes") ||
                   header_is("x-autoreply", "true");
        if (name == "IsAutomaticForward")
            return header_is("auto-submitted", "auto-forwarded") ||
                   header_is("autoforwarded", "true");
        return std::nullopt;
    }

    bool within_size(const std::vector<std::string>& bounds) const {
        const auto kilobytes = [](const std::string& text) {
            std::int64_t value = 0;
            std::from_chars(text.data(), text.data() + text.size(), value);
            return value * 1'024;
        };
        return (bounds.at(0).empty() || item_.size >= kilobytes(bounds[0])) &&
               (bounds.at(1).empty() || item_.size <= kilobytes(bounds[1]));
    }
    bool within_dates(const std::vector<std::string>& bounds) const {
        const auto at = parse_utc_date_time(item_.properties.text("item:DateTimeReceived"));
        const auto from = parse_utc_date_time(bounds.at(0)), to = parse_utc_date_time(bounds.at(1));
        return at && (!from || *at >= *from) && (!to || *at <= *to);
    }

    const Item& item_;
    const Content& content_;
    std::string me_;
    People author_, from_, to_, cc_;
    std::string subject_;
    std::optional<std::string> body_;
    std::optional<std::vector<std::pair<std::string, std::string>>> headers_;
};

bool rule_applies(const ServerRule& rule, ArrivedMail& mail) {
    for (const auto& [name, values] : rule.conditions)
        if (!mail.holds(name, values)) return false;
    for (const auto& [name, values] : rule.exceptions)
        if (mail.holds(name, values)) return false;
    return true;
}

/// What the rules together make of the mail.
struct RuleEffects {
    std::vector<std::string> move_to;
    std::vector<std::string> copy_to;
    std::vector<std::string> categories;
    std::string importance;
    bool read = false;
    bool deleted = false;
    bool purged = false;
    std::vector<std::pair<std::string, std::vector<std::string>>> mails;  // disposition, recipients
};

bool has_true(const RuleParts& parts, std::string_view name) {
    const auto found = parts.find(name);
    return found != parts.end() && found->second.at(0) == "true";
}

void add_effects(const RuleParts& actions, RuleEffects& out) {
    const auto append = [&](std::string_view name, std::vector<std::string>& list) {
        const auto found = actions.find(name);
        if (found == actions.end()) return;
        for (const std::string& value : found->second)
            if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
    };
    append("MoveToFolder", out.move_to);
    append("CopyToFolder", out.copy_to);
    append("AssignCategories", out.categories);
    if (const auto found = actions.find("MarkImportance");
        found != actions.end() && out.importance.empty())
        out.importance = found->second.at(0);
    out.read = out.read || has_true(actions, "MarkAsRead");
    out.deleted = out.deleted || has_true(actions, "Delete");
    out.purged = out.purged || has_true(actions, "PermanentDelete");
    for (const std::string_view name :
         {"ForwardToRecipients", "ForwardAsAttachmentToRecipients", "RedirectToRecipients"}) {
        const auto found = actions.find(name);
        if (found != actions.end()) out.mails.emplace_back(name, found->second);
    }
}

void mark_item(MailboxStore& store, std::string_view mailbox, const std::string& id,
               const RuleEffects& effects) {
    Item changed = *store.find_item(mailbox, id);
    for (const std::string& category : effects.categories) {
        const bool there = std::any_of(
            changed.categories.begin(), changed.categories.end(),
            [&](const std::string& one) { return rule_lower(one) == rule_lower(category); });
        if (!there) changed.categories.push_back(category);
    }
    if (!effects.importance.empty()) changed.properties.set("item:Importance", effects.importance);
    if (effects.read) changed.properties.set("message:IsRead", std::string("true"));
    static_cast<void>(store.update_item(mailbox, std::move(changed)));
}

std::string carry_out(MailboxStore& store, std::string_view mailbox, std::string id,
                      RuleEffects effects) {
    for (const auto& [disposition, people] : effects.mails)
        store.record_sent({std::string(mailbox), "InboxRule", disposition, id, people});
    if (!effects.categories.empty() || !effects.importance.empty() || effects.read)
        mark_item(store, mailbox, id, effects);
    if (effects.purged) {
        static_cast<void>(store.delete_item(mailbox, id));
        return {};
    }
    if (effects.deleted)
        if (const Folder* bin = store.find_distinguished(mailbox, "deleteditems"))
            effects.move_to.push_back(bin->id);
    for (std::size_t i = 1; i < effects.move_to.size(); ++i)
        effects.copy_to.push_back(effects.move_to[i]);
    for (const std::string& folder : effects.copy_to)
        static_cast<void>(store.copy_item(mailbox, id, folder));
    if (effects.move_to.empty()) return id;
    const auto moved = store.move_item(mailbox, id, effects.move_to.front());
    return moved ? (*moved)->id : id;
}

}  // namespace

std::string run_inbox_rules(MailboxStore& store, std::string_view mailbox, std::string item_id,
                            const Content& content) {
    const Item* item = store.find_item(mailbox, item_id);
    const ServerRules& rules = store.inbox_rules(mailbox);
    if (item == nullptr || rules.rules.empty()) return item_id;
    ArrivedMail mail(*item, content, mailbox);
    RuleEffects effects;
    for (const ServerRule& rule : rules.rules) {
        if (!rule.enabled || rule.not_supported || rule.in_error || !rule_applies(rule, mail))
            continue;
        add_effects(rule.actions, effects);
        if (has_true(rule.actions, "StopProcessingRules")) break;
    }
    return carry_out(store, mailbox, std::move(item_id), std::move(effects));
}

}  // namespace liaison::sandbox
