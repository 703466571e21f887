#include "daemon/mail/automatic.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"
#include "daemon/mail/identity.hpp"

namespace liaison::mail {

namespace {

// Local parts that mean a machine (RFC 2142 for postmaster; the others by custom of the large
// mailers).
constexpr std::array<std::string_view, 10> kMachineNames = {
    "mailer-daemon", "postmaster",   "no-reply",     "noreply", "do-not-reply",
    "donotreply",    "bounce",       "bounces",      "mailer",  "microsoftexchange"};

AutomaticKind kind_of_class(std::string_view item_class) {
    const std::string name = to_lower_ascii(item_class);
    if (name.starts_with("report."))
        return name.ends_with(".ndr") || name.ends_with(".delayed") ? AutomaticKind::Bounce
                                                                    : AutomaticKind::Receipt;
    if (name.starts_with("ipm.schedule.meeting")) return AutomaticKind::Calendar;
    if (name.starts_with("ipm.note.rules.oof") || name.starts_with("ipm.note.rules.reply"))
        return AutomaticKind::AutoReply;
    return AutomaticKind::None;
}

AutomaticKind kind_of_header(std::string_view name, std::string_view value) {
    const std::string field = to_lower_ascii(name);
    const std::string text = to_lower_ascii(trim(value));
    if (field == "auto-submitted" && !text.empty() && !text.starts_with("no"))
        return AutomaticKind::AutoReply;
    if (field == "return-path" && text == "<>") return AutomaticKind::Bounce;
    if (field == "content-type" && text.starts_with("multipart/report"))
        return text.find("disposition-notification") != std::string::npos ? AutomaticKind::Receipt
                                                                          : AutomaticKind::Bounce;
    if (field == "x-autoreply" || field == "x-autorespond") return AutomaticKind::AutoReply;
    if (field == "list-id" || field == "list-unsubscribe") return AutomaticKind::List;
    if (field == "precedence" && (text == "bulk" || text == "list" || text == "junk"))
        return AutomaticKind::List;
    return AutomaticKind::None;
}

}  // namespace

std::string_view to_string(AutomaticKind kind) {
    switch (kind) {
        case AutomaticKind::None:
            return "none";
        case AutomaticKind::Bounce:
            return "bounce";
        case AutomaticKind::Receipt:
            return "receipt";
        case AutomaticKind::AutoReply:
            return "automatic reply";
        case AutomaticKind::Calendar:
            return "calendar message";
        case AutomaticKind::List:
            return "list mail";
    }
    return "none";
}

bool is_machine_address(std::string_view address) {
    std::string local = to_lower_ascii(address.substr(0, address.rfind('@')));
    local = local.substr(0, local.find('+'));
    std::ranges::replace(local, '_', '-');
    if (std::ranges::find(kMachineNames, local) != kMachineNames.end()) return true;
    return local.starts_with("bounce-") || local.starts_with("bounces-") ||
           local.starts_with("no-reply-") || local.starts_with("noreply-") ||
           local.starts_with("microsoftexchange329e71ec88ae4615bbc36ab6ce41109e");
}

AutomaticKind automatic_kind(const MailMessage& message) {
    if (const AutomaticKind kind = kind_of_class(message.item_class); kind != AutomaticKind::None)
        return kind;
    AutomaticKind found = AutomaticKind::None;
    for (const auto& [name, value] : message.headers) {
        const AutomaticKind kind = kind_of_header(name, value);
        // A bounce that also carries list fields is a bounce.
        if (kind != AutomaticKind::None && (found == AutomaticKind::None || kind < found))
            found = kind;
    }
    if (found != AutomaticKind::None) return found;
    const std::string sender = sender_address(message);
    const std::string local = to_lower_ascii(sender.substr(0, sender.rfind('@')));
    if (local == "mailer-daemon" || local == "postmaster") return AutomaticKind::Bounce;
    return AutomaticKind::None;
}

}  // namespace liaison::mail
