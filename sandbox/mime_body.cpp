#include <gmime/gmime.h>

#include <algorithm>

#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::mime {
namespace {

std::string part_type(GMimeObject* part) {
    GMimeContentType* type = g_mime_object_get_content_type(part);
    if (type == nullptr) return "text/plain";
    const char* media = g_mime_content_type_get_media_type(type);
    const char* sub = g_mime_content_type_get_media_subtype(type);
    std::string out = media == nullptr ? "text" : media;
    out += '/';
    out += sub == nullptr ? "plain" : sub;
    return clean_utf8(ascii_lower(out));
}

std::string type_parameter(GMimeObject* part, const char* name) {
    GMimeContentType* type = g_mime_object_get_content_type(part);
    const char* value = type == nullptr ? nullptr : g_mime_content_type_get_parameter(type, name);
    return value == nullptr ? std::string() : std::string(value);
}

bool is_marked_attachment(GMimeObject* part) {
    const char* disposition = g_mime_object_get_disposition(part);
    return disposition != nullptr && ascii_lower(disposition) == "attachment";
}

std::string given_file_name(GMimeObject* part) {
    const char* name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : nullptr;
    return name == nullptr ? std::string() : std::string(name);
}

/// Walks the tree once and gives each leaf its role. Multiparts beyond the limits are left out
/// whole.
class PartSorter {
public:
    PartSorter(Parts& out, const MimeLimits& limits) : out_(out), limits_(limits) {}

    void visit(GMimeObject* part, std::size_t depth, bool in_related) {
        if (part == nullptr) return;
        if (++seen_ > limits_.parts_max || depth > limits_.depth_max) {
            out_.truncated = true;
            return;
        }
        if (GMIME_IS_MULTIPART(part)) {
            const bool related = in_related || part_type(part) == "multipart/related";
            const int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
            for (int i = 0; i < count && !out_.truncated; ++i) {
                visit(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1, related);
            }
            return;
        }
        take_leaf(part, in_related);
    }

private:
    void take_leaf(GMimeObject* part, bool in_related) {
        const std::string type = part_type(part);
        const bool plain_body = !is_marked_attachment(part) && given_file_name(part).empty();
        if (plain_body && type == "text/html" && out_.html == nullptr) {
            out_.html = part;
            return;
        }
        if (plain_body && type.starts_with("text/") && type != "text/html" &&
            type != "text/calendar" && type != "text/rfc822-headers" && out_.text == nullptr &&
            out_.html == nullptr) {
            out_.text = part;
            return;
        }
        if (type == "text/calendar" && out_.calendar == nullptr) {
            out_.calendar = part;
            if (plain_body) return;  // the meeting itself, not a file beside it
        }
        const bool has_id = g_mime_object_get_content_id(part) != nullptr;
        out_.attachments.push_back(part);
        out_.attachment_is_inline.push_back(has_id && (in_related || !is_marked_attachment(part)));
    }

    Parts& out_;
    const MimeLimits& limits_;
    std::size_t seen_ = 0;
};

std::string safe_file_name(std::string name, const std::string& type, std::size_t number) {
    name = guess_utf8(name);
    for (char& c : name) {
        if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '_';
    }
    name = std::string(utf8_prefix(trim_blanks(name), 255));
    if (!name.empty() && name != "." && name != "..") return name;
    std::string digits = std::to_string(number + 1);
    digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
    const std::string_view suffix = type == "text/plain"       ? ".txt"
                                    : type == "text/html"      ? ".htm"
                                    : type == "message/rfc822" ? ".eml"
                                    : type == "text/calendar"  ? ".ics"
                                                               : ".dat";
    return "ATT" + digits + std::string(suffix);
}

std::size_t decoded_size(GMimeObject* part) {
    GMimeStream* sink = g_mime_stream_null_new();
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (inner != nullptr) g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, sink);
    } else if (GMIME_IS_PART(part)) {
        GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
        if (content != nullptr) g_mime_data_wrapper_write_to_stream(content, sink);
    } else {
        g_mime_object_write_to_stream(part, nullptr, sink);
    }
    const gint64 size = g_mime_stream_tell(sink);
    g_object_unref(sink);
    return size < 0 ? 0 : static_cast<std::size_t>(size);
}

MimeAttachment describe(GMimeObject* part, std::size_t index, bool is_inline) {
    MimeAttachment out;
    out.index = index;
    out.content_type = part_type(part);
    out.is_message = GMIME_IS_MESSAGE_PART(part);
    std::string name = given_file_name(part);
    if (name.empty() && out.is_message) {
        GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        const char* subject = inner == nullptr ? nullptr : g_mime_message_get_subject(inner);
        if (subject != nullptr) name = subject;
    }
    out.name = safe_file_name(std::move(name), out.content_type, index);
    const char* id = g_mime_object_get_content_id(part);
    if (id != nullptr) out.content_id = guess_utf8(id);
    out.size = decoded_size(part);
    out.is_inline = is_inline;
    return out;
}

std::string meeting_class(std::string_view calendar, std::string method) {
    const std::string text = ascii_lower(calendar);
    if (method.empty()) {
        const auto at = text.find("method:");
        if (at != std::string::npos)
            method = text.substr(at + 7, text.find_first_of("\r\n", at) - at - 7);
    }
    method = ascii_lower(trim_blanks(method));
    if (method == "request") return "IPM.Schedule.Meeting.Request";
    if (method == "cancel") return "IPM.Schedule.Meeting.Canceled";
    if (method != "reply") return "IPM.Note";
    if (text.find("partstat=declined") != std::string::npos) return "IPM.Schedule.Meeting.Resp.Neg";
    if (text.find("partstat=tentative") != std::string::npos)
        return "IPM.Schedule.Meeting.Resp.Tent";
    return "IPM.Schedule.Meeting.Resp.Pos";
}

std::string report_class(GMimeObject* root, const Parts& parts) {
    std::string details;
    bool cut = false;
    for (GMimeObject* part : parts.attachments) {
        const std::string type = part_type(part);
        if (type == "message/delivery-status" || type == "message/global-delivery-status" ||
            type == "message/disposition-notification") {
            details = ascii_lower(decoded_bytes(*part, 64u << 10, cut));
            break;
        }
    }
    if (ascii_lower(type_parameter(root, "report-type")) == "disposition-notification") {
        const bool read = details.find("displayed") != std::string::npos;
        return read ? "REPORT.IPM.Note.IPNRN" : "REPORT.IPM.Note.IPNNRN";
    }
    const auto at = details.find("action:");
    const std::string_view action = at == std::string::npos
                                        ? std::string_view()
                                        : trim_blanks(std::string_view(details).substr(at + 7, 20));
    if (action.starts_with("delivered") || action.starts_with("relayed") ||
        action.starts_with("expanded")) {
        return "REPORT.IPM.Note.DR";
    }
    return action.starts_with("delayed") ? "REPORT.IPM.Note.Delayed" : "REPORT.IPM.Note.NDR";
}

std::string item_class_of(GMimeObject* root, const Parts& parts) {
    if (root == nullptr) return "IPM.Note";
    const std::string type = part_type(root);
    if (type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime")
        return "IPM.Note.SMIME";
    if (type == "multipart/signed") {
        const std::string protocol = ascii_lower(type_parameter(root, "protocol"));
        const bool smime = protocol.find("pkcs7") != std::string::npos;
        return smime ? "IPM.Note.SMIME.MultipartSigned" : "IPM.Note";
    }
    if (type == "multipart/report") {
        const std::string report = ascii_lower(type_parameter(root, "report-type"));
        if (report == "delivery-status" || report == "disposition-notification")
            return report_class(root, parts);
    }
    if (parts.calendar != nullptr) {
        bool cut = false;
        const std::string text = decoded_bytes(*parts.calendar, 256u << 10, cut);
        return meeting_class(text, type_parameter(parts.calendar, "method"));
    }
    return "IPM.Note";
}

}  // namespace

std::string decoded_bytes(_GMimeObject& part, std::size_t bytes_max, bool& truncated) {
    GMimeStream* memory = g_mime_stream_mem_new();
    if (GMIME_IS_MESSAGE_PART(&part)) {
        GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(&part));
        if (inner != nullptr) g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, memory);
    } else if (GMIME_IS_PART(&part)) {
        GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(&part));
        if (content != nullptr) g_mime_data_wrapper_write_to_stream(content, memory);
    } else {
        g_mime_object_write_to_stream(&part, nullptr, memory);
    }
    const GByteArray* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    const std::size_t size = array == nullptr ? 0 : array->len;
    std::string out;
    if (size > 0) out.assign(reinterpret_cast<const char*>(array->data), std::min(size, bytes_max));
    truncated = truncated || size > bytes_max;
    g_object_unref(memory);
    return out;
}

Parts sort_parts(_GMimeMessage& message, const MimeLimits& limits) {
    Parts out;
    PartSorter(out, limits).visit(g_mime_message_get_mime_part(&message), 0, false);
    return out;
}

void fill_content(ParsedMessage& out, _GMimeMessage& message, const MimeLimits& limits) {
    const Parts parts = sort_parts(message, limits);
    bool truncated = parts.truncated;
    if (parts.html != nullptr) {
        const std::string bytes = decoded_bytes(*parts.html, limits.body_bytes_max, truncated);
        out.html_body = to_utf8(bytes, type_parameter(parts.html, "charset"));
        out.has_html = true;
    }
    if (parts.text != nullptr) {
        const std::string bytes = decoded_bytes(*parts.text, limits.body_bytes_max, truncated);
        out.text_body = crlf_lines(to_utf8(bytes, type_parameter(parts.text, "charset")));
    } else if (out.has_html) {
        out.text_body = html_to_text(out.html_body);
    }
    for (std::size_t i = 0; i < parts.attachments.size(); ++i) {
        out.attachments.push_back(describe(parts.attachments[i], i, parts.attachment_is_inline[i]));
    }
    out.item_class = item_class_of(g_mime_message_get_mime_part(&message), parts);
    out.truncated = out.truncated || truncated;
}

}  // namespace liaison::sandbox::mime
