#include "tests/sim/felt.hpp"

#include <array>

#include "core/http_message.hpp"

namespace liaison::sim {

namespace {

/// The value of a header field in a raw head; names compare without case.
std::string_view field_of(std::string_view head, std::string_view name) {
    std::size_t at = 0;
    while (at < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && iequals(line.substr(0, colon), name)) {
            const std::size_t value = line.find_first_not_of(' ', colon + 1);
            return value == std::string_view::npos ? std::string_view{} : line.substr(value);
        }
        at = end + 2;
    }
    return {};
}

/// The name of the first element of the SOAP body, without its prefix.
std::string_view operation_of(std::string_view body) {
    const std::size_t soap = body.find("Body>");
    if (soap == std::string_view::npos) return {};
    const std::size_t open = body.find('<', soap);
    if (open == std::string_view::npos) return {};
    const std::size_t end = body.find_first_of(" />", open + 1);
    std::string_view name = body.substr(open + 1, end - open - 1);
    return name.substr(name.find(':') + 1);
}

std::uint64_t digest_of(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

std::string_view entry_of(std::initializer_list<std::pair<std::string_view, std::string>> entries,
                          std::string_view name) {
    for (const auto& [key, value] : entries)
        if (key == name) return value;
    return {};
}

}  // namespace

std::string_view to_string(Reaction reaction) {
    constexpr std::array<std::string_view, 17> words{"the request is sent again",
                                                     "the outcome is looked up",
                                                     "the feed is read from the start",
                                                     "the cycle fails",
                                                     "the mailbox pauses",
                                                     "the mailbox is refused",
                                                     "an operation is settled",
                                                     "the mailbox is written to",
                                                     "a plan is held",
                                                     "a decision is in the journal",
                                                     "another page is asked for",
                                                     "items are read",
                                                     "the CRM is written to",
                                                     "the CRM is read",
                                                     "the program starts again",
                                                     "a store verb fails",
                                                     "a mail is logged"};
    std::size_t at = 0;
    while (reaction_bit(reaction) >> (at + 1) != 0) ++at;
    return words[at];
}

SeenRequest look_at_request(const HttpRequest& request) {
    SeenRequest out = look_at_request({}, request.body);
    out.mailbox = std::string(request.fields.get("X-AnchorMailbox"));
    return out;
}

SeenRequest look_at_request(std::string_view head, std::string_view body) {
    SeenRequest out;
    out.mailbox = std::string(field_of(head, "X-AnchorMailbox"));
    static constexpr std::string_view item = "ItemId Id=\"";
    const std::size_t at = body.find(item);
    if (at != std::string_view::npos) {
        const std::size_t from = at + item.size();
        out.item = std::string(body.substr(from, body.find('"', from) - from));
    }
    out.operation = std::string(operation_of(body));
    out.digest = digest_of(body);
    out.from_start =
        out.operation == "SyncFolderItems" && body.find("SyncState>") == std::string_view::npos;
    out.searches =
        out.operation == "FindItem" && body.find("Restriction") != std::string_view::npos;
    return out;
}

void FeltWatch::struck(FaultId id, std::string mailbox, std::uint32_t reactions) {
    waiting_.push_back({id, std::move(mailbox), 0, reactions});
}

void FeltWatch::struck_at(FaultId id, const SeenRequest& request, std::uint32_t reactions) {
    waiting_.push_back({id, request.mailbox, request.digest, reactions});
}

void FeltWatch::saw(Reaction reaction, std::string_view mailbox) {
    std::erase_if(waiting_, [&](const Waiting& one) {
        const bool here = one.mailbox.empty() || mailbox.empty() || iequals(one.mailbox, mailbox);
        if (!here || (one.reactions & reaction_bit(reaction)) == 0) return false;
        dice_.felt(one.id, to_string(reaction));
        return true;
    });
}

void FeltWatch::saw_request(const SeenRequest& request) {
    std::erase_if(waiting_, [&](const Waiting& one) {
        const bool again = one.digest != 0 && one.digest == request.digest &&
                           (one.reactions & reaction_bit(Reaction::AskedAgain)) != 0;
        if (!again || !iequals(one.mailbox, request.mailbox)) return false;
        dice_.felt(one.id, to_string(Reaction::AskedAgain));
        return true;
    });
    const std::string_view mailbox = request.mailbox;
    if (request.searches || request.operation == "GetItem") saw(Reaction::LookedUp, mailbox);
    if (request.operation == "GetItem") saw(Reaction::ItemsRead, mailbox);
    if (request.from_start) saw(Reaction::ReadAnew, mailbox);
    if (request.operation.starts_with("Sync") || request.operation.starts_with("Find"))
        saw(Reaction::PageAsked, mailbox);
    if (request.writes()) saw(Reaction::WroteAgain, mailbox);
}

void FeltWatch::saw_log(std::string_view event,
                        std::initializer_list<std::pair<std::string_view, std::string>> entries) {
    std::string_view mailbox = entry_of(entries, "mailbox");
    const std::string_view pair = entry_of(entries, "pair");
    if (mailbox.empty()) mailbox = pair.substr(0, pair.find('/'));
    if (event == "cycle_failed") {
        const std::string_view kind = entry_of(entries, "kind");
        saw(Reaction::CycleFailed, mailbox);
        if (kind == "throttled") saw(Reaction::Paused, mailbox);
        if (kind == "forbidden" || kind == "unauthenticated" || kind == "not_found")
            saw(Reaction::Refused, mailbox);
        if (kind == "internal") saw(Reaction::VerbFailed, mailbox);
    } else if (event == "feed_restarted") {
        saw(Reaction::ReadAnew, mailbox);
    } else if (event == "plan_held") {
        saw(Reaction::Held, mailbox);
    } else if (event == "unanswered_settled") {
        saw(Reaction::Settled, mailbox);
    }
}

}  // namespace liaison::sim
