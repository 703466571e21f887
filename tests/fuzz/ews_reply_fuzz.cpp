// Every EWS reply that Liaison reads, down to records and mails.
#include "connectors/ews/create_folder.hpp"
#include "connectors/ews/create_item.hpp"
#include "connectors/ews/delete_item.hpp"
#include "connectors/ews/find_folder.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/ews/get_item.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/ews/move_item.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "connectors/ews/update_item.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace liaison;
using namespace liaison::ews;
using fuzz::require;

const MappingContext& fuzz_mapping() {
    static const MappingContext context{"6f1b8c52-93d7-4e0a-8a41-5d2c7be09f36", "Europe/Berlin"};
    return context;
}

void read_as_items(const XmlNode& item) {
    for (const EntityKind kind : kEntityKinds) {
        const ItemContent content = read_item(kind, item, fuzz_mapping());
        const auto* record = std::get_if<Record>(&content);
        if (!record) continue;
        const Record once = project_item(*record, fuzz_mapping());
        require(project_item(once, fuzz_mapping()) == once, "a projection is idempotent");
        (void)item_writes(kind, patch_of(*record), fuzz_mapping());
    }
    (void)read_message(item);
    (void)read_token(item);
}

void decode_items(const SoapReply& reply) {
    // The ids that the reply itself names, so that it is not refused as somebody else's.
    std::vector<ItemId> ids;
    for (XmlNode m = reply.response.child("ResponseMessages").first(); m; m = m.next())
        ids.push_back(read_item_id(m.child("Items").first()));
    const auto items = decode_get_item(reply, ids);
    if (!items) return;
    for (const auto& item : *items)
        if (item) read_as_items(*item);
}

void decode_reply(const SoapReply& reply, std::string_view operation) {
    std::size_t messages = 0;
    for (XmlNode m = reply.response.child("ResponseMessages").first(); m; m = m.next()) ++messages;
    (void)response_messages(reply, messages);
    if (operation == "GetItem") decode_items(reply);
    if (operation == "SyncFolderItems") {
        const auto page = decode_sync_folder_items(reply, {});
        if (page) require(page->changes.size() <= 512, "no more changes than asked for");
    }
    if (operation == "FindItem") {
        FindItemRequest request;
        request.folders.resize(messages);
        (void)decode_find_item(reply, request);
    }
    if (operation == "FindFolder") (void)decode_find_folder(reply, {});
    if (operation == "GetFolder") (void)decode_get_folder(reply, messages);
    if (operation == "CreateFolder") (void)decode_create_folder(reply);
    if (operation == "CreateItem") (void)decode_create_item(reply, messages);
    if (operation == "UpdateItem") (void)decode_update_item(reply, messages);
    if (operation == "MoveItem") (void)decode_move_item(reply);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 64u << 10) return 0;
    const std::string_view text = fuzz::text_of(data, size);
    for (const std::string_view operation :
         {"GetItem", "SyncFolderItems", "FindItem", "FindFolder", "GetFolder", "CreateFolder",
          "CreateItem", "UpdateItem", "DeleteItem", "MoveItem"}) {
        if (text.find(std::string(operation) + "Response") == std::string_view::npos) continue;
        const auto reply = parse_envelope(std::string(text), operation, size % 2 == 1);
        if (reply) decode_reply(*reply, operation);
    }
    if (text.find("Response") == std::string_view::npos)
        (void)parse_envelope(std::string(text), "GetItem", true);
    return 0;
}
