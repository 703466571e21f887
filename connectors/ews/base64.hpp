#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace liaison::ews {

/// xs:base64Binary to bytes: white space anywhere, padding required at the end. CorruptReply for anything else.
Result<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace liaison::ews
