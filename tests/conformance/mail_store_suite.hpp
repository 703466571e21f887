#pragma once
#include "tests/conformance/store_suite_kit.hpp"

/// What every MailStore promises.
namespace liaison::store_suite {

inline const MailboxId kAlice("alice@example.test");
inline const MailboxId kBob("bob@example.test");
inline const FolderId kInboxCrm("folder-crm");
inline const FolderId kArchive("folder-archive");

inline MessageChange message(std::string key, std::string version = "1", bool is_gone = false) {
    return MessageChange{ItemKey(std::move(key)), Version(std::move(version)), is_gone};
}
inline MessagePage messages(std::vector<MessageChange> changes, std::string next = "c",
                            bool last = true) {
    return MessagePage{std::move(changes), Cursor(std::move(next)), last, false};
}
inline MailDecision decision_of(MailOutcome outcome, std::string reason,
                                std::string identity = "") {
    MailDecision out;
    out.outcome = outcome;
    out.reason = std::move(reason);
    out.identity = MessageIdentity(std::move(identity));
    return out;
}

class MailStoreSuite : public testing::TestWithParam<StoreBedMaker> {
protected:
    void SetUp() override { bed_ = GetParam().make(); }
    MailStore& mail() { return *bed_->stores(false).mail; }
    Timestamp now() const { return bed_->clock.now(); }
    void absorb(MailboxId mailbox, FolderId folder, MessagePage page) {
        must(mail().absorb_messages(std::move(mailbox), std::move(folder), std::move(page), now()));
    }
    std::vector<IntakeRow> rows(IntakeState state, MailboxId mailbox = kAlice) {
        return must(mail().rows(std::move(mailbox), state, now(), 1'000));
    }
    std::int64_t arrived(std::string key, MailboxId mailbox = kAlice) {
        absorb(mailbox, kInboxCrm, messages({message(key)}));
        for (const IntakeRow& row : rows(IntakeState::New, mailbox))
            if (row.key == ItemKey(key)) return row.id;
        ADD_FAILURE() << "no new row for " << key;
        return 0;
    }
    void decide(std::int64_t row, IntakeState next, MailDecision decision) {
        std::vector<DecidedMail> list = {DecidedMail{row, next, std::move(decision)}};
        must(mail().commit_decisions(std::move(list)));
    }
    void progress(MailProgress one) {
        std::vector<MailProgress> list = {std::move(one)};
        must(mail().record_progress(std::move(list)));
    }
    IntakeRow row(std::int64_t id) {
        const std::optional<IntakeRow> found = must(mail().row(id));
        EXPECT_TRUE(found);
        return found.value_or(IntakeRow{});
    }
    MailCounts checked_counts(std::optional<MailboxId> mailbox = std::nullopt) {
        MailCounts counts = must(mail().counts(mailbox));
        if (mailbox) {
            std::size_t seen = 0, logged = 0;
            for (const auto& [folder, part] : must(mail().folder_counts(*mailbox))) {
                EXPECT_FALSE(folder.empty());
                seen += part.seen;
                logged += part.logged;
            }
            EXPECT_EQ(seen, counts.seen) << "every mail lies in one folder";
            EXPECT_EQ(logged, counts.logged);
        }
        std::size_t sum = counts.logged + counts.unmatched + counts.parked + counts.pending;
        for (const auto& [reason, count] : counts.skipped) sum += count;
        EXPECT_EQ(counts.seen, sum) << "every mail is counted once";
        return counts;
    }

    std::unique_ptr<StoreBed> bed_;
};

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST_P(MailStoreSuite, APageStoresRowsAndCursorTogether) {
    EXPECT_EQ(must(mail().folder_state(kAlice, kInboxCrm)).cursor, Cursor());
    absorb(kAlice, kInboxCrm, messages({message("M1"), message("M2")}, "c1", false));
    MailFolderState state = must(mail().folder_state(kAlice, kInboxCrm));
    EXPECT_EQ(state.cursor, Cursor("c1"));
    EXPECT_FALSE(state.complete);
    const std::vector<IntakeRow> fresh = rows(IntakeState::New);
    ASSERT_THAT(fresh, SizeIs(2));
    EXPECT_EQ(fresh[0].key, ItemKey("M1"));
    EXPECT_EQ(fresh[0].mailbox, kAlice);
    EXPECT_EQ(fresh[0].folder, kInboxCrm);
    EXPECT_EQ(fresh[0].seen_at, now());
    EXPECT_EQ(fresh[0].decision, MailDecision{});
    absorb(kAlice, kInboxCrm, messages({message("M1"), message("M2")}, "c2", true));
    EXPECT_THAT(rows(IntakeState::New), SizeIs(2)) << "absorbing twice is as once";
    EXPECT_TRUE(must(mail().folder_state(kAlice, kInboxCrm)).complete);
    must(mail().reset_cursor(kAlice, kInboxCrm));
    state = must(mail().folder_state(kAlice, kInboxCrm));
    EXPECT_EQ(state.cursor, Cursor());
    EXPECT_FALSE(state.complete);
    EXPECT_THAT(must(mail().rows(kAlice, IntakeState::New, now(), 1)), SizeIs(1));
}

TEST_P(MailStoreSuite, TheSameKeyInTwoMailboxesIsTwoRows) {
    arrived("M1");
    arrived("M1", kBob);
    EXPECT_EQ(checked_counts().seen, 2u);
    EXPECT_EQ(checked_counts(kBob).seen, 1u);
}

TEST_P(MailStoreSuite, ANewMessageThatGoesIsSkippedAndComesBack) {
    const std::int64_t id = arrived("M1");
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true), message("unknown", "1", true)}));
    EXPECT_EQ(row(id).state, IntakeState::Done);
    EXPECT_EQ(row(id).decision.reason, "gone");
    EXPECT_THAT(checked_counts().skipped, ElementsAre(Pair("gone", 1u)));
    EXPECT_EQ(checked_counts().seen, 1u);
    absorb(kAlice, kInboxCrm, messages({message("M1", "2")}));
    EXPECT_EQ(row(id).state, IntakeState::New);
    EXPECT_EQ(row(id).version, Version("2"));
}

TEST_P(MailStoreSuite, ADecidedMessageThatGoesKeepsItsDecision) {
    const std::int64_t id = arrived("M1");
    decide(id, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "id-1"));
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true)}));
    EXPECT_EQ(row(id).state, IntakeState::ToLog);
    EXPECT_EQ(row(id).decision.outcome, MailOutcome::Log);
}

TEST_P(MailStoreSuite, AMessageThatMovedToAnotherFolderUnderItsKeyIsNotGone) {
    const std::int64_t id = arrived("M1");
    absorb(kAlice, kArchive, messages({message("M1")}));
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true)}));
    EXPECT_EQ(row(id).state, IntakeState::New);
    EXPECT_EQ(row(id).folder, kArchive);
}

TEST_P(MailStoreSuite, OurOwnMoveMakesNoSecondRow) {
    const std::int64_t id = arrived("M1");
    decide(id, IntakeState::ToMark, decision_of(MailOutcome::Log, "contact_match", "id-1"));
    MailProgress moved;
    moved.row = id;
    moved.moved_to = ItemKey("M1-moved");
    moved.version = Version("9");
    progress(moved);
    absorb(kAlice, kArchive, messages({message("M1-moved", "9")}));
    EXPECT_EQ(checked_counts().seen, 1u);
    EXPECT_EQ(row(id).key, ItemKey("M1-moved"));
    EXPECT_EQ(row(id).version, Version("9"));
    EXPECT_EQ(row(id).state, IntakeState::Done);
}

TEST_P(MailStoreSuite, AMoveThatTheFeedShowedFirstMakesNoSecondRowEither) {
    const std::int64_t id = arrived("M1");
    decide(id, IntakeState::ToMark, decision_of(MailOutcome::Log, "contact_match", "id-1"));
    absorb(kAlice, kArchive, messages({message("M1-moved")}));
    EXPECT_EQ(checked_counts().seen, 2u);
    MailProgress moved;
    moved.row = id;
    moved.moved_to = ItemKey("M1-moved");
    progress(moved);
    EXPECT_EQ(checked_counts().seen, 1u);
    EXPECT_THAT(rows(IntakeState::New), IsEmpty());
}

TEST_P(MailStoreSuite, AFailedEffectWaitsUntilItIsDue) {
    const std::int64_t id = arrived("M1");
    decide(id, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "id-1"));
    MailProgress failed;
    failed.row = id;
    failed.next = IntakeState::ToLog;
    failed.error = "the CRM is away";
    failed.due = now() + std::chrono::minutes(1);
    progress(failed);
    progress(failed);
    EXPECT_THAT(rows(IntakeState::ToLog), IsEmpty());
    bed_->clock.advance(std::chrono::minutes(2));
    const std::vector<IntakeRow> due = rows(IntakeState::ToLog);
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].attempts, 2);
    EXPECT_EQ(due[0].last_error, "the CRM is away");
    MailProgress logged;
    logged.row = id;
    logged.next = IntakeState::ToMark;
    logged.interaction_ids = {"I1", "I2"};
    progress(logged);
    EXPECT_EQ(row(id).attempts, 0);
    EXPECT_EQ(row(id).last_error, "");
    EXPECT_EQ(checked_counts().interactions, 2u);
    logged.next = IntakeState::Done;
    logged.interaction_ids.clear();
    progress(logged);
    EXPECT_EQ(checked_counts().interactions, 2u) << "no answer takes none back";
    EXPECT_EQ(checked_counts().logged, 1u);
}

TEST_P(MailStoreSuite, TheDecisionComesBackWhole) {
    const std::int64_t id = arrived("M1");
    MailDecision decision = decision_of(MailOutcome::Log, "contact_match", "0a1b");
    decision.detail = "C-1001";
    decision.direction = MailDirection::Inbound;
    InteractionDraft draft;
    draft.contact_id = "C-1001";
    draft.contact_kind = PartyKind::Lead;
    draft.direction = MailDirection::Inbound;
    decision.drafts = {draft, draft};
    decision.move_to = "Inbox/CRM/Logged";
    decision.add_categories = {"Logged"};
    decision.rule_set_version = "3";
    decision.trace = {"rule 1: no", "rule 2: yes"};
    decide(id, IntakeState::ToLog, decision);
    EXPECT_EQ(row(id).decision, decision);
}

TEST_P(MailStoreSuite, TheEarliestRowAnswersForAnIdentity) {
    const std::int64_t first = arrived("M1");
    const std::int64_t second = arrived("M2", kBob);
    const std::int64_t third = arrived("M3", kBob);
    decide(second, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "same"));
    decide(first, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "same"));
    decide(third, IntakeState::Done, decision_of(MailOutcome::Skip, "draft", ""));
    std::vector<MessageIdentity> asked = {MessageIdentity("same"), MessageIdentity("other"),
                                          MessageIdentity("")};
    const auto found = must(mail().find_identities(asked));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found.begin()->second.id, first);
    EXPECT_EQ(found.begin()->second.mailbox, kAlice);
}

TEST_P(MailStoreSuite, ADuplicateNeverAnswersForItsOriginal) {
    const std::int64_t original = arrived("M1");
    const std::int64_t copy = arrived("M2", kBob);
    must(mail().retry_unmatched(kAlice, "book-1"));
    decide(original, IntakeState::Done, decision_of(MailOutcome::Unmatched, "no_contact", "same"));
    decide(copy, IntakeState::Done, decision_of(MailOutcome::Skip, "duplicate", "same"));
    EXPECT_EQ(must(mail().retry_unmatched(kAlice, "book-2")), 1u);
    std::vector<MessageIdentity> asked = {MessageIdentity("same")};
    EXPECT_THAT(must(mail().find_identities(asked)), IsEmpty());
}

TEST_P(MailStoreSuite, AMailThatLeftUnloggedDoesNotAnswerForItsIdentity) {
    const std::int64_t unmatched = arrived("M1");
    const std::int64_t logged = arrived("M2");
    decide(unmatched, IntakeState::Done, decision_of(MailOutcome::Unmatched, "no_contact", "one"));
    decide(logged, IntakeState::Done, decision_of(MailOutcome::Log, "contact_match", "two"));
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true), message("M2", "1", true)}));
    std::vector<MessageIdentity> asked = {MessageIdentity("one"), MessageIdentity("two")};
    const auto found = must(mail().find_identities(asked));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found.begin()->second.id, logged) << "logged once, known for good";
}

TEST_P(MailStoreSuite, UnmatchedMailIsTriedAgainWhenTheAddressBookChanges) {
    must(mail().retry_unmatched(kAlice, "book-1"));
    const std::int64_t unmatched = arrived("M1");
    const std::int64_t logged = arrived("M2");
    const std::int64_t went = arrived("M3");
    decide(unmatched, IntakeState::ToMark, decision_of(MailOutcome::Unmatched, "no_contact", "a"));
    decide(logged, IntakeState::ToMark, decision_of(MailOutcome::Log, "contact_match", "b"));
    decide(went, IntakeState::Done, decision_of(MailOutcome::Unmatched, "no_contact", "c"));
    absorb(kAlice, kInboxCrm, messages({message("M3", "1", true)}));
    EXPECT_EQ(must(mail().retry_unmatched(kAlice, "book-1")), 0u);
    EXPECT_EQ(must(mail().retry_unmatched(kBob, "book-2")), 0u);
    EXPECT_EQ(must(mail().retry_unmatched(kAlice, "book-2")), 1u);
    EXPECT_EQ(row(unmatched).state, IntakeState::New);
    EXPECT_EQ(row(unmatched).decision, MailDecision{});
    EXPECT_EQ(row(logged).state, IntakeState::ToMark);
    decide(unmatched, IntakeState::ToMark, decision_of(MailOutcome::Unmatched, "no_contact", "a"));
    EXPECT_EQ(must(mail().retry_unmatched(kAlice, "book-2")), 0u) << "once per revision";
    EXPECT_EQ(must(mail().retry_unmatched(kAlice, "book-3")), 1u);
}

TEST_P(MailStoreSuite, ACopyOfAnUnmatchedMailIsTriedAgainThoughTheFirstOneLeft) {
    must(mail().retry_unmatched(kBob, "book-1"));
    const std::int64_t first = arrived("M1");
    const std::int64_t copy = arrived("M2", kBob);
    const std::int64_t logged = arrived("M3");
    const std::int64_t other_copy = arrived("M4", kBob);
    decide(first, IntakeState::Done, decision_of(MailOutcome::Unmatched, "no_contact", "same"));
    decide(copy, IntakeState::Done, decision_of(MailOutcome::Skip, "duplicate", "same"));
    decide(logged, IntakeState::Done, decision_of(MailOutcome::Log, "contact_match", "two"));
    decide(other_copy, IntakeState::Done, decision_of(MailOutcome::Skip, "duplicate", "two"));
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true)}));
    EXPECT_EQ(must(mail().retry_unmatched(kBob, "book-2")), 1u);
    EXPECT_EQ(row(copy).state, IntakeState::New);
    EXPECT_EQ(row(other_copy).state, IntakeState::Done) << "its mail is logged";
}

TEST_P(MailStoreSuite, CountsAreTheSumOfTheirParts) {
    decide(arrived("M1"), IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "1"));
    decide(arrived("M2"), IntakeState::Done, decision_of(MailOutcome::Log, "contact_match", "2"));
    decide(arrived("M3"), IntakeState::Done,
           decision_of(MailOutcome::Unmatched, "no_contact", "3"));
    decide(arrived("M4"), IntakeState::Done, decision_of(MailOutcome::Skip, "draft", "4"));
    decide(arrived("M5"), IntakeState::ToMark, decision_of(MailOutcome::Skip, "internal", "5"));
    decide(arrived("M6"), IntakeState::Done, decision_of(MailOutcome::Hold, "rule", "6"));
    decide(arrived("M7"), IntakeState::Parked, decision_of(MailOutcome::Park, "unreadable", "7"));
    decide(arrived("M8"), IntakeState::Done, decision_of(MailOutcome::Skip, "draft", "8"));
    arrived("M9");
    const MailCounts counts = checked_counts(kAlice);
    EXPECT_EQ(counts.seen, 9u);
    EXPECT_EQ(counts.logged, 1u);
    EXPECT_EQ(counts.pending, 2u);
    EXPECT_EQ(counts.unmatched, 1u);
    EXPECT_EQ(counts.parked, 1u);
    EXPECT_THAT(counts.skipped,
                ElementsAre(Pair("draft", 2u), Pair("held", 1u), Pair("internal", 1u)));
    EXPECT_EQ(checked_counts(kBob).seen, 0u);
}

TEST_P(MailStoreSuite, ListsArePagedAndFiltered) {
    for (int i = 0; i < 5; ++i)
        decide(arrived("M" + std::to_string(i)), IntakeState::Done,
               decision_of(i % 2 == 0 ? MailOutcome::Unmatched : MailOutcome::Log, "x",
                           std::to_string(i)));
    arrived("B1", kBob);
    const std::vector<IntakeRow> all = must(mail().list(std::nullopt, std::nullopt, 0, 100));
    ASSERT_THAT(all, SizeIs(6));
    EXPECT_THAT(must(mail().list(kBob, std::nullopt, 0, 100)), SizeIs(1));
    EXPECT_THAT(must(mail().list(std::nullopt, MailOutcome::Unmatched, 0, 100)), SizeIs(3));
    EXPECT_THAT(must(mail().list(kAlice, MailOutcome::Log, 0, 100)), SizeIs(2));
    EXPECT_THAT(must(mail().list(kBob, MailOutcome::Log, 0, 100)), IsEmpty());
    const std::vector<IntakeRow> rest = must(mail().list(kAlice, std::nullopt, all[1].id, 2));
    ASSERT_THAT(rest, SizeIs(2));
    EXPECT_EQ(rest[0].id, all[2].id);
    EXPECT_FALSE(must(mail().row(4711)));
}

TEST_P(MailStoreSuite, ParkedAndUnmatchedMailCanBeTriedAgain) {
    const std::int64_t parked = arrived("M1");
    const std::int64_t unmatched = arrived("M2");
    const std::int64_t logged = arrived("M3");
    decide(parked, IntakeState::Parked, decision_of(MailOutcome::Log, "contact_match", "1"));
    decide(unmatched, IntakeState::Done, decision_of(MailOutcome::Unmatched, "no_contact", "2"));
    decide(logged, IntakeState::Done, decision_of(MailOutcome::Log, "contact_match", "3"));
    must(mail().retry(parked));
    must(mail().retry(unmatched));
    EXPECT_THAT(rows(IntakeState::New), SizeIs(2));
    EXPECT_EQ(wait_for(mail().retry(logged)).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(wait_for(mail().retry(parked)).error().kind, ErrorKind::InvalidRequest)
        << "it is new already";
    EXPECT_EQ(wait_for(mail().retry(4711)).error().kind, ErrorKind::NotFound);
}

TEST_P(MailStoreSuite, ABatchWithAnUnknownRowStoresNothing) {
    const std::int64_t id = arrived("M1");
    std::vector<DecidedMail> batch = {
        DecidedMail{id, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "1")},
        DecidedMail{4711, IntakeState::ToLog, decision_of(MailOutcome::Log, "contact_match", "2")}};
    EXPECT_EQ(wait_for(mail().commit_decisions(batch)).error().kind, ErrorKind::Internal);
    EXPECT_EQ(row(id).state, IntakeState::New);
}

TEST_P(MailStoreSuite, RulesAreReplacedOnlyByWhoHasSeenThem) {
    EXPECT_FALSE(must(mail().current_rules("tenant")));
    EXPECT_TRUE(must(mail().rule_scopes()).empty());
    EXPECT_EQ(must(mail().replace_rules("tenant", 0, "{\"a\":1}", "ann", now())), 1);
    EXPECT_EQ(wait_for(mail().replace_rules("tenant", 0, "{}", "bob", now())).error().kind,
              ErrorKind::VersionConflict);
    EXPECT_EQ(must(mail().replace_rules("tenant", 1, "{\"a\":2}", "bob", now())), 2);
    EXPECT_EQ(must(mail().replace_rules("other", 0, "{}", "bob", now())), 1);
    const auto current = must(mail().current_rules("tenant"));
    ASSERT_TRUE(current);
    EXPECT_EQ(current->first, 2);
    EXPECT_EQ(current->second, "{\"a\":2}");
    EXPECT_EQ(must(mail().rule_scopes()), (std::vector<std::string>{"other", "tenant"}));
}

}  // namespace liaison::store_suite
