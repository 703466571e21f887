#pragma once
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace liaison::sandbox {

/// An RSA key pair or a public key.
class RsaKey {
public:
    /// The stand-in's signing key: 2048 bits, the same in every process, so that runs of the
    /// simulator repeat. It guards nothing outside of the sandbox.
    static const RsaKey& of_sandbox();
    /// From the certificate's public key; absent when the bytes (PEM or DER) are none.
    static std::optional<RsaKey> of_certificate(std::string_view bytes);

    evp_pkey_st* get() const { return key_.get(); }
    std::string modulus() const;   ///< big-endian bytes
    std::string exponent() const;  ///< big-endian bytes

private:
    explicit RsaKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    static RsaKey make();
    std::shared_ptr<evp_pkey_st> key_;
};

/// SHA-1 and SHA-256 thumbprints of a certificate (PEM or DER), base64url, as x5t and x5t#S256
/// carry them (RFC 7515, 4.1.7 and 4.1.8). Empty when the bytes are no certificate.
struct Thumbprints {
    std::string sha1;
    std::string sha256;
};
Thumbprints thumbprints_of(std::string_view certificate);

std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

/// A signed JWT taken apart, not verified.
struct Jwt {
    boost::json::object header;
    boost::json::object claims;
    std::string signed_part;
    std::string signature;
};
std::optional<Jwt> parse_jwt(std::string_view text);
/// RS256 and PS256 (RFC 7518, 3.3 and 3.5) by the header's `alg`; false for any other.
bool verify_jwt(const Jwt& token, const RsaKey& key);
/// RS256.
std::string sign_jwt(const boost::json::object& header, const boost::json::object& claims,
                     const RsaKey& key);

}  // namespace liaison::sandbox
