#include <charconv>

#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/mime.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t direct_bytes_max = 3u << 20;     // GDC: less than 3 MB in one POST
constexpr std::size_t session_bytes_max = 150u << 20;  // outlook-large-attachments page
constexpr std::int64_t session_life_ms = 3'600'000;

Outcome<std::string> attachment_bytes(const Call& call, const Item& item,
                                      const Attachment& attachment) {
    if (attachment.mime_index < 0) {
        auto bytes = call.store.attachment_content(call.mailbox, attachment.id);
        if (!bytes) return std::unexpected(from_store_error(bytes.error()));
        return std::move(*bytes);
    }
    const auto content = call.store.content(call.mailbox, item.id);
    if (!content) return std::unexpected(from_store_error(content.error()));
    auto bytes =
        mime_attachment_content(content->mime, static_cast<std::size_t>(attachment.mime_index));
    if (!bytes) return std::unexpected(from_store_error(bytes.error()));
    return std::move(*bytes);
}

std::string_view attachment_type(const Attachment& attachment) {
    return attachment.is_item ? "itemAttachment" : "fileAttachment";
}

Outcome<Attachment> attachment_of(const json::object& body, std::string& bytes) {
    if (text_of(body, "name").empty())
        return graph_fail(400, "ErrorInvalidRequest", "The attachment has no name.");
    if (!body.contains("contentBytes") || !base64_decode(text_of(body, "contentBytes"), bytes))
        return graph_fail(400, "ErrorInvalidRequest", "The attachment has no contentBytes.");
    Attachment out;
    out.name = text_of(body, "name");
    out.content_type = text_of(body, "contentType");
    out.content_id = text_of(body, "contentId");
    out.content_location = text_of(body, "contentLocation");
    const json::value* flag = body.if_contains("isInline");
    out.is_inline = flag != nullptr && *flag == json::value(true);
    return out;
}

Outcome<Reply> add_attachment(const Call& call, const ItemPlace& place, const Item& item) {
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    const bool task = place.resource == Resource::Task;
    if (auto ok = check_entity(task ? "taskFileAttachment" : "fileAttachment", *body); !ok)
        return std::unexpected(ok.error());
    const std::string_view named = text_of(*body, "@odata.type");
    if (!named.ends_with("ileAttachment") && !(task && named.empty()))
        return graph_fail(400, "ErrorInvalidRequest",
                          "The sandbox adds file attachments only; @odata.type is required.");
    std::string bytes;
    auto attachment = attachment_of(*body, bytes);
    if (!attachment) return std::unexpected(attachment.error());
    if (bytes.size() >= direct_bytes_max)
        return graph_fail(413, "ErrorMessageSizeExceeded",
                          "The attachment is too large for one request; use an upload session.");
    auto id =
        call.store.add_attachment(call.mailbox, item.id, std::move(*attachment), std::move(bytes));
    if (!id) return std::unexpected(from_store_error(id.error()));
    const Item* owner = call.store.find_item(call.mailbox, item.id);
    json::object out = attachment_json(call, *owner, owner->attachments.back(), true);
    out["@odata.context"] = call.context_url(place.context + "('x')/attachments/$entity");
    return json_reply(std::move(out), 201);
}

Outcome<Reply> open_session(const Call& call, const Item& item) {
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    const json::object* info = object_of(*body, "AttachmentItem");
    if (info == nullptr) info = object_of(*body, "attachmentItem");
    if (info == nullptr) info = object_of(*body, "attachmentInfo");
    if (info == nullptr) return bad_request("The AttachmentItem is missing.");
    if (auto ok = check_entity("attachmentItem", *info); !ok) return std::unexpected(ok.error());
    const json::value* size = info->if_contains("size");
    if (!iequals(text_of(*info, "attachmentType"), "file") || text_of(*info, "name").empty() ||
        size == nullptr || !size->is_int64() || size->get_int64() <= 0)
        return graph_fail(400, "ErrorInvalidRequest",
                          "An upload session needs attachmentType file, a name and a size.");
    if (static_cast<std::size_t>(size->get_int64()) > session_bytes_max)
        return graph_fail(413, "ErrorMessageSizeExceeded", "The attachment is too large.");
    UploadSession session;
    session.mailbox = call.mailbox;
    session.item_id = item.id;
    session.attachment.name = text_of(*info, "name");
    session.attachment.content_type = text_of(*info, "contentType");
    session.attachment.content_id = text_of(*info, "contentId");
    session.attachment.is_inline =
        info->contains("isInline") && info->at("isInline") == json::value(true);
    session.attachment.size = size->get_int64();
    session.expires = call.store.now() + session_life_ms;
    const std::string id = "u" + std::to_string(call.memory.next_number++) + "-" +
                           std::to_string(call.store.sequence(call.mailbox));
    const std::string expires = graph_date_time(session.expires);
    call.memory.uploads[id] = std::move(session);
    json::object out{{"@odata.context", call.base_url + "/$metadata#microsoft.graph.uploadSession"},
                     {"uploadUrl", call.base_url + "/sandbox-uploads/" + id},
                     {"expirationDateTime", expires},
                     {"nextExpectedRanges", json::array{"0-"}}};
    return json_reply(std::move(out), 201);
}

struct ByteRange {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t total = 0;
};

// `bytes 0-1023/4096`
std::optional<ByteRange> read_range(std::string_view text) {
    if (!text.starts_with("bytes ")) return std::nullopt;
    text.remove_prefix(6);
    const std::size_t dash = text.find('-');
    const std::size_t slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    ByteRange out;
    const auto number = [&](std::string_view part, std::size_t& value) {
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc() && end == part.data() + part.size();
    };
    if (!number(text.substr(0, dash), out.first) ||
        !number(text.substr(dash + 1, slash - dash - 1), out.last) ||
        !number(text.substr(slash + 1), out.total) || out.last < out.first)
        return std::nullopt;
    return out;
}

Outcome<Reply> one_attachment(const Call& call, const ItemPlace& place, const Item& item,
                              const Attachment& attachment, Path rest) {
    if (rest.size() == 1 && is_segment(rest[0], "$value") && call.method == "GET") {
        auto bytes = attachment_bytes(call, item, attachment);
        if (!bytes) return std::unexpected(bytes.error());
        Reply out;
        out.content_type = attachment.is_item                ? "message/rfc822"
                           : attachment.content_type.empty() ? "application/octet-stream"
                                                             : attachment.content_type;
        out.bytes = std::move(*bytes);
        return out;
    }
    if (!rest.empty()) return no_such_resource(rest[0]);
    if (call.method == "DELETE") {
        if (attachment.mime_index >= 0)
            return graph_fail(501, "ErrorNotImplemented",
                              "The sandbox does not take attachments out of received mail.");
        auto gone = call.store.delete_attachment(call.mailbox, attachment.id);
        if (!gone) return std::unexpected(from_store_error(gone.error()));
        return no_content();
    }
    if (call.method != "GET") return method_not_allowed(call);
    const bool expands =
        call.option("$expand").starts_with("microsoft.graph.itemattachment/item") ||
        call.option("$expand") == "microsoft.graph.itemAttachment/item";
    if (call.has("$expand") && !expands)
        return graph_fail(400, "ErrorInvalidUrlQuery", "The sandbox does not expand this.");
    if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
    json::object out = attachment_json(call, item, attachment, true);
    if (expands && attachment.is_item) {
        auto bytes = attachment_bytes(call, item, attachment);
        if (!bytes) return std::unexpected(bytes.error());
        MailItem mail = mail_item_from_mime(std::move(*bytes), call.store.now());
        mail.item.properties.set("item:Body", mail.content.html_body.empty()
                                                  ? mail.content.text_body
                                                  : mail.content.html_body);
        mail.item.properties.set("item:Body@BodyType",
                                 std::string(mail.content.html_body.empty() ? "Text" : "HTML"));
        json::object inner{{"@odata.type", "#microsoft.graph.message"}};
        for (auto& member : item_json(call, Resource::Message, mail.item, Shape{}))
            inner[member.key()] = std::move(member.value());
        out["item"] = std::move(inner);
    }
    out["@odata.context"] = call.context_url(place.context + "('x')/attachments/$entity");
    return json_reply(std::move(out));
}

}  // namespace

json::object attachment_json(const Call& call, const Item& item, const Attachment& attachment,
                             bool with_content) {
    json::object out{
        {"@odata.type", "#microsoft.graph." + std::string(attachment_type(attachment))},
        {"@odata.mediaContentType", attachment.content_type},
        {"id", shown_attachment_id(call, item, attachment)},
        {"lastModifiedDateTime", graph_date_time(attachment.modified)},
        {"name", attachment.name},
        {"contentType", attachment.content_type.empty() ? json::value(nullptr)
                                                        : json::value(attachment.content_type)},
        {"size", attachment.size},
        {"isInline", attachment.is_inline}};
    if (attachment.is_item) return out;
    out["contentId"] =
        attachment.content_id.empty() ? json::value(nullptr) : json::value(attachment.content_id);
    out["contentLocation"] = attachment.content_location.empty()
                                 ? json::value(nullptr)
                                 : json::value(attachment.content_location);
    if (!with_content) return out;
    const auto bytes = attachment_bytes(call, item, attachment);
    out["contentBytes"] = bytes ? json::value(base64_encode(*bytes)) : json::value(nullptr);
    return out;
}

Outcome<Reply> attachment_routes(const Call& call, const ItemPlace& place, const Item& item,
                                 Path rest) {
    if (rest.empty()) {
        if (call.method == "POST") return add_attachment(call, place, item);
        if (call.method != "GET") return method_not_allowed(call);
        Collection collection;
        collection.type = "fileAttachment";
        collection.context = place.context + "('x')/attachments";
        collection.size = item.attachments.size();
        collection.render = [&](std::size_t row, const Shape& shape) {
            json::object out;
            json::object all =
                attachment_json(call, item, item.attachments[row], shape.wants("contentBytes"));
            for (auto& member : all) {
                const std::string_view name = member.key();
                if (name == "id" || name.starts_with('@') || shape.wants(name))
                    out[name] = std::move(member.value());
            }
            return out;
        };
        return list_page(call, collection);
    }
    if (is_segment(rest[0], "createUploadSession")) {
        if (call.method != "POST") return method_not_allowed(call);
        return open_session(call, item);
    }
    const auto attachment = attachment_by_id(call, item, rest[0]);
    if (!attachment) return std::unexpected(attachment.error());
    return one_attachment(call, place, item, **attachment, rest.subspan(1));
}

// The URL is pre-authorised: a PUT carries no bearer token (outlook-large-attachments page).
Outcome<Reply> upload_route(const Call& call, std::string_view id) {
    const auto found = call.memory.uploads.find(id);
    if (found == call.memory.uploads.end() || found->second.expires < call.store.now())
        return item_not_found();
    UploadSession& session = found->second;
    if (call.method == "DELETE") {
        call.memory.uploads.erase(found);
        return no_content();
    }
    const auto expected = [&] { return json::array{std::to_string(session.bytes.size()) + "-"}; };
    if (call.method == "GET")
        return json_reply(json::object{{"expirationDateTime", graph_date_time(session.expires)},
                                       {"nextExpectedRanges", expected()}});
    if (call.method != "PUT") return method_not_allowed(call);
    const auto range = read_range(call.fields.get("Content-Range"));
    const auto total = static_cast<std::size_t>(session.attachment.size);
    if (!range || range->total != total || range->first != session.bytes.size() ||
        range->last - range->first + 1 != call.raw_body.size() || range->last >= total)
        return graph_fail(416, "invalidRange", "The uploaded fragment is not the expected one.");
    session.bytes += call.raw_body;
    if (session.bytes.size() < total)
        return json_reply(json::object{{"expirationDateTime", graph_date_time(session.expires)},
                                       {"nextExpectedRanges", expected()}});
    auto made = call.store.add_attachment(session.mailbox, session.item_id,
                                          std::move(session.attachment), std::move(session.bytes));
    const std::string item_id = session.item_id;
    const std::string mailbox = session.mailbox;
    call.memory.uploads.erase(found);
    if (!made) return std::unexpected(from_store_error(made.error()));
    Reply out;
    out.status = 201;
    out.headers.emplace_back("Location", call.base_url + "/users('" + url_encoded(mailbox) +
                                             "')/messages('" + rest_id(item_id) +
                                             "')/attachments('" + rest_id(*made) + "')");
    return out;
}

}  // namespace liaison::sandbox::graph
