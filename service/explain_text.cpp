#include "service/explain_text.hpp"

#include <boost/json.hpp>

#include "core/text.hpp"

namespace liaison::service {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string text_at(const object& from, const char* name) {
    const value* found = from.if_contains(name);
    if (found == nullptr || found->is_null()) return {};
    if (found->is_string()) return normal_line(std::string_view(found->get_string()));
    if (found->is_bool()) return found->get_bool() ? "yes" : "no";
    if (found->is_int64()) return std::to_string(found->get_int64());
    if (found->is_uint64()) return std::to_string(found->get_uint64());
    return {};
}

const array& list_at(const object& from, const char* name) {
    static const array none;
    const value* found = from.if_contains(name);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}

const object& part_at(const object& from, const char* name) {
    static const object none;
    const value* found = from.if_contains(name);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

const object& object_of(const value& one) {
    static const object none;
    return one.is_object() ? one.get_object() : none;
}

std::string label_at(const object& party) {
    const std::string number = text_at(party, "number");
    return text_at(party, "kind") + " " + (number.empty() ? text_at(party, "id") : number);
}

std::string joined(const array& texts) {
    std::string out;
    for (const value& one : texts)
        if (one.is_string())
            out += (out.empty() ? "" : ", ") + normal_line(std::string_view(one.get_string()));
    return out;
}

void add_head(const object& mail, const object& decision, std::string& out) {
    out += "Mail " + text_at(mail, "id") + " in " + text_at(mail, "mailbox");
    if (const std::string folder = text_at(decision, "folder"); !folder.empty())
        out += ", folder " + folder;
    out += "\n";
    if (const std::string id = text_at(mail, "message_id"); !id.empty())
        out += "  Message-ID  <" + id + ">\n";
    out += "  identity    " + text_at(decision, "identity") + "\n";
    out += "  first seen  " + text_at(mail, "seen_at") + "\n";
    out += "  state       " + text_at(mail, "state");
    if (text_at(mail, "left_its_folder") == "yes") out += ", it has left its folder";
    if (const std::string error = text_at(mail, "last_error"); !error.empty())
        out += "; attempt " + text_at(mail, "attempts") + " failed: " + error;
    out += "\n";
    if (!list_at(mail, "other_rows").empty()) {
        out += "  also        ";
        std::string numbers;
        for (const value& one : list_at(mail, "other_rows"))
            numbers += (numbers.empty() ? "mail " : ", ") + serialize(one);
        out += numbers + "\n";
    }
}

void add_decision(const object& mail, const object& decision, std::string& out) {
    out += "\nDecision: " + text_at(decision, "outcome") + " (" + text_at(decision, "reason") +
           ")\n";
    if (const std::string detail = text_at(decision, "detail"); !detail.empty())
        out += "  " + detail + "\n";
    for (const value& one : list_at(decision, "contacts")) {
        const object& contact = object_of(one);
        out += "  for " + text_at(contact, "kind") + " " + text_at(contact, "id") + ", " +
               text_at(contact, "direction");
        for (const char* name : {"user", "template", "campaign", "opportunity"})
            if (const std::string text = text_at(contact, name); !text.empty())
                out += std::string(", ") + name + " " + text;
        if (text_at(contact, "made_for_this_mail") == "yes") out += ", made for this mail";
        out += "\n";
    }
    if (const std::string ids = joined(list_at(mail, "interactions")); !ids.empty())
        out += "  interactions in the CRM: " + ids + "\n";
    if (text_at(decision, "open_question") == "yes")
        out += "  one of its addresses waits for a person (see Addresses)\n";
    if (const object& choice = part_at(mail, "choice"); !choice.empty())
        out += "  a person chose " + text_at(choice, "verb") + ": " + text_at(choice, "who") +
               ", " + text_at(choice, "at") + "\n";
    if (const object& thread = part_at(decision, "conversation"); !thread.empty())
        out += "  conversation: follows mail " + text_at(thread, "mail") + " by " +
               text_at(thread, "tied_by") + "\n";
}

void add_rules(const object& decision, std::string& out) {
    const std::string version = text_at(decision, "rule_set");
    out += "\nRules: " + (version.empty() ? std::string("none in force") : "set " + version) + "\n";
    for (const value& one : list_at(decision, "rules")) {
        const object& rule = object_of(one);
        out += std::string("  \"") + text_at(rule, "name") + "\"";
        if (const std::string scope = text_at(rule, "scope"); !scope.empty())
            out += " of " + scope;
        out += text_at(rule, "matched") == "yes" ? ": matched" : ": did not match";
        if (text_at(rule, "stopped") == "yes") out += "; no rule behind it was looked at";
        out += "\n";
        for (const value& condition : list_at(rule, "conditions"))
            out += "      " + text_at(object_of(condition), "path") + ": " +
                   (text_at(object_of(condition), "holds") == "yes" ? "holds" : "does not hold") +
                   "\n";
    }
    for (const value& one : list_at(decision, "trace"))
        if (one.is_string())
            out += "  - " + normal_line(std::string_view(one.get_string())) + "\n";
}

void add_addresses(const object& decision, std::string& out) {
    out += "\nAddresses:\n";
    if (list_at(decision, "addresses").empty()) out += "  none\n";
    for (const value& one : list_at(decision, "addresses")) {
        const object& finding = object_of(one);
        out += "  " + text_at(finding, "role") + "  " + text_at(finding, "address") + ": " +
               text_at(finding, "verdict") + "\n";
        for (const value& candidate : list_at(finding, "candidates"))
            out += "      " + label_at(object_of(candidate)) + ": " +
                   text_at(object_of(candidate), "why") + "\n";
    }
}

}  // namespace

std::string explanation_text(const object& mail) {
    const object& decision = part_at(mail, "decision");
    std::string out;
    add_head(mail, decision, out);
    if (text_at(mail, "state") == "new" || decision.empty())
        out += "\nNot decided yet.\n";
    else
        add_decision(mail, decision, out);
    add_addresses(decision, out);
    add_rules(decision, out);
    out += "\nWhat was done:\n";
    if (list_at(mail, "history").empty()) out += "  nothing yet\n";
    for (const value& one : list_at(mail, "history")) {
        const object& event = object_of(one);
        out += "  " + text_at(event, "at") + "  " + text_at(event, "event") + ": " +
               text_at(event, "detail") + "\n";
    }
    return out;
}

std::string tray_line(const object& mail) {
    const object& decision = part_at(mail, "decision");
    std::string who;
    for (const value& one : list_at(decision, "addresses"))
        if (who.empty() && text_at(object_of(one), "verdict") != "user")
            who = text_at(object_of(one), "address");
    return text_at(mail, "id") + "  " + text_at(mail, "mailbox") + "  " + text_at(mail, "seen_at") +
           "  " + text_at(decision, "outcome") + "/" + text_at(decision, "reason") + "  " + who;
}

std::string tray_mail_text(const object& mail) {
    std::string out = tray_line(mail) + "\n";
    if (const std::string subject = text_at(mail, "subject"); !subject.empty())
        out += "  subject: " + subject + "\n";
    if (const std::string name = text_at(mail, "sender_name"); !name.empty())
        out += "  from: " + name + "\n";
    out += "  " + text_at(part_at(mail, "decision"), "detail") + "\n";
    out += list_at(mail, "proposals").empty() ? "  nobody can be proposed\n" : "  proposals:\n";
    for (const value& one : list_at(mail, "proposals")) {
        const object& proposal = object_of(one);
        out += "    " + label_at(proposal) + "  " + text_at(proposal, "name");
        if (const std::string company = text_at(proposal, "company"); !company.empty())
            out += " (" + company + ")";
        out += "  by " + text_at(proposal, "why");
        if (const std::string address = text_at(proposal, "address"); !address.empty())
            out += ", for " + address;
        out += "\n";
    }
    return out;
}

}  // namespace liaison::service
