#include "sandbox/token/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

struct BigNumberFree {
    void operator()(BIGNUM* number) const { BN_free(number); }
};
using BigNumber = std::unique_ptr<BIGNUM, BigNumberFree>;

struct CertificateFree {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateFree>;

std::string sha256_bytes(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

// The first prime above a number that is made of `label`; p - 1 has no factor 65537.
BigNumber prime_of(const std::string& label, BN_CTX* context) {
    std::string bytes;
    for (int block = 0; bytes.size() < 128; ++block)
        bytes += sha256_bytes(label + std::to_string(block));
    bytes[0] = static_cast<char>(static_cast<unsigned char>(bytes[0]) | 0xC0);
    bytes[127] = static_cast<char>(static_cast<unsigned char>(bytes[127]) | 1);
    BigNumber out(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 128, nullptr));
    while (BN_check_prime(out.get(), context, nullptr) != 1 ||
           BN_mod_word(out.get(), 65'537) == 1) {
        BN_add_word(out.get(), 2);
    }
    return out;
}

Certificate read_certificate(std::string_view bytes) {
    if (bytes.find("-----BEGIN") != std::string_view::npos) {
        BIO* memory = BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()));
        Certificate out(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
        BIO_free(memory);
        return out;
    }
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    return Certificate(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
}

std::string number_bytes(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
    const BigNumber number(raw);
    std::string out(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
    BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(out.data()));
    return out;
}

std::string digest_text(const X509* certificate, const EVP_MD* kind) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    X509_digest(certificate, kind, digest.data(), &size);
    return base64url({reinterpret_cast<const char*>(digest.data()), size});
}

std::optional<json::object> json_part(std::string_view text) {
    const auto bytes = from_base64url(text);
    if (!bytes) return std::nullopt;
    boost::system::error_code error;
    json::value value = json::parse(*bytes, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

}  // namespace

RsaKey RsaKey::make() {
    BN_CTX* context = BN_CTX_new();
    const BigNumber p = prime_of("liaison sandbox p", context);
    const BigNumber q = prime_of("liaison sandbox q", context);
    const BigNumber one(BN_new());
    BN_one(one.get());
    const BigNumber n(BN_new()), e(BN_new()), d(BN_new()), p1(BN_new()), q1(BN_new());
    const BigNumber phi(BN_new()), dp(BN_new()), dq(BN_new()), inverse(BN_new());
    BN_mul(n.get(), p.get(), q.get(), context);
    BN_set_word(e.get(), 65'537);
    BN_sub(p1.get(), p.get(), one.get());
    BN_sub(q1.get(), q.get(), one.get());
    BN_mul(phi.get(), p1.get(), q1.get(), context);
    BN_mod_inverse(d.get(), e.get(), phi.get(), context);
    BN_mod(dp.get(), d.get(), p1.get(), context);
    BN_mod(dq.get(), d.get(), q1.get(), context);
    BN_mod_inverse(inverse.get(), q.get(), p.get(), context);
    OSSL_PARAM_BLD* build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get());
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get());
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    EVP_PKEY* key = nullptr;
    const bool made = EVP_PKEY_fromdata_init(maker) == 1 &&
                      EVP_PKEY_fromdata(maker, &key, EVP_PKEY_KEYPAIR, parameters) == 1;
    EVP_PKEY_CTX_free(maker);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_CTX_free(context);
    if (!made) throw std::logic_error("sandbox: the signing key cannot be made");
    return RsaKey(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
}

const RsaKey& RsaKey::of_sandbox() {
    static const RsaKey key = make();
    return key;
}

std::optional<RsaKey> RsaKey::of_certificate(std::string_view bytes) {
    const Certificate certificate = read_certificate(bytes);
    if (certificate == nullptr) return std::nullopt;
    EVP_PKEY* key = X509_get_pubkey(certificate.get());
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return std::nullopt;
    }
    return RsaKey(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
}

std::string RsaKey::modulus() const {
    return number_bytes(key_.get(), OSSL_PKEY_PARAM_RSA_N);
}

std::string RsaKey::exponent() const {
    return number_bytes(key_.get(), OSSL_PKEY_PARAM_RSA_E);
}

Thumbprints thumbprints_of(std::string_view bytes) {
    const Certificate certificate = read_certificate(bytes);
    if (certificate == nullptr) return {};
    return {digest_text(certificate.get(), EVP_sha1()),
            digest_text(certificate.get(), EVP_sha256())};
}

std::string base64url(std::string_view bytes) {
    std::string out = base64_encode(bytes);
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string plain(text);
    for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (plain.size() % 4 != 0) plain.push_back('=');
    std::string bytes;
    if (!base64_decode(plain, bytes)) return std::nullopt;
    return bytes;
}

std::optional<Jwt> parse_jwt(std::string_view text) {
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    auto header = json_part(text.substr(0, first));
    auto claims = json_part(text.substr(first + 1, second - first - 1));
    auto signature = from_base64url(text.substr(second + 1));
    if (!header || !claims || !signature) return std::nullopt;
    return Jwt{std::move(*header), std::move(*claims), std::string(text.substr(0, second)),
               std::move(*signature)};
}

bool verify_jwt(const Jwt& token, const RsaKey& key) {
    const json::value* named = token.header.if_contains("alg");
    if (named == nullptr || !named->is_string()) return false;
    const std::string_view algorithm = named->get_string();
    if (algorithm != "RS256" && algorithm != "PS256") return false;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* details = nullptr;
    bool good = EVP_DigestVerifyInit(context, &details, EVP_sha256(), nullptr, key.get()) == 1;
    if (good && algorithm == "PS256") {
        good = EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    const auto bytes = [](const std::string& text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    good = good && EVP_DigestVerify(context, bytes(token.signature), token.signature.size(),
                                    bytes(token.signed_part), token.signed_part.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

std::string sign_jwt(const json::object& header, const json::object& claims, const RsaKey& key) {
    const std::string text =
        base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    const bool good =
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    EVP_MD_CTX_free(context);
    if (!good) throw std::logic_error("sandbox: signing failed");
    signature.resize(size);
    return text + "." + base64url(signature);
}

}  // namespace liaison::sandbox
