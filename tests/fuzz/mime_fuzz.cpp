// The stand-in Exchange's reading of mails.
#include "sandbox/mime.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 64u << 10) return 0;
    const std::string_view bytes = liaison::fuzz::text_of(data, size);
    const auto mail = liaison::sandbox::parse_mime(bytes);
    for (std::size_t i = 0; i < mail.attachments.size() && i < 8; ++i) {
        const std::string& name = mail.attachments[i].name;
        liaison::fuzz::require(!name.empty() && name.find('/') == std::string::npos,
                               "the name of an attachment is never a path");
        (void)liaison::sandbox::mime_attachment_content(bytes, i, 1u << 20);
    }
    liaison::fuzz::require(mail.text_body.find('\0') == std::string::npos, "no NUL in a text");
    (void)liaison::sandbox::html_to_text(bytes);
    return 0;
}
