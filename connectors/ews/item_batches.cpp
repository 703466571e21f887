#include "connectors/ews/item_batches.hpp"

#include <deque>

#include "connectors/ews/get_item.hpp"

namespace liaison::ews {

namespace {

using FetchResults = std::vector<Result<FetchedItem>>;

/// Puts the answers of one call into `results`; what has to be asked again stays in `waiting`, at the front. False if nothing
/// was answered.
bool take_answers(const std::vector<std::size_t>& asked, std::shared_ptr<const EwsClient::Reply> reply,
                  std::vector<Result<XmlNode>> answers, FetchResults& results, std::deque<std::size_t>& waiting) {
    bool progress = false;
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (!answers[i] && asked.size() > 1 && asks_for_less(answers[i].error())) {
            again.push_back(asked[i]);
            continue;
        }
        progress = true;
        if (answers[i])
            results[asked[i]] = FetchedItem{reply, *answers[i]};
        else
            results[asked[i]] = std::unexpected(std::move(answers[i].error()));
    }
    waiting.insert(waiting.begin(), again.begin(), again.end());
    return progress && again.empty();
}

}  // namespace

bool asks_for_less(const Error& error) {
    if (error.kind == ErrorKind::TooLarge) return true;
    const CodeMeaning* meaning = find_meaning(error.native_code);
    return meaning && meaning->reaction == Reaction::AskForLess && error.kind == ErrorKind::Transient;
}

Async<std::vector<Result<FetchedItem>>> fetch_items(EwsClient& client, FetchRequest request) {
    FetchResults results(request.ids.size(), fail(ErrorKind::Internal, "not asked for"));
    std::deque<std::size_t> waiting;
    for (std::size_t i = 0; i < request.ids.size(); ++i) waiting.push_back(i);
    std::size_t batch = std::max<std::size_t>(request.batch_max, 1);
    while (!waiting.empty()) {
        std::vector<std::size_t> asked;
        std::vector<ItemId> ids;
        while (!waiting.empty() && asked.size() < batch) {
            asked.push_back(waiting.front());
            ids.push_back(request.ids[waiting.front()]);
            waiting.pop_front();
        }
        EwsClient::Call call;
        call.operation = "GetItem";
        call.body = encode_get_item(request.shape, ids);
        call.mailbox = request.mailbox;
        call.reply_bytes_max = request.reply_bytes_max;
        auto sent = co_await client.send(std::move(call));
        std::shared_ptr<const EwsClient::Reply> reply;
        Result<std::vector<Result<XmlNode>>> answers;
        if (sent) {
            reply = std::make_shared<const EwsClient::Reply>(std::move(*sent));
            answers = decode_get_item(reply->soap, ids);
        } else {
            answers = std::unexpected(std::move(sent.error()));
        }
        if (answers) {
            if (!take_answers(asked, reply, std::move(*answers), results, waiting))
                batch = std::max<std::size_t>(asked.size() / 2, 1);
            continue;
        }
        const Error& error = answers.error();
        const bool narrow = asks_for_less(error) || error.kind == ErrorKind::CorruptReply;
        if (narrow && asked.size() > 1) {
            waiting.insert(waiting.begin(), asked.begin(), asked.end());
            batch = asked.size() / 2;
            continue;
        }
        for (const std::size_t i : asked) results[i] = std::unexpected(error);
        if (narrow) continue;  // this item alone; the others may be fine
        for (const std::size_t i : waiting) results[i] = std::unexpected(error);
        break;
    }
    co_return results;
}

}  // namespace liaison::ews
