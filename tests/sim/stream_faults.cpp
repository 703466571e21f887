#include "tests/sim/stream_faults.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <optional>

#include "core/http_message.hpp"
#include "net/deadline.hpp"

namespace liaison::sim {

namespace {

constexpr std::size_t kStreamReadBytes = 64u << 10;
constexpr std::chrono::seconds kBeyondDeadline{90};  ///< HttpLimits::deadline is 60 s
constexpr std::size_t kRepliesKept = 8;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLoginPage =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=\"post\">"
    "<input name=\"user\"><input name=\"password\" type=\"password\"></form></body></html>";

/// The place of `name: value` in a head: from the start of the line to behind its end.
std::optional<std::pair<std::size_t, std::size_t>> find_header(std::string_view head,
                                                               std::string_view name) {
    std::size_t at = 0;
    while (at < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view line = head.substr(at, end - at);
        if (line.size() > name.size() && line[name.size()] == ':' &&
            iequals(line.substr(0, name.size()), name))
            return std::pair{at, std::min(end + 2, head.size())};
        at = end + 2;
    }
    return std::nullopt;
}

/// Bytes of the whole message, when the head is there and says so.
std::optional<std::size_t> message_size(std::string_view bytes) {
    const std::size_t head_end = bytes.find(kHeadEnd);
    if (head_end == std::string_view::npos) return std::nullopt;
    const std::string_view head = bytes.substr(0, head_end + 2);
    std::size_t length = 0;
    if (const auto place = find_header(head, "Content-Length")) {
        std::string_view digits = head.substr(place->first, place->second - place->first);
        digits.remove_prefix(std::min(digits.find(':') + 1, digits.size()));
        while (digits.starts_with(' ')) digits.remove_prefix(1);
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
    }
    return head_end + kHeadEnd.size() + length;
}

std::string page_reply(std::string_view status, std::string_view page) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
           std::to_string(page.size()) + "\r\n\r\n" + std::string(page);
}

}  // namespace

struct StreamFaults::Shared {
    FaultDice& dice;
    FeltWatch& watch;
    StreamFaults* owner = nullptr;
    /// Whole replies of late, with the digest of what they answered: what a proxy may mix up.
    std::deque<std::pair<std::uint64_t, std::string>> replies;
    std::uint32_t dead_connects = 0;
};

namespace {

/// What happens to the exchange under way.
enum class Harm {
    None,
    Vanish,       ///< the request is not delivered, the connection ends
    HalfSent,     ///< half of it is delivered, then the connection ends
    PageInstead,  ///< not delivered; a page comes instead
    CutReply,
    CutWithoutLength,  ///< the rest of the body and its Content-Length are missing
    LoseReply,
    ErrorInstead,  ///< delivered, and 500 or 502 comes instead
    PageAfter,     ///< delivered, and a page comes instead
    ForeignReply,
    TwoReplies,
    Trickle,
    Late,
};

struct Line {
    std::shared_ptr<StreamFaults::Shared> shared;
    std::unique_ptr<ByteStream> inner;
    std::string request;  ///< not yet delivered
    SeenRequest seen;
    FaultId fault{};
    Harm harm = Harm::None;
    std::string reply;  ///< of this exchange, as far as it came
    std::string ready;  ///< for the client
    std::chrono::seconds waited{0};
    bool ends = false;  ///< after `ready` the connection ends
    bool closed = false;
};
using LinePtr = std::shared_ptr<Line>;

constexpr std::uint32_t kRetry = Reaction::AskedAgain | Reaction::CycleFailed | Reaction::LookedUp;

bool strike(Line& line, FaultId id, std::initializer_list<Harm> harms, std::uint32_t reactions) {
    FaultDice& dice = line.shared->dice;
    if (line.harm != Harm::None || !dice.fires(id)) return false;
    line.fault = id;
    line.harm = *(harms.begin() + dice.pick(id, harms.size()));
    line.shared->watch.struck_at(id, line.seen, reactions);
    return true;
}

/// Which fault, if any, strikes at a request that is about to leave.
void choose_harm(Line& line) {
    const std::string& op = line.seen.operation;
    line.harm = Harm::None;
    line.waited = std::chrono::seconds(0);
    if (op.empty()) return;
    const std::uint32_t settled = kRetry | Reaction::Settled;
    if (op == "CreateItem") strike(line, FaultId::CreateAnswerLost, {Harm::LoseReply}, settled);
    if (op == "UpdateItem") strike(line, FaultId::UpdateAnswerLost, {Harm::LoseReply}, settled);
    if (op == "DeleteItem" || op == "MoveItem")
        strike(line, FaultId::DeleteAnswerLost, {Harm::LoseReply}, settled);
    if (line.seen.writes()) strike(line, FaultId::ErrorAfterCommit, {Harm::ErrorInstead}, settled);
    strike(line, FaultId::RequestLost, {Harm::Vanish, Harm::HalfSent}, settled);
    strike(line, FaultId::TruncatedReply, {Harm::CutReply, Harm::CutReply, Harm::CutWithoutLength},
           settled);
    strike(line, FaultId::ForeignReply, {Harm::ForeignReply, Harm::ForeignReply, Harm::TwoReplies},
           settled | Reaction::PageAsked);
    strike(line, FaultId::SlowBytes, {Harm::Trickle, Harm::Late}, settled);
    strike(line, FaultId::HtmlInstead, {Harm::PageInstead, Harm::PageAfter}, settled);
}

/// The whole reply is there: what the client gets of it.
void harm_reply(Line& line) {
    StreamFaults::Shared& shared = *line.shared;
    FaultDice& dice = shared.dice;
    std::string& reply = line.reply;
    const std::size_t body = reply.find(kHeadEnd) + kHeadEnd.size();
    line.ends = true;
    switch (line.harm) {
        case Harm::LoseReply:
            line.ready.clear();
            if (shared.owner->on_answer_lost) shared.owner->on_answer_lost(line.seen);
            break;
        case Harm::ErrorInstead:
            line.ready = page_reply(
                dice.pick(line.fault, 2) ? "502 Bad Gateway" : "500 Internal Server Error",
                "<html><body>error</body></html>");
            break;
        case Harm::PageAfter:
            line.ready = page_reply("200 OK", kLoginPage);
            break;
        case Harm::CutReply:
            line.ready = reply.substr(0, 1 + dice.pick(line.fault, reply.size() - 1));
            break;
        case Harm::CutWithoutLength: {
            std::string cut = reply.substr(0, body + dice.pick(line.fault, reply.size() - body));
            const auto length =
                find_header(std::string_view(cut).substr(0, body), "Content-Length");
            if (length) cut.erase(length->first, length->second - length->first);
            line.ready = std::move(cut);
            break;
        }
        case Harm::ForeignReply: {
            line.ends = false;
            line.ready = reply + reply;
            std::vector<std::string> foreign;
            for (const auto& [digest, bytes] : shared.replies)
                if (digest != line.seen.digest) foreign.push_back(bytes);
            if (!foreign.empty()) line.ready = foreign[dice.pick(line.fault, foreign.size())];
            break;
        }
        case Harm::TwoReplies:
            line.ends = false;
            line.ready = reply + reply;
            break;
        default:
            line.ends = false;
            line.ready = reply;
    }
}

void keep_reply(Line& line) {
    auto& replies = line.shared->replies;
    replies.emplace_back(line.seen.digest, line.reply);
    if (replies.size() > kRepliesKept) replies.pop_front();
}

/// Waits in short steps, so that a client that gives up is not held.
Async<void> pause_line(LinePtr line, std::chrono::seconds duration) {
    for (std::chrono::seconds spent{0}; spent < duration && !line->closed; ++spent) {
        const std::chrono::milliseconds second(1000);
        co_await net::sleep_for(second);
        ++line->waited;
        const StreamFaults& owner = *line->shared->owner;
        if (!line->closed && owner.on_wait) owner.on_wait(line->seen, line->waited);
    }
}

/// Collects the reply to the end and turns it into what the client gets.
Async<Result<void>> collect_reply(LinePtr line) {
    while (true) {
        const auto size = message_size(line->reply);
        if (size && line->reply.size() >= *size) break;
        auto more = co_await line->inner->read_some(kStreamReadBytes);
        if (!more) co_return std::unexpected(more.error());
        if (more->empty()) {
            line->ready = std::move(line->reply);
            line->ends = true;
            co_return Result<void>{};
        }
        line->reply += *more;
    }
    if (line->harm == Harm::Late) co_await pause_line(line, kBeyondDeadline);
    StreamFaults& owner = *line->shared->owner;
    if (line->harm == Harm::None && owner.on_reply) owner.on_reply(line->seen);
    harm_reply(*line);
    if (line->harm == Harm::None || line->harm == Harm::Late) keep_reply(*line);
    co_return Result<void>{};
}

Async<Result<std::string>> read_line(LinePtr line, std::size_t bytes_max) {
    while (line->ready.empty() && !line->ends && !line->closed) {
        auto first = co_await line->inner->read_some(kStreamReadBytes);
        if (!line->ready.empty() || line->ends || line->closed) break;
        if (!first) co_return std::unexpected(first.error());
        if (first->empty()) co_return std::string();
        line->reply = std::move(*first);
        auto collected = co_await collect_reply(line);
        if (!collected) co_return std::unexpected(collected.error());
    }
    if (line->closed) co_return fail(ErrorKind::Cancelled, "the stream is closed");
    if (line->ready.empty()) co_return std::string();
    std::size_t count = std::min(std::max<std::size_t>(bytes_max, 1), line->ready.size());
    if (line->harm == Harm::Trickle) {
        count = 1;
        co_await pause_line(line, std::chrono::seconds(1));
        if (line->closed) co_return fail(ErrorKind::Cancelled, "the stream is closed");
    }
    std::string out = line->ready.substr(0, count);
    line->ready.erase(0, count);
    co_return out;
}

Async<Result<void>> write_line(LinePtr line, std::string bytes) {
    if (line->ends || line->closed) co_return fail(ErrorKind::Transient, "the other end is closed");
    line->request += bytes;
    const auto size = message_size(line->request);
    if (!size || line->request.size() < *size) co_return Result<void>{};
    std::string whole = std::exchange(line->request, {});
    const std::string_view view = whole;
    const std::size_t body = view.find(kHeadEnd) + kHeadEnd.size();
    line->seen = look_at_request(view.substr(0, body - 2), view.substr(body));
    line->shared->watch.saw_request(line->seen);
    StreamFaults& owner = *line->shared->owner;
    choose_harm(*line);
    if (line->harm == Harm::None && owner.on_request && owner.on_request(line->seen))
        line->harm = Harm::Vanish;
    if (line->harm == Harm::HalfSent) whole.resize(whole.size() / 2);
    if (line->harm != Harm::Vanish && line->harm != Harm::PageInstead) {
        auto sent = co_await line->inner->write_all(std::move(whole));
        if (!sent) co_return sent;
    }
    if (line->harm == Harm::PageInstead) line->ready = page_reply("200 OK", kLoginPage);
    if (line->harm == Harm::Vanish || line->harm == Harm::PageInstead ||
        line->harm == Harm::HalfSent) {
        line->ends = true;
        line->inner->close();
    }
    co_return Result<void>{};
}

class FaultyStream final : public ByteStream {
public:
    explicit FaultyStream(LinePtr line) : line_(std::move(line)) {}
    ~FaultyStream() override { shut(); }
    Async<Result<std::string>> read_some(std::size_t bytes_max) override {
        return read_line(line_, bytes_max);
    }
    Async<Result<void>> write_all(std::string bytes) override {
        return write_line(line_, std::move(bytes));
    }
    void close() override { shut(); }

private:
    void shut() {
        line_->closed = true;
        line_->inner->close();
    }
    LinePtr line_;
};

class FaultyConnector final : public StreamConnector {
public:
    FaultyConnector(std::shared_ptr<StreamFaults::Shared> shared,
                    std::unique_ptr<StreamConnector> inner)
        : shared_(std::move(shared)), inner_(std::move(inner)) {}

    Async<Result<std::unique_ptr<ByteStream>>> connect(std::string host, std::uint16_t port,
                                                       bool tls) override {
        if (shared_->dead_connects == 0 && shared_->dice.fires(FaultId::DeadAddress)) {
            shared_->dead_connects =
                1 + static_cast<std::uint32_t>(shared_->dice.pick(FaultId::DeadAddress, 3));
            shared_->watch.struck(FaultId::DeadAddress, "", reaction_bit(Reaction::CycleFailed));
        }
        if (shared_->dead_connects > 0) {
            --shared_->dead_connects;
            co_return fail(ErrorKind::Transient, "cannot connect: connection refused");
        }
        auto opened = co_await inner_->connect(std::move(host), port, tls);
        if (!opened) co_return std::unexpected(opened.error());
        auto line = std::make_shared<Line>();
        line->shared = shared_;
        line->inner = std::move(*opened);
        std::unique_ptr<ByteStream> out = std::make_unique<FaultyStream>(std::move(line));
        co_return std::move(out);
    }

    Async<Result<std::unique_ptr<ByteStream>>> start_tls(std::unique_ptr<ByteStream> stream,
                                                         std::string) override {
        co_return std::move(stream);
    }

private:
    std::shared_ptr<StreamFaults::Shared> shared_;
    std::unique_ptr<StreamConnector> inner_;
};

}  // namespace

StreamFaults::StreamFaults(FaultDice& dice, FeltWatch& watch)
    : shared_(std::make_shared<Shared>(Shared{dice, watch, this, {}, 0})) {}

StreamFaults::~StreamFaults() = default;

std::unique_ptr<StreamConnector> StreamFaults::wrap(std::unique_ptr<StreamConnector> inner) {
    return std::make_unique<FaultyConnector>(shared_, std::move(inner));
}

}  // namespace liaison::sim
