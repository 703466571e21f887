#include "sandbox/graph/mailbox_routes.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t translate_max = 1'000;

// The entry id stands at a fixed place in an EWS id (see mailbox_ids.cpp).
constexpr std::size_t entry_at = 43;

// Binary forms: URL-safe base64 without padding, whose length stands as a digit at the end
// (user: translateExchangeIds).
std::string url_token(std::string_view bytes) {
    std::string out = base64_encode(bytes);
    std::size_t padding = 0;
    for (; out.ends_with('='); out.pop_back()) ++padding;
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out + std::to_string(padding);
}

std::optional<std::string> from_url_token(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const char padding = text.back();
    if (padding < '0' || padding > '2') return std::nullopt;
    std::string plain(text.substr(0, text.size() - 1));
    for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
    plain.append(static_cast<std::size_t>(padding - '0'), '=');
    std::string bytes;
    if (!base64_decode(plain, bytes)) return std::nullopt;
    return bytes;
}

enum class IdFormat { EntryId, EwsId, ImmutableEntryId, RestId, RestImmutable };

std::optional<IdFormat> id_format(std::string_view name) {
    if (iequals(name, "entryId")) return IdFormat::EntryId;
    if (iequals(name, "ewsId")) return IdFormat::EwsId;
    if (iequals(name, "immutableEntryId")) return IdFormat::ImmutableEntryId;
    if (iequals(name, "restId")) return IdFormat::RestId;
    if (iequals(name, "restImmutableEntryId")) return IdFormat::RestImmutable;
    return std::nullopt;
}

std::string ews_bytes(const Call& call, std::string_view ews_id) {
    std::string bytes;
    if (!base64_decode(ews_id, bytes) || call.mailbox.empty()) return {};
    return bytes;
}

// The item or folder that an id of a format names, as an EWS id; empty when there is none.
std::string ews_id_of(const Call& call, IdFormat format, const std::string& id) {
    if (format == IdFormat::EwsId || format == IdFormat::RestId) {
        const std::string ews_id = format == IdFormat::EwsId ? id : ews_id_of_rest(id);
        if (call.store.find_item(call.mailbox, ews_id) != nullptr) return ews_id;
        return call.store.find_folder(call.mailbox, ews_id) != nullptr ? ews_id : std::string();
    }
    std::int64_t row = 0;
    if (format == IdFormat::RestImmutable) {
        row = row_of_immutable(call.mailbox, id);
    } else if (const auto bytes = from_url_token(id)) {
        if (format == IdFormat::ImmutableEntryId) {
            row = row_of_immutable(call.mailbox, rest_id(base64_encode(*bytes)));
        } else {
            // The head of an EWS id is the same for all items of a mailbox.
            for (const Folder* folder : call.store.folders(call.mailbox)) {
                for (const Item* item : call.store.items(call.mailbox, folder->id)) {
                    if (ews_bytes(call, item->id).substr(entry_at) == *bytes) return item->id;
                }
            }
        }
    }
    const Item* item = row == 0 ? nullptr : call.store.find_item_by_row(call.mailbox, row);
    return item == nullptr ? std::string() : item->id;
}

std::string shown_in(const Call& call, IdFormat format, const std::string& ews_id) {
    const std::int64_t row = row_of_item_id(ews_id);
    const bool item = call.store.find_item(call.mailbox, ews_id) != nullptr && row != 0;
    switch (format) {
        case IdFormat::EwsId:
            return ews_id;
        case IdFormat::RestId:
            return rest_id(ews_id);
        case IdFormat::EntryId:
            return url_token(ews_bytes(call, ews_id).substr(entry_at));
        case IdFormat::RestImmutable:
            return item ? immutable_id(call.mailbox, row) : rest_id(ews_id);
        case IdFormat::ImmutableEntryId:
            break;
    }
    if (!item) return url_token(ews_bytes(call, ews_id).substr(entry_at));
    return url_token(ews_bytes(call, ews_id_of_rest(immutable_id(call.mailbox, row))));
}

}  // namespace

Outcome<Reply> translate_ids(const Call& call) {
    if (call.method != "POST") return method_not_allowed(call);
    if (call.memory.quirks.translate_delegated_only) return access_denied();
    if (auto ok = need(call, {"User.Read.All", "User.ReadWrite.All", "User.ReadBasic.All"}); !ok)
        return std::unexpected(ok.error());
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    const json::array* ids = array_of(*body, "inputIds");
    if (ids == nullptr) ids = array_of(*body, "InputIds");
    const auto source = id_format(text_of(*body, "sourceIdType"));
    const auto target = id_format(text_of(*body, "targetIdType"));
    if (ids == nullptr || !source || !target)
        return bad_request("inputIds, sourceIdType and targetIdType are required.");
    if (ids->size() > translate_max) return bad_request("inputIds has more than 1000 identifiers.");
    json::array values;
    for (const json::value& one : *ids) {
        if (!one.is_string()) return bad_request("inputIds must be texts.");
        const std::string id(one.get_string());
        const std::string ews_id = ews_id_of(call, *source, id);
        json::object result{{"sourceId", id}};
        if (ews_id.empty()) {
            result["errorDetails"] =
                json::object{{"code", "ErrorItemNotFound"},
                             {"message", "The specified object was not found in the store."}};
        } else {
            result["targetId"] = shown_in(call, *target, ews_id);
        }
        values.push_back(std::move(result));
    }
    return json_reply(
        json::object{{"@odata.context",
                      call.base_url + "/$metadata#Collection(microsoft.graph.convertIdResult)"},
                     {"value", std::move(values)}});
}

Outcome<Reply> mailbox_settings(const Call& call, Path rest) {
    if (call.method != "GET") return method_not_allowed(call);
    if (auto ok = need(call, {"MailboxSettings.Read", "MailboxSettings.ReadWrite"}); !ok)
        return std::unexpected(ok.error());
    const json::object language{{"locale", "en-US"}, {"displayName", "English (United States)"}};
    json::object settings{
        {"archiveFolder", ""},      {"timeZone", "UTC"},
        {"dateFormat", "M/d/yyyy"}, {"timeFormat", "h:mm tt"},
        {"userPurpose", "user"},    {"delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly"},
        {"language", language}};
    settings["automaticRepliesSetting"] =
        json::object{{"status", "disabled"},
                     {"externalAudience", "none"},
                     {"internalReplyMessage", ""},
                     {"externalReplyMessage", ""},
                     {"scheduledStartDateTime", zoned_time(0, "UTC", "UTC")},
                     {"scheduledEndDateTime", zoned_time(0, "UTC", "UTC")}};
    settings["workingHours"] = json::object{
        {"daysOfWeek", json::array{"monday", "tuesday", "wednesday", "thursday", "friday"}},
        {"startTime", "08:00:00.0000000"},
        {"endTime", "17:00:00.0000000"},
        {"timeZone", json::object{{"name", "UTC"}}}};
    if (rest.empty()) {
        if (auto ok = call.allow({"$select"}); !ok) return std::unexpected(ok.error());
        settings["@odata.context"] = call.context_url("mailboxSettings");
        return json_reply(std::move(settings));
    }
    const json::value* one = settings.if_contains(rest[0]);
    if (rest.size() > 1 || one == nullptr) return no_such_resource(rest[0]);
    json::object out{{"@odata.context", call.context_url("mailboxSettings/" + rest[0])}};
    if (!one->is_object()) {
        out["value"] = *one;
        return json_reply(std::move(out));
    }
    for (const auto& member : one->get_object()) out[member.key()] = member.value();
    return json_reply(std::move(out));
}

// Whatever category an item carries is in the master list; nobody keeps colours here.
Outcome<Reply> master_categories(const Call& call) {
    if (call.method != "GET") return method_not_allowed(call);
    if (auto ok = need(call, {"MailboxSettings.Read", "MailboxSettings.ReadWrite"}); !ok)
        return std::unexpected(ok.error());
    std::set<std::string> names;
    for (const Folder* folder : call.store.folders(call.mailbox)) {
        for (const Item* item : call.store.items(call.mailbox, folder->id))
            names.insert(item->categories.begin(), item->categories.end());
    }
    const std::vector<std::string> sorted(names.begin(), names.end());
    Collection collection;
    collection.type = "outlookCategory";
    collection.context = "outlook/masterCategories";
    collection.size = sorted.size();
    collection.render = [&](std::size_t row, const Shape& shape) {
        EntityWriter out(shape);
        out.put("displayName", sorted[row]);
        out.put("color", "none");
        json::object entity{{"id", "category-" + sorted[row]}};
        for (auto& member : out.take()) entity[member.key()] = std::move(member.value());
        return entity;
    };
    return list_page(call, collection);
}

}  // namespace liaison::sandbox::graph
