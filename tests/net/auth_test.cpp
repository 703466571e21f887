#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/json.hpp>
#include <map>

#include "net/auth/bearer_client.hpp"
#include "net/auth/client_assertion.hpp"
#include "net/auth/client_credentials.hpp"
#include "net/auth/oauth_reply.hpp"
#include "net/deadline.hpp"
#include "net/http_date.hpp"
#include "net/run_loop.hpp"
#include "net/url.hpp"

namespace liaison::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AuthClock final : public Clock {
public:
    Timestamp at = *parse_timestamp("2026-11-25T08:00:00Z");
    Timestamp now() const override { return at; }
    Async<void> sleep_until(Timestamp) override { co_return; }
};

class AuthEntropy final : public Entropy {
public:
    std::uint64_t count = 0;
    std::uint64_t next() override { return ++count * 0x9E3779B97F4A7C15; }
};

class AuthSecrets final : public SecretStore {
public:
    std::map<std::string, std::string> texts{{"file:secret", "hunter+2&="}};
    Result<std::string> get(std::string reference) override {
        const auto at = texts.find(reference);
        if (at == texts.end()) return fail(ErrorKind::NotFound, "no " + reference);
        return at->second;
    }
};

/// A provider and a resource server in one: counts what it is asked.
class AuthServer final : public HttpClient {
public:
    Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits) override {
        co_await sleep_for(milliseconds(1));
        if (request.method == "POST" && request.url.ends_with("/token")) {
            ++sign_ins;
            last_form = request.body;
            if (sign_in_error) co_return std::unexpected(*sign_in_error);
            if (sign_in_reply) co_return *sign_in_reply;
            HttpResponse reply;
            reply.body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"T)" +
                         std::to_string(sign_ins) + "\"}";
            good_token = "Bearer T" + std::to_string(sign_ins);
            co_return reply;
        }
        ++calls;
        HttpResponse reply;
        reply.status = request.fields.get("Authorization") == good_token ? 200 : 401;
        co_return reply;
    }

    int sign_ins = 0;
    int calls = 0;
    std::string last_form;
    std::string good_token;
    std::optional<Error> sign_in_error;
    std::optional<HttpResponse> sign_in_reply;
};

class SignIn : public testing::Test {
protected:
    template <class T>
    T run(Async<T> work) {
        return run_to_end(loop, std::move(work));
    }
    static ClientCredentials by_secret() {
        ClientCredentials out;
        out.token_url = "https://login.example.test/TENANT/oauth2/v2.0/token";
        out.client_id = "11111111-2222-3333-4444-555555555555";
        out.scope = "https://graph.example.test/.default";
        out.secret = "file:secret";
        return out;
    }
    HttpResponse refusal(int status, const std::string& error, int code) const {
        HttpResponse reply;
        reply.status = status;
        reply.body = R"({"error":")" + error + R"(","error_description":"AADSTS)" +
                     std::to_string(code) + R"(: secret words","error_codes":[)" +
                     std::to_string(code) + R"(],"correlation_id":"c-1"})";
        return reply;
    }
    Result<HttpResponse> call(HttpClient& through) {
        HttpRequest request;
        request.url = "https://graph.example.test/v1.0/me";
        return run(through.send(std::move(request), HttpLimits()));
    }

    RunLoop loop;
    AuthClock clock;
    AuthEntropy entropy;
    AuthSecrets secrets;
    AuthServer server;
    std::unique_ptr<TokenSource> tokens =
        make_client_credentials_source(server, clock, entropy, secrets, by_secret());
    std::unique_ptr<HttpClient> client =
        make_bearer_client(server, *tokens, "https://graph.example.test/v1.0");
};

Async<void> ask_into(TokenSource* tokens, std::vector<std::string>* out) {
    Result<std::string> token = co_await tokens->token();
    out->push_back(token ? *token : "error: " + token.error().message);
}

}  // namespace

TEST_F(SignIn, SendsTheSecretOnceAndKeepsTheToken) {
    EXPECT_EQ(call(*client)->status, 200);
    EXPECT_EQ(call(*client)->status, 200);
    EXPECT_EQ(server.sign_ins, 1);
    EXPECT_EQ(server.last_form,
              "grant_type=client_credentials&client_id=11111111-2222-3333-4444-555555555555"
              "&scope=https%3A%2F%2Fgraph.example.test%2F.default&client_secret=hunter%2B2%26%3D");
}

TEST_F(SignIn, IsAskedOnceForTwentyCallers) {
    std::vector<std::string> got;
    for (int i = 0; i < 20; ++i) loop.spawn(ask_into(tokens.get(), &got));
    loop.run_for(milliseconds(200));
    EXPECT_EQ(got, std::vector<std::string>(20, "T1"));
    EXPECT_EQ(server.sign_ins, 1);
}

TEST_F(SignIn, ACallerThatIsStoppedHandsTheTurnOn) {
    std::vector<std::string> got;
    const auto stop = loop.spawn_cancellable(ask_into(tokens.get(), &got));
    loop.spawn(ask_into(tokens.get(), &got));
    loop.post(stop);
    loop.run_for(milliseconds(200));
    ASSERT_FALSE(got.empty());
    EXPECT_EQ(got.back().front(), 'T') << got.back();
}

TEST_F(SignIn, RefreshesBeforeTheEndAndKeepsAGoodTokenWhileTheProviderIsAway) {
    EXPECT_EQ(run(tokens->token()), "T1");
    clock.at += seconds(3'400);
    server.sign_in_error = Error{ErrorKind::Unanswered, "the line is cut"};
    EXPECT_EQ(run(tokens->token()), "T1") << "never thrown away for a failure of the network";
    EXPECT_EQ(run(tokens->token()), "T1");
    EXPECT_EQ(server.sign_ins, 2) << "and not asked at every call";
    clock.at += seconds(3);
    server.sign_in_error.reset();
    EXPECT_EQ(run(tokens->token()), "T3");
    clock.at += seconds(3'700);
    server.sign_in_error = Error{ErrorKind::Unanswered, "the line is cut"};
    const auto away = run(tokens->token());
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().kind, ErrorKind::Transient) << "an outage, no refusal";
}

TEST_F(SignIn, A401IsAnsweredByOneNewTokenAndOneRepetition) {
    EXPECT_EQ(call(*client)->status, 200);
    clock.at += seconds(600);
    server.good_token = "Bearer revoked";
    EXPECT_EQ(call(*client)->status, 200);
    EXPECT_EQ(server.sign_ins, 2);
    EXPECT_EQ(server.calls, 3);
}

TEST_F(SignIn, AServerThatRefusesFreshTokensCausesNoStorm) {
    EXPECT_EQ(call(*client)->status, 200);
    server.good_token = "none";
    clock.at += seconds(600);
    server.sign_in_reply = HttpResponse();
    server.sign_in_reply->body = R"({"token_type":"Bearer","expires_in":"3599","access_token":"X"})";
    for (int i = 0; i < 10; ++i) EXPECT_EQ(call(*client)->status, 401);
    EXPECT_EQ(server.sign_ins, 2);
}

TEST_F(SignIn, ARefusalIsOneClearLineAndHoldsForFiveMinutes) {
    server.sign_in_reply = refusal(401, "invalid_client", 7000222);
    for (int i = 0; i < 50; ++i) {
        const auto refused = call(*client);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::Unauthenticated);
        EXPECT_EQ(refused.error().native_code, "AADSTS7000222");
        EXPECT_EQ(refused.error().message,
                  "the sign-in was refused (AADSTS7000222): the client secret has expired; make a "
                  "new one; correlation id c-1");
    }
    EXPECT_EQ(server.sign_ins, 1);
    EXPECT_EQ(server.calls, 0) << "no call without a token";
    server.sign_in_reply.reset();
    clock.at += std::chrono::minutes(5);
    EXPECT_EQ(call(*client)->status, 200) << "a new secret needs no restart";
}

TEST_F(SignIn, AMissingSecretIsNoMissingItem) {
    secrets.texts.clear();
    const auto refused = call(*client);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Unauthenticated);
    EXPECT_EQ(server.sign_ins, 0);
}

TEST_F(SignIn, NoTokenLeavesForAnotherHost) {
    for (const char* url : {"https://evil.test/v1.0/me", "http://graph.example.test/v1.0/me",
                            "https://graph.example.test:444/v1.0/me",
                            "https://graph.example.test@evil.test/v1.0/me", "nonsense"}) {
        HttpRequest request;
        request.url = url;
        const auto refused = run(client->send(std::move(request), HttpLimits()));
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().kind, ErrorKind::InvalidRequest) << url;
    }
    EXPECT_EQ(server.calls, 0);
    EXPECT_EQ(server.sign_ins, 0);
}

TEST_F(SignIn, RepliesThatAreNoTokenAreAnOutage) {
    for (const char* body :
         {"", "<html>proxy</html>", "{}", R"({"access_token":"a b","token_type":"Bearer","expires_in":1})",
          R"({"access_token":"a","token_type":"mac","expires_in":1})", "[]",
          R"({"access_token":"a","token_type":"Bearer","expires_in":-1})",
          R"({"access_token":5,"token_type":"Bearer","expires_in":1})"}) {
        HttpResponse reply;
        reply.body = body;
        const auto token = read_token_reply(reply, clock.at);
        ASSERT_FALSE(token) << body;
        EXPECT_EQ(token.error().kind, ErrorKind::Transient) << body;
    }
}

TEST_F(SignIn, EveryKnownRefusalIsTyped) {
    for (const SignInRefusal& row : all_sign_in_refusals()) {
        const auto token =
            read_token_reply(refusal(400, "invalid_client", static_cast<int>(row.code)), clock.at);
        ASSERT_FALSE(token);
        EXPECT_EQ(token.error().kind, row.kind) << row.code;
        EXPECT_NE(token.error().message.find(row.advice), std::string::npos);
        EXPECT_EQ(token.error().message.find("secret words"), std::string::npos);
    }
    EXPECT_EQ(read_token_reply(refusal(400, "invalid_scope", 12345), clock.at).error().kind,
              ErrorKind::Unauthenticated);
    EXPECT_EQ(read_token_reply(refusal(400, "temporarily_unavailable", 0), clock.at).error().kind,
              ErrorKind::Transient);
    HttpResponse busy = refusal(429, "invalid_request", 0);
    busy.fields.set("Retry-After", "17");
    EXPECT_EQ(read_token_reply(busy, clock.at).error().retry_after, seconds(17));
    HttpResponse down;
    down.status = 502;
    EXPECT_EQ(read_token_reply(down, clock.at).error().kind, ErrorKind::Transient);
}

namespace {

/// A key and a certificate for it, valid from now for `days`.
std::string make_pem(long days, bool with_certificate, const std::string& key_of = {}) {
    EVP_PKEY* key = nullptr;
    if (key_of.empty()) {
        key = EVP_RSA_gen(2048);
    } else {
        BIO* in = BIO_new_mem_buf(key_of.data(), static_cast<int>(key_of.size()));
        key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
        BIO_free(in);
    }
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr);
    if (with_certificate) {
        X509* certificate = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        // The test's clock stands in November 2026.
        ASN1_TIME_set(X509_getm_notBefore(certificate), 1'700'000'000);
        ASN1_TIME_set(X509_getm_notAfter(certificate), 1'795'593'600 + days * 86'400);
        X509_set_pubkey(certificate, key);
        X509_sign(certificate, key, EVP_sha256());
        PEM_write_bio_X509(text, certificate);
        X509_free(certificate);
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(text, &data);
    std::string pem(data, static_cast<std::size_t>(size));
    BIO_free(text);
    EVP_PKEY_free(key);
    return pem;
}

std::string from_base64_url(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4) text += '=';
    std::string out(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

/// Verifies with the public key of the certificate, as the provider does.
bool verify(const std::string& jwt, const std::string& pem, bool is_pss) {
    const std::size_t dot = jwt.rfind('.');
    std::string signature = from_base64_url(jwt.substr(dot + 1));
    signature.resize(256);  // RSA 2048; decoding padded it
    BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
    BIO_free(in);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), nullptr, X509_get0_pubkey(certificate));
    if (is_pss) EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    const int ok = EVP_DigestVerify(
        context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
        reinterpret_cast<const unsigned char*>(jwt.data()), dot);
    EVP_MD_CTX_free(context);
    X509_free(certificate);
    return ok == 1;
}

}  // namespace

TEST_F(SignIn, ACertificateSignsAnAssertionThatItsPublicKeyVerifies) {
    const std::string pem = make_pem(30, true);
    secrets.texts["file:pem"] = pem;
    for (const char* algorithm : {"PS256", "RS256"}) {
        ClientCredentials with = by_secret();
        with.secret.clear();
        with.certificate = "file:pem";
        with.algorithm = algorithm;
        const auto source = make_client_credentials_source(server, clock, entropy, secrets, with);
        ASSERT_TRUE(run(source->token())) << algorithm;
        const auto form = parse_query(server.last_form);
        ASSERT_TRUE(form);
        EXPECT_EQ(form->at("client_assertion_type"),
                  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        EXPECT_FALSE(form->contains("client_secret"));
        const std::string jwt = form->at("client_assertion");
        EXPECT_TRUE(verify(jwt, pem, std::string(algorithm) == "PS256")) << algorithm;
        EXPECT_FALSE(verify("x" + jwt, pem, std::string(algorithm) == "PS256"));
        const std::size_t first = jwt.find('.');
        const std::size_t second = jwt.find('.', first + 1);
        const std::string text = from_base64_url(jwt.substr(first + 1, second - first - 1));
        const auto claims = boost::json::parse(text.substr(0, text.rfind('}') + 1));
        EXPECT_EQ(claims.at("aud").as_string(), with.token_url);
        EXPECT_EQ(claims.at("iss"), claims.at("sub"));
        EXPECT_EQ(claims.at("exp").as_int64() - claims.at("nbf").as_int64(), 600);
        EXPECT_EQ(claims.at("jti").as_string().size(), 32U);
    }
}

TEST_F(SignIn, CertificatesThatCannotSignAreRefusedBeforeAnythingIsSent) {
    const std::string good = make_pem(30, true);
    const std::string other = make_pem(30, false);
    secrets.texts = {{"file:good", good},
                     {"file:other", other},
                     {"file:ended", make_pem(-1, true)},
                     {"file:text", "no PEM"}};
    const std::pair<const char*, const char*> bad_ones[] = {
        {"file:good", "file:other"}, {"file:ended", ""}, {"file:text", ""}, {"file:gone", ""}};
    for (const auto& [certificate, key] : bad_ones) {
        ClientCredentials with = by_secret();
        with.secret.clear();
        with.certificate = certificate;
        with.private_key = key;
        const auto source = make_client_credentials_source(server, clock, entropy, secrets, with);
        const auto token = run(source->token());
        ASSERT_FALSE(token) << certificate;
        EXPECT_EQ(token.error().kind, ErrorKind::Unauthenticated) << token.error().message;
    }
    EXPECT_EQ(server.sign_ins, 0);
}

TEST(RetryAfter, IsReadInAllItsForms) {
    const Timestamp now = *parse_timestamp("2026-11-25T08:00:00Z");
    const auto read = [&](std::string text) {
        HttpFields fields;
        fields.set("Retry-After", std::move(text));
        return retry_after_of(fields, now);
    };
    EXPECT_EQ(read("5"), milliseconds(5'000));
    EXPECT_EQ(read("2.128"), milliseconds(2'128));
    EXPECT_EQ(read("0"), milliseconds(0));
    EXPECT_EQ(read("86400"), milliseconds(86'400'000));
    EXPECT_EQ(read("99999999999"), milliseconds(86'400'000));
    EXPECT_EQ(read("Wed, 25 Nov 2026 08:00:30 GMT"), milliseconds(30'000));
    EXPECT_EQ(read("Wed, 25 Nov 2026 07:00:30 GMT"), milliseconds(0));
    for (const char* nonsense : {"", "-1", "soon", "1e3", "1 2", "nan", "inf"})
        EXPECT_EQ(read(nonsense), std::nullopt) << nonsense;
}

}  // namespace liaison::net
