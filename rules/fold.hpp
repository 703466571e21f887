#pragma once
#include <string>
#include <string_view>

namespace liaison::rules {

/// The text with upper-case letters made lower: ASCII, Latin-1, Latin Extended-A, Greek and basic
/// Cyrillic (Unicode simple case folding where the length in UTF-8 stays the same; final sigma
/// becomes sigma). Everything else, broken UTF-8 included, stays as it is. The length in bytes
/// never changes.
std::string fold(std::string_view text);

/// A folder path for comparison: folded, without slashes at its ends.
std::string normal_folder_path(std::string_view path);

}  // namespace liaison::rules
