#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::mail {

/// By what one of several candidates for an address is preferred. The order is data; whom no
/// criterion tells apart rank the same.
enum class Preference : std::uint8_t {
    Thread,           ///< takes part in the conversation already
    Owner,            ///< belongs to the folder's owner
    OpenOpportunity,  ///< has an open opportunity
    Kind,             ///< contact before lead before company
    PrimaryAddress,   ///< has it as its primary address
    Recent,           ///< changed last in the CRM (the address book's own order)
    Number            ///< lowest number
};
std::string_view to_string(Preference preference);
std::optional<Preference> parse_preference(std::string_view word);

/// Addresses and domains whose mail never reaches the CRM.
struct Blocklist {
    std::set<std::string> addresses;  ///< normalised
    std::set<std::string> domains;    ///< lower case; each stands for everything below it, too
    bool empty() const { return addresses.empty() && domains.empty(); }
    bool covers(std::string_view address) const;
};

/// The domain of `address` or one above it stands in the set.
bool in_domains(const std::set<std::string>& domains, std::string_view address);
/// What stands behind the last @; empty if nothing does.
std::string_view domain_part(std::string_view address);

/// What becomes of a mail whose sender nobody knows.
enum class UnknownSender : std::uint8_t {
    Hold,     ///< waits in the unmatched tray
    Ignore,   ///< skipped
    Contact,  ///< a contact is made of the sender
    Lead      ///< a lead is made of the sender
};
std::string_view to_string(UnknownSender what);
std::optional<UnknownSender> parse_unknown_sender(std::string_view word);

/// What becomes of mail that a machine sent: bounces, receipts, out-of-office answers, lists,
/// calendar messages. Whatever is chosen, no contact, lead or task is ever made of one.
enum class AutomaticMail : std::uint8_t {
    Log,       ///< like any other mail
    LogKnown,  ///< logged if a contact takes part, else skipped instead of waiting in the tray
    Skip       ///< never logged
};
std::string_view to_string(AutomaticMail what);
std::optional<AutomaticMail> parse_automatic_mail(std::string_view word);

/// What the admin decided about who takes part in a mail.
struct MatchPolicy {
    /// Business Central's rule (crm-connectors 1.9): a salesperson and a contact on opposite sides,
    /// of several contacts the first by number.
    bool strict = false;
    std::vector<Preference> prefer = {Preference::Thread, Preference::Owner, Preference::Kind,
                                      Preference::PrimaryAddress};
    /// Of several that rank the same the first is taken. False: nobody, and a person is asked.
    bool guess = false;
    std::set<std::string> internal_domains;  ///< addresses there are colleagues, users or not
    std::shared_ptr<const Blocklist> blocklist;

    bool is_blocklisted(std::string_view address) const {
        return blocklist && blocklist->covers(address);
    }
};

}  // namespace liaison::mail
