#include <algorithm>
#include <charconv>
#include <set>

#include "connectors/ews/ews_mail_source.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/item_values.hpp"
#include "core/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::chrono::minutes kFeedOverlap{2};  ///< items may show up after later ones
constexpr std::size_t kFeedSeenMax = 4'000;
constexpr std::size_t kSeenDigits = 12;

/// "P:MARK:OFFSET:SEEN": everything changed before MARK (milliseconds since 1970) was given; of
/// what changed since, the items in SEEN (digests of id and version) were. OFFSET: place in the
/// search under way.
struct PublicCursor {
    std::int64_t mark = 0;
    std::int64_t offset = 0;
    std::set<std::string> seen;

    static Result<PublicCursor> parse(const Cursor& cursor) {
        PublicCursor out;
        const std::string& text = cursor.str();
        if (text.empty()) return out;
        const std::vector<std::string> parts = split(text, ':');
        const auto number = [](const std::string& digits, std::int64_t& value) {
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), value);
            return error == std::errc() && end == digits.data() + digits.size() && value >= 0;
        };
        if (parts.size() != 4 || parts[0] != "P" || !number(parts[1], out.mark) ||
            !number(parts[2], out.offset) || parts[3].size() % kSeenDigits != 0)
            return fail(ErrorKind::CursorExpired, "the cursor is none of a public folder");
        for (std::size_t at = 0; at < parts[3].size(); at += kSeenDigits)
            out.seen.insert(parts[3].substr(at, kSeenDigits));
        return out;
    }

    Cursor text() const {
        std::string out = "P:" + std::to_string(mark) + ":" + std::to_string(offset) + ":";
        for (const std::string& one : seen) out += one;
        return Cursor(std::move(out));
    }
};

std::string seen_mark(const FoundItem& item) {
    return sha256_hex(item.id.id + " " + item.id.change_key).substr(0, kSeenDigits);
}

}  // namespace

/// FindItem by time of the last change, from the mark of the last reading minus an overlap
/// (exchange-protocols.md 1.9). Deletions are not told: a mail that went is found out by reading
/// it.
Async<Result<MessagePage>> EwsMailSource::pull_public(FolderId folder, Cursor cursor) {
    auto from = PublicCursor::parse(cursor);
    if (!from) co_return std::unexpected(std::move(from.error()));
    const bool is_snapshot = from->mark == 0;
    FindItemRequest request;
    request.folders.push_back(FolderRef::by_id(folder.str()));
    request.max = static_cast<std::int64_t>(limits::find_page_items_max);
    request.offset = from->offset;
    request.sort_by = PropertyPath::plain("item:LastModifiedTime");
    request.with_modified = true;
    if (from->mark > 0)
        request.modified_since = format_instant(Timestamp(std::chrono::milliseconds(from->mark)));
    EwsClient::Call call;
    call.operation = "FindItem";
    call.body = encode_find_item(request);
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto found = decode_find_item_times(reply->soap, request);
    if (!found) co_return std::unexpected(std::move(found.error()));
    PublicCursor next = *from;
    MessagePage page;
    page.is_last = found->is_last;
    page.is_snapshot = is_snapshot;
    std::int64_t newest = from->mark;
    for (const FoundItem& item : found->items) {
        newest = std::max<std::int64_t>(newest, item.modified.time_since_epoch().count());
        if (!next.seen.insert(seen_mark(item)).second) continue;
        page.changes.push_back(
            MessageChange{ItemKey(item.id.id), Version(item.id.change_key), false});
    }
    next.offset = found->is_last ? 0 : found->next_offset;
    if (!found->is_last && next.seen.size() > kFeedSeenMax)
        next.seen.clear();  // a page that is given twice does no harm
    if (found->is_last && newest > 0) {
        // What lies before the overlap is never asked for again.
        const auto overlap = std::chrono::milliseconds(kFeedOverlap).count();
        next.mark = std::max<std::int64_t>(from->mark, newest - overlap);
        std::set<std::string> recent;
        for (const FoundItem& item : found->items)
            if (item.modified.time_since_epoch().count() >= next.mark)
                recent.insert(seen_mark(item));
        if (from->offset == 0) next.seen = std::move(recent);
        while (next.seen.size() > kFeedSeenMax) next.seen.erase(next.seen.begin());
    }
    page.next = next.text();
    co_return page;
}

}  // namespace liaison::ews
