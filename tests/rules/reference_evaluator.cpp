#include "tests/rules/reference_evaluator.hpp"

#include "tests/rules/reference_deeds.hpp"

#include <regex.h>

#include <algorithm>
#include <clocale>
#include <cwctype>
#include <map>
#include <set>

#include <boost/json.hpp>

namespace liaison::reference {
namespace {

namespace json = boost::json;
using Texts = std::vector<std::string>;

std::string append_utf8(wint_t c) {
    std::string out;
    if (c < 0x80)
        out += static_cast<char>(c);
    else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
    return out;
}

std::string plain_address(const std::string& text) {
    return lower_letters(strip_blanks(text));
}
bool in_domain(const std::string& address, std::string domain) {
    domain = lower_letters(domain);
    const std::string host = address.substr(address.rfind('@') + 1);
    return host == domain || (host.size() > domain.size() && host.ends_with("." + domain));
}

/// A regular expression of the common subset of RE2 and POSIX, by the C library's matcher.
bool regex_matches(const std::string& pattern, const std::string& text) {
    struct Compiled {
        explicit Compiled(const std::string& text) {
            if (regcomp(&expression, text.c_str(),
                        REG_EXTENDED | REG_ICASE | REG_NEWLINE | REG_NOSUB) != 0)
                throw std::runtime_error("the reference cannot read " + text);
        }
        Compiled(const Compiled&) = delete;
        Compiled& operator=(const Compiled&) = delete;
        ~Compiled() { regfree(&expression); }
        regex_t expression{};
    };
    static std::map<std::string, Compiled> all;
    const Compiled& compiled = all.try_emplace(pattern, pattern).first->second;
    regmatch_t whole{};
    whole.rm_eo = static_cast<regoff_t>(text.size());
    return regexec(&compiled.expression, text.c_str(), 1, &whole, REG_STARTEND) == 0;
}

/// The texts of one field of the mail; `Contains` and `Matches` look at each by itself.
Texts field_texts(const MailMessage& m, const std::string& field) {
    Texts out;
    const auto person = [&](const MailAddress& one) {
        out.push_back(one.address);
        out.push_back(one.name);
    };
    if (field == "subject" || field == "bodyOrSubject") out.push_back(m.subject);
    if (field == "body" || field == "bodyOrSubject") out.push_back(m.text_body);
    if (field == "sender" && m.from) person(*m.from);
    if (field == "recipient")
        for (const auto* list : {&m.to, &m.cc}) std::ranges::for_each(*list, person);
    if (field == "header")
        for (const auto& [name, value] : m.headers) out.push_back(name + ": " + value);
    if (field == "attachmentName")
        for (const auto& one : m.attachments)
            if (!one.is_inline) out.push_back(one.name);
    return out;
}

/// One mail with what has to be worked out once.
struct Mail {
    const ReferenceInput& in;
    std::map<std::string, Texts> texts, low;

    explicit Mail(const ReferenceInput& input) : in(input) {
        for (const char* field : {"subject", "body", "bodyOrSubject", "sender", "recipient",
                                  "header", "attachmentName"}) {
            texts[field] = field_texts(input.mail, field);
            Texts& lowered = low[field];
            for (const std::string& text : texts[field]) lowered.push_back(lower_letters(text));
        }
    }
    std::string header(const std::string& name) const {
        for (const auto& [key, value] : in.mail.headers)
            if (lower_letters(key) == name) return lower_letters(strip_blanks(value));
        return "";
    }
    bool has_header(const std::string& name, const std::string& start) const {
        return std::ranges::any_of(in.mail.headers, [&](const auto& h) {
            return lower_letters(strip_blanks(h.first)) == name &&
                   lower_letters(strip_blanks(h.second)).starts_with(start);
        });
    }
};

struct Judge {
    const Mail& mail;
    const json::object* lists = nullptr;
    const ReferenceInput& in = mail.in;

    Texts values(const json::value& value) const {
        Texts out;
        if (value.is_string()) return {str(value)};
        for (const auto& item : value.as_array()) {
            if (item.is_string())
                out.push_back(str(item));
            else if (item.as_object().contains("list"))
                for (const auto& one : lists->at(item.at("list").as_string()).as_array())
                    out.push_back(str(one));
            else
                out.push_back(str(item.at("emailAddress").at("address")));
        }
        return out;
    }
    std::string from() const {
        std::string address = in.mail.from ? plain_address(in.mail.from->address) : "";
        if (address.empty() && in.mail.sender) address = plain_address(in.mail.sender->address);
        return address;
    }
    std::vector<MailAddress> recipients() const {
        std::vector<MailAddress> out = in.mail.to;
        out.insert(out.end(), in.mail.cc.begin(), in.mail.cc.end());
        return out;
    }
    bool me(const MailAddress& one) const {
        return std::ranges::find(in.me, plain_address(one.address)) != in.me.end();
    }
    bool party(const std::vector<Party>& who, const std::string& what,
               const std::string& value) const {
        const auto same = [&](const std::string& text) {
            return lower_letters(text) == lower_letters(value);
        };
        if (what == "Is" && value == "unknown") return who.empty();
        for (const Party& p : who) {
            if (what == "Is" && to_string(p.kind) == value) return true;
            if (what == "CompanyIn" && (same(p.company_id) || same(p.company_name))) return true;
            if (what == "OwnerIs" && same(p.owner_id)) return true;
            if (what == "CategoryIn" && std::ranges::any_of(p.categories, same)) return true;
            if (what == "CampaignIn" && std::ranges::any_of(p.campaign_ids, same)) return true;
        }
        return false;
    }
    bool attachment(const std::string& what, const std::string& v) const {
        for (const auto& one : in.mail.attachments) {
            if (one.is_inline) continue;
            const std::string name = lower_letters(strip_blanks(one.name));
            std::string type = lower_letters(one.content_type);
            type = strip_blanks(type.substr(0, type.find(';')));
            if (what == "attachmentExtensionIs" &&
                name.ends_with((v.starts_with(".") ? "" : ".") + lower_letters(v)))
                return true;
            if (what == "attachmentTypeIs" &&
                (type == lower_letters(v) ||
                 (v.ends_with("/*") && type.starts_with(lower_letters(v).substr(0, v.size() - 1)))))
                return true;
        }
        return false;
    }
    bool asked_for(const std::string& v) const {
        std::string text = lower_letters(strip_blanks(in.mail.flag_request));
        if (text.empty()) text = mail.header("x-message-flag");
        static const std::map<std::string, std::string> words = {
            {"call", "call"},
            {"do not forward", "doNotForward"},
            {"follow up", "followUp"},
            {"for your information", "fyi"},
            {"forward", "forward"},
            {"no response necessary", "noResponseNecessary"},
            {"read", "read"},
            {"reply", "reply"},
            {"reply to all", "replyToAll"},
            {"review", "review"}};
        if (lower_letters(v) == "any") return !text.empty();
        const auto at = words.find(text);
        return at != words.end() && lower_letters(at->second) == lower_letters(v);
    }
    bool any_value(const std::string& name, const std::string& v) const {
        const MailMessage& m = in.mail;
        if (name.ends_with("Contains")) {
            const std::string part = lower_letters(v);
            return std::ranges::any_of(
                mail.low.at(name.substr(0, name.size() - 8)),
                [&](const auto& text) { return text.find(part) != std::string::npos; });
        }
        if (name.ends_with("Matches"))
            return std::ranges::any_of(mail.texts.at(name.substr(0, name.size() - 7)),
                                       [&](const auto& text) { return regex_matches(v, text); });
        if (name == "fromAddresses") return from() == plain_address(v);
        if (name == "fromDomains") return !from().empty() && in_domain(from(), v);
        if (name == "mailbox") return plain_address(in.mailbox) == plain_address(v);
        if (name == "folder") return plain_path(in.folder) == plain_path(v);
        if (name == "folderUnder")
            return (plain_path(in.folder) + "/").starts_with(plain_path(v) + "/");
        if (name == "importance") return m.importance == lower_letters(v);
        if (name == "sensitivity") return m.sensitivity == lower_letters(v);
        if (name == "direction") return in.direction == lower_letters(v);
        if (name == "messageActionFlag") return asked_for(v);
        if (name.starts_with("attachment")) return attachment(name, v);
        if (name == "categories")
            return std::ranges::any_of(
                m.categories, [&](const auto& c) { return lower_letters(c) == lower_letters(v); });
        if (name.starts_with("sender")) return party(in.sender, name.substr(6), v);
        if (name.starts_with("recipient")) return party(in.recipients, name.substr(9), v);
        for (const MailAddress& one : recipients()) {
            if (name == "sentToAddresses" && plain_address(one.address) == plain_address(v))
                return true;
            if (name == "sentToDomains" && in_domain(plain_address(one.address), v)) return true;
        }
        return false;
    }
    bool kind_flag(const std::string& name) const {
        const std::string c = lower_letters(in.mail.item_class);
        if (name == "isMeetingRequest") return c.starts_with("ipm.schedule.meeting.request");
        if (name == "isMeetingResponse") return c.starts_with("ipm.schedule.meeting.resp.");
        if (name == "isNonDeliveryReport") return c.starts_with("report.") && c.ends_with(".ndr");
        if (name == "isReadReceipt") return c.starts_with("report.") && c.ends_with(".ipnrn");
        if (name == "isSigned") return c == "ipm.note.smime.multipartsigned";
        if (name == "isEncrypted") return c == "ipm.note.smime";
        if (name == "isApprovalRequest")
            return c.starts_with("ipm.note.microsoft.approval.request");
        if (name == "isVoicemail")
            return c.starts_with("ipm.note.microsoft.voicemail") ||
                   c.starts_with("ipm.note.rpmsg.microsoft.voicemail");
        if (name == "isPermissionControlled")
            return c.starts_with("ipm.note.rpmsg") ||
                   mail.has_header("content-class", "rpmsg.message");
        if (name == "isAutomaticForward")
            return mail.has_header("auto-submitted", "auto-forwarded") ||
                   mail.has_header("autoforwarded", "true");
        if (name == "isAutomaticReply")
            return c.starts_with("ipm.note.rules.ooftemplate") ||
                   c.starts_with("ipm.note.rules.replytemplate") ||
                   mail.has_header("auto-submitted", "auto-replied") ||
                   mail.has_header("x-autoreply", "yes") || mail.has_header("x-autoreply", "true");
        throw std::runtime_error("the reference does not know " + name);
    }
    bool flag(const std::string& name) const {
        const MailMessage& m = in.mail;
        const auto is_me = [&](const MailAddress& one) { return me(one); };
        const bool to = std::ranges::any_of(m.to, is_me), cc = std::ranges::any_of(m.cc, is_me);
        if (name == "hasAttachments")
            return std::ranges::any_of(m.attachments, [](const auto& a) { return !a.is_inline; });
        if (name == "sentToMe") return to;
        if (name == "sentCcMe") return cc;
        if (name == "sentToOrCcMe") return to || cc;
        if (name == "notSentToMe") return !to;
        if (name == "sentOnlyToMe") return to && std::ranges::all_of(recipients(), is_me);
        if (name == "conversationLogged") return in.conversation_logged;
        const auto open = [](const Party& p) { return p.has_open_opportunity; };
        const auto blocked = [](const Party& p) { return p.privacy_blocked; };
        if (name == "senderHasOpenOpportunity") return std::ranges::any_of(in.sender, open);
        if (name == "recipientHasOpenOpportunity") return std::ranges::any_of(in.recipients, open);
        if (name == "senderIsPrivacyBlocked") return std::ranges::any_of(in.sender, blocked);
        if (name == "recipientIsPrivacyBlocked") return std::ranges::any_of(in.recipients, blocked);
        return kind_flag(name);
    }
    static bool in_range(std::int64_t bytes, const json::object& range) {
        if (range.contains("minimumSize") && bytes < 1024 * range.at("minimumSize").as_int64())
            return false;
        return !range.contains("maximumSize") || bytes <= 1024 * range.at("maximumSize").as_int64();
    }
    bool member(const std::string& name, const json::value& value) const {
        if (name == "not") return !all(value);
        if (name == "anyOf")
            return std::ranges::any_of(value.as_array(), [&](const auto& g) { return all(g); });
        if (name == "allOf")
            return std::ranges::all_of(value.as_array(), [&](const auto& g) { return all(g); });
        if (value.is_bool()) return flag(name) == value.as_bool();
        if (name == "withinSizeRange") return in_range(in.mail.size, value.as_object());
        if (name == "attachmentSizeRange")
            return std::ranges::any_of(in.mail.attachments, [&](const auto& one) {
                return !one.is_inline && in_range(one.size, value.as_object());
            });
        return std::ranges::any_of(values(value),
                                   [&](const std::string& v) { return any_value(name, v); });
    }
    bool all(const json::value& object) const {
        for (const auto& m : object.as_object())
            if (!member(std::string(m.key()), m.value())) return false;
        return true;
    }
    bool any(const json::value& object) const {
        for (const auto& m : object.as_object())
            if (member(std::string(m.key()), m.value())) return true;
        return false;
    }
};

}  // namespace

std::string lower_letters(const std::string& text) {
    static const bool ready = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
    if (!ready) throw std::runtime_error("no locale C.UTF-8");
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto a = static_cast<unsigned char>(text[i]);
        if (a < 0x80)
            out += static_cast<char>(std::tolower(a));
        else if (a >= 0xC2 && a <= 0xDF && i + 1 < text.size()) {
            const auto c = static_cast<wint_t>(((a & 0x1F) << 6) |
                                               (static_cast<unsigned char>(text[++i]) & 0x3F));
            out += append_utf8(std::towlower(c));
        } else
            out += text[i];
    }
    return out;
}

struct ReferenceRules::Parsed {
    json::value document;
    std::multimap<std::int64_t, const json::object*> ordered;
    const json::object* lists = nullptr;
};

ReferenceRules::ReferenceRules(const std::string& document) : parsed_(std::make_unique<Parsed>()) {
    parsed_->document = json::parse(document);
    const json::object& root = parsed_->document.as_object();
    if (root.contains("lists")) parsed_->lists = &root.at("lists").as_object();
    std::int64_t place = 0;
    for (const auto& rule : root.at("rules").as_array()) {
        ++place;
        const auto& object = rule.as_object();
        parsed_->ordered.emplace(
            object.contains("sequence") ? object.at("sequence").as_int64() : place, &object);
    }
}
ReferenceRules::~ReferenceRules() = default;

ReferenceOutcome ReferenceRules::evaluate(const ReferenceInput& input) const {
    const Mail mail(input);
    const Judge judge{mail, parsed_->lists};
    ReferenceOutcome out;
    Deeds deeds;
    for (const auto& [sequence, rule] : parsed_->ordered) {
        if (rule->contains("isEnabled") && !rule->at("isEnabled").as_bool()) continue;
        if (rule->contains("conditions") && !judge.all(rule->at("conditions"))) continue;
        if (rule->contains("exceptions") && judge.any(rule->at("exceptions"))) continue;
        out.matched.push_back(str(rule->at("displayName")));
        const auto& actions = rule->at("actions").as_object();
        deeds.add(actions);
        if (actions.contains("stopProcessingRules") && actions.at("stopProcessingRules").as_bool())
            break;
    }
    out.done = deeds.lines();
    return out;
}

bool ReferenceRules::holds(const std::string& condition, const std::string& value,
                           const ReferenceInput& input) const {
    const Mail mail(input);
    return Judge{mail, parsed_->lists}.member(condition, json::parse(value));
}

ReferenceOutcome evaluate(const std::string& document, const ReferenceInput& input) {
    return ReferenceRules(document).evaluate(input);
}

}  // namespace liaison::reference
