#include "connectors/graph/feed_page.hpp"

#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr int kFeedPageItems = 50;  // "odata.maxpagesize": larger ones time out (2.3)
constexpr int kSmallestFeedPage = 5;

GraphCall feed_call(const FeedCursor& cursor, const std::string& start, int page_items) {
    GraphCall call;
    call.path = start;
    call.link = cursor.link;
    call.prefer = {"odata.maxpagesize=" + std::to_string(page_items), std::string(kTimesInUtc)};
    return call;
}

Result<FeedPage> read_feed_page(const GraphClient& client, const FeedCursor& cursor,
                                GraphReply reply) {
    JsonObject* body = reply.body.if_object();
    JsonValue* list = body ? body->if_contains("value") : nullptr;
    if (!list || !list->is_array()) return fail(ErrorKind::CorruptReply, "a page without a value");
    const std::string next(text_in(*body, "@odata.nextLink"));
    const std::string delta(text_in(*body, "@odata.deltaLink"));
    if (next.empty() == delta.empty())
        return fail(ErrorKind::CorruptReply, "a page needs a nextLink or a deltaLink");
    FeedPage page;
    page.is_last = next.empty();
    page.next = cursor;
    page.next.link = page.is_last ? delta : next;
    page.next.is_snapshot = cursor.is_snapshot && !page.is_last;
    if (!client.may_follow(page.next.link))
        return fail(ErrorKind::CorruptReply, "a link to another server or path");
    if (page.next.link == cursor.link && !page.is_last)
        return fail(ErrorKind::CorruptReply, "a nextLink to its own page");
    page.entries = std::move(list->get_array());
    return page;
}

}  // namespace

Result<FeedCursor> FeedCursor::parse(const Cursor& cursor, std::string_view scope) {
    FeedCursor out;
    out.scope = std::string(scope);
    if (cursor.empty()) return out;
    const std::vector<std::string> parts = split(cursor.str(), '\t');
    if (parts.size() != 4 || (parts[0] != "S" && parts[0] != "D") || parts[1] != scope)
        return fail(ErrorKind::CursorExpired, "the cursor is none of this feed");
    out.is_snapshot = parts[0] == "S";
    out.window_end = parts[2];
    out.link = parts[3];
    return out;
}

bool is_removed(const JsonObject& entry) {
    return entry.contains("@removed");
}

Async<Result<FeedPage>> pull_feed_page(GraphClient& client, FeedCursor cursor, std::string start) {
    const bool follows = !cursor.link.empty();
    if (follows && !client.may_follow(cursor.link))
        co_return fail(ErrorKind::CursorExpired, "the cursor's link is none of this server");
    int page_items = kFeedPageItems;
    while (true) {
        GraphCall call = feed_call(cursor, start, page_items);
        auto reply = co_await client.send(std::move(call));
        Result<FeedPage> page = fail(ErrorKind::Internal, "not read");
        if (reply)
            page = read_feed_page(client, cursor, std::move(*reply));
        else
            page = std::unexpected(std::move(reply.error()));
        if (page) co_return page;
        if (asks_for_less(page.error()) && page_items > kSmallestFeedPage) {
            page_items /= 2;
            continue;
        }
        // A token that the server itself gave and no longer understands is a lost one.
        if (follows && page.error().kind == ErrorKind::InvalidRequest)
            page.error().kind = ErrorKind::CursorExpired;
        co_return page;
    }
}

}  // namespace liaison::graph
