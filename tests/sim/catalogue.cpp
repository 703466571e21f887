#include "tests/sim/catalogue.hpp"

#include <charconv>

namespace liaison::sim {

namespace {

using enum FaultLayer;
using enum FaultPace;

constexpr std::string_view kNeedsGraph = "needs the Graph face and its connector";
constexpr std::string_view kNeedsOAuth = "needs OAuth tokens; EWS logs in with Basic so far";
constexpr std::string_view kNeedsWebhooks = "needs the notification receiver";
constexpr std::string_view kNeedsApi = "the management API is outside the simulated program";

constexpr std::array<FaultInfo, kFaults> kCatalogue{{
    {FaultId::CreateAnswerLost, "create_answer_lost", Exchange, Often, "I1 I7",
     "a create is applied, its answer is lost", "the item is found by its token or read back"},
    {FaultId::RequestLost, "request_lost", Exchange, Often, "I2",
     "a request is lost before the server sees it", "the operation is sent again"},
    {FaultId::CreateAppliedLate, "create_applied_late", Exchange, Often, "I1",
     "a create times out and is applied ten minutes later",
     "a surplus copy appears and is dealt with"},
    {FaultId::UpdateAnswerLost, "update_answer_lost", Exchange, Often, "I3",
     "an update is applied, its answer is lost, the user edits at once",
     "the item is read back before anything is written"},
    {FaultId::DeleteAnswerLost, "delete_answer_lost", Exchange, Often, "I4",
     "a deletion is applied, its answer is lost", "the retry or the read finds nothing there"},
    {FaultId::ErrorAfterCommit, "error_after_commit", Exchange, Often, "I1 I7",
     "500 or 502 although the write took place", "the outcome is looked up"},
    {FaultId::TruncatedReply, "truncated_reply", Network, Often, "I2 I9",
     "a reply is cut in the middle", "the call is made again"},
    {FaultId::ForeignReply, "foreign_reply", Network, Often, "I11",
     "a proxy delivers another request's reply", "the reply is rejected and the call made again"},
    {FaultId::SlowBytes, "slow_bytes", Network, Often, "I9", "the server sends one byte a second",
     "the deadline ends the call"},
    {FaultId::HtmlInstead, "html_instead", Network, Often, "I5 I9", "200 with an HTML login page",
     "the call is made again"},
    {FaultId::CutBeforeCursor, "cut_before_cursor", Process, Often, "I2",
     "the process dies between a feed page and the saving of its cursor", "the page is read again"},
    {FaultId::DeadAddress, "dead_address", Network, Often, "I9",
     "the name leads to dead addresses, then to a good one", "connecting is tried again"},
    {FaultId::RetryAfterForms, "retry_after_forms", Exchange, Often, "I10",
     "429 or 503 with a Retry-After of any form", "the mailbox pauses"},
    {FaultId::ServerBusy, "server_busy", Exchange, Often, "I10",
     "ErrorServerBusy, with or without BackOffMilliseconds", "the mailbox pauses"},
    {FaultId::ThrottlingStorm, "throttling_storm", Exchange, Seldom, "I10",
     "every mailbox is throttled at once", "mailboxes pause"},
    {FaultId::ConcurrencyLowered, "concurrency_lowered", Exchange, Seldom, "I10",
     "the server takes fewer calls at once", "calls are refused and made again"},
    {FaultId::StrangeErrors, "strange_errors", Exchange, Seldom, "I9 I10",
     "throttling shows as bare 500s", "the mailbox slows down"},
    {FaultId::GreedyMailbox, "greedy_mailbox", Exchange, Seldom, "I9",
     "one mailbox fails at every call for a while", "its cycles fail, others go on"},
    {FaultId::LongOutage, "long_outage", Exchange, Seldom, "I2", "the server is down for hours",
     "cycles fail until it is back"},
    {FaultId::VersionFalls, "version_falls", Exchange, Seldom, "I9",
     "the server's schema version falls in mid-upgrade", "calls are refused, none crashes"},
    {FaultId::InvalidSyncState, "invalid_sync_state", Exchange, Often, "I2 I5",
     "ErrorInvalidSyncStateData, also twice running", "the folder is read again from the start"},
    {FaultId::OldGeneration, "old_generation", Exchange, Often, "I8",
     "the feed repeats changes of an older generation", "old changes are observed again"},
    {FaultId::EmptyPageMore, "empty_page_more", Exchange, Often, "I2",
     "a page is empty and says that more follows", "the next page is asked for"},
    {FaultId::FeedLoops, "feed_loops", Exchange, Often, "I9", "the feed leads back to where it was",
     "the loop is noticed"},
    {FaultId::DelayedVisibility, "delayed_visibility", Exchange, Often, "I2",
     "changes stay invisible in the feed for a while", "they arrive in a later round"},
    {FaultId::FalseRemoval, "false_removal", Exchange, Often, "I4 I5",
     "an item is reported as deleted though it exists", "it is read by id and stays"},
    {FaultId::AwayAndBack, "away_and_back", Person, Seldom, "I4",
     "a mirror is moved away and back between two rounds", "it is found again by its token"},
    {FaultId::OccurrenceUnreported, "occurrence_unreported", Exchange, Often, "I2",
     "a deleted occurrence is not reported", "", kNeedsGraph},
    {FaultId::SparseOccurrence, "sparse_occurrence", Exchange, Often, "I3",
     "an occurrence arrives with id, start and end only", "", kNeedsGraph},
    {FaultId::TwiceInPage, "twice_in_page", Exchange, Often, "I3",
     "an item is twice in one page, the newer first", "it is read once in its last state"},
    {FaultId::ShiftedPaging, "shifted_paging", Exchange, Often, "I1 I2",
     "an item arrives while FindItem is paged", "the listing goes on over more pages"},
    {FaultId::ForeignToken, "foreign_token", Exchange, Seldom, "I5",
     "the sync state of another folder is used", "",
     "folders of a pair cannot change while the program runs"},
    {FaultId::MovedMirror, "moved_mirror", Person, Seldom, "I1 I4",
     "a mirror is moved to another folder", "the old id is read and the token searched"},
    {FaultId::MailboxMigrated, "mailbox_migrated", Exchange, Seldom, "I1 I5",
     "the mailbox moves to the cloud", "", kNeedsGraph},
    {FaultId::IdsDifferInCase, "ids_differ_in_case", Exchange, Seldom, "I1",
     "two ids differ in letter case only", "both items are observed"},
    {FaultId::AccessBlocked, "access_blocked", Exchange, Seldom, "I7 I9",
     "EWS is blocked (403) while work is queued", "cycles are refused until it is open again"},
    {FaultId::Archived, "archived", Person, Seldom, "I1 I4", "a mirror is archived and restored",
     "it is found again by its token"},
    {FaultId::MirrorCopied, "mirror_copied", Person, Seldom, "I1",
     "a mirror is copied, the copy carries our key", "the copy is observed"},
    {FaultId::MailboxRestored, "mailbox_restored", Exchange, Seldom, "I4 I5",
     "the mailbox is restored from a backup", "the folder is read again from the start"},
    {FaultId::CrmRestored, "crm_restored", Crm, Seldom, "I1 I5",
     "the CRM is restored from a backup", "the feed is read again from the start"},
    {FaultId::AddressesSwapped, "addresses_swapped", Exchange, Seldom, "I11",
     "two users swap addresses", "", "a mailbox is known by its address so far, not by an id"},
    {FaultId::EmptyListing, "empty_listing", Exchange, Often, "I5",
     "a folder is listed as empty with 200", "nothing is deleted, the folder is read again"},
    {FaultId::ContainerGone, "container_gone", Exchange, Seldom, "I5",
     "a folder or mailbox is not found or not readable", "cycles are refused, nothing is deleted"},
    {FaultId::MassDeletion, "mass_deletion", Person, Seldom, "I5",
     "a user deletes most of a folder", "the plan is held"},
    {FaultId::CrmQueryEmpty, "crm_query_empty", Crm, Often, "I5", "a CRM query returns nothing",
     "nothing is deleted"},
    {FaultId::ScopeLeft, "scope_left", Crm, Seldom, "I5", "most CRM items leave the scope at once",
     "mirrors are removed under the guard"},
    {FaultId::RetentionAgeOut, "retention_age_out", Exchange, Seldom, "I4",
     "retention removes old items", "the deletion is observed"},
    {FaultId::KilledInDeletion, "killed_in_deletion", Process, Often, "I5 I7",
     "the process dies in the middle of deletions", "the rest is done after the restart"},
    {FaultId::BothEditApart, "both_edit_apart", Person, Seldom, "I2 I3",
     "both sides edit different fields at once", "both edits travel"},
    {FaultId::BothEditSame, "both_edit_same", Person, Seldom, "I3",
     "both sides edit the same field at once", "a conflict is recorded"},
    {FaultId::DeleteAgainstEdit, "delete_against_edit", Person, Seldom, "I4",
     "one side deletes what the other edits", "a conflict is recorded"},
    {FaultId::ConflictRepeated, "conflict_repeated", Exchange, Often, "I3 I9",
     "ErrorIrresolvableConflict at an update, up to three times",
     "the item is read and merged again"},
    {FaultId::EditInTheGap, "edit_in_the_gap", Person, Often, "I3",
     "a user edits between our read and our write", "the write is refused and decided again"},
    {FaultId::ValueNormalised, "value_normalised", Exchange, Often, "I8",
     "the server stores another form of what we wrote", "the other form is observed"},
    {FaultId::TwoDaemons, "two_daemons", Process, Seldom, "I1 I7", "two programs run by mistake",
     "", "SQLite's exclusive lock refuses the second; leases come with PostgreSQL"},
    {FaultId::TwoCopiesEdited, "two_copies_edited", Person, Seldom, "I1 I3 I11",
     "organiser's and attendee's copies are edited", "",
     "needs people of the simulator who invite each other"},
    {FaultId::ForbiddenCharacters, "forbidden_characters", Exchange, Often, "I2 I9",
     "a field holds characters that XML forbids", "the reply is cleaned and read"},
    {FaultId::HugeItem, "huge_item", Person, Seldom, "I9",
     "an item with a huge body and thousands of categories", "it is cut or parked"},
    {FaultId::UnknownShapes, "unknown_shapes", Exchange, Often, "I3",
     "unknown elements, enumeration values or item classes", "the reply is read all the same"},
    {FaultId::CustomZone, "custom_zone", Person, Seldom, "I2",
     "an appointment in a time zone without a known name", "it is observed or parked"},
    {FaultId::AllDayAcrossZones, "all_day_across_zones", Person, Seldom, "I2",
     "an all-day event across zones, or one in a missing hour", "it is observed"},
    {FaultId::StrangeRecurrence, "strange_recurrence", Person, Seldom, "I2",
     "a recurrence that the other side cannot express", "",
     "needs series in the sandbox's calendar"},
    {FaultId::TooManyAddresses, "too_many_addresses", Crm, Seldom, "I3",
     "a contact has more addresses than Exchange holds", "",
     "the embedded CRM's contact has fixed address fields"},
    {FaultId::HtmlRoundTrip, "html_round_trip", Exchange, Often, "I8",
     "a body goes from text to HTML and back", "",
     "the simulated people write plain text only; tests/connectors reads HTML bodies"},
    {FaultId::PrivateItem, "private_item", Person, Seldom, "I11", "a user makes an item private",
     "the policy decides about it"},
    {FaultId::MixedBatch, "mixed_batch", Exchange, Often, "I7 I9",
     "the parts of a batch end differently", "failed parts alone are tried again"},
    {FaultId::PartMissing, "part_missing", Exchange, Often, "I1 I7",
     "a part of a batch has no answer", "its outcome is looked up"},
    {FaultId::BatchStopped, "batch_stopped", Exchange, Often, "I7",
     "ErrorBatchProcessingStopped half-way", "the rest is sent again"},
    {FaultId::BatchRefused, "batch_refused", Exchange, Often, "I9",
     "one bad item makes the server refuse the whole batch", "the bad item is isolated"},
    {FaultId::TokenExpires, "token_expires", Identity, Often, "I2",
     "the access token expires between two pages", "", kNeedsOAuth},
    {FaultId::RefreshRace, "refresh_race", Identity, Often, "I2", "twenty workers see 401 at once",
     "", kNeedsOAuth},
    {FaultId::RefreshLost, "refresh_lost", Identity, Often, "I2",
     "the answer to a token refresh is lost", "", kNeedsOAuth},
    {FaultId::RightsWithdrawn, "rights_withdrawn", Identity, Seldom, "I5 I9",
     "the password expires or impersonation is withdrawn", "cycles are refused until it is back"},
    {FaultId::MailboxOutOfScope, "mailbox_out_of_scope", Identity, Seldom, "I11",
     "impersonation is refused for one mailbox", "this mailbox alone is refused"},
    {FaultId::NotificationFlood, "notification_flood", Api, Often, "I8",
     "a notification comes 500 times", "", kNeedsWebhooks},
    {FaultId::NotificationSilence, "notification_silence", Api, Seldom, "I2",
     "notifications stay away for a day", "", kNeedsWebhooks},
    {FaultId::SlowReceiver, "slow_receiver", Api, Seldom, "I2", "the receiver is slow or down", "",
     kNeedsWebhooks},
    {FaultId::SubscriptionLost, "subscription_lost", Api, Seldom, "I2",
     "a streaming subscription is lost", "", kNeedsWebhooks},
    {FaultId::ForgedNotification, "forged_notification", Api, Often, "I11",
     "a notification is forged", "", kNeedsWebhooks},
    {FaultId::OneMailManyPlaces, "one_mail_many_places", Mail, Seldom, "I6",
     "one mail lies in several mailboxes", "one message is logged for all copies"},
    {FaultId::MessageIdAbused, "message_id_abused", Mail, Seldom, "I6",
     "a Message-ID is missing, or used for two mails", "both mails are logged"},
    {FaultId::MailDragged, "mail_dragged", Mail, Seldom, "I6",
     "a mail is dragged out of the folder and in again", "it arrives again under a new id"},
    {FaultId::CrashAfterLogging, "crash_after_logging", Process, Often, "I6 I7",
     "the process dies after the CRM took an interaction", "the message is found in the CRM"},
    {FaultId::ContactChangedLater, "contact_changed_later", Crm, Seldom, "I6",
     "a contact is made or re-addressed after the mail was logged",
     "unmatched mail is tried again"},
    {FaultId::MachineMail, "machine_mail", Mail, Seldom, "I6",
     "a bounce, an auto-reply or an empty mail", "the rules decide about it"},
    {FaultId::RuleChanges, "rule_changes", Mail, Seldom, "I6",
     "a rule changes between match and log",
     "a mail is logged under the version before the one in force"},
    {FaultId::OldMailFlood, "old_mail_flood", Mail, Seldom, "I9 I10",
     "50,000 old mails appear in a folder", "", "too long for a seed"},
    {FaultId::MimeBomb, "mime_bomb", Mail, Seldom, "I9", "a mail of thousands of nested parts",
     "it is logged or parked"},
    {FaultId::Crash, "crash", Process, Often, "I7", "the process dies at a store verb or effect",
     "the program starts again from its files"},
    {FaultId::DiskFails, "disk_fails", Storage, Often, "I7",
     "disk full, write error, fsync error, or a torn page at a crash",
     "a verb fails and the program stops, or the log is recovered"},
    {FaultId::LedgerLost, "ledger_lost", Storage, Seldom, "I1 I5", "the data directory is lost",
     "links are rebuilt from the tokens"},
    {FaultId::ClockJumps, "clock_jumps", Process, Seldom, "I2",
     "the clock jumps by a day, back by an hour, or is off", "the cycle runs under the new time"},
    {FaultId::UpgradeDowngrade, "upgrade_downgrade", Process, Seldom, "I1 I6",
     "the program is upgraded and downgraded", "", "there is one schema version so far"},
    {FaultId::ConfigReloaded, "config_reloaded", Process, Seldom, "I3",
     "the configuration changes in mid-pass", "",
     "a policy is copied per cycle; the reload is outside the simulated program"},
    {FaultId::MailboxPaused, "mailbox_paused", Process, Seldom, "I1 I4 I5",
     "a mailbox is disabled and enabled much later", "its cycles rest meanwhile"},
    {FaultId::CrmMisbehaves, "crm_misbehaves", Crm, Often, "I3 I8",
     "the CRM repeats a page, clashes, is locked, or edits what we write",
     "a write is refused or seen changed"},
    {FaultId::CommandTwice, "command_twice", Api, Often, "I7", "a command comes twice with one key",
     "", kNeedsApi},
    {FaultId::ApiFlood, "api_flood", Api, Seldom, "I9", "10,000 requests a second", "", kNeedsApi},
    {FaultId::ExplosiveRule, "explosive_rule", Api, Seldom, "I9",
     "a rule with an explosive expression", "", kNeedsApi},
    {FaultId::EraseInSync, "erase_in_sync", Api, Seldom, "I12",
     "a person is erased in the middle of a sync", "", kNeedsApi},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kFaults; ++i)
        if (static_cast<std::size_t>(kCatalogue[i].id) != i + 1) return false;
    return true;
}
static_assert(in_order());

}  // namespace

std::string_view to_string(FaultLayer layer) {
    constexpr std::array<std::string_view, 9> names{
        "network", "exchange", "person", "crm", "storage", "process", "mail", "identity", "api"};
    return names[static_cast<std::size_t>(layer)];
}

std::span<const FaultInfo> fault_catalogue() {
    return kCatalogue;
}

const FaultInfo& fault_info(FaultId id) {
    return kCatalogue[static_cast<std::size_t>(id) - 1];
}

std::string fault_code(FaultId id) {
    const std::string number = std::to_string(static_cast<int>(id));
    return number.size() == 1 ? "F0" + number : "F" + number;
}

std::optional<FaultId> parse_fault(std::string_view text) {
    for (const FaultInfo& info : kCatalogue)
        if (info.name == text || fault_code(info.id) == text) return info.id;
    return std::nullopt;
}

}  // namespace liaison::sim
