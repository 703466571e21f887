#include "tests/rules/reference_evaluator.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <cwctype>
#include <map>
#include <set>

#include <boost/json.hpp>

namespace liaison::reference {
namespace {

namespace json = boost::json;
using Texts = std::vector<std::string>;

std::string str(const json::value& value) {
    return value.as_string().c_str();
}

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

std::string strip_blanks(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
        text.erase(text.begin());
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text;
}
std::string plain_address(const std::string& text) {
    return lower_letters(strip_blanks(text));
}
std::string plain_path(std::string text) {
    text = lower_letters(strip_blanks(text));
    while (!text.empty() && text.front() == '/') text.erase(0, 1);
    while (!text.empty() && text.back() == '/') text.pop_back();
    return text;
}
bool contains(const std::string& text, const std::string& part) {
    return lower_letters(text).find(lower_letters(part)) != std::string::npos;
}
bool in_domain(const std::string& address, std::string domain) {
    domain = lower_letters(domain);
    const std::string host = address.substr(address.rfind('@') + 1);
    return host == domain || (host.size() > domain.size() && host.ends_with("." + domain));
}

struct Judge {
    const ReferenceInput& in;
    const json::object* lists = nullptr;

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
    std::string from() const { return in.mail.from ? plain_address(in.mail.from->address) : ""; }
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
        if (what == "Is" && value == "unknown") return who.empty();
        for (const Party& p : who) {
            if (what == "Is" && to_string(p.kind) == value) return true;
            if (what == "CompanyIn" && (lower_letters(p.company_id) == lower_letters(value) ||
                                        lower_letters(p.company_name) == lower_letters(value)))
                return true;
            if (what == "OwnerIs" && lower_letters(p.owner_id) == lower_letters(value)) return true;
            for (const auto& c : p.categories)
                if (what == "CategoryIn" && lower_letters(c) == lower_letters(value)) return true;
        }
        return false;
    }
    bool any_value(const std::string& name, const std::string& v) const {
        const MailMessage& m = in.mail;
        if (name == "fromAddresses") return from() == plain_address(v);
        if (name == "fromDomains") return !from().empty() && in_domain(from(), v);
        if (name == "mailbox") return plain_address(in.mailbox) == plain_address(v);
        if (name == "folder") return plain_path(in.folder) == plain_path(v);
        if (name == "folderUnder")
            return (plain_path(in.folder) + "/").starts_with(plain_path(v) + "/");
        if (name == "subjectContains") return contains(m.subject, v);
        if (name == "bodyContains") return contains(m.text_body, v);
        if (name == "bodyOrSubjectContains")
            return contains(m.subject, v) || contains(m.text_body, v);
        if (name == "senderContains")
            return m.from && (contains(m.from->address, v) || contains(m.from->name, v));
        if (name == "importance") return m.importance == v;
        if (name == "sensitivity") return m.sensitivity == v;
        if (name == "direction") return in.direction == v;
        if (name == "headerContains")
            return std::ranges::any_of(
                m.headers, [&](const auto& h) { return contains(h.first + ": " + h.second, v); });
        if (name == "categories")
            return std::ranges::any_of(
                m.categories, [&](const auto& c) { return lower_letters(c) == lower_letters(v); });
        if (name.starts_with("sender")) return party(in.sender, name.substr(6), v);
        if (name.starts_with("recipient") && name != "recipientContains")
            return party(in.recipients, name.substr(9), v);
        for (const MailAddress& one : recipients()) {
            if (name == "sentToAddresses" && plain_address(one.address) == plain_address(v))
                return true;
            if (name == "sentToDomains" && in_domain(plain_address(one.address), v)) return true;
            if (name == "recipientContains" && (contains(one.address, v) || contains(one.name, v)))
                return true;
        }
        return false;
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
        if (name == "sentOnlyToMe") return (to || cc) && std::ranges::all_of(recipients(), is_me);
        if (name == "conversationLogged") return in.conversation_logged;
        if (name == "isMeetingRequest") return m.item_class == "IPM.Schedule.Meeting.Request";
        if (name == "isNonDeliveryReport") return m.item_class == "REPORT.IPM.Note.NDR";
        const auto open = [](const Party& p) { return p.has_open_opportunity; };
        if (name == "senderHasOpenOpportunity") return std::ranges::any_of(in.sender, open);
        if (name == "recipientHasOpenOpportunity") return std::ranges::any_of(in.recipients, open);
        throw std::runtime_error("the reference does not know " + name);
    }
    bool member(const std::string& name, const json::value& value) const {
        if (name == "not") return !all(value);
        if (name == "anyOf")
            return std::ranges::any_of(value.as_array(), [&](const auto& g) { return all(g); });
        if (name == "allOf")
            return std::ranges::all_of(value.as_array(), [&](const auto& g) { return all(g); });
        if (value.is_bool()) return flag(name) == value.as_bool();
        if (name == "withinSizeRange")
            return in.mail.size >= 1024 * value.at("minimumSize").as_int64() &&
                   in.mail.size <= 1024 * value.at("maximumSize").as_int64();
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

std::string member_or_empty(const json::value& object, const char* key) {
    if (!object.is_object() || !object.as_object().contains(key)) return "";
    const json::value& value = object.at(key);
    return value.is_int64() ? std::to_string(value.as_int64()) : str(value);
}

/// What earlier rules decided, and what a further one may still add to it.
struct Deeds {
    std::string move, importance, flag, family;
    bool read = false, log = false;
    std::map<std::string, std::string> log_fields;
    std::string regarding;  // "opportunity|O1"
    Texts copies, categories, tasks;
    std::vector<std::array<std::string, 4>> people;  // kind, for, company, owner

    bool in_copies(const std::string& path) const {
        return std::ranges::any_of(
            copies, [&](const auto& one) { return plain_path(one) == plain_path(path); });
    }
    /// Whether logging is still open to this word.
    bool claim(const std::string& word) {
        if (family.empty()) family = word;
        return family == word;
    }
    void places(const json::object& actions) {
        if (actions.contains("moveToFolder")) {
            const std::string to = str(actions.at("moveToFolder"));
            if (move.empty() && !in_copies(to)) move = to;
        }
        if (actions.contains("copyToFolder")) {
            const std::string to = str(actions.at("copyToFolder"));
            if (plain_path(to) != plain_path(move) && !in_copies(to) && copies.size() < 8)
                copies.push_back(to);
        }
    }
    void marks(const json::object& actions) {
        if (actions.contains("assignCategories"))
            for (const auto& c : actions.at("assignCategories").as_array())
                if (std::ranges::find(categories, str(c)) == categories.end() &&
                    categories.size() < 64)
                    categories.push_back(str(c));
        if (actions.contains("markAsRead")) read |= actions.at("markAsRead").as_bool();
        if (actions.contains("markImportance") && importance.empty())
            importance = str(actions.at("markImportance"));
        if (actions.contains("flagMessage") && flag.empty()) {
            const auto& f = actions.at("flagMessage");
            const std::string status = lower_letters(member_or_empty(f, "flagStatus"));
            if (!f.is_bool() || f.as_bool())
                flag =
                    (status.empty() ? "flagged" : status) + "|" + member_or_empty(f, "dueInDays");
        }
    }
    void logging(const json::object& actions) {
        const auto asked = [&](const char* key) {
            return actions.contains(key) &&
                   (!actions.at(key).is_bool() || actions.at(key).as_bool());
        };
        if (asked("logInteraction") && claim("log")) {
            log = true;
            for (const char* key : {"template", "activityType", "campaign", "opportunity"}) {
                const std::string value = member_or_empty(actions.at("logInteraction"), key);
                const bool other_record = std::string(key) == "opportunity" &&
                                          regarding.starts_with("opportunity|") &&
                                          regarding != "opportunity|" + value;
                if (!value.empty() && log_fields[key].empty() && !other_record)
                    log_fields[key] = value;
            }
        }
        if (asked("setRegarding") && claim("log") && regarding.empty()) {
            const auto& one = *actions.at("setRegarding").as_object().begin();
            const std::string opportunity = log_fields["opportunity"];
            if (one.key() != "opportunity" || opportunity.empty() ||
                opportunity == str(one.value()))
                regarding = std::string(one.key()) + "|" + str(one.value());
        }
        for (const char* word : {"skipLogging", "hold"})
            if (asked(word)) claim(word);
    }
    void records(const json::object& actions) {
        for (const char* kind : {"createContact", "createLead"}) {
            if (!actions.contains(kind)) continue;
            const auto& what = actions.at(kind);
            if (what.is_bool() && !what.as_bool()) continue;
            std::string whom = lower_letters(member_or_empty(what, "for"));
            if (whom.empty()) whom = "sender";
            const bool taken = std::ranges::any_of(people, [&](const auto& one) {
                return one[1] == whom || one[1] == "everybody" || whom == "everybody";
            });
            if (!taken)
                people.push_back(
                    {kind, whom, member_or_empty(what, "company"), member_or_empty(what, "owner")});
        }
        if (actions.contains("createTask")) {
            const auto& what = actions.at("createTask");
            if (what.is_bool() && !what.as_bool()) return;
            const std::string task = member_or_empty(what, "subject") + "|" +
                                     member_or_empty(what, "owner") + "|" +
                                     member_or_empty(what, "dueInDays");
            if (std::ranges::find(tasks, task) == tasks.end() && tasks.size() < 8)
                tasks.push_back(task);
        }
    }
    std::set<std::string> lines() const {
        std::set<std::string> out;
        if (!move.empty()) out.insert("moveToFolder|" + move);
        for (const auto& one : copies) out.insert("copyToFolder|" + one);
        for (const auto& one : categories) out.insert("assignCategories|" + one);
        if (read) out.insert("markAsRead");
        if (!importance.empty()) out.insert("markImportance|" + importance);
        if (!flag.empty()) out.insert("flagMessage|" + flag);
        if (log) out.insert("logInteraction");
        for (const auto& [key, value] : log_fields)
            if (!value.empty()) out.insert("logInteraction|" + key + "|" + value);
        if (!regarding.empty()) out.insert("setRegarding|" + regarding);
        for (const auto& one : people)
            out.insert(one[0] + "|" + one[1] + "|" + one[2] + "|" + one[3]);
        for (const auto& one : tasks) out.insert("createTask|" + one);
        if (family == "skipLogging" || family == "hold") out.insert(family);
        return out;
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

ReferenceOutcome evaluate(const std::string& document, const ReferenceInput& input) {
    const json::value parsed = json::parse(document);
    const json::object& root = parsed.as_object();
    Judge judge{input, root.contains("lists") ? &root.at("lists").as_object() : nullptr};
    std::multimap<std::int64_t, const json::object*> ordered;
    std::int64_t place = 0;
    for (const auto& rule : root.at("rules").as_array()) {
        ++place;
        const auto& object = rule.as_object();
        ordered.emplace(object.contains("sequence") ? object.at("sequence").as_int64() : place,
                        &object);
    }
    ReferenceOutcome out;
    Deeds deeds;
    for (const auto& [sequence, rule] : ordered) {
        if (rule->contains("isEnabled") && !rule->at("isEnabled").as_bool()) continue;
        if (rule->contains("conditions") && !judge.all(rule->at("conditions"))) continue;
        if (rule->contains("exceptions") && judge.any(rule->at("exceptions"))) continue;
        out.matched.push_back(str(rule->at("displayName")));
        const auto& actions = rule->at("actions").as_object();
        deeds.places(actions);
        deeds.marks(actions);
        deeds.logging(actions);
        deeds.records(actions);
        if (actions.contains("stopProcessingRules") &&
            actions.at("stopProcessingRules").as_bool())
            break;
    }
    out.done = deeds.lines();
    return out;
}

}  // namespace liaison::reference
