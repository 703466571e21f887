#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "core/result.hpp"

namespace liaison::net {

/// One gzip member around `bytes` (RFC 1952), quick rather than small.
std::string gzip(std::string_view bytes);

/// The bytes inside one or more gzip members. Errors: TooLarge as soon as more than `bytes_max` would come out;
/// CorruptReply for anything that is no whole gzip file.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

/// Undoes the Content-Encoding of an answer and takes its traces from the fields. `identity` and `gzip` are known;
/// another coding is a CorruptReply, because we did not offer it.
Result<void> decode_content(HttpResponse& response, std::size_t bytes_max);

/// Does an Accept-Encoding value allow gzip (RFC 9110, 12.5.3)?
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace liaison::net
