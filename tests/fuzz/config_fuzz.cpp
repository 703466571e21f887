// Configuration files.
#include "service/config.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 32u << 10) return 0;
    const std::string_view text = liaison::fuzz::text_of(data, size);
    const auto read = liaison::service::parse_config(text, "/etc/liaison");
    if (read.errors.empty()) {
        liaison::fuzz::require(!read.config.exchange_url.empty(), "a good one names a server");
        for (const auto& mailbox : read.config.mailboxes)
            liaison::fuzz::require(!mailbox.address.empty(), "and every mailbox");
    }
    (void)liaison::service::describe("liaison.toml", read.errors);
    return 0;
}
