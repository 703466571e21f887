#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/mime.hpp"

// The inside of the MIME reader, shared by mime*.cpp. GMime's types are named here only; its
// headers stay in those files.
struct _GMimeMessage;
struct _GMimeObject;

namespace liaison::sandbox::mime {

/// Drops a GMime object.
struct Unref {
    void operator()(void* object) const;
};
using MessagePtr = std::unique_ptr<_GMimeMessage, Unref>;

/// g_mime_init, once per process.
void ensure_gmime();

/// Reads `bytes` (after read_ready_bytes). Null when there is no mail in it at all.
MessagePtr read_message(std::string_view bytes);

/// Without byte order mark and leading mbox "From " line; CR-only lines become LF lines.
std::string read_ready_bytes(std::string_view bytes);

/// The leaves of a mail, sorted into what they are for the reader. The pointers live as long as the
/// message.
struct Parts {
    _GMimeObject* text = nullptr;
    _GMimeObject* html = nullptr;
    _GMimeObject* calendar = nullptr;
    std::vector<_GMimeObject*> attachments;
    std::vector<bool> attachment_is_inline;
    bool truncated = false;
};
Parts sort_parts(_GMimeMessage& message, const MimeLimits& limits);

/// Transfer-decoded bytes of a leaf, at most `bytes_max`; `truncated` is set when there was more.
std::string decoded_bytes(_GMimeObject& part, std::size_t bytes_max, bool& truncated);

/// Fills bodies, attachments and the item class.
void fill_content(ParsedMessage& out, _GMimeMessage& message, const MimeLimits& limits);

/// Bytes in `charset` (any label, or empty) to valid UTF-8 without NUL. Unknown charset: UTF-8,
/// else windows-1252.
std::string to_utf8(std::string_view bytes, std::string_view charset);
/// A label that iconv knows for `charset` where mere spelling is the matter ("koi8_r"); else the
/// same.
std::string known_charset(std::string_view charset);
/// Any bytes to valid UTF-8 without NUL: kept where already valid, else read as windows-1252.
std::string guess_utf8(std::string_view bytes);
/// Valid UTF-8 without NUL; what is not becomes U+FFFD.
std::string clean_utf8(std::string_view bytes);
/// Every line end becomes CRLF.
std::string crlf_lines(std::string_view text);

/// The same header in a form that GMime reads without loss: encoded words are rewritten so that
/// padding between base64 words (GMime 3.2 stops there) and specials inside words do no harm; with
/// `has_addresses`, local parts that break the dot rule ("a..b@", ".c@", "d.@", all seen in real
/// mail) are quoted.
std::string header_for_gmime(std::string_view line, bool has_addresses);
/// Undoes that quoting.
std::string without_needless_quotes(std::string address);

std::string ascii_lower(std::string_view text);
std::string_view trim_blanks(std::string_view text);
/// At most `bytes_max` bytes, cut between code points.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace liaison::sandbox::mime
