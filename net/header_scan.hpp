#pragma once
#include <cstddef>
#include <string_view>

namespace liaison::net {

/// Looks at the head of an HTTP message before any parser does: where does it end, and is each line one that every
/// parser reads alike? Refused are a line end other than CR LF, NUL, folded fields (RFC 9112, 2.2 and 5.2) and an
/// empty first line. Resumable: call `scan` again with more bytes of the same message.
class HeaderScan {
public:
    enum Answer { More, Complete, TooLong, Malformed };

    /// `bytes` begin at the start line. Complete: the head ends within them.
    Answer scan(std::string_view bytes, std::size_t bytes_max);

private:
    std::size_t next_ = 0;        ///< first byte not looked at
    std::size_t line_start_ = 0;  ///< where the current line begins
};

}  // namespace liaison::net
