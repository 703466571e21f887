#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "storage/intake_table.hpp"
#include "storage/journal.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

constexpr std::size_t kIdentityDigitsMin = 8;

/// "example.customer." for "customer.example": a domain and all below it are one range.
std::string reversed_domain(std::string_view domain) {
    std::vector<std::string> labels = split(domain, '.');
    std::string out;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) out += *label + ".";
    return out;
}

std::string domain_of_address(const std::string& address) {
    const std::size_t at = address.rfind('@');
    return at == std::string::npos ? std::string() : address.substr(at + 1);
}

bool is_identity_part(const std::string& text) {
    return text.size() >= kIdentityDigitsMin && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

void IntakeTable::add_event(std::int64_t row, Timestamp at, std::string_view event,
                            std::string_view detail) {
    database_.execute("INSERT INTO intake_event (intake, at, event, detail) VALUES (?, ?, ?, ?)",
                      {row, time_column(at), event, detail});
}

void IntakeTable::add_event_once(std::int64_t row, Timestamp at, std::string_view event,
                                 std::string_view detail) {
    database_.execute(
        "INSERT INTO intake_event (intake, at, event, detail) SELECT ?, ?, ?, ? WHERE NOT EXISTS "
        "(SELECT 1 FROM intake_event WHERE intake = ? AND event = ? AND detail = ?)",
        {row, time_column(at), event, detail, row, event, detail});
}

std::vector<MailEvent> IntakeTable::history(std::int64_t row) {
    std::vector<MailEvent> out;
    const auto rows = database_.query(
        "SELECT at, event, detail FROM intake_event WHERE intake = ? ORDER BY id", {row});
    while (rows->next())
        out.push_back(MailEvent{row, Timestamp(std::chrono::milliseconds(rows->integer(0))),
                                rows->bytes(1), rows->bytes(2)});
    return out;
}

std::vector<IntakeRow> IntakeTable::find_mail(const std::string& text, std::size_t max) {
    static const std::string by_id = intake_select("WHERE i.id = ?");
    static const std::string by_message = intake_select(
        "WHERE i.message_hash <> 0 AND i.message_hash = ? AND i.message_id = ? "
        "ORDER BY i.id LIMIT ?");
    static const std::string by_identity = intake_select(
        "WHERE i.identity_hash <> 0 AND i.identity >= ? AND i.identity < ? "
        "ORDER BY i.id LIMIT ?");
    const auto limit = static_cast<std::int64_t>(max);
    std::vector<IntakeRow> found =
        intake_rows(database_.query(by_message, {key_hash(text), std::string_view(text), limit}));
    if (found.empty() && is_identity_part(text)) {
        const std::string end = text + "g";
        found = intake_rows(
            database_.query(by_identity, {std::string_view(text), std::string_view(end), limit}));
    }
    if (found.empty())
        if (const auto number = whole_number(text))
            found = intake_rows(database_.query(by_id, {*number}));
    return found;
}

// Unmatched, held, parked, and logged with a question that only a person can answer.
std::vector<IntakeRow> IntakeTable::tray(const std::optional<MailboxId>& mailbox,
                                         std::int64_t after_row, std::size_t max) {
    static const std::string waiting =
        "(i.state IN (2, 3) AND i.outcome IN (1, 3) OR i.state = 4 OR i.open_question <> 0) "
        "AND i.id > ? ORDER BY i.id LIMIT ?";
    static const std::string all = intake_select("WHERE " + waiting);
    static const std::string one = intake_select("WHERE i.mailbox = ? AND " + waiting);
    const auto limit = static_cast<std::int64_t>(max);
    if (mailbox)
        return intake_rows(database_.query(one, {find_mailbox(*mailbox), after_row, limit}));
    return intake_rows(database_.query(all, {after_row, limit}));
}

std::vector<std::int64_t> IntakeTable::waiting_in_thread(std::int64_t row) {
    std::vector<std::int64_t> out;
    const auto rows = database_.query(
        "SELECT DISTINCT i.id FROM intake i JOIN intake_thread other ON other.intake = i.id "
        "JOIN intake_thread mine ON mine.thread_key = other.thread_key AND mine.tie = other.tie "
        "WHERE mine.intake = ? AND i.id <> ? AND i.gone = 0 AND (i.state IN (2, 3) AND i.outcome "
        "IN (1, 3) OR i.state = 4) ORDER BY i.id",
        {row, row});
    while (rows->next()) out.push_back(rows->integer(0));
    return out;
}

void IntakeTable::journal_choice(const IntakeRow& row, const MailChoice& choice,
                                 std::size_t rows) {
    JournalEntry entry;
    entry.at = choice.at;
    entry.pair = PairId(row.mailbox.str() + "/mail");
    entry.event = "mail_choice";
    entry.reason = std::string(to_string(choice.verb));
    boost::json::array parties;
    for (const PartyRef& party : choice.parties)
        parties.push_back(boost::json::value(std::string(to_string(party.kind)) + ":" + party.id));
    entry.detail = serialize(boost::json::object{{"row", row.id},
                                                 {"who", choice.who},
                                                 {"parties", std::move(parties)},
                                                 {"campaign", choice.campaign_id},
                                                 {"opportunity", choice.opportunity_id},
                                                 {"rows", rows}});
    Journal journal(database_);
    journal.append(std::move(entry));
    journal.finish();
}

Result<std::size_t> IntakeTable::choose(std::int64_t id, const MailChoice& choice) {
    const std::optional<IntakeRow> known = row(id);
    if (!known)
        return fail(ErrorKind::NotFound, "there is no mail with the number " + std::to_string(id));
    if (known->decision.reason == "duplicate" && known->state != IntakeState::New)
        return fail(ErrorKind::InvalidRequest,
                    "this mail is a copy of another one: choose for that one (explain names it)");
    if (choice.verb == MailChoice::Verb::Link && choice.parties.empty())
        return fail(ErrorKind::InvalidRequest, "a link needs somebody to link with");
    MailChoice present = known->choice;
    present.who = choice.who;
    present.at = choice.at;
    if (present == choice && !known->choice.empty()) return std::size_t{0};
    const std::string text = choice.empty() ? std::string() : encode_choice(choice);
    database_.execute("UPDATE intake SET choice = ? WHERE id = ?", {std::string_view(text), id});
    std::string detail = std::string(to_string(choice.verb)) + " by " + choice.who;
    for (const PartyRef& party : choice.parties)
        detail += ", " + (party.number.empty() ? party.id : party.number);
    add_event(id, choice.at, "chosen", detail);
    std::vector<std::int64_t> again{id};
    if (choice.whole_thread)
        for (const std::int64_t other : waiting_in_thread(id)) again.push_back(other);
    for (const std::int64_t one : again) {
        reopen(one);
        if (one != id)
            add_event(one, choice.at, "reopened",
                      "a choice for mail " + std::to_string(id) + " of its conversation");
    }
    journal_choice(*known, choice, again.size());
    return again.size();
}

void IntakeTable::write_addresses(const DecidedMail& decided) {
    database_.execute("DELETE FROM intake_address WHERE intake = ?", {decided.row});
    for (const AddressFinding& finding : decided.decision.addresses) {
        if (finding.verdict == "user" || finding.address.empty()) continue;
        const std::string domain = reversed_domain(domain_of_address(finding.address));
        database_.execute(
            "INSERT INTO intake_address (intake, address, domain) VALUES (?, ?, ?) ON CONFLICT "
            "(intake, address) DO NOTHING",
            {decided.row, std::string_view(finding.address), std::string_view(domain)});
    }
}

void IntakeTable::replace_drafts(std::int64_t id, const std::vector<InteractionDraft>& drafts) {
    std::optional<IntakeRow> known = row(id);
    if (!known) broken("mail row " + std::to_string(id) + " is not there", "no_such_row");
    known->decision.drafts = drafts;
    const std::string decision = encode_decision(known->decision);
    database_.execute("UPDATE intake SET decision = ? WHERE id = ?",
                      {std::string_view(decision), id});
}

std::vector<IntakeRow> IntakeTable::find_logged_with(const std::vector<std::string>& addresses,
                                                     const std::vector<std::string>& domains,
                                                     std::int64_t after_row, std::size_t max) {
    static const std::string by_address = intake_select(
        "JOIN intake_address a ON a.intake = i.id WHERE a.address = ? AND i.outcome = 0 AND i.state "
        "IN (2, 3) AND i.id > ? ORDER BY i.id LIMIT ?");
    static const std::string by_domain = intake_select(
        "JOIN intake_address a ON a.intake = i.id WHERE a.domain >= ? AND a.domain < ? AND "
        "i.outcome = 0 AND i.state IN (2, 3) AND i.id > ? ORDER BY i.id LIMIT ?");
    const auto limit = static_cast<std::int64_t>(max);
    std::map<std::int64_t, IntakeRow> found;
    const auto take = [&](std::vector<IntakeRow> rows) {
        for (IntakeRow& row : rows) found.emplace(row.id, std::move(row));
        while (found.size() > max) found.erase(std::prev(found.end()));
    };
    for (const std::string& address : addresses) {
        const std::string normal = normal_address(address);
        take(intake_rows(database_.query(by_address, {std::string_view(normal), after_row, limit})));
    }
    for (const std::string& domain : domains) {
        const std::string from = reversed_domain(to_lower_ascii(trim(domain)));
        const std::string to = from + "\x7f";
        take(intake_rows(database_.query(
            by_domain, {std::string_view(from), std::string_view(to), after_row, limit})));
    }
    std::vector<IntakeRow> out;
    for (auto& [id, row] : found) out.push_back(std::move(row));
    return out;
}

std::vector<IntakeRow> IntakeTable::lost_mail(const MailboxId& mailbox, Timestamp now,
                                              std::size_t max) {
    static const std::string sql = intake_select(
        "WHERE i.mailbox = ? AND i.search_due <> 0 AND i.search_due <= ? AND i.state = 3 ORDER BY "
        "i.search_due, i.id LIMIT ?");
    return intake_rows(database_.query(
        sql, {find_mailbox(mailbox), time_column(now), static_cast<std::int64_t>(max)}));
}

void IntakeTable::record_search(std::int64_t row, const std::optional<ItemKey>& found,
                                const std::optional<Timestamp>& next_look, Timestamp now) {
    if (found) {
        move_key(row, *found);
        add_event(row, now, "found_again", "its link in the CRM follows it");
        return;
    }
    database_.execute(
        "UPDATE intake SET search_count = search_count + 1, search_due = ? WHERE id = ?",
        {next_look ? time_column(*next_look) : std::int64_t{0}, row});
    if (!next_look)
        add_event(row, now, "not_found_again",
                  "it is neither in the mailbox nor in its archive; the CRM keeps what it has");
}

}  // namespace liaison::storage
