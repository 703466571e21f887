// Tokens, times and normal forms: parsing what was formatted gives the same, normalising twice is
// normalising once.
#include "connectors/ews/base64.hpp"
#include "connectors/ews/ews_client.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "daemon/mail/identity.hpp"
#include "net/url.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace liaison;
using fuzz::require;

void check_times(std::string_view text) {
    if (const auto t = parse_timestamp(text))
        require(parse_timestamp(format_timestamp(*t)) == t, "an instant survives");
    if (const auto d = parse_date(text))
        require(d->ok() && parse_date(format_date(*d)) == d, "a date survives");
    if (const auto w = parse_wall(text))
        require(parse_wall(format_wall(*w)) == w, "a wall time survives");
    (void)ews::parse_http_date(text);
}

void check_token(std::string_view text) {
    const CorrelationToken token = CorrelationToken::parse(text);
    if (!token.empty())
        require(CorrelationToken::parse(token.str()) == token, "a token survives");
    CorrelationToken any;
    any.system = std::string(text.substr(0, text.size() / 2));
    any.kind = "task";
    any.crm_id = std::string(text.substr(text.size() / 2));
    any.nonce = std::string(text);
    if (!any.empty()) require(CorrelationToken::parse(any.str()) == any, "any token survives");
}

void check_normal_forms(std::string_view text) {
    const auto idempotent = [&](const char* what, auto form) {
        const std::string once = form(text);
        require(form(once) == once, what);
    };
    idempotent("clean_utf8", clean_utf8);
    idempotent("normal_lines", normal_lines);
    idempotent("normal_line", normal_line);
    idempotent("normal_address", normal_address);
    for (const char c : mail::normal_message_id(text))
        require(static_cast<unsigned char>(c) > 0x20, "a Message-ID has no blanks");
    idempotent("normal_subject", mail::normal_subject);
    require(count_chars(truncate_chars(text, 7)) <= 7, "truncate_chars");
    for (const FieldInfo& field : all_fields()) {
        const auto value = value_from_text(field.field, text);
        if (!value) continue;
        const auto form = normal_form(field.field, *value);
        if (form) require(normal_form(field.field, *form) == form, "a value's normal form");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4u << 10) return 0;
    const std::string_view text = fuzz::text_of(data, size);
    check_times(text);
    check_token(text);
    check_normal_forms(text);
    require(ews::decode_base64(ews::encode_base64(text)) == std::string(text), "base64");
    require(net::percent_decode(net::percent_encode(text)) == std::string(text), "percent");
    (void)ews::decode_base64(text);
    (void)net::percent_decode(text, true);
    return 0;
}
