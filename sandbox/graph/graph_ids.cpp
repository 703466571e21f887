#include "sandbox/graph/graph_call.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

// What every entry id of the immutable form starts with; the 16 bytes are the provider's GUID.
constexpr std::string_view immutable_head(
    "\x00\x09\x00\x2e\x00\x00\x00\x00\x00\x1d\x84\x03\x11\xaa\x66\x11\xcd\x9b\xc8\x00\xaa\x00\x2f"
    "\x84"
    "\x5a\x0d\x00",
    27);

void append_bytes(std::string& out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::string mailbox_mark(std::string_view mailbox) {
    std::uint64_t a = 14'695'981'039'346'656'037u;
    for (const char c : mailbox) a = (a ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    std::string out;
    append_bytes(out, a);
    append_bytes(out, a * 0x9e3779b97f4a7c15u + 1);
    return out;
}

std::string to_url_safe(std::string text) {
    for (char& c : text) c = c == '+' ? '_' : c == '/' ? '-' : c;
    return text;
}

std::string from_url_safe(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c == '_' ? '+' : c == '-' ? '/' : c;
    return out;
}

bool is_base64_text(std::string_view text) {
    std::string bytes;
    return !text.empty() && base64_decode(text, bytes);
}

std::unexpected<GraphError> malformed_id() {
    return graph_fail(400, "ErrorInvalidIdMalformed", "Id is malformed.");
}

// Well-known names of Graph (mailFolder resource page) that are called otherwise in EWS.
std::string_view distinguished_name(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"archive", "archive"},
        {"clutter", "clutter"},
        {"conflicts", "conflicts"},
        {"conversationhistory", "conversationhistory"},
        {"deleteditems", "deleteditems"},
        {"drafts", "drafts"},
        {"inbox", "inbox"},
        {"junkemail", "junkemail"},
        {"localfailures", "localfailures"},
        {"msgfolderroot", "msgfolderroot"},
        {"outbox", "outbox"},
        {"recoverableitemsdeletions", "recoverableitemsdeletions"},
        {"scheduled", "scheduled"},
        {"searchfolders", "searchfolders"},
        {"sentitems", "sentitems"},
        {"serverfailures", "serverfailures"},
        {"syncissues", "syncissues"}};
    for (const auto& [graph_name, ews_name] : names) {
        if (iequals(name, graph_name)) return ews_name;
    }
    return {};
}

}  // namespace

std::string rest_id(std::string_view ews_id) {
    return to_url_safe(std::string(ews_id));
}

std::string ews_id_of_rest(std::string_view id) {
    return from_url_safe(id);
}

std::string immutable_id(std::string_view mailbox, std::int64_t row) {
    std::string bytes(immutable_head);
    bytes += mailbox_mark(mailbox);
    append_bytes(bytes, static_cast<std::uint64_t>(row));
    return to_url_safe(base64_encode(bytes));
}

std::int64_t row_of_immutable(std::string_view mailbox, std::string_view id) {
    std::string bytes;
    if (!base64_decode(from_url_safe(id), bytes) || bytes.size() != immutable_head.size() + 24)
        return 0;
    if (!bytes.starts_with(immutable_head)) return 0;
    if (bytes.substr(immutable_head.size(), 16) != mailbox_mark(mailbox)) return 0;
    std::uint64_t row = 0;
    for (std::size_t at = immutable_head.size() + 16; at < bytes.size(); ++at)
        row = (row << 8) | static_cast<unsigned char>(bytes[at]);
    return static_cast<std::int64_t>(row);
}

std::string shown_item_id(const Call& call, std::string_view ews_item_id) {
    if (!call.prefer.immutable_ids) return rest_id(ews_item_id);
    const std::int64_t row = row_of_item_id(ews_item_id);
    return row == 0 ? rest_id(ews_item_id) : immutable_id(call.mailbox, row);
}

// The immutable form: the item's id and the attachment's place in the store or in the MIME.
std::string shown_attachment_id(const Call& call, const Item& item, const Attachment& attachment) {
    if (!call.prefer.immutable_ids) return rest_id(attachment.id);
    std::string bytes(immutable_head);
    bytes += mailbox_mark(call.mailbox);
    append_bytes(bytes, static_cast<std::uint64_t>(item.row));
    const bool in_mime = attachment.mime_index >= 0;
    append_bytes(bytes, in_mime ? static_cast<std::uint64_t>(attachment.mime_index)
                                : static_cast<std::uint64_t>(attachment.row));
    bytes.push_back(in_mime ? '\x01' : '\x00');
    return to_url_safe(base64_encode(bytes));
}

Outcome<const Item*> item_by_id(const Call& call, std::string_view id) {
    const std::string ews_id = from_url_safe(id);
    if (!is_base64_text(ews_id)) return malformed_id();
    const std::int64_t row = row_of_immutable(call.mailbox, id);
    const Item* item = row != 0 ? call.store.find_item_by_row(call.mailbox, row)
                                : call.store.find_item(call.mailbox, ews_id);
    if (item == nullptr) return item_not_found();
    return item;
}

Outcome<const Attachment*> attachment_by_id(const Call& call, const Item& item,
                                            std::string_view id) {
    for (const auto& attachment : item.attachments) {
        if (rest_id(attachment.id) == id) return &attachment;
        Call other{call};
        other.prefer.immutable_ids = true;
        if (shown_attachment_id(other, item, attachment) == id) return &attachment;
    }
    return item_not_found();
}

Outcome<const Folder*> mail_folder_by_id(const Call& call, std::string_view id) {
    const std::string_view name = distinguished_name(id);
    const Folder* folder = nullptr;
    if (!name.empty()) {
        folder = call.store.find_distinguished(call.mailbox, name);
    } else {
        const std::string ews_id = from_url_safe(id);
        if (!is_base64_text(ews_id)) return malformed_id();
        folder = call.store.find_folder(call.mailbox, ews_id);
    }
    if (folder == nullptr) return item_not_found();
    return folder;
}

Outcome<const Folder*> folder_by_id(const Call& call, std::string_view id,
                                    std::string_view folder_class) {
    const std::string ews_id = from_url_safe(id);
    if (!is_base64_text(ews_id)) return malformed_id();
    const Folder* folder = call.store.find_folder(call.mailbox, ews_id);
    if (folder == nullptr || !folder->folder_class.starts_with(folder_class))
        return item_not_found();
    return folder;
}

std::string etag_of(std::string_view change_key) {
    return "W/\"" + std::string(change_key) + "\"";
}

Outcome<void> check_if_match(const Call& call, std::string_view change_key) {
    if (call.memory.quirks.conflicts > 0) {
        --call.memory.quirks.conflicts;
        return graph_fail(409, "ErrorIrresolvableConflict",
                          "The send or update operation could not be performed because the change "
                          "key passed in the request does not match the current change key for the "
                          "item.");
    }
    const std::string_view wanted = call.fields.get("If-Match");
    if (wanted.empty() || wanted == "*" || wanted == etag_of(change_key) ||
        wanted == "\"" + std::string(change_key) + "\"")
        return {};
    return graph_fail(412, "ErrorIrresolvableConflict",
                      "The send or update operation could not be performed because the change key "
                      "passed in the request does not match the current change key for the item.");
}

}  // namespace liaison::sandbox::graph
