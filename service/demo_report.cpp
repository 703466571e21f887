#include "service/demo_report.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <set>

#include "connectors/crm/embedded/file_report.hpp"
#include "core/ids.hpp"
#include "net/url.hpp"

namespace liaison::service {

namespace {

using boost::json::object;
using boost::json::value;

std::string demo_text(const object& item, const char* name) {
    const value* v = item.if_contains(name);
    return v && v->is_string() ? std::string(v->get_string()) : std::string();
}

/// The value of one of our named properties, by its name; keys of the control API end with it.
std::string demo_property(const object& item, std::string_view name) {
    const value* extended = item.if_contains("extended");
    if (!extended || !extended->is_object()) return {};
    for (const auto& [key, v] : extended->get_object())
        if (std::string_view(key).find(name) != std::string_view::npos && v.is_array() &&
            !v.get_array().empty() && v.get_array().front().is_string())
            return std::string(v.get_array().front().get_string());
    return {};
}

/// The token of an item: in a named property, or in a linked resource of a To Do task.
CorrelationToken demo_token(const object& item) {
    const auto token = CorrelationToken::parse(demo_property(item, "CrmKey"));
    const value* properties = item.if_contains("properties");
    if (!token.empty() || !properties || !properties->is_object()) return token;
    boost::json::error_code error;
    const value links =
        boost::json::parse(demo_text(properties->get_object(), "graph:linkedResources"), error);
    if (error || !links.is_array()) return token;
    for (const value& link : links.get_array())
        if (link.is_object() && demo_text(link.get_object(), "applicationName") == "Liaison")
            return CorrelationToken::parse(demo_text(link.get_object(), "externalId"));
    return token;
}

/// All items of a mailbox, page by page.
template <class Visit>
Result<void> each_item(DemoClient& client, const std::string& sandbox_url,
                       const std::string& mailbox, const char* kind, Visit visit) {
    constexpr std::size_t kPage = 200;
    for (std::size_t offset = 0;;) {
        auto page =
            client.call("GET", sandbox_url + "/sandbox/mailboxes/" + net::percent_encode(mailbox) +
                                   "/items?kind=" + kind + "&offset=" + std::to_string(offset) +
                                   "&limit=" + std::to_string(kPage));
        if (!page) return std::unexpected(page.error());
        const auto& items = page->at("items").as_array();
        for (const value& item : items) visit(item.as_object());
        offset += items.size();
        if (items.empty() || offset >= page->at("total").to_number<std::size_t>()) return {};
    }
}

bool in_bin(const object& item) {
    return demo_text(item, "folder").starts_with("Deleted Items");
}

Result<void> count_mails(DemoClient& client, const std::string& url, const std::string& mailbox,
                         DemoReport& report) {
    return each_item(client, url, mailbox, "message", [&](const object& item) {
        const std::string folder = demo_text(item, "folder");
        const std::string note = demo_property(item, "CrmNote");
        if (!folder.starts_with("Inbox/CRM") && note.empty()) return;
        ++report.mails_seen;
        if (note.starts_with("unmatched")) ++report.unmatched;
        if (note.starts_with("parked")) ++report.parked;
        if (note.starts_with("skipped: ")) ++report.skipped[note.substr(9)];
    });
}

Result<std::size_t> count_mirrored(DemoClient& client, const std::string& url,
                                   const std::string& mailbox, const char* kind,
                                   const crm::FileReport& crm) {
    std::set<std::string> tokens;
    auto done = each_item(client, url, mailbox, kind, [&](const object& item) {
        const CorrelationToken token = demo_token(item);
        if (!in_bin(item) && crm.has(token.kind, token.crm_id)) tokens.insert(token.crm_id);
    });
    if (!done) return std::unexpected(done.error());
    return tokens.size();
}

}  // namespace

Result<DemoReport> count_demo(DemoClient& client, const std::string& sandbox_url,
                              const std::string& crm_database) {
    DemoReport report;
    auto users = client.call("GET", sandbox_url + "/sandbox/users");
    if (!users) return std::unexpected(users.error());
    const auto crm = crm::read_file_report(crm_database);
    if (!crm) return std::unexpected(crm.error());
    report.mails_logged = crm->messages;
    report.interactions = crm->interactions;
    const value* list = users->is_object() ? users->as_object().if_contains("users") : &*users;
    if (!list || !list->is_array())
        return fail(ErrorKind::CorruptReply, "the sandbox's list of users makes no sense");
    for (const value& user : list->as_array()) {
        const std::string mailbox = demo_text(user.as_object(), "address");
        if (auto mails = count_mails(client, sandbox_url, mailbox, report); !mails)
            return std::unexpected(mails.error());
        for (const auto& [kind, total] : {std::pair{"task", &report.tasks_mirrored},
                                          std::pair{"appointment", &report.appointments_mirrored},
                                          std::pair{"contact", &report.contacts_mirrored}}) {
            const auto count = count_mirrored(client, sandbox_url, mailbox, kind, *crm);
            if (!count) return std::unexpected(count.error());
            *total += *count;
        }
    }
    auto outbox = client.call("GET", sandbox_url + "/sandbox/outbox");
    if (!outbox) return std::unexpected(outbox.error());
    report.messages_sent = outbox->at("count").to_number<std::size_t>();
    return report;
}

std::string to_json_text(const DemoReport& r) {
    object skipped;
    for (const auto& [reason, count] : r.skipped) skipped[reason] = count;
    const object out{{"mails_seen", r.mails_seen},
                     {"mails_logged", r.mails_logged},
                     {"interactions", r.interactions},
                     {"unmatched", r.unmatched},
                     {"skipped", std::move(skipped)},
                     {"tasks_mirrored", r.tasks_mirrored},
                     {"appointments_mirrored", r.appointments_mirrored},
                     {"contacts_mirrored", r.contacts_mirrored},
                     {"parked", r.parked},
                     {"messages_sent", r.messages_sent},
                     {"seconds", r.seconds}};
    return serialize(out) + "\n";
}

std::string to_table(const DemoReport& r) {
    std::string out;
    const auto row = [&](const std::string& what, std::size_t count, const char* where) {
        std::array<char, 160> line{};
        std::snprintf(line.data(), line.size(), "  %-34s %8zu   %s\n", what.c_str(), count, where);
        out += line.data();
    };
    out += "\n  mirrored into Outlook\n";
    row("tasks", r.tasks_mirrored, "coloured: planned, overdue, done");
    row("appointments", r.appointments_mirrored, "");
    row("contacts", r.contacts_mirrored, "");
    out += "\n  mail in designated folders\n";
    row("seen", r.mails_seen, "");
    row("logged", r.mails_logged, "in the CRM, original kept");
    row("interactions", r.interactions, "one per mail and contact");
    row("unmatched", r.unmatched, "kept, tried again when contacts change");
    for (const auto& [reason, count] : r.skipped) row("skipped: " + reason, count, "");
    row("parked", r.parked, "for a human");
    out += "\n  sent to people by accident\n";
    row("messages, invitations", r.messages_sent, "must be 0");
    return out;
}

}  // namespace liaison::service
