#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace liaison::sandbox {

/// One mailbox of an address header. Both parts are valid UTF-8; either may be empty. Groups are
/// flattened: their members stand in the list, the group's name does not.
struct MailAddress {
    std::string name;
    std::string address;  ///< addr-spec in the case of the header, no angle brackets

    friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

/// A part that Exchange would list under t:Attachments. Its bytes come from
/// mime_attachment_content().
struct MimeAttachment {
    std::size_t index = 0;  ///< position in ParsedMessage::attachments
    std::string name;  ///< decoded file name (RFC 2047 and 2231); never empty, no path separators
    std::string content_type;  ///< lower case "type/subtype"
    std::string content_id;    ///< without angle brackets; empty when the part has none
    std::size_t size = 0;      ///< bytes after transfer decoding
    bool is_inline = false;  ///< shown inside the HTML body (content id, not marked as attachment)
    bool is_message =
        false;  ///< message/rfc822: an ItemAttachment in EWS, its bytes are a whole mail
};

enum class MailImportance { Low, Normal, High };
enum class MailSensitivity { Normal, Personal, Private, Confidential };

/// What Exchange tells about a mail that it received (MS-OXCMAIL 2.2.3 maps the headers to
/// properties). Every text is valid UTF-8 without NUL; other control characters of the mail are
/// still in it, so who writes XML must filter them.
struct ParsedMessage {
    std::string message_id;   ///< "<id@host>" as in the header; empty when there is none
    std::string in_reply_to;  ///< raw form, unfolded
    std::vector<std::string> references;  ///< each with angle brackets
    std::optional<MailAddress> from;      ///< the first author
    std::optional<MailAddress> sender;    ///< Sender, else the first author
    std::vector<MailAddress> from_all;    ///< every author of From
    std::vector<MailAddress> to;
    std::vector<MailAddress> cc;
    std::vector<MailAddress> bcc;
    std::vector<MailAddress> reply_to;
    std::string subject;  ///< RFC 2047 decoded, unfolded, outer blanks removed
    std::optional<std::int64_t>
        sent_ms;  ///< Date, milliseconds since 1970 UTC; absent if unreadable
    std::optional<std::int64_t> received_ms;  ///< date of the topmost Received, else sent_ms
    std::string text_body;  ///< CRLF lines; made from the HTML part when there is no text part
    std::string html_body;  ///< UTF-8, as sent otherwise; empty when there is none
    bool has_html = false;
    std::vector<MimeAttachment> attachments;
    std::vector<std::pair<std::string, std::string>>
        headers;  ///< in order, unfolded, not RFC 2047 decoded
    MailImportance importance = MailImportance::Normal;
    MailSensitivity sensitivity = MailSensitivity::Normal;
    std::string item_class =
        "IPM.Note";  ///< IPM.Note, IPM.Schedule.Meeting.*, REPORT.IPM.Note.*, IPM.Note.SMIME*
    bool is_draft = false;   ///< X-Unsent: 1
    bool wants_read_receipt = false;  ///< Disposition-Notification-To (RFC 8098, 2.1)
    bool truncated = false;  ///< a limit below was reached; what is here is still right
};

/// Bounds of the parser. Beyond them parts are ignored and `truncated` is set; nothing fails.
struct MimeLimits {
    std::size_t depth_max = 24;  ///< nesting of multiparts
    std::size_t parts_max = 500;
    std::size_t body_bytes_max = 8u << 20;  ///< of each decoded text or HTML body
    std::size_t addresses_max = 5'000;      ///< per header
    std::size_t headers_max = 2'000;
};

/// Reads any bytes as a mail; never fails and never throws. A leading mbox "From " line is skipped.
/// Header bytes outside ASCII without an encoding are read as UTF-8 where valid, else as
/// windows-1252.
ParsedMessage parse_mime(std::string_view bytes, const MimeLimits& limits = {});

/// The decoded bytes of attachment `index` of the same mail (message/rfc822: the enclosed mail
/// itself). NotFound when there is none, TooLarge above `bytes_max`.
Result<std::string> mime_attachment_content(std::string_view bytes, std::size_t index,
                                            std::size_t bytes_max = 64u << 20);

/// What a client hands over to have a mail made of it (CreateItem without MimeContent).
struct MimeDraft {
    struct Attachment {
        std::string name;
        std::string content_type = "application/octet-stream";
        std::string content_id;
        std::string bytes;
        bool is_inline = false;
    };
    std::string message_id;  ///< with or without angle brackets
    std::string in_reply_to;
    std::vector<std::string> references;
    std::optional<MailAddress> from;
    std::optional<MailAddress> sender;
    std::vector<MailAddress> to;
    std::vector<MailAddress> cc;
    std::vector<MailAddress> bcc;
    std::vector<MailAddress> reply_to;
    std::string subject;
    std::int64_t sent_ms = 0;
    std::string text_body;
    std::string html_body;  ///< both bodies: multipart/alternative
    std::vector<Attachment> attachments;
    MailImportance importance = MailImportance::Normal;
    MailSensitivity sensitivity = MailSensitivity::Normal;
    bool is_draft = false;
};

/// RFC 5322 bytes with CRLF lines. parse_mime() of the result gives the same fields back.
/// Deterministic: boundaries are derived from the message id.
std::string compose_mime(const MimeDraft& draft);

/// Text as Exchange would show it in TextBody for a mail that has only HTML: CRLF lines, links as
/// their text, scripts and styles left out. Linear in the size of the input.
std::string html_to_text(std::string_view html);

}  // namespace liaison::sandbox
