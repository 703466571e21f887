#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "sandbox/token/jwt.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view cert_app = "cert-app";
constexpr const char* own_endpoint = "http://127.0.0.1:8480/example.test/oauth2/v2.0/token";

/// A client with a certificate of its own, as MSAL uses one.
class CertificateClient {
public:
    CertificateClient() : key_(EVP_RSA_gen(2048)) {
        X509* certificate = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
        X509_set_pubkey(certificate, key_);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("liaison"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_sign(certificate, key_, EVP_sha256());
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(out, certificate);
        char* text = nullptr;
        const long size = BIO_get_mem_data(out, &text);
        pem = std::string(text, static_cast<std::size_t>(size));
        BIO_free(out);
        X509_free(certificate);
    }
    ~CertificateClient() { EVP_PKEY_free(key_); }
    CertificateClient(const CertificateClient&) = delete;
    CertificateClient& operator=(const CertificateClient&) = delete;

    std::string sign(json::object header, json::object claims, bool pss = false) const {
        header["typ"] = "JWT";
        header["alg"] = pss ? "PS256" : "RS256";
        const std::string text =
            base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* details = nullptr;
        EVP_DigestSignInit(context, &details, EVP_sha256(), nullptr, key_);
        if (pss) {
            EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST);
        }
        std::string signature(256, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return text + "." + base64url(signature);
    }

    std::string pem;

private:
    EVP_PKEY* key_;
};

json::object good_claims(std::string jti) {
    return {{"aud", own_endpoint},   {"iss", cert_app},      {"sub", cert_app},
            {"jti", std::move(jti)}, {"nbf", 1'800'000'000}, {"exp", 1'800'000'600}};
}

struct TokenLab {
    GraphLab graph;
    CertificateClient client;
    TokenLab() {
        AppRegistration app;
        app.client_id = cert_app;
        app.certificates.push_back(client.pem);
        app.roles = {"Contacts.ReadWrite"};
        graph.sandbox().tokens().put_app(std::move(app));
    }
    GraphLab::Got ask(const std::string& assertion) {
        return graph.ask_token(
            "grant_type=client_credentials&client_id=cert-app&client_assertion_type="
            "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&"
            "client_assertion=" +
            assertion + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default");
    }
    json::object x5t() const { return {{"x5t", thumbprints_of(client.pem).sha1}}; }
    json::object x5t_sha256() const { return {{"x5t#S256", thumbprints_of(client.pem).sha256}}; }
};

std::int64_t aadsts(const GraphLab::Got& got) {
    if (!got.body.is_object() || !got.object().contains("error_codes")) return 0;
    return got.object().at("error_codes").at(0).as_int64();
}

TEST(GraphToken, ACertificateGetsATokenWithBothAlgorithms) {
    TokenLab lab;
    const auto plain = lab.ask(lab.client.sign(lab.x5t(), good_claims("1")));
    EXPECT_EQ(plain.status, 200) << plain.text;
    EXPECT_EQ(plain.object().at("expires_in"), 3'599);
    const auto pss = lab.ask(lab.client.sign(lab.x5t_sha256(), good_claims("2"), true));
    ASSERT_EQ(pss.status, 200) << pss.text;
    lab.graph.token = pss.text_at("access_token");
    EXPECT_EQ(lab.graph.get("contacts").status, 200);
    EXPECT_EQ(lab.graph.get("events").code(), "ErrorAccessDenied");
}

TEST(GraphToken, EveryFaultOfAnAssertionHasItsCode) {
    TokenLab lab;
    const std::string once = lab.client.sign(lab.x5t(), good_claims("1"));
    EXPECT_EQ(lab.ask(once).status, 200);
    const auto replay = lab.ask(once);
    EXPECT_EQ(replay.status, 401);
    EXPECT_EQ(replay.text_at("error"), "invalid_client");
    json::object claims = good_claims("2");
    claims["aud"] = "https://elsewhere.test/token";
    EXPECT_EQ(aadsts(lab.ask(lab.client.sign(lab.x5t(), claims))), 700023);
    claims = good_claims("3");
    claims["exp"] = 1'799'999'000;
    EXPECT_EQ(aadsts(lab.ask(lab.client.sign(lab.x5t(), claims))), 700024);
    claims = good_claims("4");
    claims["nbf"] = 1'800'009'000;
    EXPECT_EQ(aadsts(lab.ask(lab.client.sign(lab.x5t(), claims))), 700024);
    claims = good_claims("5");
    claims["iss"] = "other";
    EXPECT_EQ(aadsts(lab.ask(lab.client.sign(lab.x5t(), claims))), 700021);
    const CertificateClient stranger;
    EXPECT_EQ(aadsts(lab.ask(stranger.sign(lab.x5t(), good_claims("6")))), 700027);
    EXPECT_EQ(aadsts(lab.ask(
                  stranger.sign({{"x5t", thumbprints_of(stranger.pem).sha1}}, good_claims("7")))),
              700027);
    EXPECT_EQ(aadsts(lab.ask("rubbish")), 50027);
}

TEST(GraphToken, EveryFaultOfASecretHasItsCode) {
    GraphLab lab;
    const std::string client = "client_id=" + std::string(TokenAuthority::default_client);
    const std::string scope = "&scope=https://graph.microsoft.com/.default";
    const std::string grant = "grant_type=client_credentials&";
    const auto wrong = lab.ask_token(grant + client + "&client_secret=no" + scope);
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.text_at("error"), "invalid_client");
    EXPECT_TRUE(wrong.text_at("error_description").starts_with("AADSTS7000215: "));
    EXPECT_EQ(aadsts(lab.ask_token(grant + "client_id=who&client_secret=x" + scope)), 700016);
    EXPECT_EQ(aadsts(lab.ask_token(grant + client + scope)), 7000216);
    EXPECT_EQ(aadsts(lab.ask_token(client + scope)), 900144);
    EXPECT_EQ(aadsts(lab.ask_token("grant_type=password&" + client + scope)), 70003);
    EXPECT_EQ(aadsts(lab.ask_token(grant + client +
                                   "&client_secret=sandbox&scope=https://graph.microsoft.com/"
                                   "Mail.Read")),
              1002012);
    EXPECT_EQ(aadsts(lab.ask_token(grant + client +
                                   "&client_secret=sandbox&scope=https://other.example/.default")),
              500011);
    EXPECT_EQ(aadsts(lab.ask_token(grant + client + "&client_secret=sandbox" + scope, "nobody")),
              900023);
}

TEST(GraphToken, ATokenDiesAndAForgedOneNeverLived) {
    GraphLab lab;
    lab.pass(3'598'000);
    EXPECT_EQ(lab.get("contacts").status, 200);
    lab.pass(1'000);
    const auto late = lab.get("contacts");
    EXPECT_EQ(late.status, 401);
    EXPECT_EQ(late.code(), "InvalidAuthenticationToken");
    EXPECT_FALSE(late.fields.get("WWW-Authenticate").empty());
    lab.sign_in();
    lab.token[lab.token.size() / 2] ^= 1;
    EXPECT_EQ(lab.get("contacts").status, 401);
    const AppRegistration* app = lab.sandbox().tokens().find_app(TokenAuthority::default_client);
    lab.token = lab.sandbox().tokens().issue(*app, "https://outlook.office365.com");
    EXPECT_EQ(lab.get("contacts").status, 401) << "a token for another resource";
}

TEST(GraphToken, MetadataAndKeysVerifyTheTokens) {
    GraphLab lab;
    HttpRequest request;
    request.url = "/example.test/v2.0/.well-known/openid-configuration";
    const json::value metadata = json::parse(lab.raw(request).body);
    EXPECT_EQ(metadata.at("token_endpoint"),
              "http://127.0.0.1:8480/example.test/oauth2/v2.0/token");
    request.url = "/example.test/discovery/v2.0/keys";
    const json::value keys = json::parse(lab.raw(request).body);
    EXPECT_EQ(keys.at("keys").at(0).at("kty"), "RSA");
    const auto token = parse_jwt(lab.token);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->header.at("kid"), keys.at("keys").at(0).at("kid"));
    EXPECT_TRUE(verify_jwt(*token, RsaKey::of_sandbox()));
    EXPECT_EQ(RsaKey::of_sandbox().modulus(),
              *from_base64url(keys.at("keys").at(0).at("n").as_string()));
}

}  // namespace
}  // namespace liaison::sandbox
