#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace liaison {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string to_lower_ascii(std::string_view text);
bool icontains(std::string_view text, std::string_view part);  ///< ASCII case-insensitive

/// Valid UTF-8 with every malformed byte, C0 control (but tab, LF, CR) and noncharacter
/// U+FFFE/U+FFFF replaced by U+FFFD: what XML 1.0 and every store can carry.
std::string clean_utf8(std::string_view bytes);
/// clean_utf8, CRLF and CR to LF, trailing blanks of lines and trailing empty lines removed.
std::string normal_lines(std::string_view text);
/// One line: clean_utf8, every run of white space to one blank, trimmed.
std::string normal_line(std::string_view text);
/// An SMTP address for comparison: trimmed, lower case (ASCII), without angle brackets and
/// `mailto:`.
std::string normal_address(std::string_view address);
/// At most `chars_max` code points, never in the middle of one.
std::string truncate_chars(std::string_view text, std::size_t chars_max);
std::size_t count_chars(std::string_view text);

}  // namespace liaison
