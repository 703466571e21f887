#pragma once
#include <span>
#include <string_view>

namespace liaison {

/// One file of sandbox/web, built into the program (cmake/embed.cmake).
struct EmbeddedFile {
    std::string_view path;  ///< "/app.js"
    std::string_view etag;  ///< with quotes
    std::string_view content_type;
    std::string_view bytes;
};

std::span<const EmbeddedFile> sandbox_web_files();

}  // namespace liaison
