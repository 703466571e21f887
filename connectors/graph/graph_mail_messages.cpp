#include "connectors/graph/graph_endpoint.hpp"
#include "connectors/graph/graph_mail_source.hpp"
#include "connectors/graph/message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "net/url.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kRememberedLinks = 4'096;

}  // namespace

void GraphMailSource::remember_link(const JsonObject& entity) {
    const std::string_view link = text_in(entity, "webLink");
    const auto url = net::parse_url(link);
    if (!url || url->scheme != "https") return;
    if (links_.size() >= kRememberedLinks) links_.clear();
    links_[std::string(text_in(entity, "id"))] = std::string(link);
}

Async<GraphMailSource::Entities> GraphMailSource::fetch(std::vector<ItemKey> keys,
                                                        std::string options) {
    std::vector<GraphCall> calls;
    for (const ItemKey& key : keys) {
        GraphCall call;
        call.path = "/messages/" + segment(key.str()) + options;
        call.prefer = {std::string(kTextBodies)};
        call.reply_bytes_max = 64u << 20;
        calls.push_back(std::move(call));
    }
    auto replies = co_await client_.send_all(std::move(calls));
    Entities out;
    for (Result<GraphReply>& reply : replies) {
        JsonObject* entity = reply ? reply->body.if_object() : nullptr;
        if (!reply)
            out.push_back(std::unexpected(std::move(reply.error())));
        else if (entity && !text_in(*entity, "id").empty())
            out.push_back(std::move(*entity));
        else
            out.push_back(fail(ErrorKind::CorruptReply, "a read without a message"));
    }
    co_return out;
}

Async<Result<void>> GraphMailSource::learn_deleted_folders() {
    if (!deleted_folders_.empty()) co_return Result<void>{};
    for (const char* name : {"deleteditems", "recoverableitemsdeletions"}) {
        auto folder = co_await get_folder(name);
        if (!folder && folder.error().kind == ErrorKind::NotFound) continue;
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        deleted_folders_.insert(folder->id);
    }
    co_return Result<void>{};
}

Async<std::vector<Result<MailMessage>>> GraphMailSource::get_messages(std::vector<ItemKey> keys,
                                                                      bool with_headers) {
    std::vector<Result<MailMessage>> out;
    const auto learnt = co_await learn_deleted_folders();
    if (!learnt)
        co_return std::vector<Result<MailMessage>>(keys.size(), std::unexpected(learnt.error()));
    const auto entities = co_await fetch(std::move(keys), message_options(context_));
    for (const Result<JsonObject>& entity : entities) {
        if (!entity) {
            out.push_back(std::unexpected(entity.error()));
            continue;
        }
        const std::string folder(text_in(*entity, "parentFolderId"));
        if (deleted_folders_.contains(folder) && !paths_.contains(folder)) {
            out.push_back(fail(ErrorKind::NotFound, "the message lies in Deleted Items"));
            continue;
        }
        auto message = read_message(*entity, context_, with_headers);
        if (!message) {
            out.push_back(fail(ErrorKind::Unsupported, "the message is not as the schema says"));
            continue;
        }
        message->version = Version(version_of(*entity));
        remember_link(*entity);
        out.push_back(std::move(*message));
    }
    co_return out;
}

Async<Result<std::string>> GraphMailSource::fetch_one_mime(ItemKey key) {
    GraphCall call;
    call.path = "/messages/" + segment(key.str()) + "/$value";
    call.wants_json = false;
    call.reply_bytes_max = limits::mail_bytes_max;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (reply->text.empty()) co_return fail(ErrorKind::CorruptReply, "an empty original");
    co_return std::move(reply->text);
}

Async<std::vector<Result<std::string>>> GraphMailSource::fetch_mime(std::vector<ItemKey> keys) {
    // One by one: a batch would bring them in base64 inside JSON, all in memory at once.
    std::vector<Result<std::string>> out;
    for (const ItemKey& key : keys) {
        auto mime = co_await fetch_one_mime(key);
        out.push_back(std::move(mime));
    }
    co_return out;
}

Async<std::vector<Result<Version>>> GraphMailSource::try_marks(std::vector<MailMark> marks) {
    std::vector<Result<Version>> out(marks.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<ItemKey> keys;
    for (const MailMark& mark : marks) keys.push_back(mark.key);
    const auto present = co_await fetch(std::move(keys), mark_options(context_));
    std::vector<GraphCall> calls;
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (!present[i]) {
            out[i] = std::unexpected(present[i].error());
            continue;
        }
        if (auto refusal = mark_refusal(marks[i])) {
            out[i] = std::unexpected(std::move(*refusal));
            continue;
        }
        const std::string version = version_of(*present[i]);
        JsonObject body = mark_writes(*present[i], marks[i], context_);
        if (body.empty()) {
            out[i] = Version(version);
            continue;
        }
        GraphCall call;
        call.method = "PATCH";
        call.path = "/messages/" + segment(marks[i].key.str());
        call.if_match = version;
        call.body = std::move(body);
        call.writes = true;
        calls.push_back(std::move(call));
        sent.push_back(i);
    }
    if (calls.empty()) co_return out;
    const auto replies = co_await client_.send_all(std::move(calls));
    for (std::size_t k = 0; k < sent.size(); ++k) {
        if (!replies[k]) {
            out[sent[k]] = std::unexpected(replies[k].error());
            continue;
        }
        const std::string version = version_of(object_in(replies[k]->body));
        if (version.empty())
            out[sent[k]] = fail(ErrorKind::Unanswered, "marked; the answer names no version");
        else
            out[sent[k]] = Version(version);
    }
    co_return out;
}

Async<std::vector<Result<Version>>> GraphMailSource::mark_messages(std::vector<MailMark> marks) {
    auto out = co_await try_marks(marks);
    // Somebody wrote in between: the categories are merged once more.
    std::vector<MailMark> again;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] || out[i].error().kind != ErrorKind::VersionConflict) continue;
        again.push_back(marks[i]);
        of.push_back(i);
    }
    if (again.empty()) co_return out;
    auto second = co_await try_marks(std::move(again));
    for (std::size_t k = 0; k < of.size(); ++k) out[of[k]] = std::move(second[k]);
    co_return out;
}

Async<Result<ItemKey>> GraphMailSource::transfer(ItemKey key, std::string verb, FolderId to) {
    GraphCall call;
    call.method = "POST";
    call.path = "/messages/" + segment(key.str()) + "/" + verb;
    JsonObject body{{"destinationId", json_text(to.str())}};
    call.body = std::move(body);
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    const JsonObject& message = object_in(reply->body);
    const std::string id(text_in(message, "id"));
    if (id.empty()) co_return fail(ErrorKind::Unanswered, "moved; the answer names no message");
    remember_link(message);
    co_return ItemKey(id);
}

Async<Result<ItemKey>> GraphMailSource::move_message(ItemKey key, FolderId to) {
    return transfer(std::move(key), "move", std::move(to));
}

Async<Result<ItemKey>> GraphMailSource::copy_message(ItemKey key, FolderId to) {
    std::vector<ItemKey> keys{key};
    const auto present = co_await fetch(std::move(keys), "?$select=internetMessageId");
    if (!present.front()) co_return std::unexpected(present.front().error());
    const std::string message_id(trim(text_in(*present.front(), "internetMessageId")));
    if (!message_id.empty()) {
        auto there = co_await client_.read_all(
            "/mailFolders/" + segment(to.str()) + "/messages?$select=internetMessageId&$filter=" +
            query_value("internetMessageId eq " + odata_text(message_id)));
        if (!there) co_return std::unexpected(std::move(there.error()));
        for (const JsonValue& message : *there)
            if (const std::string id(text_in(object_in(message), "id")); !id.empty())
                co_return ItemKey(id);
    }
    co_return co_await transfer(std::move(key), "copy", std::move(to));
}

// GET /messages looks through every folder of the mailbox, Deleted Items included; not the archive.
Async<Result<std::vector<ItemKey>>> GraphMailSource::find_messages(
    std::string internet_message_id) {
    auto there = co_await client_.read_all(
        "/messages?$select=internetMessageId&$filter=" +
        query_value("internetMessageId eq " + odata_text(internet_message_id)));
    if (!there) co_return std::unexpected(std::move(there.error()));
    std::vector<ItemKey> keys;
    for (const JsonValue& message : *there)
        if (const std::string id(text_in(object_in(message), "id"));
            !id.empty() && keys.size() < limits::found_messages_max)
            keys.emplace_back(id);
    co_return keys;
}

}  // namespace liaison::graph
