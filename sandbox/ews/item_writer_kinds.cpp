#include "sandbox/ews/item_writer.hpp"

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {
namespace {

std::string duration_text(std::int64_t milliseconds) {
    const std::int64_t minutes = milliseconds / 60'000;
    std::string out = "P";
    if (minutes / 1'440 > 0) out += std::to_string(minutes / 1'440) + "D";
    if (minutes % 1'440 != 0 || minutes == 0) {
        out += "T";
        if (minutes % 1'440 / 60 > 0) out += std::to_string(minutes % 1'440 / 60) + "H";
        if (minutes % 60 != 0 || minutes == 0) out += std::to_string(minutes % 60) + "M";
    }
    return out;
}

void append_little_endian(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::string bytes_of_hex(std::string_view hex) {
    std::string out;
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    };
    if (hex.size() % 2 != 0) return {};
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        const int high = digit(hex[at]);
        const int low = digit(hex[at + 1]);
        if (high < 0 || low < 0) return {};
        out.push_back(static_cast<char>(high * 16 + low));
    }
    return out;
}

// MS-OXOCAL 2.2.1.27: the class id, no exception date, no time, reserved, size, and either the
// foreign UID behind "vCal-Uid" or, for a UID that is itself the hexadecimal form of such a blob,
// those bytes.
std::string global_object_id(std::string_view uid) {
    static const std::string class_id = bytes_of_hex("040000008200E00074C5B7101A82E008");
    if (const std::string own = bytes_of_hex(uid); own.starts_with(class_id)) return own;
    std::string data("vCal-Uid\x01\x00\x00\x00", 12);
    data += uid;
    data.push_back('\0');
    std::string out = class_id + std::string(20, '\0');
    append_little_endian(out, static_cast<std::uint32_t>(data.size()));
    return out + data;
}

std::string smtp_of(const Item& item, std::string_view key) {
    const PropertyValue* value = item.properties.find(key);
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return {};
    return fragment_text(fragment->xml, "t:EmailAddress");
}

}  // namespace

void ItemWriter::write_calendar(std::string& out, const Item& item, const Field& field) {
    const PropertyBag& properties = item.properties;
    const std::string& uri = field.uri;
    const std::string qualified = "t:" + field.element;
    const bool recurring = properties.find("calendar:Recurrence") != nullptr;
    const bool meeting = properties.find("calendar:RequiredAttendees") != nullptr ||
                         properties.find("calendar:OptionalAttendees") != nullptr ||
                         properties.find("calendar:Resources") != nullptr;
    const std::string_view start_zone = properties.text("calendar:StartTimeZone");
    const std::string_view end_zone = properties.text("calendar:EndTimeZone");
    const auto start = parse_utc(properties.text("calendar:Start"));
    const auto end = parse_utc(properties.text("calendar:End"));
    if (uri == "calendar:IsMeeting") {
        append_boolean(out, qualified, meeting);
    } else if (uri == "calendar:IsRecurring") {
        append_boolean(out, qualified, recurring);
    } else if (uri == "calendar:CalendarItemType") {
        append_element(out, qualified, recurring ? "RecurringMaster" : "Single");
    } else if (uri == "calendar:MyResponseType") {
        // A copy that came by invitation keeps the answer of the mailbox' owner (ResponseTypeType).
        const std::string_view answer = properties.text("calendar:MyResponseType");
        append_element(out, qualified, !answer.empty() ? answer : meeting ? "Organizer" : "Unknown");
    } else if (uri == "calendar:AppointmentState") {
        // PidLidAppointmentStateFlags: 1 meeting, 2 received (MS-OXOCAL 2.2.1.10)
        const std::string_view answer = properties.text("calendar:MyResponseType");
        const bool received = !answer.empty() && answer != "Organizer";
        append_number(out, qualified, meeting ? (received ? 3 : 1) : 0);
    } else if (uri == "calendar:Duration" && start && end) {
        append_element(out, qualified, duration_text(*end - *start));
    } else if (uri == "calendar:TimeZone" || uri == "calendar:StartTimeZoneId") {
        append_element(out, qualified, start_zone);
    } else if (uri == "calendar:EndTimeZoneId") {
        append_element(out, qualified, end_zone);
    } else if (uri == "calendar:StartWallClock" || uri == "calendar:EndWallClock") {
        const bool is_start = uri == "calendar:StartWallClock";
        const auto instant = is_start ? start : end;
        if (!instant) return;
        const auto local = wall_clock_of_utc(is_start ? start_zone : end_zone, *instant);
        if (local) append_element(out, qualified, format_utc(*local).substr(0, 19));
    }
}

void ItemWriter::write_contact(std::string& out, const Item& item, const Field& field) {
    if (field.uri == "contacts:HasPicture") {
        append_boolean(out, "t:HasPicture",
                       std::any_of(item.attachments.begin(), item.attachments.end(),
                                   [](const Attachment& a) { return a.is_contact_photo; }));
        return;
    }
    if (field.uri != "contacts:CompleteName") return;
    static constexpr std::pair<std::string_view, std::string_view> parts[] = {
        {"contacts:GivenName", "t:FirstName"},
        {"contacts:MiddleName", "t:MiddleName"},
        {"contacts:Surname", "t:LastName"},
        {"contacts:Generation", "t:Suffix"},
        {"contacts:Initials", "t:Initials"}};
    std::string names;
    std::string full;
    for (const auto& [uri, element] : parts) {
        const std::string_view text = item.properties.text(uri);
        if (text.empty()) continue;
        append_element(names, element, text);
        if (element == "t:Initials") continue;
        if (!full.empty()) full += ' ';
        full += text;
    }
    if (!full.empty()) append_element(names, "t:FullName", full);
    if (const std::string_view nickname = item.properties.text("contacts:Nickname");
        !nickname.empty()) {
        append_element(names, "t:Nickname", nickname);
    }
    if (!names.empty()) out += "<t:CompleteName>" + names + "</t:CompleteName>";
}

std::vector<std::string> computed_extended_value(const RequestContext& context, const Item& item,
                                                 std::string_view key) {
    static const std::string goid =
        extended_key_by_id("Binary", "6ed8da90-450b-101b-98da-00aa003f1305", 0x3);
    static const std::string clean_goid =
        extended_key_by_id("Binary", "6ed8da90-450b-101b-98da-00aa003f1305", 0x23);
    if (key == goid || key == clean_goid) {
        const std::string_view uid = item.properties.text("calendar:UID");
        if (uid.empty()) return {};
        return {base64_encode(global_object_id(uid))};
    }
    if (key == "SystemTime 0x3007") return {format_utc(item.created)};
    if (key == "SystemTime 0x3008") return {format_utc(item.modified)};
    if (key == "String 0x1a") return {item.item_class};
    if (key == "Integer 0xe08") return {std::to_string(item.size)};
    if (key == "Integer 0x36") {  // PidTagSensitivity
        const std::string_view name = item.properties.text("item:Sensitivity");
        const int number = name == "Personal" ? 1 : name == "Private" ? 2 : name == "Confidential" ? 3 : 0;
        return {std::to_string(number)};
    }
    if (item.kind != ItemKind::Message && item.kind != ItemKind::Other) return {};
    if (key == "Integer 0xe07") {
        const int read = item.properties.text("message:IsRead") == "true" ? 1 : 0;
        const int draft = item.properties.text("item:IsDraft") == "true" ? 8 : 0;
        const int attached = item.attachments.empty() ? 0 : 0x10;
        return {std::to_string(read + draft + attached)};
    }
    if (key == "String 0x1035") {
        const std::string_view id = item.properties.text("message:InternetMessageId");
        return id.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(id)};
    }
    if (key == "String 0x1042" || key == "String 0x1039") {
        const std::string_view text = item.properties.text(
            key == "String 0x1042" ? "item:InReplyTo" : "message:References");
        return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(text)};
    }
    if (key == "String 0x5d01" || key == "String 0x5d02") {
        std::string address =
            smtp_of(item, key == "String 0x5d01" ? "message:Sender" : "message:From");
        return address.empty() ? std::vector<std::string>{}
                               : std::vector<std::string>{std::move(address)};
    }
    if (key == "String 0x7d" && item.has_mime) {
        const auto content = context.store.content(context.mailbox, item.id);
        if (!content) return {};
        const std::string_view mime = content->mime;
        const std::size_t end = std::min(mime.find("\r\n\r\n"), mime.find("\n\n"));
        return {std::string(mime.substr(0, end))};
    }
    return {};
}

}  // namespace liaison::sandbox::ews
