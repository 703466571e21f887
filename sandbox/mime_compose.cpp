#include <gmime/gmime.h>

#include <string>

#include "sandbox/mime.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox {
namespace {

/// Header values that a client gave must not bring their own lines.
std::string one_line(std::string_view text) {
    std::string out = mime::clean_utf8(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return out;
}

/// A number that depends on the mail only, so that the same draft gives the same boundaries.
std::string boundary_of(const MimeDraft& draft, std::string_view level) {
    std::uint64_t hash = 1469598103934665603u;  // FNV-1a
    for (const std::string_view text :
         {std::string_view(draft.message_id), std::string_view(draft.subject), level}) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    return "=_liaison_" + std::string(level) + "_" + std::to_string(hash);
}

void add_addresses(GMimeMessage* message, GMimeAddressType type,
                   const std::vector<MailAddress>& list) {
    for (const MailAddress& one : list) {
        g_mime_message_add_mailbox(message, type, one_line(one.name).c_str(),
                                   one_line(one.address).c_str());
    }
}

void set_header(GMimeMessage* message, const char* name, const std::string& value) {
    if (!value.empty())
        g_mime_object_set_header(GMIME_OBJECT(message), name, one_line(value).c_str(), "utf-8");
}

std::string with_brackets(const std::string& id) {
    if (id.empty() || id.starts_with('<')) return id;
    return "<" + id + ">";
}

void set_headers(GMimeMessage* message, const MimeDraft& draft) {
    if (draft.from) add_addresses(message, GMIME_ADDRESS_TYPE_FROM, {*draft.from});
    if (draft.sender && draft.sender != draft.from) {
        add_addresses(message, GMIME_ADDRESS_TYPE_SENDER, {*draft.sender});
    }
    add_addresses(message, GMIME_ADDRESS_TYPE_TO, draft.to);
    add_addresses(message, GMIME_ADDRESS_TYPE_CC, draft.cc);
    add_addresses(message, GMIME_ADDRESS_TYPE_BCC, draft.bcc);
    add_addresses(message, GMIME_ADDRESS_TYPE_REPLY_TO, draft.reply_to);
    g_mime_message_set_subject(message, one_line(draft.subject).c_str(), "utf-8");
    GDateTime* date = g_date_time_new_from_unix_utc(draft.sent_ms / 1000);
    if (date != nullptr) {
        g_mime_message_set_date(message, date);
        g_date_time_unref(date);
    }
    set_header(message, "Message-ID", with_brackets(draft.message_id));
    set_header(message, "In-Reply-To", with_brackets(draft.in_reply_to));
    std::string references;
    for (const std::string& id : draft.references)
        references += (references.empty() ? "" : " ") + with_brackets(id);
    set_header(message, "References", references);
    if (draft.importance != MailImportance::Normal) {
        set_header(message, "Importance",
                   draft.importance == MailImportance::High ? "high" : "low");
    }
    if (draft.sensitivity != MailSensitivity::Normal) {
        set_header(message, "Sensitivity",
                   draft.sensitivity == MailSensitivity::Personal  ? "Personal"
                   : draft.sensitivity == MailSensitivity::Private ? "Private"
                                                                   : "Company-Confidential");
    }
    if (draft.is_draft) set_header(message, "X-Unsent", "1");
    set_header(message, "MIME-Version", "1.0");
}

GMimeObject* made_part(const std::string& type, std::string_view bytes,
                       GMimeContentEncoding encoding) {
    const auto slash = type.find('/');
    const std::string media = slash == std::string::npos ? "application" : type.substr(0, slash);
    const std::string sub = slash == std::string::npos ? "octet-stream" : type.substr(slash + 1);
    GMimePart* part = g_mime_part_new_with_type(media.c_str(), sub.c_str());
    GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
    GMimeDataWrapper* content =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, encoding);
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

/// Base64, because quoted-printable bodies do not survive every server (KDE's EWS client, issue
/// list).
GMimeObject* text_part(const char* sub, const std::string& text) {
    GMimeObject* part = made_part(std::string("text/") + sub, mime::clean_utf8(text),
                                  GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_content_type_parameter(part, "charset", "utf-8");
    return part;
}

GMimeMultipart* multipart(const MimeDraft& draft, const char* kind) {
    GMimeMultipart* out = g_mime_multipart_new_with_subtype(kind);
    g_mime_multipart_set_boundary(out, boundary_of(draft, kind).c_str());
    return out;
}

void add_owned(GMimeMultipart* parent, GMimeObject* child) {
    g_mime_multipart_add(parent, child);
    g_object_unref(child);
}

GMimeObject* body_of(const MimeDraft& draft) {
    if (draft.html_body.empty()) return text_part("plain", draft.text_body);
    if (draft.text_body.empty()) return text_part("html", draft.html_body);
    GMimeMultipart* both = multipart(draft, "alternative");
    add_owned(both, text_part("plain", draft.text_body));
    add_owned(both, text_part("html", draft.html_body));
    return GMIME_OBJECT(both);
}

GMimeObject* attachment_part(const MimeDraft::Attachment& attachment) {
    GMimeObject* part = made_part(one_line(attachment.content_type), attachment.bytes,
                                  GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(part, attachment.is_inline ? "inline" : "attachment");
    g_mime_part_set_filename(GMIME_PART(part), one_line(attachment.name).c_str());
    if (!attachment.content_id.empty())
        g_mime_object_set_content_id(part, one_line(attachment.content_id).c_str());
    return part;
}

}  // namespace

std::string compose_mime(const MimeDraft& draft) {
    mime::ensure_gmime();
    GMimeMessage* message = g_mime_message_new(TRUE);
    set_headers(message, draft);
    GMimeObject* body = body_of(draft);
    if (!draft.attachments.empty()) {
        GMimeMultipart* mixed = multipart(draft, "mixed");
        add_owned(mixed, body);
        for (const auto& attachment : draft.attachments)
            add_owned(mixed, attachment_part(attachment));
        body = GMIME_OBJECT(mixed);
    }
    g_mime_message_set_mime_part(message, body);
    g_object_unref(body);
    char* text = g_mime_object_to_string(GMIME_OBJECT(message), nullptr);
    std::string out = mime::crlf_lines(text == nullptr ? "" : text);
    g_free(text);
    g_object_unref(message);
    return out;
}

}  // namespace liaison::sandbox
