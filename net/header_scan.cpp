#include "net/header_scan.hpp"

#include <algorithm>

namespace liaison::net {

HeaderScan::Answer HeaderScan::scan(std::string_view bytes, std::size_t bytes_max) {
    while (true) {
        std::size_t line_feed = bytes.find('\n', next_);
        bool line_ended = line_feed != std::string_view::npos;
        std::size_t end = line_ended ? line_feed : bytes.size();
        std::string_view line = bytes.substr(line_start_, end - line_start_);
        if (line.find('\0') != std::string_view::npos) return Malformed;
        std::size_t carriage_return = line.find('\r');
        if (carriage_return != std::string_view::npos && carriage_return + 1 != line.size()) return Malformed;
        if (line_start_ > 0 && !line.empty() && (line.front() == ' ' || line.front() == '\t')) return Malformed;
        if (!line_ended) {
            next_ = bytes.size();
            return bytes.size() > bytes_max ? TooLong : More;
        }
        if (carriage_return == std::string_view::npos) return Malformed;
        if (line_feed + 1 > bytes_max) return TooLong;
        bool empty = line.size() == 1;
        if (empty) return line_start_ == 0 ? Malformed : Complete;
        line_start_ = next_ = line_feed + 1;
    }
}

}  // namespace liaison::net
