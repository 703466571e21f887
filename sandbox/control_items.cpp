// Items of a mailbox as a rep sees and edits them.
#include <boost/json.hpp>
#include <charconv>

#include "sandbox/control_parts.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mail_loader.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::control {
namespace {

constexpr std::size_t items_per_page_max = 1'000;

Result<std::size_t> count_of(const Call& call, const std::string& name, std::size_t otherwise) {
    const std::string_view text = call.parameter(name);
    if (text.empty()) return otherwise;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return fail(ErrorKind::InvalidRequest, name + " must be a whole number");
    }
    return value;
}

std::string encoded_base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve(bytes.size() / 3 * 4 + 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = (bits << 8u) |
                   (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool is_padding = i + k > bytes.size();
            out += is_padding ? '=' : digits[(bits >> (18 - 6 * k)) & 63u];
        }
    }
    return out;
}

HttpResponse one_item(const MailboxStore& store, const Call& call) {
    const Item* item = store.find_item(call.mailbox, call.parameter("id"));
    if (item == nullptr) return problem(404, "Not found", "no such item");
    boost::json::object out = item_json(store, call.mailbox, *item);
    out["body"] = item->properties.text("item:Body");
    if (item->has_mime) {
        const auto content = store.content(call.mailbox, item->id);
        if (!content) return problem(content.error());
        out["body"] = content->text_body;
    }
    return json_answer(out);
}

HttpResponse item_list(const MailboxStore& store, const Call& call) {
    const auto offset = count_of(call, "offset", 0);
    const auto limit = count_of(call, "limit", 200);
    if (!offset) return problem(offset.error());
    if (!limit) return problem(limit.error());
    const std::string_view kind_text = call.parameter("kind");
    const auto kind = kind_by_name(kind_text);
    if (!kind_text.empty() && !kind) return problem(400, "Invalid request", "no such kind");
    const std::string_view folder_text = call.parameter("folder");
    const Folder* only = folder_named(store, call.mailbox, folder_text);
    if (!folder_text.empty() && only == nullptr) return problem(404, "Not found", "no such folder");
    const bool newest_first = call.parameter("order") == "newest";
    std::vector<const Item*> found;
    for (const Folder* folder : store.folders(call.mailbox)) {
        if (only != nullptr && folder != only) continue;
        for (const Item* item : store.items(call.mailbox, folder->id)) {
            if (!kind || item->kind == *kind) found.push_back(item);
        }
    }
    if (newest_first) std::reverse(found.begin(), found.end());
    boost::json::array list;
    const std::size_t most = std::min(*limit, items_per_page_max);
    for (std::size_t i = *offset; i < found.size() && list.size() < most; ++i) {
        list.push_back(item_json(store, call.mailbox, *found[i]));
    }
    return json_answer(boost::json::object{{"total", found.size()},
                                           {"offset", *offset},
                                           {"sequence", store.sequence(call.mailbox)},
                                           {"items", std::move(list)}});
}

struct KindDefaults {
    std::string_view folder;
    std::string_view item_class;
};

KindDefaults defaults_of(ItemKind kind) {
    switch (kind) {
        case ItemKind::Task:
            return {"tasks", "IPM.Task"};
        case ItemKind::Appointment:
            return {"calendar", "IPM.Appointment"};
        case ItemKind::Contact:
            return {"contacts", "IPM.Contact"};
        default:
            return {"inbox", "IPM.Note"};
    }
}

/// MS-OXOCAL 2.2.1.27: a GlobalObjectId in hex; here its data are made from what the store counts.
std::string new_uid(const MailboxStore& store, std::string_view mailbox) {
    const std::string digest =
        sha256_hex(std::string(mailbox) + "/" + std::to_string(store.sequence(mailbox)));
    std::string uid =
        "040000008200E00074C5B7101A82E008000000000000000000000000000000000000000010000000";
    for (const char c : digest.substr(0, 32))
        uid += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return uid;
}

void set_start_values(const MailboxStore& store, std::string_view mailbox, Item& item) {
    PropertyBag& bag = item.properties;
    bag.set("item:Subject", std::string());
    bag.set("item:Importance", std::string("Normal"));
    bag.set("item:Sensitivity", std::string("Normal"));
    bag.set("item:Body", std::string());
    bag.set("item:Body@BodyType", std::string("Text"));
    if (item.kind == ItemKind::Task) {
        bag.set("task:Status", std::string("NotStarted"));
        bag.set("task:PercentComplete", std::string("0"));
    } else if (item.kind == ItemKind::Appointment) {
        bag.set("calendar:IsAllDayEvent", std::string("false"));
        bag.set("calendar:LegacyFreeBusyStatus", std::string("Busy"));
        bag.set("calendar:StartTimeZone", std::string("UTC"));
        bag.set("calendar:EndTimeZone", std::string("UTC"));
        bag.set("calendar:UID", new_uid(store, mailbox));
    }
}

Result<std::vector<MailAddress>> address_member(const boost::json::object& fields,
                                                std::string_view name) {
    std::vector<MailAddress> out;
    const boost::json::value* value = fields.if_contains(name);
    if (value == nullptr) return out;
    const boost::json::array list =
        value->is_array() ? value->get_array() : boost::json::array{*value};
    for (const auto& one : list) {
        if (!one.is_string())
            return fail(ErrorKind::InvalidRequest,
                        std::string(name) + " must be a list of addresses");
        ParsedMessage read = parse_mime("To: " + std::string(one.get_string()) + "\n\n");
        out.insert(out.end(), read.to.begin(), read.to.end());
    }
    return out;
}

/// A mail as if it had arrived: composed, then taken apart as any other.
Result<MailItem> written_mail(const MailboxStore& store, const Call& call,
                              const boost::json::object& fields) {
    MimeDraft draft;
    for (const auto& [name, list] :
         {std::pair<std::string_view, std::vector<MailAddress>*>{"to", &draft.to},
          {"cc", &draft.cc},
          {"bcc", &draft.bcc}}) {
        auto addresses = address_member(fields, name);
        if (!addresses) return std::unexpected(addresses.error());
        *list = std::move(*addresses);
    }
    const auto from = address_member(fields, "from");
    if (!from) return std::unexpected(from.error());
    draft.from = from->empty() ? MailAddress{"", call.mailbox} : from->front();
    for (const auto& [name, text] :
         {std::pair<std::string_view, std::string*>{"subject", &draft.subject},
          {"body", &draft.text_body},
          {"html", &draft.html_body},
          {"message_id", &draft.message_id},
          {"in_reply_to", &draft.in_reply_to}}) {
        const auto member = text_member(fields, name);
        if (!member) return std::unexpected(member.error());
        *text = member->value_or("");
    }
    if (draft.message_id.empty()) {
        const std::string seed = call.mailbox + "/" + std::to_string(store.sequence(call.mailbox));
        draft.message_id = "<" + sha256_hex(seed).substr(0, 32) + "@sandbox.example.test>";
    }
    draft.sent_ms = store.now();
    return mail_item_from_mime(compose_mime(draft), store.now());
}

Result<const Item*> create_from(MailboxStore& store, const Call& call,
                                const boost::json::object& fields) {
    const auto name = needed_text(fields, "kind");
    if (!name) return std::unexpected(name.error());
    const auto kind = kind_by_name(*name);
    if (!kind || *kind == ItemKind::Other) return fail(ErrorKind::InvalidRequest, "no such kind");
    const auto folder_name = text_member(fields, "folder");
    if (!folder_name) return std::unexpected(folder_name.error());
    const KindDefaults defaults = defaults_of(*kind);
    const auto folder =
        folder_made(store, call.mailbox, folder_name->value_or(std::string(defaults.folder)), "");
    if (!folder) return std::unexpected(folder.error());
    const std::string folder_id = (*folder)->id;
    MailItem made;
    if (*kind == ItemKind::Message) {
        auto mail = written_mail(store, call, fields);
        if (!mail) return std::unexpected(mail.error());
        made = std::move(*mail);
    } else {
        made.item.kind = *kind;
        made.item.item_class = std::string(defaults.item_class);
        set_start_values(store, call.mailbox, made.item);
    }
    if (auto applied = apply_fields(store, made.item, fields); !applied)
        return std::unexpected(applied.error());
    return store.create_item(call.mailbox, folder_id, std::move(made.item),
                             std::move(made.content));
}

/// The item that a request names, if its change key, when given, is still the right one.
Result<Item> current_item(const MailboxStore& store, const Call& call,
                          const boost::json::object& fields) {
    const auto id = needed_text(fields, "id");
    if (!id) return std::unexpected(id.error());
    const Item* item = store.find_item(call.mailbox, *id);
    if (item == nullptr) return fail(ErrorKind::NotFound, "no such item");
    const auto change_key = text_member(fields, "change_key");
    if (!change_key) return std::unexpected(change_key.error());
    if (*change_key && **change_key != item->change_key) {
        return fail(ErrorKind::VersionConflict, "somebody changed the item since it was read");
    }
    return *item;
}

HttpResponse item_answer(const MailboxStore& store, const Call& call,
                         const Result<const Item*>& item, int status) {
    if (!item) return problem(item.error());
    return json_answer(item_json(store, call.mailbox, **item), status);
}

HttpResponse act(MailboxStore& store, const Call& call) {
    const auto fields = body_object(call);
    if (!fields) return problem(fields.error());
    const auto action = text_member(*fields, "action");
    if (!action) return problem(action.error());
    if (!*action || **action == "create")
        return item_answer(store, call, create_from(store, call, *fields), 201);
    auto item = current_item(store, call, *fields);
    if (!item) return problem(item.error());
    if (**action == "complete") {
        if (item->kind != ItemKind::Task)
            return problem(400, "Invalid request", "only tasks can be completed");
        complete_task(*item, store.now());
        return item_answer(store, call, store.update_item(call.mailbox, std::move(*item)), 200);
    }
    if (**action != "move" && **action != "copy")
        return problem(400, "Invalid request", "no such action");
    const auto name = needed_text(*fields, "folder");
    if (!name) return problem(name.error());
    const auto folder = folder_made(store, call.mailbox, *name, "");
    if (!folder) return problem(folder.error());
    const std::string folder_id = (*folder)->id;
    return **action == "move"
               ? item_answer(store, call, store.move_item(call.mailbox, item->id, folder_id), 200)
               : item_answer(store, call, store.copy_item(call.mailbox, item->id, folder_id), 201);
}

HttpResponse edit(MailboxStore& store, const Call& call) {
    const auto fields = body_object(call);
    if (!fields) return problem(fields.error());
    auto item = current_item(store, call, *fields);
    if (!item) return problem(item.error());
    if (auto applied = apply_fields(store, *item, *fields); !applied)
        return problem(applied.error());
    const auto body = text_member(*fields, "body");
    if (body && *body && item->has_mime) {
        auto content = store.content(call.mailbox, item->id);
        if (!content) return problem(content.error());
        content->text_body = mime::crlf_lines(**body);
        content->html_body.clear();
        if (auto set = store.set_content(call.mailbox, item->id, std::move(*content)); !set)
            return problem(set.error());
    }
    return item_answer(store, call, store.update_item(call.mailbox, std::move(*item)), 200);
}

HttpResponse remove_item(MailboxStore& store, const Call& call) {
    const Item* item = store.find_item(call.mailbox, call.parameter("id"));
    if (item == nullptr) return problem(404, "Not found", "no such item");
    const std::string id = item->id;
    const Folder* bin = store.find_distinguished(call.mailbox, "deleteditems");
    const bool is_hard =
        call.parameter("hard") == "true" || bin == nullptr || item->folder_id == bin->id;
    if (!is_hard) {
        const std::string bin_id = bin->id;
        return item_answer(store, call, store.move_item(call.mailbox, id, bin_id), 200);
    }
    if (auto deleted = store.delete_item(call.mailbox, id); !deleted)
        return problem(deleted.error());
    return json_answer(boost::json::object{{"deleted", id}});
}

}  // namespace

HttpResponse items(MailboxStore& store, const Call& call) {
    if (call.method == "GET")
        return call.query.contains("id") ? one_item(store, call) : item_list(store, call);
    if (call.method == "POST") return act(store, call);
    if (call.method == "PATCH") return edit(store, call);
    if (call.method == "DELETE") return remove_item(store, call);
    return method_not_allowed("GET, POST, PATCH, DELETE");
}

HttpResponse content(MailboxStore& store, const Call& call) {
    if (call.method != "GET") return method_not_allowed("GET");
    const Item* item = store.find_item(call.mailbox, call.parameter("id"));
    if (item == nullptr) return problem(404, "Not found", "no such item");
    const auto content = store.content(call.mailbox, item->id);
    if (!content) return problem(content.error());
    boost::json::object out = {{"text", content->text_body}, {"html", content->html_body}};
    if (!item->has_mime) out["text"] = item->properties.text("item:Body");
    if (call.parameter("mime") == "true") out["mime_base64"] = encoded_base64(content->mime);
    return json_answer(out);
}

}  // namespace liaison::sandbox::control
