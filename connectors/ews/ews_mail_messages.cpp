#include "connectors/ews/base64.hpp"
#include "connectors/ews/ews_mail_source.hpp"
#include "connectors/ews/item_values.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/exchange_mail.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::size_t kRememberedSizes = 4'096;
constexpr std::size_t kMimePerRequest = 20;
constexpr std::int64_t kMimeBytesPerRequest = 12
                                              << 20;  // of items; about 32 MB on the wire at worst

/// The name of an item element from a reply, if it is fit to be written into a request.
std::string element_of(const XmlNode& item) {
    const std::string_view name = item.name();
    const bool plain =
        !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        });
    return plain ? std::string(name) : "Message";
}

PropertyWrite categories_write(const std::vector<std::string>& names) {
    PropertyWrite write{PropertyPath::plain("item:Categories"), "Categories", {}, {}};
    if (names.empty()) return write;
    XmlWriter xml(write.xml);
    xml.open("t:Categories");
    for (const std::string& name : names) xml.leaf("t:String", name);
    xml.close("t:Categories");
    return write;
}

std::optional<std::string_view> flag_status(std::string_view flag) {
    if (flag == "notFlagged") return "NotFlagged";
    if (flag == "flagged") return "Flagged";
    if (flag == "complete") return "Complete";
    return std::nullopt;
}

std::optional<Error> unknown_value(const MailMark& mark) {
    const bool importance = !mark.importance || *mark.importance == "low" ||
                            *mark.importance == "normal" || *mark.importance == "high";
    if (importance && (!mark.flag || flag_status(*mark.flag))) return std::nullopt;
    return Error{ErrorKind::InvalidRequest, "a mark with an unknown importance or flag"};
}

/// Read state, importance and flag where the message does not have them yet. A flag is written
/// without dates, as Outlook's "No date" is (types.xsd FlagType).
void put_rule_marks(std::vector<PropertyWrite>& out, const XmlNode& item, const MailMark& mark) {
    if (mark.importance && read_importance(item) != *mark.importance)
        put_value(out, "item:Importance", "Importance", importance_name(*mark.importance));
    if (mark.flag && read_flag(item) != *mark.flag) {
        PropertyWrite write{PropertyPath::plain("item:Flag"), "Flag", {}, {}};
        XmlWriter xml(write.xml);
        xml.open("t:Flag").leaf("t:FlagStatus", *flag_status(*mark.flag)).close("t:Flag");
        out.push_back(std::move(write));
    }
    if (mark.is_read && item.child_bool("IsRead").value_or(false) != *mark.is_read)
        put_value(out, "message:IsRead", "IsRead", *mark.is_read ? "true" : "false");
}

}  // namespace

FetchRequest EwsMailSource::fetch_request(ItemShape shape, std::vector<ItemId> ids) const {
    FetchRequest request;
    request.mailbox = client_.settings().mailbox;
    request.shape = std::move(shape);
    request.ids = std::move(ids);
    request.batch_max = limits::get_item_batch;
    request.reply_bytes_max = 64u << 20;
    return request;
}

void EwsMailSource::remember_size(const std::string& id, std::int64_t size) {
    if (sizes_.size() >= kRememberedSizes) sizes_.clear();
    sizes_[id] = size;
}

Async<std::vector<Result<MailMessage>>> EwsMailSource::get_messages(std::vector<ItemKey> keys,
                                                                    bool with_headers) {
    std::vector<ItemId> ids;
    for (const ItemKey& key : keys) ids.push_back(ItemId{key.str(), {}});
    FetchRequest request = fetch_request(message_shape(context_, with_headers), std::move(ids));
    auto fetched = co_await fetch_items(client_, std::move(request));
    std::vector<Result<MailMessage>> out;
    for (Result<FetchedItem>& item : fetched) {
        if (!item) {
            out.push_back(std::unexpected(std::move(item.error())));
            continue;
        }
        MailMessage message = read_message(item->node);
        remember_size(message.key.str(), message.size);
        out.push_back(std::move(message));
    }
    co_return out;
}

Async<void> EwsMailSource::learn_sizes(std::vector<ItemKey> keys) {
    std::vector<ItemId> ids;
    for (const ItemKey& key : keys)
        if (!sizes_.contains(key.str())) ids.push_back(ItemId{key.str(), {}});
    if (ids.empty()) co_return;
    ItemShape shape;
    shape.properties.push_back(PropertyPath::plain("item:Size"));
    FetchRequest request = fetch_request(std::move(shape), ids);
    auto fetched = co_await fetch_items(client_, std::move(request));
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (fetched[i]) remember_size(ids[i].id, fetched[i]->node.child_int("Size").value_or(0));
}

Async<std::vector<Result<std::string>>> EwsMailSource::fetch_mime(std::vector<ItemKey> keys) {
    std::vector<Result<std::string>> out(keys.size(), fail(ErrorKind::Internal, "not read"));
    co_await learn_sizes(keys);
    std::vector<std::size_t> group;
    std::vector<std::vector<std::size_t>> groups;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto known = sizes_.find(keys[i].str());
        const std::int64_t size = known == sizes_.end() ? 0 : known->second;
        if (size > static_cast<std::int64_t>(limits::mail_bytes_max)) {
            out[i] = fail(ErrorKind::TooLarge, "the original is larger than the limit");
            continue;
        }
        if (!group.empty() &&
            (bytes + size > kMimeBytesPerRequest || group.size() == kMimePerRequest)) {
            groups.push_back(std::move(group));
            group.clear();
            bytes = 0;
        }
        group.push_back(i);
        bytes += size;
    }
    if (!group.empty()) groups.push_back(std::move(group));
    for (const std::vector<std::size_t>& members : groups) {
        std::vector<ItemKey> part;
        for (const std::size_t i : members) part.push_back(keys[i]);
        auto results = co_await fetch_mime_group(std::move(part));
        for (std::size_t k = 0; k < members.size(); ++k) out[members[k]] = std::move(results[k]);
    }
    co_return out;
}

Async<std::vector<Result<std::string>>> EwsMailSource::fetch_mime_group(std::vector<ItemKey> keys) {
    std::vector<ItemId> ids;
    for (const ItemKey& key : keys) ids.push_back(ItemId{key.str(), {}});
    ItemShape shape;
    shape.include_mime = true;
    FetchRequest request = fetch_request(std::move(shape), std::move(ids));
    request.reply_bytes_max = limits::mail_bytes_max / 3 * 4 + (4u << 20);
    auto fetched = co_await fetch_items(client_, std::move(request));
    std::vector<Result<std::string>> out;
    for (Result<FetchedItem>& item : fetched) {
        if (!item) {
            out.push_back(std::unexpected(std::move(item.error())));
            continue;
        }
        const XmlNode content = item->node.child("MimeContent");
        if (!content) {
            out.push_back(fail(ErrorKind::Unsupported, "Exchange has no MIME of this item"));
            continue;
        }
        Result<std::string> mime = decode_base64(content.text());
        if (mime && mime->size() > limits::mail_bytes_max)
            mime = fail(ErrorKind::TooLarge, "the original is larger than the limit");
        out.push_back(std::move(mime));
    }
    co_return out;
}

Async<std::vector<Result<Version>>> EwsMailSource::mark_messages(std::vector<MailMark> marks) {
    std::vector<Result<Version>> out(marks.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<ItemId> ids;
    for (const MailMark& mark : marks) ids.push_back(ItemId{mark.key.str(), {}});
    FetchRequest read = fetch_request(mark_shape(context_), std::move(ids));
    auto present = co_await fetch_items(client_, std::move(read));
    // Categories are merged with what people do meanwhile; our own note may overwrite anything. One
    // request per item element.
    using Group = std::pair<std::string, ConflictResolution>;
    std::map<Group, std::pair<UpdateItemRequest, std::vector<std::size_t>>> groups;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (!present[i]) {
            out[i] = std::unexpected(std::move(present[i].error()));
            continue;
        }
        if (auto unknown = unknown_value(marks[i])) {
            out[i] = std::unexpected(std::move(*unknown));
            continue;
        }
        const XmlNode item = present[i]->node;
        std::vector<std::string> names;
        for (const XmlNode& name : item.child("Categories")) names.push_back(name.text());
        const std::vector<std::string> wanted = marked_categories(names, marks[i]);
        ItemChangeRequest change{read_item_id(item), {}};
        const bool categories_change = wanted != names;
        if (categories_change) change.writes.push_back(categories_write(wanted));
        if (read_named_property(item, kNoteProperty) != marks[i].note)
            put_extended(change.writes, PropertyPath::named(context_.property_set, kNoteProperty),
                         marks[i].note);
        put_rule_marks(change.writes, item, marks[i]);
        if (change.writes.empty()) {
            out[i] = Version(change.id.change_key);
            continue;
        }
        const Group group{element_of(item), categories_change
                                                ? ConflictResolution::AutoResolve
                                                : ConflictResolution::AlwaysOverwrite};
        auto& [request, members] = groups[group];
        request.element = group.first;
        request.resolution = group.second;
        request.changes.push_back(std::move(change));
        members.push_back(i);
    }
    for (auto& [group, work] : groups) {
        auto results = co_await write_marks(std::move(work.first));
        for (std::size_t k = 0; k < work.second.size(); ++k)
            out[work.second[k]] = std::move(results[k]);
    }
    co_return out;
}

Async<std::vector<Result<Version>>> EwsMailSource::write_marks(UpdateItemRequest request) {
    std::vector<Result<Version>> out;
    for (std::size_t from = 0; from < request.changes.size(); from += limits::message_batch) {
        UpdateItemRequest part;
        part.element = request.element;
        part.resolution = request.resolution;
        const std::size_t end = std::min(request.changes.size(), from + limits::message_batch);
        for (std::size_t i = from; i < end; ++i)
            part.changes.push_back(std::move(request.changes[i]));
        EwsClient::Call call;
        call.operation = "UpdateItem";
        call.body = encode_update_item(part);
        call.writes = true;
        auto reply = co_await client_.send(std::move(call));
        Result<std::vector<Result<ItemId>>> ids = fail(ErrorKind::Internal, "not sent");
        if (reply)
            ids = decode_update_item(reply->soap, part.changes.size());
        else
            ids = std::unexpected(std::move(reply.error()));
        for (std::size_t i = 0; i < part.changes.size(); ++i) {
            if (ids && (*ids)[i])
                out.push_back(Version((*ids)[i]->change_key));
            else
                out.push_back(std::unexpected(after_write(ids ? (*ids)[i].error() : ids.error())));
        }
    }
    co_return out;
}

}  // namespace liaison::ews
