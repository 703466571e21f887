#pragma once
#include <string>
#include <string_view>

namespace liaison {

/// The text of an HTML body, for servers that give no plain text (To Do keeps what its author
/// wrote): blocks and <br> end lines, white space counts as HTML counts it, scripts, styles and
/// comments are left out. Depth and size are bounded; nothing is fetched.
std::string html_to_text(std::string_view html);

}  // namespace liaison
