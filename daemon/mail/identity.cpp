#include "daemon/mail/identity.hpp"

#include <chrono>

#include "core/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::mail {
namespace {

void add_identity_part(std::string& out, char name, std::string_view value) {
    out += name;
    out += std::to_string(value.size());
    out += ':';
    out += value;
    out += '\n';
}

std::string_view inside_brackets(std::string_view raw) {
    const std::size_t open = raw.find('<');
    if (open == std::string_view::npos) {
        const std::size_t stray = raw.find('>');
        return stray == std::string_view::npos ? raw : raw.substr(0, stray);
    }
    std::string_view rest = raw.substr(open);
    while (!rest.empty() && rest.front() == '<') rest.remove_prefix(1);
    return rest.substr(0, rest.find('>'));
}

}  // namespace

std::string normal_message_id(std::string_view raw) {
    std::string id;
    for (const char c : inside_brackets(raw)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte != 0x7F) id += c;
    }
    const std::size_t at = id.rfind('@');
    if (at != std::string::npos)
        id.replace(at, std::string::npos, to_lower_ascii(std::string_view(id).substr(at)));
    return id;
}

std::string normal_subject(std::string_view subject) {
    return to_lower_ascii(trim(truncate_chars(normal_line(subject), limits::subject_chars_max)));
}

std::string sender_address(const MailMessage& message) {
    if (message.from) {
        std::string address = normal_address(message.from->address);
        if (!address.empty()) return address;
    }
    return message.sender ? normal_address(message.sender->address) : std::string();
}

MessageIdentity identify(const MailMessage& message) {
    std::string parts = "liaison mail identity 1\n";
    const std::string id = normal_message_id(message.internet_message_id);
    if (!id.empty()) add_identity_part(parts, 'i', id);
    add_identity_part(parts, 'f', sender_address(message));
    if (message.sent_at) {
        const auto second = std::chrono::floor<std::chrono::seconds>(*message.sent_at);
        add_identity_part(parts, 'd', std::to_string(second.time_since_epoch().count()));
    }
    add_identity_part(parts, 's', normal_subject(message.subject));
    if (id.empty()) add_identity_part(parts, 't', normal_line(message.text_body));
    return MessageIdentity(sha256_hex(parts));
}

}  // namespace liaison::mail
