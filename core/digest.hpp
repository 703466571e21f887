#pragma once
#include <string>
#include <string_view>

namespace liaison {

/// SHA-256 in lower-case hex (OpenSSL libcrypto).
std::string sha256_hex(std::string_view bytes);

}  // namespace liaison
