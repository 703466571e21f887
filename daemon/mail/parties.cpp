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

/// What the choice among the candidates for one address may look at.
struct RankingGround {
    const MatchPolicy& policy;
    const std::string& owner;
    const std::set<std::string>& in_thread;
};

std::int64_t kind_rank(PartyKind kind) {
    switch (kind) {
        case PartyKind::User:
            return 0;
        case PartyKind::Contact:
            return 1;
        case PartyKind::Lead:
            return 2;
        case PartyKind::Company:
            return 3;
    }
    return 4;
}

/// Numbers as people order them: "C-9" before "C-10".
bool number_before(const std::string& a, const std::string& b) {
    const auto digits = [](const std::string& text) {
        std::size_t from = text.size();
        while (from > 0 && text[from - 1] >= '0' && text[from - 1] <= '9') --from;
        return text.substr(from);
    };
    const std::string left = digits(a), right = digits(b);
    const bool same_head =
        a.substr(0, a.size() - left.size()) == b.substr(0, b.size() - right.size());
    if (same_head && left.size() != right.size()) return left.size() < right.size();
    return a < b;
}

/// Below 0: `a` is preferred; 0: this criterion does not tell them apart.
int compare_by(Preference preference, const Party& a, const Party& b, const RankingGround& ground) {
    const auto yes_first = [](bool left, bool right) { return int{right} - int{left}; };
    switch (preference) {
        case Preference::Thread:
            return yes_first(ground.in_thread.contains(a.id), ground.in_thread.contains(b.id));
        case Preference::Owner:
            return ground.owner.empty() ? 0
                                        : yes_first(a.owner_id == ground.owner,
                                                    b.owner_id == ground.owner);
        case Preference::OpenOpportunity:
            return yes_first(a.has_open_opportunity, b.has_open_opportunity);
        case Preference::Kind:
            return static_cast<int>(kind_rank(a.kind) - kind_rank(b.kind));
        case Preference::PrimaryAddress:
            return yes_first(a.address_rank == 0, b.address_rank == 0);
        case Preference::Recent:
            return 0;  // the address book's order, which the caller keeps
        case Preference::Number:
            return number_before(std::string(label_of(a)), std::string(label_of(b)))   ? -1
                   : number_before(std::string(label_of(b)), std::string(label_of(a))) ? 1
                                                                           : 0;
    }
    return 0;
}

/// The first criterion that tells two candidates apart; nothing: they rank the same.
std::optional<Preference> deciding(const Party& a, const Party& b, const RankingGround& ground) {
    for (const Preference preference : ground.policy.prefer) {
        if (preference == Preference::Recent) return preference;
        if (compare_by(preference, a, b, ground) != 0) return preference;
    }
    return std::nullopt;
}

bool ranks_before(const Party& a, const Party& b, const RankingGround& ground) {
    for (const Preference preference : ground.policy.prefer) {
        if (preference == Preference::Recent) return false;
        if (const int order = compare_by(preference, a, b, ground); order != 0) return order < 0;
    }
    return false;
}

std::string why_preferred(Preference preference) {
    switch (preference) {
        case Preference::Thread:
            return "takes part in the conversation";
        case Preference::Owner:
            return "belongs to the folder's owner";
        case Preference::OpenOpportunity:
            return "has an open opportunity";
        case Preference::Kind:
            return "contacts come before leads before companies";
        case Preference::PrimaryAddress:
            return "has it as primary address";
        case Preference::Recent:
            return "changed last";
        case Preference::Number:
            return "has the lowest number";
    }
    return {};
}

/// Business Central takes the first by number and knows nothing else.
MatchPolicy strict_policy() {
    MatchPolicy policy;
    policy.strict = true;
    policy.guess = true;
    policy.prefer = {Preference::Number};
    return policy;
}

/// Best first; whom no criterion tells apart stay in the address book's order.
std::vector<Party> ranked(std::vector<Party> candidates, const RankingGround& ground) {
    std::vector<std::size_t> order(candidates.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (ranks_before(candidates[a], candidates[b], ground)) return true;
        return !ranks_before(candidates[b], candidates[a], ground) && a < b;
    });
    std::vector<Party> out;
    for (const std::size_t i : order) out.push_back(std::move(candidates[i]));
    return out;
}

void rank_candidates(AddressMatch& match, std::vector<Party> candidates,
                     const RankingGround& ground) {
    if (candidates.empty()) return;
    candidates = ranked(std::move(candidates), ground);
    if (match.user) {
        match.rejected = std::move(candidates);
        match.why_rejected.assign(match.rejected.size(), "a user has this address");
        return;
    }
    const auto first_other = candidates.size() > 1
                                 ? deciding(candidates[0], candidates[1], ground)
                                 : std::optional<Preference>(Preference::Number);
    match.ambiguous = !first_other;
    const bool taken = !match.ambiguous || ground.policy.guess;
    for (std::size_t i = taken ? 1 : 0; i < candidates.size(); ++i) {
        const auto lost = i == 0 ? std::nullopt : deciding(candidates[0], candidates[i], ground);
        match.why_rejected.push_back(lost ? "the better one " + why_preferred(*lost)
                                          : "ranks the same as another");
    }
    if (taken) {
        match.why_taken = match.ambiguous        ? "the first of several of equal rank"
                          : candidates.size() > 1 ? why_preferred(*first_other)
                                                  : "the only one with this address";
        match.partner = std::move(candidates.front());
        candidates.erase(candidates.begin());
    }
    match.rejected = std::move(candidates);
}

AddressMatch match_address(RoleAddress who, const PartyMap& book, const RankingGround& ground) {
    AddressMatch match;
    match.role = std::move(who.role);
    match.address = std::move(who.address);
    match.blocklisted = ground.policy.is_blocklisted(match.address);
    const auto found = book.find(match.address);
    if (found == book.end() || found->second.empty()) {
        match.internal = in_domains(ground.policy.internal_domains, match.address);
        return match;
    }
    std::vector<Party> candidates;
    for (const Party& party : found->second) {
        if (party.kind != PartyKind::User)
            candidates.push_back(party);
        else if (!match.user)
            match.user = party;
    }
    if (match.user) match.blocklisted = false;  // a colleague is never a relation to be blocked
    if (!match.blocklisted) rank_candidates(match, std::move(candidates), ground);
    return match;
}

std::string verdict_of(const AddressMatch& match) {
    if (match.user) return "user";
    if (match.blocklisted) return "blocklisted";
    if (match.partner && match.partner->privacy_blocked) return "privacy_blocked";
    if (match.partner) return std::string(to_string(match.partner->kind));
    if (match.ambiguous) return "ambiguous";
    return match.internal ? "internal" : "unknown";
}

CandidateFinding candidate_finding(const Party& party, std::string why) {
    return CandidateFinding{party.kind, party.id, party.number, std::move(why)};
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
                      const std::string& owner_user_id, const MatchPolicy& policy,
                      const std::set<std::string>& in_thread) {
    RoleAddresses addresses = collect_addresses(message);
    Parties parties;
    parties.has_sender = addresses.has_sender;
    parties.addresses_ignored = addresses.ignored;
    MatchPolicy used = policy.strict ? strict_policy() : policy;
    if (policy.strict) {
        used.blocklist = policy.blocklist;
        used.internal_domains = policy.internal_domains;
    }
    const RankingGround ground{used, owner_user_id, in_thread};
    for (RoleAddress& who : addresses.list)
        parties.matches.push_back(match_address(std::move(who), book, ground));
    if (const AddressMatch* sender = parties.sender()) {
        if (sender->user)
            parties.direction = MailDirection::Outbound;
        else if (sender->partner || sender->ambiguous)
            parties.direction = MailDirection::Inbound;
    }
    return parties;
}

std::vector<AddressFinding> findings_of(const Parties& parties) {
    std::vector<AddressFinding> out;
    for (const AddressMatch& match : parties.matches) {
        if (out.size() == limits::address_findings_max) break;
        AddressFinding finding{match.role, match.address, verdict_of(match), {}};
        if (match.user)
            finding.candidates.push_back(candidate_finding(*match.user, "a user comes first"));
        if (match.partner)
            finding.candidates.push_back(candidate_finding(*match.partner, match.why_taken));
        for (std::size_t i = 0; i < match.rejected.size(); ++i)
            finding.candidates.push_back(
                candidate_finding(match.rejected[i], match.why_rejected[i]));
        out.push_back(std::move(finding));
    }
    return out;
}

}  // namespace liaison::mail
