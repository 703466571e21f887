#include "service/mail_desk.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/free_mail.hpp"
#include "daemon/mail/identity.hpp"

namespace liaison::service {

namespace {

constexpr std::size_t kRowsNamed = 50;
constexpr std::size_t kProposalsPerWay = 10;
constexpr std::size_t kDomainsAsked = 5;
constexpr std::size_t kWithdrawalPage = 500;

PartyRef ref_of(const Party& party) {
    return PartyRef{party.kind, party.id, party.number, party.company_id};
}

/// The address that a choice is about: the sender's, else the first that nobody has.
std::string open_address(const IntakeRow& row) {
    for (const bool sender_only : {true, false})
        for (const AddressFinding& finding : row.decision.addresses) {
            if (sender_only && finding.role != "from") continue;
            if (finding.verdict == "unknown" || finding.verdict == "ambiguous")
                return finding.address;
        }
    return row.choice.address;  // it is being decided again: the address of the last choice
}

/// The interactions of a logged mail that the blocklist covers: all when it covers the sender.
std::vector<std::string> covered_contacts(const IntakeRow& row, const mail::Blocklist& list) {
    const auto& findings = row.decision.addresses;
    const bool all = !findings.empty() && findings.front().role == "from" &&
                     findings.front().verdict != "user" && list.covers(findings.front().address);
    std::vector<std::string> out;
    for (const InteractionDraft& draft : row.decision.drafts)
        if (all || list.covers(draft.contact_address)) out.push_back(draft.contact_id);
    return out;
}

void add_proposal(TrayMail& out, PartyProposal proposal) {
    const bool known = std::ranges::any_of(out.proposals, [&](const PartyProposal& other) {
        return other.party.kind == proposal.party.kind && other.party.id == proposal.party.id;
    });
    if (!known) out.proposals.push_back(std::move(proposal));
}

std::string display_name_of(const MailMessage& message, const std::string& address) {
    std::vector<MailAddress> people = message.other_authors;
    if (message.from) people.push_back(*message.from);
    people.insert(people.end(), message.to.begin(), message.to.end());
    people.insert(people.end(), message.cc.begin(), message.cc.end());
    for (const MailAddress& who : people)
        if (normal_address(who.address) == address && !trim(who.name).empty() &&
            normal_address(who.name) != address)
            return normal_line(who.name);
    return {};
}

}  // namespace

Async<Result<MailExplanation>> MailDesk::explain(std::string text) {
    std::string wanted(trim(text));
    if (wanted.find('@') != std::string::npos || wanted.starts_with('<'))
        wanted = mail::normal_message_id(wanted);
    auto rows = co_await store_.find_mail(std::move(wanted), kRowsNamed);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty())
        co_return fail(ErrorKind::NotFound,
                       "no such mail was ever seen in a designated folder: give its Message-ID, its "
                       "identity or its number");
    MailExplanation out;
    for (std::size_t i = 1; i < rows->size(); ++i) out.others.push_back((*rows)[i].id);
    out.row = std::move(rows->front());
    auto history = co_await store_.history(out.row.id);
    if (!history) co_return std::unexpected(history.error());
    out.history = std::move(*history);
    co_return out;
}

Async<Result<IntakeRow>> MailDesk::row_of(std::int64_t id) {
    auto row = co_await store_.row(id);
    if (!row) co_return std::unexpected(row.error());
    if (!*row)
        co_return fail(ErrorKind::NotFound,
                       "there is no mail with the number " + std::to_string(id));
    co_return std::move(**row);
}

Async<std::optional<MailMessage>> MailDesk::read_mail(IntakeRow row) {
    std::optional<MailMessage> nothing;
    MailSource* source = source_of_ ? source_of_(row.mailbox) : nullptr;
    if (source == nullptr) co_return nothing;
    std::vector<ItemKey> keys{row.key};
    auto messages = co_await source->get_messages(std::move(keys), false);
    if (messages.size() != 1 || !messages.front()) co_return nothing;
    co_return std::move(*messages.front());
}

/// What the store knows: candidates of equal rank, and whom the conversation is logged for.
Async<Result<void>> MailDesk::propose_known(TrayMail& out) {
    for (const AddressFinding& finding : out.row.decision.addresses)
        if (finding.verdict == "ambiguous")
            for (const CandidateFinding& candidate : finding.candidates)
                add_proposal(out, {PartyRef{candidate.kind, candidate.id, candidate.number},
                                   "",
                                   "",
                                   "candidate",
                                   finding.address});
    auto thread = co_await store_.thread_of(out.row.id);
    if (!thread) co_return std::unexpected(thread.error());
    for (const ThreadMail& other : *thread)
        for (const InteractionDraft& draft : other.row.decision.drafts)
            if (!draft.contact_id.empty())
                add_proposal(out, {PartyRef{draft.contact_kind, draft.contact_id, "",
                                            draft.company_id},
                                   "",
                                   "",
                                   "thread",
                                   ""});
    for (PartyProposal& proposal : out.proposals) {
        PartyQuery query;
        query.id = proposal.party.id;
        query.kind = proposal.party.kind;
        auto found = co_await book_.find_parties(std::move(query));
        if (!found || found->empty()) continue;
        proposal.party = ref_of(found->front());
        proposal.name = found->front().name;
        proposal.company = found->front().company_name;
    }
    co_return Result<void>{};
}

Async<Result<void>> MailDesk::propose_by(PartyQuery query, std::string why, std::string address,
                                         TrayMail& out) {
    query.max = kProposalsPerWay;
    auto found = co_await book_.find_parties(std::move(query));
    if (!found && found.error().kind == ErrorKind::Unsupported) co_return Result<void>{};
    if (!found) co_return std::unexpected(found.error());
    for (const Party& party : *found)
        if (!party.privacy_blocked)
            add_proposal(out, {ref_of(party), party.name, party.company_name, why, address});
    co_return Result<void>{};
}

Async<Result<TrayMail>> MailDesk::look(std::int64_t id) {
    TrayMail out;
    Result<IntakeRow> row = co_await row_of(id);
    if (!row) co_return std::unexpected(row.error());
    out.row = std::move(*row);
    Result<void> done = co_await propose_known(out);
    if (!done) co_return std::unexpected(done.error());
    const std::optional<MailMessage> message = co_await read_mail(out.row);
    if (message) {
        out.subject = normal_line(message->subject);
        if (message->from) out.sender_name = normal_line(message->from->name);
    }
    std::set<std::string> domains;
    for (const AddressFinding& finding : out.row.decision.addresses) {
        if (finding.verdict != "unknown") continue;
        if (message) {
            PartyQuery by_name;
            by_name.name = display_name_of(*message, finding.address);
            if (!by_name.name.empty())
                done = co_await propose_by(std::move(by_name), "name", finding.address, out);
            if (!done) co_return std::unexpected(done.error());
        }
        const std::string domain(mail::domain_part(finding.address));
        if (domain.empty() || mail::in_domains(*mail::free_mail_domains(), finding.address) ||
            domains.size() >= kDomainsAsked || !domains.insert(domain).second)
            continue;
        PartyQuery by_domain;
        by_domain.domain = domain;
        done = co_await propose_by(std::move(by_domain), "domain", finding.address, out);
        if (!done) co_return std::unexpected(done.error());
    }
    co_return out;
}

Async<Result<Party>> MailDesk::find_party(PartyQuery query) {
    if (query.number.empty() && query.id.empty())
        co_return fail(ErrorKind::InvalidRequest,
                       "whom? Give the \"number\" of a contact, lead or company, or \"kind\" and "
                       "\"id\"");
    query.max = 2;
    auto found = co_await book_.find_parties(query);
    if (!found) co_return std::unexpected(found.error());
    if (found->empty())
        co_return fail(ErrorKind::NotFound, "the CRM has nobody with this number or id");
    if (found->size() > 1)
        co_return fail(ErrorKind::InvalidRequest,
                       "several have this number: give \"kind\" and \"id\"");
    co_return std::move(found->front());
}

Async<Result<std::size_t>> MailDesk::choose(IntakeRow row, MailChoice choice) {
    choice.at = clock_.now();
    Result<std::size_t> again = co_await store_.choose(row.id, std::move(choice));
    if (again && wake_) wake_(row.mailbox);
    co_return again;
}

Async<Result<std::size_t>> MailDesk::link(std::int64_t id, LinkWish wish) {
    Result<IntakeRow> row = co_await row_of(id);
    if (!row) co_return std::unexpected(row.error());
    Result<Party> party = co_await find_party(wish.party);
    if (!party) co_return std::unexpected(party.error());
    if (party->privacy_blocked)
        co_return fail(ErrorKind::InvalidRequest, "this one is blocked for privacy");
    std::string address = normal_address(wish.address);
    if (address.empty()) address = open_address(*row);
    if (wish.scope == ChoiceScope::Address) {
        if (address.empty())
            co_return fail(ErrorKind::InvalidRequest,
                           "no address of this mail is unknown: give \"address\"");
        Result<void> added = co_await sink_.add_address(party->kind, party->id, address);
        if (!added) co_return std::unexpected(added.error());
    }
    MailChoice choice;
    choice.verb = MailChoice::Verb::Link;
    choice.parties.push_back(ref_of(*party));
    choice.address = std::move(address);
    choice.campaign_id = std::move(wish.campaign_id);
    choice.opportunity_id = std::move(wish.opportunity_id);
    choice.whole_thread = wish.scope == ChoiceScope::Thread;
    choice.who = std::move(wish.who);
    co_return co_await choose(std::move(*row), std::move(choice));
}

Async<Result<std::size_t>> MailDesk::create(std::int64_t id, CreateWish wish) {
    Result<IntakeRow> row = co_await row_of(id);
    if (!row) co_return std::unexpected(row.error());
    NewParty wanted;
    wanted.kind = wish.kind;
    wanted.address = normal_address(wish.address);
    if (wanted.address.empty()) wanted.address = open_address(*row);
    if (wanted.address.empty())
        co_return fail(ErrorKind::InvalidRequest,
                       "no address of this mail is unknown: give \"address\"");
    wanted.name = normal_line(wish.name);
    if (wanted.name.empty()) {
        const std::optional<MailMessage> message = co_await read_mail(*row);
        if (message) wanted.name = display_name_of(*message, wanted.address);
    }
    wanted.company_id = wish.company_id;
    wanted.owner_id = wish.owner_id;
    if (wanted.company_id.empty() &&
        !mail::in_domains(*mail::free_mail_domains(), wanted.address))
        wanted.company_domain = std::string(mail::domain_part(wanted.address));
    const std::string address = wanted.address;
    Result<Party> made = co_await sink_.create_party(std::move(wanted));
    if (!made) co_return std::unexpected(made.error());
    MailChoice choice;
    choice.verb = MailChoice::Verb::Link;
    choice.parties.push_back(ref_of(*made));
    choice.address = address;
    choice.whole_thread = wish.scope == ChoiceScope::Thread;
    choice.who = std::move(wish.who);
    co_return co_await choose(std::move(*row), std::move(choice));
}

Async<Result<std::size_t>> MailDesk::ignore(std::int64_t id, ChoiceScope scope, std::string who) {
    Result<IntakeRow> row = co_await row_of(id);
    if (!row) co_return std::unexpected(row.error());
    if (scope == ChoiceScope::Address)
        co_return fail(ErrorKind::InvalidRequest,
                       "an address is ignored by a rule or by the blocklist");
    MailChoice choice;
    choice.verb = MailChoice::Verb::Ignore;
    choice.whole_thread = scope == ChoiceScope::Thread;
    choice.who = std::move(who);
    co_return co_await choose(std::move(*row), std::move(choice));
}

Async<Result<RuleProposal>> MailDesk::propose_rule(std::int64_t id, RuleWish wish) {
    using boost::json::array;
    using boost::json::object;
    Result<IntakeRow> row = co_await row_of(id);
    if (!row) co_return std::unexpected(row.error());
    const auto& findings = row->decision.addresses;
    if (findings.empty() || findings.front().role != "from")
        co_return fail(ErrorKind::InvalidRequest, "the mail has no sender to make a rule of");
    const std::string& address = findings.front().address;
    const std::string domain(mail::domain_part(address));
    if (wish.by_domain && mail::in_domains(*mail::free_mail_domains(), address))
        co_return fail(ErrorKind::InvalidRequest,
                       "the sender's domain is one of free mail: make the rule for the address");
    object actions;
    if (wish.action == "ignore") {
        actions["skipLogging"] = true;
    } else if (wish.action == "contact" || wish.action == "lead") {
        actions[wish.action == "contact" ? "createContact" : "createLead"] = true;
    } else if (wish.action == "link") {
        Result<Party> party = co_await find_party(wish.party);
        if (!party) co_return std::unexpected(party.error());
        actions["setRegarding"] = object{{to_string(party->kind), party->id}};
    } else {
        co_return fail(ErrorKind::InvalidRequest,
                       "\"action\" must be link, ignore, contact or lead");
    }
    const std::string whom = wish.by_domain ? domain : address;
    const RuleBook::Entry present = rules_.entry(rules::RuleScope{});
    boost::system::error_code error;
    boost::json::value document = boost::json::parse(present.document, error);
    if (error || !document.is_object())
        co_return fail(ErrorKind::Internal, "the rule document in force cannot be read");
    boost::json::value& list = document.as_object()["rules"];
    if (!list.is_array()) list = array{};
    std::int64_t last = 0;
    for (const boost::json::value& one : list.as_array())
        if (const auto* sequence = one.is_object() ? one.as_object().if_contains("sequence") : nullptr;
            sequence != nullptr && sequence->is_int64())
            last = std::max(last, sequence->get_int64());
    const object conditions{{wish.by_domain ? "fromDomains" : "fromAddresses", array{whom}}};
    const object rule{{"displayName", "Mail from " + whom},
                      {"sequence", last + 1},
                      {"isEnabled", true},
                      {"conditions", conditions},
                      {"actions", std::move(actions)}};
    list.as_array().push_back(rule);
    co_return RuleProposal{serialize(rule), serialize(document), present.number};
}

Async<Result<std::vector<IntakeRow>>> MailDesk::blocklisted_mail(std::int64_t after,
                                                                 std::size_t max) {
    const std::shared_ptr<const mail::Blocklist> list = blocklist_.current();
    const std::vector<std::string> addresses(list->addresses.begin(), list->addresses.end());
    const std::vector<std::string> domains(list->domains.begin(), list->domains.end());
    std::vector<IntakeRow> out;
    while (out.size() < max) {
        auto rows = co_await store_.find_logged_with(addresses, domains, after, kWithdrawalPage);
        if (!rows) co_return std::unexpected(rows.error());
        if (rows->empty()) break;
        after = rows->back().id;
        for (IntakeRow& row : *rows)
            if (out.size() < max && !covered_contacts(row, *list).empty())
                out.push_back(std::move(row));
    }
    co_return out;
}

Async<Result<std::vector<std::int64_t>>> MailDesk::withdraw(std::vector<std::int64_t> rows,
                                                            std::string why, std::string who,
                                                            bool erase_content) {
    if (trim(why).empty())
        co_return fail(ErrorKind::InvalidRequest, "a withdrawal needs a reason: \"why\"");
    std::vector<MailWithdrawal> wanted;
    std::set<MailboxId> mailboxes;
    for (const std::int64_t id : rows) {
        Result<IntakeRow> row = co_await row_of(id);
        if (!row) co_return std::unexpected(row.error());
        mailboxes.insert(row->mailbox);
        MailWithdrawal one;
        one.row = id;
        one.erase_content = erase_content;
        one.who = who;
        one.why = normal_line(why);
        one.at = clock_.now();
        wanted.push_back(std::move(one));
    }
    auto noted = co_await store_.request_withdrawals(std::move(wanted));
    if (noted && wake_)
        for (const MailboxId& mailbox : mailboxes) wake_(mailbox);
    co_return noted;
}

Async<Result<std::vector<std::int64_t>>> MailDesk::withdraw_blocklisted(std::string who,
                                                                        bool erase_content) {
    std::vector<std::int64_t> out;
    std::int64_t after = 0;
    while (true) {
        auto rows = co_await blocklisted_mail(after, kWithdrawalPage);
        if (!rows) co_return std::unexpected(rows.error());
        if (rows->empty()) break;
        after = rows->back().id;
        std::vector<MailWithdrawal> wanted;
        for (const IntakeRow& row : *rows) {
            MailWithdrawal one;
            one.contact_ids = covered_contacts(row, *blocklist_.current());
            if (one.contact_ids.size() == row.decision.drafts.size()) one.contact_ids.clear();
            one.row = row.id;
            one.erase_content = erase_content;
            one.who = who;
            one.why = "on the blocklist, version " + std::to_string(blocklist_.number());
            one.at = clock_.now();
            wanted.push_back(std::move(one));
            if (wake_) wake_(row.mailbox);
        }
        auto noted = co_await store_.request_withdrawals(std::move(wanted));
        if (!noted) co_return std::unexpected(noted.error());
        out.insert(out.end(), noted->begin(), noted->end());
    }
    co_return out;
}

}  // namespace liaison::service
