#include "daemon/mail/policy.hpp"

#include <array>
#include <utility>

namespace liaison::mail {

namespace {

constexpr std::array<std::pair<Preference, std::string_view>, 7> kPreferences = {{
    {Preference::Thread, "thread"},
    {Preference::Owner, "owner"},
    {Preference::OpenOpportunity, "open_opportunity"},
    {Preference::Kind, "kind"},
    {Preference::PrimaryAddress, "primary_address"},
    {Preference::Recent, "recent"},
    {Preference::Number, "number"},
}};
constexpr std::array<std::pair<UnknownSender, std::string_view>, 4> kUnknownSenders = {{
    {UnknownSender::Hold, "hold"},
    {UnknownSender::Ignore, "ignore"},
    {UnknownSender::Contact, "contact"},
    {UnknownSender::Lead, "lead"},
}};
constexpr std::array<std::pair<AutomaticMail, std::string_view>, 3> kAutomaticMails = {{
    {AutomaticMail::Log, "log"},
    {AutomaticMail::LogKnown, "log_known"},
    {AutomaticMail::Skip, "skip"},
}};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) {
    for (const auto& [one, word] : table)
        if (one == value) return word;
    return table.front().second;
}

template <class Value, std::size_t N>
std::optional<Value> value_of(const std::array<std::pair<Value, std::string_view>, N>& table,
                              std::string_view wanted) {
    for (const auto& [one, word] : table)
        if (word == wanted) return one;
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Preference preference) {
    return word_of(kPreferences, preference);
}
std::optional<Preference> parse_preference(std::string_view word) {
    return value_of(kPreferences, word);
}
std::string_view to_string(UnknownSender what) {
    return word_of(kUnknownSenders, what);
}
std::optional<UnknownSender> parse_unknown_sender(std::string_view word) {
    return value_of(kUnknownSenders, word);
}
std::string_view to_string(AutomaticMail what) {
    return word_of(kAutomaticMails, what);
}
std::optional<AutomaticMail> parse_automatic_mail(std::string_view word) {
    return value_of(kAutomaticMails, word);
}

std::string_view domain_part(std::string_view address) {
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

bool in_domains(const std::set<std::string>& domains, std::string_view address) {
    if (domains.empty()) return false;
    std::string_view rest = domain_part(address);
    while (!rest.empty()) {
        if (domains.contains(std::string(rest))) return true;
        const std::size_t dot = rest.find('.');
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return false;
}

bool Blocklist::covers(std::string_view address) const {
    return addresses.contains(std::string(address)) || in_domains(domains, address);
}

}  // namespace liaison::mail
