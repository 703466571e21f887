#include "storage/intake_table.hpp"

#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

constexpr std::string_view kIntakeSelect =
    "SELECT i.id, m.name, i.folder, i.item_key, i.version, i.state, i.attempts, i.due, "
    "i.last_error, i.seen_at, i.decision, i.message_id, i.choice, i.gone, i.interaction_ids, i.raw_message_id, i.search_count "
    "FROM intake i JOIN mailbox m ON m.id = i.mailbox ";

IntakeRow intake_row(const Rows& rows) {
    IntakeRow out;
    out.id = rows.integer(0);
    out.mailbox = MailboxId(rows.bytes(1));
    out.folder = FolderId(rows.bytes(2));
    out.key = ItemKey(rows.bytes(3));
    out.version = Version(rows.bytes(4));
    const std::int64_t state = rows.integer(5);
    if (state < 0 || state > state_column(IntakeState::Parked))
        broken("stored record: unknown state of a mail");
    out.state = static_cast<IntakeState>(state);
    out.attempts = static_cast<int>(rows.integer(6));
    out.due = Timestamp(std::chrono::milliseconds(rows.integer(7)));
    out.last_error = rows.bytes(8);
    out.seen_at = Timestamp(std::chrono::milliseconds(rows.integer(9)));
    const std::string decision = rows.bytes(10);
    if (!decision.empty()) out.decision = expect_stored(decode_decision(decision));
    out.message_id = rows.bytes(11);
    if (const std::string choice = rows.bytes(12); !choice.empty())
        out.choice = expect_stored(decode_choice(choice));
    out.gone = rows.integer(13) != 0;
    if (const std::string ids = rows.bytes(14); !ids.empty())
        out.interaction_ids = expect_stored(decode_texts(ids));
    out.raw_message_id = rows.bytes(15);
    out.searches = static_cast<int>(rows.integer(16));
    if (out.raw_message_id.empty() && !out.message_id.empty())
        out.raw_message_id = "<" + out.message_id + ">";
    return out;
}

std::string gone_decision() {
    MailDecision decision;
    decision.outcome = MailOutcome::Skip;
    decision.reason = "gone";
    return encode_decision(decision);
}

}  // namespace

std::int64_t state_column(IntakeState state) {
    return static_cast<std::int64_t>(state);
}
std::int64_t outcome_column(MailOutcome outcome) {
    return static_cast<std::int64_t>(outcome);
}
std::int64_t time_column(Timestamp time) {
    return time.time_since_epoch().count();
}

std::string intake_select(std::string_view condition) {
    return std::string(kIntakeSelect) + std::string(condition);
}

std::vector<IntakeRow> intake_rows(std::unique_ptr<Rows> rows) {
    std::vector<IntakeRow> out;
    while (rows->next()) out.push_back(intake_row(*rows));
    return out;
}

std::int64_t IntakeTable::find_mailbox(const MailboxId& mailbox) {
    const auto rows =
        database_.query("SELECT id FROM mailbox WHERE name = ?", {std::string_view(mailbox.str())});
    return rows->next() ? rows->integer(0) : 0;
}

std::int64_t IntakeTable::ensure_mailbox(const MailboxId& mailbox) {
    const std::int64_t known = find_mailbox(mailbox);
    if (known != 0) return known;
    database_.execute("INSERT INTO mailbox (name) VALUES (?)", {std::string_view(mailbox.str())});
    return find_mailbox(mailbox);
}

MailFolderState IntakeTable::folder_state(const MailboxId& mailbox, const FolderId& folder) {
    MailFolderState out;
    const auto rows = database_.query(
        "SELECT read_position, complete FROM mail_folder WHERE mailbox = ? AND folder = ?",
        {find_mailbox(mailbox), Blob{folder.str()}});
    if (!rows->next()) return out;
    out.cursor = Cursor(rows->bytes(0));
    out.complete = rows->integer(1) != 0;
    return out;
}

void IntakeTable::write_folder(std::int64_t mailbox, const FolderId& folder, const Cursor& cursor,
                               bool complete) {
    database_.execute(
        "INSERT INTO mail_folder (mailbox, folder, read_position, complete) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (mailbox, folder) DO UPDATE SET read_position = excluded.read_position, "
        "complete = excluded.complete",
        {mailbox, Blob{folder.str()}, Blob{cursor.str()}, std::int64_t{complete}});
}

void IntakeTable::absorb(const MailboxId& mailbox, const FolderId& folder, const MessagePage& page,
                         Timestamp now) {
    const std::int64_t number = ensure_mailbox(mailbox);
    for (const MessageChange& change : page.changes)
        absorb_one(number, folder, change, page.is_snapshot, now);
    write_folder(number, folder, page.next, page.is_last);
}

///   known           | the message is there | it is gone (only from the row's own folder)
///   ----------------|----------------------|--------------------------------------------
///   unknown         | new row              | nothing
///   New             | folder and version   | Done, skipped as "gone"
///   decided         | folder and version   | marked as gone; its effects find out; a logged one
///                   |                      | is looked for, so that its link can follow it
///   skipped as gone | New again            | nothing
void IntakeTable::absorb_one(std::int64_t mailbox, const FolderId& folder,
                             const MessageChange& change, bool is_backfill, Timestamp now) {
    std::int64_t id = 0;
    std::int64_t state = 0;
    bool skipped_as_gone = false;
    bool in_this_folder = false;
    {
        const auto rows = database_.query(
            "SELECT id, state, gone, reason, folder FROM intake WHERE key_hash = ? AND mailbox = ? "
            "AND item_key = ? "
            "ORDER BY id",
            {key_hash(change.key.str()), mailbox, Blob{change.key.str()}});
        if (rows->next()) {
            id = rows->integer(0);
            state = rows->integer(1);
            skipped_as_gone = rows->integer(2) != 0 && rows->bytes(3) == "gone";
            in_this_folder = rows->bytes(4) == folder.str();
        }
    }
    if (id == 0) {
        if (change.gone) return;
        database_.execute(
            "INSERT INTO intake (mailbox, folder, key_hash, item_key, version, state, seen_at, "
            "backfill) VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
            {mailbox, Blob{folder.str()}, key_hash(change.key.str()), Blob{change.key.str()},
             Blob{change.version.str()}, time_column(now), std::int64_t{is_backfill}});
        return;
    }
    if (!change.gone) {
        database_.execute(
            "UPDATE intake SET folder = ?, version = ?, gone = 0, search_due = 0 WHERE id = ?",
            {Blob{folder.str()}, Blob{change.version.str()}, id});
        if (!is_backfill)
            database_.execute("UPDATE intake SET backfill = 0 WHERE id = ? AND state = 0", {id});
        if (skipped_as_gone) reopen(id);
        return;
    }
    if (!in_this_folder) return;
    database_.execute(
        "UPDATE intake SET gone = 1, search_count = 0, search_due = CASE WHEN outcome = ? AND "
        "state <> 0 THEN ? ELSE 0 END WHERE id = ?",
        {outcome_column(MailOutcome::Log), time_column(now), id});
    if (state != state_column(IntakeState::New)) return;
    const std::string decision = gone_decision();
    database_.execute(
        "UPDATE intake SET state = ?, outcome = ?, reason = 'gone', decision = ? WHERE id = ?",
        {state_column(IntakeState::Done), outcome_column(MailOutcome::Skip),
         std::string_view(decision), id});
}

void IntakeTable::reset_cursor(const MailboxId& mailbox, const FolderId& folder) {
    write_folder(ensure_mailbox(mailbox), folder, Cursor(), false);
}

std::vector<IntakeRow> IntakeTable::rows(const MailboxId& mailbox, IntakeState state, Timestamp now,
                                         std::size_t max) {
    static const std::string sql =
        intake_select("WHERE i.mailbox = ? AND i.state = ? AND i.due <= ? "
                      "ORDER BY i.backfill, i.id LIMIT ?");
    return intake_rows(database_.query(sql, {find_mailbox(mailbox), state_column(state),
                                             time_column(now), static_cast<std::int64_t>(max)}));
}

std::map<MessageIdentity, IntakeRow> IntakeTable::find_identities(
    const std::vector<MessageIdentity>& ids) {
    // A row that was skipped as a duplicate points to another one: it never answers for its
    // identity, or the original, when tried again, would be taken for the copy of its own copy.
    // Nor does a mail that left its folder without having been logged: a rep who moves it to
    // another designated folder wants it looked at there.
    static const std::string sql = intake_select(
        "WHERE i.identity_hash <> 0 AND i.identity_hash = ? AND i.identity = ? "
        "AND i.reason <> 'duplicate' AND (i.gone = 0 OR i.outcome = ?) ORDER BY i.id LIMIT 1");
    std::map<MessageIdentity, IntakeRow> out;
    for (const MessageIdentity& identity : ids) {
        if (identity.empty() || out.contains(identity)) continue;
        const auto rows =
            database_.query(sql, {key_hash(identity.str()), std::string_view(identity.str()),
                                  outcome_column(MailOutcome::Log)});
        if (rows->next()) out.emplace(identity, intake_row(*rows));
    }
    return out;
}

void IntakeTable::decide(const DecidedMail& decided) {
    const std::string decision = encode_decision(decided.decision);
    const std::string& identity = decided.decision.identity.str();
    const std::int64_t changed = database_.execute(
        "UPDATE intake SET state = ?, attempts = 0, due = 0, last_error = '', outcome = ?, reason "
        "= ?, "
        "identity_hash = ?, identity = ?, decision = ?, open_question = ?, "
        "revision = (SELECT revision FROM mailbox WHERE mailbox.id = intake.mailbox) WHERE id = ?",
        {state_column(decided.next), outcome_column(decided.decision.outcome),
         std::string_view(decided.decision.reason),
         identity.empty() ? std::int64_t{0} : key_hash(identity), std::string_view(identity),
         std::string_view(decision), std::int64_t{decided.decision.has_open_question}, decided.row});
    if (changed != 1)
        broken("mail row " + std::to_string(decided.row) + " is not there to be decided",
               "no_such_row");
    if (!decided.message_id.empty())
        database_.execute(
            "UPDATE intake SET message_id = ?, message_hash = ?, raw_message_id = ? WHERE id = ?",
            {std::string_view(decided.message_id), key_hash(decided.message_id),
             std::string_view(decided.raw_message_id), decided.row});
    write_threads(decided);
    write_addresses(decided);
    std::string detail = std::string(to_string(decided.decision.outcome)) + ": " +
                         decided.decision.reason;
    if (!decided.decision.rule_set_version.empty())
        detail += ", rule set " + decided.decision.rule_set_version;
    add_event(decided.row, decided.at, "decided", detail);
}

void IntakeTable::drop_row(std::int64_t row) {
    for (const std::string_view sql :
         {"DELETE FROM intake_event WHERE intake = ?", "DELETE FROM intake_thread WHERE intake = ?",
          "DELETE FROM intake_address WHERE intake = ?", "DELETE FROM withdrawal WHERE intake = ?",
          "DELETE FROM intake WHERE id = ?"})
        database_.execute(sql, {row});
}

/// The echo of a move is the row under which the feed showed the message in its new folder; what it
/// knows of the folder goes to the row that stays.
void IntakeTable::move_key(std::int64_t row, const ItemKey& key) {
    std::vector<std::int64_t> echoes;
    {
        const auto rows = database_.query(
            "SELECT id FROM intake WHERE key_hash = ? AND item_key = ? AND state = 0 AND id <> ? "
            "AND mailbox = (SELECT mailbox FROM intake WHERE id = ?)",
            {key_hash(key.str()), Blob{key.str()}, row, row});
        while (rows->next()) echoes.push_back(rows->integer(0));
    }
    for (const std::int64_t echo : echoes) {
        database_.execute(
            "UPDATE intake SET folder = (SELECT folder FROM intake WHERE id = ?), version = (SELECT "
            "version FROM intake WHERE id = ?) WHERE id = ?",
            {echo, echo, row});
        drop_row(echo);
    }
    database_.execute(
        "UPDATE intake SET key_hash = ?, item_key = ?, gone = 0, search_due = 0 WHERE id = ?",
        {key_hash(key.str()), Blob{key.str()}, row});
}

void IntakeTable::progress(const MailProgress& progress) {
    std::int64_t changed = 0;
    if (progress.error) {
        changed = database_.execute(
            "UPDATE intake SET state = ?, attempts = attempts + 1, last_error = ?, due = ? WHERE "
            "id = ?",
            {state_column(progress.next), std::string_view(*progress.error),
             time_column(progress.due), progress.row});
        add_event(progress.row, progress.at, "failed", *progress.error);
    } else {
        changed = database_.execute(
            "UPDATE intake SET state = ?, attempts = 0, last_error = '', due = ? WHERE id = ?",
            {state_column(progress.next), time_column(progress.due), progress.row});
    }
    if (changed != 1)
        broken("mail row " + std::to_string(progress.row) + " is not there", "no_such_row");
    if (progress.moved_to) move_key(progress.row, *progress.moved_to);
    if (progress.version)
        database_.execute("UPDATE intake SET version = ? WHERE id = ?",
                          {Blob{progress.version->str()}, progress.row});
    if (progress.drafts) replace_drafts(progress.row, *progress.drafts);
    for (const auto& [event, detail] : progress.effects)
        add_event_once(progress.row, progress.at, event, detail);
    if (!progress.interaction_ids.empty()) {
        const std::string ids = encode_texts(progress.interaction_ids);
        database_.execute("UPDATE intake SET interactions = ?, interaction_ids = ? WHERE id = ?",
                          {static_cast<std::int64_t>(progress.interaction_ids.size()),
                           std::string_view(ids), progress.row});
    }
}

void IntakeTable::reopen(std::int64_t row, bool waits_for_live_mail) {
    database_.execute(
        "UPDATE intake SET state = 0, attempts = 0, due = 0, last_error = '', outcome = -1, reason "
        "= '', decision = '', open_question = 0, backfill = ?, "
        "identity_hash = 0, identity = '' WHERE id = ?",
        {std::int64_t{waits_for_live_mail}, row});
}

std::size_t IntakeTable::retry_unmatched(const MailboxId& mailbox, const std::string& revision) {
    const std::int64_t number = ensure_mailbox(mailbox);
    std::vector<std::int64_t> again;
    {
        const auto rows = database_.query(
            "SELECT id FROM intake WHERE mailbox = ? AND revision <> ? AND gone = 0 AND state IN "
            "(2, 3) AND (outcome = ? OR (outcome = ? AND reason = 'duplicate' AND EXISTS (SELECT 1 "
            "FROM intake first WHERE first.identity_hash = intake.identity_hash AND first.identity "
            "= intake.identity AND first.outcome = ?))) ORDER BY id",
            {number, std::string_view(revision), outcome_column(MailOutcome::Unmatched),
             outcome_column(MailOutcome::Skip), outcome_column(MailOutcome::Unmatched)});
        while (rows->next()) again.push_back(rows->integer(0));
    }
    for (const std::int64_t row : again) reopen(row, true);
    database_.execute("UPDATE mailbox SET revision = ? WHERE id = ?",
                      {std::string_view(revision), number});
    return again.size();
}

std::vector<IntakeRow> IntakeTable::list(const std::optional<MailboxId>& mailbox,
                                         std::optional<MailOutcome> outcome, std::int64_t after_row,
                                         std::size_t max) {
    static const std::string all = intake_select("WHERE i.id > ? ORDER BY i.id LIMIT ?");
    static const std::string of_mailbox =
        intake_select("WHERE i.mailbox = ? AND i.id > ? ORDER BY i.id LIMIT ?");
    static const std::string of_outcome =
        intake_select("WHERE i.outcome = ? AND i.id > ? ORDER BY i.id LIMIT ?");
    static const std::string of_both =
        intake_select("WHERE i.mailbox = ? AND i.outcome = ? AND i.id > ? ORDER BY i.id LIMIT ?");
    const auto limit = static_cast<std::int64_t>(max);
    const std::int64_t wanted = outcome ? outcome_column(*outcome) : 0;
    if (mailbox && outcome)
        return intake_rows(
            database_.query(of_both, {find_mailbox(*mailbox), wanted, after_row, limit}));
    if (mailbox)
        return intake_rows(database_.query(of_mailbox, {find_mailbox(*mailbox), after_row, limit}));
    if (outcome) return intake_rows(database_.query(of_outcome, {wanted, after_row, limit}));
    return intake_rows(database_.query(all, {after_row, limit}));
}

std::optional<IntakeRow> IntakeTable::row(std::int64_t id) {
    static const std::string sql = intake_select("WHERE i.id = ?");
    std::vector<IntakeRow> found = intake_rows(database_.query(sql, {id}));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

Result<void> IntakeTable::retry(std::int64_t id) {
    const std::optional<IntakeRow> known = row(id);
    if (!known)
        return fail(ErrorKind::NotFound, "there is no mail with the number " + std::to_string(id));
    const MailOutcome outcome = known->decision.outcome;
    const bool decided = known->state != IntakeState::New;
    const bool waits = known->state == IntakeState::Parked ||
                       (decided && (outcome == MailOutcome::Unmatched ||
                                    outcome == MailOutcome::Hold || outcome == MailOutcome::Park));
    if (!waits)
        return fail(ErrorKind::InvalidRequest,
                    "this mail waits for nobody: it is " + std::string(to_string(known->state)));
    reopen(id);
    return {};
}

std::optional<std::pair<std::int64_t, std::string>> IntakeTable::current_rules(
    const std::string& scope) {
    const auto rows = database_.query(
        "SELECT version, document FROM rule_document WHERE scope = ? ORDER BY version DESC LIMIT 1",
        {std::string_view(scope)});
    if (!rows->next()) return std::nullopt;
    return std::pair(rows->integer(0), rows->bytes(1));
}

std::vector<std::string> IntakeTable::rule_scopes() {
    const auto rows =
        database_.query("SELECT DISTINCT scope FROM rule_document ORDER BY scope", {});
    std::vector<std::string> out;
    while (rows->next()) out.push_back(rows->bytes(0));
    return out;
}

Result<std::int64_t> IntakeTable::replace_rules(const std::string& scope, std::int64_t expected,
                                                const std::string& document, const std::string& who,
                                                Timestamp now) {
    const auto current = current_rules(scope);
    const std::int64_t present = current ? current->first : 0;
    if (present != expected)
        return fail(ErrorKind::VersionConflict,
                    "the rules are at version " + std::to_string(present) + " by now");
    database_.execute(
        "INSERT INTO rule_document (scope, version, document, who, at) VALUES (?, ?, ?, ?, ?)",
        {std::string_view(scope), present + 1, std::string_view(document), std::string_view(who),
         time_column(now)});
    return present + 1;
}

}  // namespace liaison::storage
