#include "net/auth/client_credentials.hpp"

#include <openssl/crypto.h>

#include <array>
#include <list>
#include <optional>

#include <boost/asio/this_coro.hpp>

#include "core/limits.hpp"
#include "net/auth/client_assertion.hpp"
#include "net/auth/oauth_reply.hpp"
#include "net/url.hpp"
#include "net/wake.hpp"

namespace liaison::net {

namespace {

constexpr std::chrono::minutes kRefreshBefore{5};
constexpr std::chrono::minutes kRefusalHolds{5};
constexpr std::chrono::seconds kRenewNotBefore{60};

/// A text that is wiped when it goes.
class WipedText {
public:
    explicit WipedText(std::string text) : text_(std::move(text)) {}
    ~WipedText() { OPENSSL_cleanse(text_.data(), text_.size()); }
    WipedText(const WipedText&) = delete;
    WipedText& operator=(const WipedText&) = delete;
    const std::string& str() const { return text_; }

private:
    std::string text_;
};

std::string random_id(Entropy& entropy) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (int half = 0; half < 2; ++half) {
        const std::uint64_t bits = entropy.next();
        for (int i = 0; i < 16; ++i) out += kHex[(bits >> (4 * i)) & 15];
    }
    return out;
}

class ClientCredentialsSource final : public TokenSource {
public:
    ClientCredentialsSource(HttpClient& http, const Clock& clock, Entropy& entropy,
                            SecretStore& secrets, ClientCredentials credentials)
        : http_(http),
          clock_(clock),
          entropy_(entropy),
          secrets_(secrets),
          credentials_(std::move(credentials)) {}

    Async<Result<std::string>> token() override;
    Async<Result<std::string>> renew(std::string refused) override;

private:
    /// The one caller that asks for all. However it ends, the others wake up and look again.
    class Turn {
    public:
        explicit Turn(ClientCredentialsSource& source) : source_(source) { source_.asking_ = true; }
        ~Turn() {
            source_.asking_ = false;
            for (Wake* waiter : source_.waiting_) waiter->notify();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        ClientCredentialsSource& source_;
    };
    class Place {
    public:
        Place(std::list<Wake*>& line, Wake& wake) : line_(line), at_(line.insert(line.end(), &wake)) {}
        ~Place() { line_.erase(at_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        std::list<Wake*>& line_;
        std::list<Wake*>::iterator at_;
    };

    bool is_usable(Timestamp now) const { return !text_.empty() && !refused_ && now < ends_; }
    /// What is known without asking; nothing if somebody has to ask.
    std::optional<Result<std::string>> known_answer(Timestamp now) const;
    Async<void> wait_for_turn();
    Async<Result<AccessToken>> ask();
    Result<std::string> request_body(Timestamp now);
    Result<std::string> assertion(Timestamp now);
    void settle(Result<AccessToken> fresh, Timestamp asked_at);

    HttpClient& http_;
    const Clock& clock_;
    Entropy& entropy_;
    SecretStore& secrets_;
    ClientCredentials credentials_;

    std::string text_;
    Timestamp begun_{}, refresh_at_{}, ends_{};
    bool refused_ = false;  ///< the resource server said 401 to it
    std::optional<Error> failure_;
    Timestamp failure_holds_until_{};
    bool asking_ = false;
    std::list<Wake*> waiting_;
};

std::optional<Result<std::string>> ClientCredentialsSource::known_answer(Timestamp now) const {
    if (is_usable(now) && (now < refresh_at_ || asking_)) return text_;
    if (!failure_ || now >= failure_holds_until_) return std::nullopt;
    if (is_usable(now)) return text_;
    Error error = *failure_;
    if (error.kind == ErrorKind::Throttled) error.retry_after = failure_holds_until_ - now;
    return std::unexpected(std::move(error));
}

Async<void> ClientCredentialsSource::wait_for_turn() {
    const auto executor = co_await boost::asio::this_coro::executor;
    Wake wake(executor);
    const Place place(waiting_, wake);
    co_await wake.wait();
}

Async<Result<std::string>> ClientCredentialsSource::token() {
    while (true) {
        if (auto known = known_answer(clock_.now())) co_return std::move(*known);
        if (asking_) {
            co_await wait_for_turn();
            continue;
        }
        const Turn turn(*this);
        const Timestamp asked_at = clock_.now();
        Result<AccessToken> fresh = co_await ask();
        // Another caller takes the turn; that this one was stopped says nothing about the sign-in.
        if (!fresh && fresh.error().kind == ErrorKind::Cancelled)
            co_return std::unexpected(std::move(fresh.error()));
        settle(std::move(fresh), asked_at);
        if (auto known = known_answer(asked_at)) co_return std::move(*known);
    }
}

Async<Result<std::string>> ClientCredentialsSource::renew(std::string refused) {
    // A provider whose fresh tokens are refused is not asked for more of them at once.
    if (refused == text_) {
        if (clock_.now() < begun_ + kRenewNotBefore) co_return text_;
        refused_ = true;
    }
    co_return co_await token();
}

void ClientCredentialsSource::settle(Result<AccessToken> fresh, Timestamp asked_at) {
    if (!fresh) {
        failure_ = std::move(fresh.error());
        const std::chrono::milliseconds hold =
            failure_->kind == ErrorKind::Unauthenticated
                ? std::chrono::milliseconds(kRefusalHolds)
                : failure_->retry_after.value_or(std::chrono::milliseconds(limits::backoff_min));
        failure_holds_until_ = asked_at + hold;
        return;
    }
    failure_.reset();
    OPENSSL_cleanse(text_.data(), text_.size());
    text_ = std::move(fresh->text);
    refused_ = false;
    begun_ = asked_at;
    ends_ = asked_at + fresh->lifetime;
    const std::chrono::seconds margin =
        std::min<std::chrono::seconds>(kRefreshBefore, fresh->lifetime / 4);
    refresh_at_ = ends_ - margin;
}

Result<std::string> ClientCredentialsSource::assertion(Timestamp now) {
    auto certificate = secrets_.get(credentials_.certificate);
    if (!certificate) return std::unexpected(std::move(certificate.error()));
    const WipedText certificate_pem(std::move(*certificate));
    Result<std::string> key;
    if (!credentials_.private_key.empty()) key = secrets_.get(credentials_.private_key);
    if (!key) return std::unexpected(std::move(key.error()));
    const WipedText key_pem(std::move(*key));
    const std::string id = random_id(entropy_);
    AssertionRequest request;
    request.certificate_pem = certificate_pem.str();
    request.private_key_pem = key_pem.str();
    request.algorithm = credentials_.algorithm;
    request.client_id = credentials_.client_id;
    request.audience = credentials_.token_url;
    request.id = id;
    request.now = now;
    return make_client_assertion(request);
}

Result<std::string> ClientCredentialsSource::request_body(Timestamp now) {
    std::string body = "grant_type=client_credentials&client_id=" +
                       percent_encode(credentials_.client_id) +
                       "&scope=" + percent_encode(credentials_.scope);
    Result<std::string> proof =
        credentials_.secret.empty() ? assertion(now) : secrets_.get(credentials_.secret);
    // NotFound would be read as the absence of an item by whoever wants the token.
    if (!proof) {
        proof.error().kind = ErrorKind::Unauthenticated;
        return std::unexpected(std::move(proof.error()));
    }
    const WipedText wiped(std::move(*proof));
    if (credentials_.secret.empty())
        body += "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A"
                "jwt-bearer&client_assertion=";
    else
        body += "&client_secret=";
    body += percent_encode(wiped.str());
    return body;
}

Async<Result<AccessToken>> ClientCredentialsSource::ask() {
    Result<std::string> body = request_body(clock_.now());
    if (!body) co_return std::unexpected(std::move(body.error()));
    HttpRequest request;
    request.method = "POST";
    request.url = credentials_.token_url;
    request.fields.set("Content-Type", "application/x-www-form-urlencoded");
    request.fields.set("Accept", "application/json");
    request.body = std::move(*body);
    HttpLimits limits;
    limits.deadline = std::chrono::seconds(30);
    limits.body_bytes_max = 256u << 10;
    auto response = co_await http_.send(std::move(request), limits);
    if (response) co_return read_token_reply(*response, clock_.now());
    Error error = std::move(response.error());
    // A sign-in that got no answer leaves nothing behind: another try is all that is needed.
    if (error.kind != ErrorKind::Cancelled) error.kind = ErrorKind::Transient;
    error.message = "sign-in: " + error.message;
    co_return std::unexpected(std::move(error));
}

}  // namespace

std::unique_ptr<TokenSource> make_client_credentials_source(HttpClient& http, const Clock& clock,
                                                            Entropy& entropy, SecretStore& secrets,
                                                            ClientCredentials credentials) {
    return std::make_unique<ClientCredentialsSource>(http, clock, entropy, secrets,
                                                     std::move(credentials));
}

}  // namespace liaison::net
