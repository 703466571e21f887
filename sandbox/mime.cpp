#include "sandbox/mime.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <mutex>

#include "core/http_message.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox {
namespace mime {

void Unref::operator()(void* object) const {
    if (object != nullptr) g_object_unref(object);
}

void ensure_gmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

namespace {

GMimeParserOptions* parser_options() {
    static GMimeParserOptions* const options = [] {
        ensure_gmime();
        GMimeParserOptions* made = g_mime_parser_options_new();
        static const char* fallback[] = {"utf-8", "windows-1252", nullptr};
        g_mime_parser_options_set_fallback_charsets(made, fallback);
        g_mime_parser_options_set_address_compliance_mode(made, GMIME_RFC_COMPLIANCE_LOOSE);
        g_mime_parser_options_set_allow_addresses_without_domain(made, TRUE);
        return made;
    }();
    return options;
}

std::string taken(char* owned) {
    std::string out = owned == nullptr ? std::string() : std::string(owned);
    g_free(owned);
    return out;
}

/// The value on one line, its bytes otherwise as sent.
std::string unfolded(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\r' || raw[i] == '\n') continue;
        out += raw[i] == '\t' ? ' ' : raw[i];
    }
    return std::string(trim_blanks(out));
}

void append_addresses(std::vector<MailAddress>& out, InternetAddressList* list,
                      std::size_t count_max, int depth) {
    const int count = list == nullptr ? 0 : internet_address_list_length(list);
    for (int i = 0; i < count && out.size() < count_max; ++i) {
        InternetAddress* address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            if (depth < 8) {
                InternetAddressGroup* group = INTERNET_ADDRESS_GROUP(address);
                append_addresses(out, internet_address_group_get_members(group), count_max,
                                 depth + 1);
            }
            continue;
        }
        const char* name = internet_address_get_name(address);
        const char* spec = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
        MailAddress one;
        one.name = clean_utf8(trim_blanks(name == nullptr ? "" : name));
        one.address = without_needless_quotes(guess_utf8(trim_blanks(spec == nullptr ? "" : spec)));
        if (!one.address.empty() || !one.name.empty()) out.push_back(std::move(one));
    }
}

std::vector<MailAddress> addresses_of(const std::string& raw, std::size_t count_max) {
    std::vector<MailAddress> out;
    const std::string line = header_for_gmime(unfolded(raw), true);
    if (line.empty()) return out;
    InternetAddressList* list = internet_address_list_parse(parser_options(), line.c_str());
    append_addresses(out, list, count_max, 0);
    if (list != nullptr) g_object_unref(list);
    return out;
}

std::string decoded_words(const std::string& line) {
    const std::string safe = header_for_gmime(line, false);
    return clean_utf8(
        trim_blanks(taken(g_mime_utils_header_decode_text(parser_options(), safe.c_str()))));
}

std::optional<std::int64_t> date_of(std::string_view text) {
    const std::string line(trim_blanks(text));
    if (line.empty() || line.size() > 1000) return std::nullopt;
    GDateTime* date = g_mime_utils_header_decode_date(line.c_str());
    if (date == nullptr) return std::nullopt;
    const std::int64_t seconds = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return seconds * 1000;
}

std::optional<std::int64_t> received_date_of(std::string_view received) {
    const auto semicolon = received.rfind(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    return date_of(received.substr(semicolon + 1));
}

/// The ids of a header in angle brackets; blanks inside, which folding left there, are not part of
/// an id.
std::vector<std::string> ids_of(const std::string& header) {
    std::vector<std::string> out;
    const std::string line = decoded_words(header);
    std::size_t open = std::string::npos;
    for (std::size_t at = 0; at < line.size() && out.size() < 1000; ++at) {
        if (line[at] == '<') open = at;
        if (line[at] != '>' || open == std::string::npos) continue;
        std::string id = line.substr(open, at - open + 1);
        std::erase(id, ' ');
        if (id.size() > 2) out.push_back(std::move(id));
        open = std::string::npos;
    }
    return out;
}

std::string first_id_of(const std::string& line) {
    const auto ids = ids_of(line);
    return ids.empty() ? guess_utf8(line) : ids.front();
}

MailImportance importance_of(std::string_view name, const std::string& value,
                             MailImportance so_far) {
    const std::string word = ascii_lower(value);
    if (iequals(name, "Importance")) {
        if (word == "high") return MailImportance::High;
        if (word == "low") return MailImportance::Low;
        return word == "normal" ? MailImportance::Normal : so_far;
    }
    if (word.empty()) return so_far;
    if (word[0] == '1' || word[0] == '2' || word == "urgent" || word == "high")
        return MailImportance::High;
    if (word[0] == '4' || word[0] == '5' || word == "non-urgent" || word == "low")
        return MailImportance::Low;
    return so_far;
}

MailSensitivity sensitivity_of(const std::string& value) {
    const std::string word = ascii_lower(value);
    if (word == "personal") return MailSensitivity::Personal;
    if (word == "private") return MailSensitivity::Private;
    if (word == "company-confidential" || word == "confidential")
        return MailSensitivity::Confidential;
    return MailSensitivity::Normal;
}

/// Reads the headers one by one. Of headers that may stand once only, the first that says something
/// wins.
class HeaderReader {
public:
    HeaderReader(ParsedMessage& out, const MimeLimits& limits) : out_(out), limits_(limits) {}

    void take(std::string_view name, const std::string& raw) {
        const std::string line = unfolded(raw);
        out_.headers.emplace_back(guess_utf8(name), guess_utf8(line));
        if (take_address(name, raw)) return;
        if (iequals(name, "Disposition-Notification-To")) {
            out_.wants_read_receipt = true;
        } else if (iequals(name, "Message-ID")) {
            if (out_.message_id.empty()) out_.message_id = first_id_of(line);
        } else if (iequals(name, "In-Reply-To")) {
            if (out_.in_reply_to.empty()) out_.in_reply_to = first_id_of(line);
        } else if (iequals(name, "References")) {
            if (out_.references.empty()) out_.references = ids_of(line);
        } else if (iequals(name, "Subject")) {
            take_subject(line);
        } else if (iequals(name, "Date")) {
            if (!out_.sent_ms) out_.sent_ms = date_of(line);
        } else if (iequals(name, "Received")) {
            if (!out_.received_ms && !seen_received_) out_.received_ms = received_date_of(line);
            seen_received_ = true;
        } else if (iequals(name, "Importance") || iequals(name, "X-Priority") ||
                   iequals(name, "Priority") || iequals(name, "X-MSMail-Priority")) {
            out_.importance = importance_of(name, line, out_.importance);
        } else if (iequals(name, "Sensitivity")) {
            out_.sensitivity = sensitivity_of(line);
        } else if (iequals(name, "X-Unsent")) {
            out_.is_draft = line == "1";
        }
    }

private:
    bool take_address(std::string_view name, const std::string& raw) {
        std::vector<MailAddress>* list = iequals(name, "From")       ? &out_.from_all
                                         : iequals(name, "To")       ? &out_.to
                                         : iequals(name, "Cc")       ? &out_.cc
                                         : iequals(name, "Bcc")      ? &out_.bcc
                                         : iequals(name, "Reply-To") ? &out_.reply_to
                                                                     : nullptr;
        if (list != nullptr) {
            // A mail may have only one of each (RFC 5322, 3.6); real mail splits long lists over
            // several Cc headers.
            auto more = addresses_of(
                raw, limits_.addresses_max - std::min(list->size(), limits_.addresses_max));
            for (auto& address : more) list->push_back(std::move(address));
            if (list->size() >= limits_.addresses_max) out_.truncated = true;
            return true;
        }
        if (iequals(name, "Sender") && !out_.sender) {
            const auto senders = addresses_of(raw, 1);
            if (!senders.empty()) out_.sender = senders.front();
            return true;
        }
        return false;
    }

    void take_subject(const std::string& line) {
        if (seen_subject_) return;
        seen_subject_ = true;
        out_.subject = decoded_words(line);
    }

    ParsedMessage& out_;
    const MimeLimits& limits_;
    bool seen_subject_ = false;
    bool seen_received_ = false;
};

/// Exchange refuses more header than this (MaxHeaderSize of a receive connector, 256 KB); here the
/// rest is left out.
constexpr std::size_t header_block_bytes_max = 256u << 10;

void cut_header_block(std::string& bytes) {
    const auto lf = bytes.find("\n\n");
    const auto crlf = bytes.find("\r\n\r\n");
    const std::size_t end = std::min({lf, crlf, bytes.size()});
    if (end <= header_block_bytes_max) return;
    const auto line_end = bytes.rfind('\n', header_block_bytes_max);
    const std::size_t from = line_end == std::string::npos ? header_block_bytes_max : line_end;
    bytes.erase(from, end - from);
}

}  // namespace

std::string read_ready_bytes(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
    std::string out(bytes);
    if (bytes.find('\n') == std::string_view::npos && bytes.find('\r') != std::string_view::npos) {
        for (char& c : out) {
            if (c == '\r') c = '\n';
        }
    }
    while (out.starts_with("From ") || out.starts_with(">From ")) {
        const auto end = out.find('\n');
        if (end == std::string::npos) break;
        out.erase(0, end + 1);
    }
    cut_header_block(out);
    return out;
}

MessagePtr read_message(std::string_view bytes) {
    GMimeParserOptions* options = parser_options();
    const std::string ready = read_ready_bytes(bytes);
    GMimeStream* stream = g_mime_stream_mem_new_with_buffer(ready.data(), ready.size());
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage* message = g_mime_parser_construct_message(parser, options);
    g_object_unref(parser);
    g_object_unref(stream);
    return MessagePtr(message);
}

}  // namespace mime

ParsedMessage parse_mime(std::string_view bytes, const MimeLimits& limits) {
    ParsedMessage out;
    const mime::MessagePtr message = mime::read_message(bytes);
    if (!message) {
        out.text_body =
            mime::crlf_lines(mime::guess_utf8(mime::utf8_prefix(bytes, limits.body_bytes_max)));
        return out;
    }
    mime::HeaderReader reader(out, limits);
    GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(message.get()));
    const int count = g_mime_header_list_get_count(headers);
    for (int i = 0; i < count; ++i) {
        if (out.headers.size() >= limits.headers_max) {
            out.truncated = true;
            break;
        }
        GMimeHeader* header = g_mime_header_list_get_header_at(headers, i);
        const char* name = g_mime_header_get_name(header);
        const char* raw = g_mime_header_get_raw_value(header);
        reader.take(name == nullptr ? "" : name, raw == nullptr ? "" : raw);
    }
    if (!out.from_all.empty()) out.from = out.from_all.front();
    if (!out.sender) out.sender = out.from;
    if (!out.received_ms) out.received_ms = out.sent_ms;
    mime::fill_content(out, *message, limits);
    return out;
}

Result<std::string> mime_attachment_content(std::string_view bytes, std::size_t index,
                                            std::size_t bytes_max) {
    const mime::MessagePtr message = mime::read_message(bytes);
    if (!message) return fail(ErrorKind::NotFound, "the mail has no parts");
    const mime::Parts parts = mime::sort_parts(*message, MimeLimits{});
    if (index >= parts.attachments.size())
        return fail(ErrorKind::NotFound, "the mail has no such attachment");
    bool truncated = false;
    std::string content = mime::decoded_bytes(*parts.attachments[index], bytes_max, truncated);
    if (truncated) return fail(ErrorKind::TooLarge, "the attachment is larger than the limit");
    return content;
}

}  // namespace liaison::sandbox
