#include "net/auth/client_assertion.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <memory>

namespace liaison::net {

namespace {

struct FreeOpenSsl {
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

/// Never asks at a terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) {
    return -1;
}

std::unexpected<Error> refuse_key(std::string why) {
    return fail(ErrorKind::Unauthenticated, "sign-in with a certificate: " + why);
}

Owned<BIO> memory_of(std::string_view pem) {
    return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string thumbprint(const X509* certificate, const EVP_MD* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    if (X509_digest(certificate, digest, bytes.data(), &size) != 1) return {};
    return base64_url({reinterpret_cast<const char*>(bytes.data()), size});
}

/// Empty if the signing failed.
std::string sign(EVP_PKEY* key, bool is_pss, std::string_view text) {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    if (EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key) != 1) return {};
    if (is_pss && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1))
        return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) return {};
    std::string out(size, '\0');
    auto* place = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_DigestSign(context.get(), place, &size, bytes, text.size()) != 1) return {};
    out.resize(size);
    return out;
}

}  // namespace

std::string base64_url(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 6) {
            count -= 6;
            out += kDigits[(bits >> count) & 63];
        }
    }
    if (count > 0) out += kDigits[(bits << (6 - count)) & 63];
    return out;
}

Result<std::string> make_client_assertion(const AssertionRequest& request) {
    const Owned<BIO> certificate_text = memory_of(request.certificate_pem);
    const Owned<X509> certificate(
        PEM_read_bio_X509(certificate_text.get(), nullptr, no_password, nullptr));
    if (!certificate) return refuse_key("the certificate is no PEM text");
    const Owned<BIO> key_text = memory_of(
        request.private_key_pem.empty() ? request.certificate_pem : request.private_key_pem);
    const Owned<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
    if (!key) return refuse_key("the private key is no PEM text, or it is encrypted");
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        return refuse_key("the private key does not belong to the certificate");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return refuse_key("the key must be an RSA key");
    std::time_t now = std::chrono::floor<std::chrono::seconds>(request.now).time_since_epoch().count();
    if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &now) < 0)
        return refuse_key("the certificate has expired");
    const bool is_pss = request.algorithm == "PS256";
    if (!is_pss && request.algorithm != "RS256")
        return refuse_key("the algorithm must be PS256 or RS256");

    const boost::json::object header{{"alg", request.algorithm},
                                     {"typ", "JWT"},
                                     {"x5t", thumbprint(certificate.get(), EVP_sha1())},
                                     {"x5t#S256", thumbprint(certificate.get(), EVP_sha256())}};
    const std::int64_t from = static_cast<std::int64_t>(now) - 60;
    const boost::json::object claims{{"aud", request.audience},   {"iss", request.client_id},
                                     {"sub", request.client_id},  {"jti", request.id},
                                     {"iat", from},               {"nbf", from},
                                     {"exp", from + 600}};
    const std::string signed_part =
        base64_url(boost::json::serialize(header)) + "." + base64_url(boost::json::serialize(claims));
    const std::string signature = sign(key.get(), is_pss, signed_part);
    if (signature.empty()) return refuse_key("the key cannot sign");
    return signed_part + "." + base64_url(signature);
}

}  // namespace liaison::net
