#pragma once
#include <cstdint>
#include <string_view>

#include "core/mail.hpp"

namespace liaison::mail {

/// Which machine sent a mail, if one did.
enum class AutomaticKind : std::uint8_t {
    None,
    Bounce,     ///< non-delivery, delay (REPORT.*.NDR, multipart/report, the empty return path)
    Receipt,    ///< read or delivered (REPORT.*.DR, .IPNRN, .IPNNRN)
    AutoReply,  ///< out of office and other answers of a machine (RFC 3834)
    Calendar,   ///< invitation, answer to one, cancellation
    List        ///< a mailing list or a mass mailing (RFC 2919, RFC 2369, Precedence)
};
std::string_view to_string(AutomaticKind kind);

/// By item class, sender and, where they were read, header fields. Never fails, whatever the mail
/// holds. Header fields are hostile: they can make a mail automatic, never the reverse.
AutomaticKind automatic_kind(const MailMessage& message);

/// An address that nobody reads: mailer-daemon, postmaster, no-reply and the like. No contact and no
/// lead is ever made of it.
bool is_machine_address(std::string_view address);

}  // namespace liaison::mail
