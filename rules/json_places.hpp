#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace liaison::rules {

/// What a walk over a JSON text reports for every key and value, in the order of the text.
struct JsonPlace {
    std::string_view pointer;   ///< RFC 6901
    std::size_t offset = 0;     ///< of the first byte
    bool is_key = false;        ///< the key itself, else the value
    bool is_duplicate = false;  ///< a key that stood in this object before
};

/// Walks over a text that is known to be well-formed JSON with at most limits::json_depth_max
/// levels. Boost.JSON keeps neither places nor repeated keys; this finds both.
void walk_json(std::string_view text, const std::function<void(const JsonPlace&)>& report);

/// `pointer` with one more step, escaped.
std::string pointer_step(std::string_view pointer, std::string_view step);

struct LineColumn {
    std::size_t line = 1, column = 1;
};
LineColumn line_column(std::string_view text, std::size_t offset);

}  // namespace liaison::rules
