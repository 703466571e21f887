#include "sandbox/ews/feed_faults.hpp"

#include <algorithm>

namespace liaison::sandbox::ews {
namespace {

std::uint64_t turn_after(std::string_view state) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : state) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash | 1;
}

// The first entry once more behind the page's entries, with another change key.
std::string with_first_twice(std::string written) {
    static constexpr std::string_view update = "<t:Update>";
    static constexpr std::string_view end = "</t:Update>";
    const std::size_t from = written.find(update);
    const std::size_t to = written.find(end);
    if (from == std::string::npos || to == std::string::npos) return written;
    std::string again = written.substr(from, to + end.size() - from);
    static constexpr std::string_view key = " ChangeKey=\"";
    const std::size_t at = again.find(key);
    if (at != std::string::npos) {
        // The last but four characters count the changes of the store.
        char& digit = again[again.find('"', at + key.size()) - 5];
        digit = digit == 'A' ? 'B' : 'A';
    }
    return written + again;
}

}  // namespace

Outcome<FeedPage> read_feed(const RequestContext& context, const Folder& folder, SyncCursor cursor,
                            std::string_view given, std::size_t most) {
    FeedPage page;
    if (context.empty_listing) {
        page.found.next = given.empty() ? SyncCursor{} : cursor;
        return page;
    }
    const bool loops = context.struck_by(FaultKind::LoopingFeed);
    if (loops || context.struck_by(FaultKind::EmptyPageMore)) {
        page.found.next = cursor;
        page.found.complete = false;
        if (!loops) page.turn = turn_after(given);
        return page;
    }
    if (context.struck_by(FaultKind::OldGeneration) && !cursor.first_round)
        cursor.sequence -= std::min<std::uint64_t>(cursor.sequence, context.fault->count);
    auto changes = context.store.item_changes(context.mailbox, folder.id, cursor, most);
    if (changes && context.struck_by(FaultKind::HiddenChanges)) {
        const std::size_t there = changes->changes.size();
        const std::size_t shown = there - std::min<std::size_t>(there, context.fault->count);
        if (shown > 0)
            changes = context.store.item_changes(context.mailbox, folder.id, cursor, shown);
        else
            *changes = ItemChanges{{}, cursor, true};
        // A first round ends early; what is hidden comes with the next one.
        if (changes) changes->complete = true;
    }
    if (!changes) return std::unexpected(from_store(changes.error(), "ErrorSyncFolderNotFound"));
    page.found = std::move(*changes);
    return page;
}

std::string with_false_entries(const RequestContext& context, const Folder& folder,
                               std::string written) {
    if (context.struck_by(FaultKind::TwiceInPage)) return with_first_twice(std::move(written));
    if (!context.struck_by(FaultKind::FalseRemoval)) return written;
    const auto items = context.store.items(context.mailbox, folder.id);
    if (items.empty()) return written;
    const Item& item = *items[context.fault->count % items.size()];
    return written + "<t:Delete><t:ItemId Id=\"" + item.id + "\"/></t:Delete>";
}

}  // namespace liaison::sandbox::ews
