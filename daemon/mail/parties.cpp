#include "daemon/mail/parties.hpp"

#include <algorithm>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"

namespace liaison::mail {
namespace {

struct RoleAddress {
    std::string role;
    std::string address;
};
struct RoleAddresses {
    std::vector<RoleAddress> list;
    bool has_sender = false;
    std::size_t ignored = 0;
};

RoleAddresses collect_addresses(const MailMessage& message) {
    RoleAddresses out;
    std::set<std::string> seen;
    const auto add = [&](const char* role, std::string address) {
        if (address.empty()) return;
        if (out.list.size() >= limits::recipients_max) {
            ++out.ignored;
            return;
        }
        if (seen.insert(address).second) out.list.push_back({role, std::move(address)});
    };
    // From, To and Cc only: a Sender without From is a broken mail, and who handed it in is not who wrote it.
    if (message.from) add("from", normal_address(message.from->address));
    out.has_sender = !out.list.empty();
    for (const MailAddress& author : message.other_authors) add("from", normal_address(author.address));
    for (const MailAddress& to : message.to) add("to", normal_address(to.address));
    for (const MailAddress& cc : message.cc) add("cc", normal_address(cc.address));
    return out;
}

void rank_candidates(AddressMatch& match, std::vector<Party> candidates, const std::string& owner) {
    if (candidates.empty()) return;
    const auto owned = [&](const Party& party) {
        return !owner.empty() && party.owner_id == owner;
    };
    std::vector<Party> ranked;
    for (const bool of_owner : {true, false})
        for (const Party& party : candidates)
            if (owned(party) == of_owner) ranked.push_back(party);
    candidates = std::move(ranked);
    if (match.user) {
        match.rejected = std::move(candidates);
        return;
    }
    match.ambiguous = candidates.size() > 1 && owned(candidates[0]) == owned(candidates[1]);
    match.partner = std::move(candidates.front());
    candidates.erase(candidates.begin());
    match.rejected = std::move(candidates);
}

AddressMatch match_address(RoleAddress who, const PartyMap& book, const std::string& owner) {
    AddressMatch match;
    match.role = std::move(who.role);
    match.address = std::move(who.address);
    const auto found = book.find(match.address);
    if (found == book.end()) return match;
    std::vector<Party> candidates;
    for (const Party& party : found->second) {
        if (party.kind != PartyKind::User)
            candidates.push_back(party);
        else if (!match.user)
            match.user = party;
    }
    rank_candidates(match, std::move(candidates), owner);
    return match;
}

}  // namespace

std::string_view label_of(const Party& party) {
    return party.number.empty() ? party.id : party.number;
}

std::vector<std::string> addresses_of(const MailMessage& message) {
    std::vector<std::string> out;
    for (RoleAddress& who : collect_addresses(message).list) out.push_back(std::move(who.address));
    return out;
}

Parties match_parties(const MailMessage& message, const PartyMap& book,
                      const std::string& owner_user_id) {
    RoleAddresses addresses = collect_addresses(message);
    Parties parties;
    parties.has_sender = addresses.has_sender;
    parties.addresses_ignored = addresses.ignored;
    for (RoleAddress& who : addresses.list)
        parties.matches.push_back(match_address(std::move(who), book, owner_user_id));
    if (const AddressMatch* sender = parties.sender()) {
        if (sender->user)
            parties.direction = MailDirection::Outbound;
        else if (sender->partner)
            parties.direction = MailDirection::Inbound;
    }
    return parties;
}

}  // namespace liaison::mail
