#include "connectors/ews/ews_mail_source.hpp"

#include "connectors/ews/feed_cursor.hpp"
#include "core/limits.hpp"
#include "net/url.hpp"

namespace liaison::ews {

EwsMailSource::EwsMailSource(HttpClient& http, EwsSettings settings)
    : client_(http, settings), context_{settings.property_set_guid, settings.time_zone} {}

Async<Result<MessagePage>> EwsMailSource::pull_messages(FolderId folder, Cursor cursor) {
    if (public_ids_.contains(folder.str())) {
        auto listed = co_await pull_public(std::move(folder), std::move(cursor));
        co_return listed;
    }
    const auto from = FeedCursor::parse(cursor);
    if (!from) co_return std::unexpected(from.error());
    SyncFolderItemsRequest request;
    request.folder = FolderRef::by_id(folder.str());
    request.sync_state = from->sync_state;
    request.max_changes = limits::sync_page_items_max;
    auto sync = co_await pull_sync_page(client_, client_.settings().mailbox, std::move(request));
    if (!sync) co_return std::unexpected(std::move(sync.error()));
    MessagePage page;
    page.is_last = sync->is_last;
    page.is_snapshot = from->is_snapshot;
    page.next = FeedCursor(from->is_snapshot && !sync->is_last, sync->sync_state).text();
    for (const ItemChange& change : sync->changes) {
        if (change.kind == ItemChange::Kind::ReadFlagChange)
            continue;  // reading a mail changes nothing for us (P-34)
        page.changes.push_back(MessageChange{ItemKey(change.id.id), Version(change.id.change_key),
                                             change.kind == ItemChange::Kind::Delete});
    }
    co_return page;
}

std::string EwsMailSource::link_url(ItemKey key) const {
    const std::string& base = client_.settings().owa_url;
    if (base.empty()) return {};
    return base + (base.ends_with('/') ? "" : "/") + "?ItemID=" + net::percent_encode(key.str()) +
           "&exvsurl=1&viewmodel=ReadMessageItem";
}

std::unique_ptr<MailSource> make_ews_mail_source(HttpClient& http, EwsSettings settings) {
    return std::make_unique<EwsMailSource>(http, std::move(settings));
}

}  // namespace liaison::ews
