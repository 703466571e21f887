#pragma once
#include "tests/conformance/mail_store_suite.hpp"

/// What every MailStore promises about explanations, people's choices, conversations and withdrawals.
namespace liaison::store_suite {

class MailStorePeopleSuite : public MailStoreSuite {
protected:
    static AddressFinding finding(std::string role, std::string address, std::string verdict) {
        return AddressFinding{std::move(role), std::move(address), std::move(verdict),
                              {CandidateFinding{PartyKind::Lead, "7", "L-7", "the only one"}}};
    }
    static ThreadKey key(ThreadTie tie, const std::string& name) { return ThreadKey{tie, name}; }
    /// A row that was decided on, with Message-ID `<key@x>`.
    std::int64_t decided(const std::string& name, MailOutcome outcome, std::string reason,
                         std::vector<ThreadKey> keys = {}, std::vector<AddressFinding> addresses = {},
                         MailboxId mailbox = kAlice) {
        const std::int64_t id = arrived(name, mailbox);
        DecidedMail one;
        one.row = id;
        one.next = IntakeState::Done;
        one.decision = decision_of(outcome, std::move(reason), "0123456789" + name);
        one.decision.addresses = std::move(addresses);
        if (outcome == MailOutcome::Log) {
            InteractionDraft draft;
            draft.contact_id = "C1";
            one.decision.drafts = {draft};
            draft.contact_id = "C2";
            one.decision.drafts.push_back(draft);
        }
        one.message_id = name + "@x";
        one.thread_keys = std::move(keys);
        one.at = now();
        std::vector<DecidedMail> list{std::move(one)};
        must(mail().commit_decisions(std::move(list)));
        return id;
    }
    std::vector<std::string> events(std::int64_t id) {
        std::vector<std::string> out;
        for (const MailEvent& event : must(mail().history(id))) out.push_back(event.event);
        return out;
    }
    static MailChoice choice(MailChoice::Verb verb, bool whole_thread) {
        MailChoice out;
        out.verb = verb;
        if (verb == MailChoice::Verb::Link) out.parties = {PartyRef{PartyKind::Contact, "C9", "N-9", ""}};
        out.whole_thread = whole_thread;
        out.who = "anna";
        return out;
    }
    std::vector<std::int64_t> tray_ids(std::optional<MailboxId> mailbox = std::nullopt) {
        std::vector<std::int64_t> out;
        for (const IntakeRow& one : must(mail().tray(std::move(mailbox), 0, 100))) out.push_back(one.id);
        return out;
    }
};

TEST_P(MailStorePeopleSuite, AnExplanationComesBackWhole) {
    const std::int64_t id = arrived("M1");
    MailDecision decision = decision_of(MailOutcome::Log, "contact_match", "0a1b");
    decision.folder = "Inbox/CRM";
    decision.thread_row = 17;
    decision.thread_tie = ThreadTie::Index;
    decision.has_open_question = true;
    decision.addresses = {finding("from", "a@x.test", "lead"), finding("cc", "b@x.test", "ambiguous")};
    decision.rules = {RuleOutcome{"r1", "Offers", "organisation", true, true, {{"conditions/a", true}, {"conditions/b", false}}},
                      RuleOutcome{}};
    MailAction action;
    action.kind = MailActionKind::CreateTask;
    action.rule = "Offers";
    action.due_in_days = 3;
    action.task_subject = "Call";
    decision.effects = {action};
    InteractionDraft draft;
    draft.create_party = true;
    draft.contact_kind = PartyKind::Lead;
    draft.regarding_kind = "case";
    draft.regarding_id = "5";
    draft.owner_id = "2";
    decision.drafts = {draft};
    decide(id, IntakeState::ToLog, decision);
    EXPECT_EQ(row(id).decision, decision);
    MailProgress made;
    made.row = id;
    made.next = IntakeState::ToMark;
    decision.drafts[0].contact_id = "C77";
    made.drafts = decision.drafts;
    made.interaction_ids = {"I1"};
    progress(made);
    EXPECT_EQ(row(id).decision, decision);
    EXPECT_EQ(row(id).interaction_ids, std::vector<std::string>{"I1"});
}

TEST_P(MailStorePeopleSuite, TheHistorySaysWhatHappenedOnce) {
    const std::int64_t id = decided("M1", MailOutcome::Log, "contact_match");
    MailProgress logged;
    logged.row = id;
    logged.next = IntakeState::ToMark;
    logged.effects = {{"logged", "interactions 1"}};
    logged.at = now() + std::chrono::seconds(5);
    progress(logged);
    progress(logged);
    MailProgress failed;
    failed.row = id;
    failed.next = IntakeState::ToMark;
    failed.error = "transient";
    progress(failed);
    EXPECT_THAT(events(id), ElementsAre("decided", "logged", "failed"));
    EXPECT_EQ(must(mail().history(id))[1].at, now() + std::chrono::seconds(5));
    EXPECT_THAT(must(mail().history(id + 1)), IsEmpty());
}

TEST_P(MailStorePeopleSuite, AMailIsFoundByWhatPeopleHave) {
    const std::int64_t id = decided("M1", MailOutcome::Unmatched, "no_contact");
    const std::int64_t copy = decided("M1", MailOutcome::Skip, "duplicate", {}, {}, kBob);
    const auto found = [&](std::string text) {
        std::vector<std::int64_t> out;
        for (const IntakeRow& one : must(mail().find_mail(std::move(text), 10))) out.push_back(one.id);
        return out;
    };
    EXPECT_THAT(found("M1@x"), ElementsAre(id, copy));
    EXPECT_THAT(found("01234567"), ElementsAre(id, copy)) << "the first digits of the identity";
    EXPECT_THAT(found("0123456"), IsEmpty()) << "seven are too few";
    EXPECT_THAT(found(std::to_string(id)), ElementsAre(id));
    EXPECT_THAT(found("m1@X"), IsEmpty());
    EXPECT_THAT(found("'; DROP TABLE intake"), IsEmpty());
    EXPECT_THAT(found(""), IsEmpty());
    EXPECT_EQ(row(id).raw_message_id, "<M1@x>");
}

TEST_P(MailStorePeopleSuite, LiveMailComesBeforeOldMail) {
    MessagePage old = messages({message("old1"), message("old2")}, "c1", false);
    old.is_snapshot = true;
    absorb(kAlice, kInboxCrm, old);
    absorb(kAlice, kArchive, messages({message("new")}));
    EXPECT_EQ(rows(IntakeState::New).front().key, ItemKey("new"));
    absorb(kAlice, kInboxCrm, messages({message("old2")}, "c1", false));
    EXPECT_EQ(rows(IntakeState::New)[0].key, ItemKey("old2")) << "seen among the newest: it is live now";
    EXPECT_EQ(rows(IntakeState::New)[2].key, ItemKey("old1"));
}

TEST_P(MailStorePeopleSuite, TheTrayHoldsWhatWaitsForAPerson) {
    const std::int64_t unmatched = decided("M1", MailOutcome::Unmatched, "no_contact");
    const std::int64_t held = decided("M2", MailOutcome::Hold, "rule");
    decided("M3", MailOutcome::Log, "contact_match");
    decided("M4", MailOutcome::Skip, "internal");
    const std::int64_t parked = arrived("M5");
    decide(parked, IntakeState::Parked, decision_of(MailOutcome::Park, "unreadable"));
    const std::int64_t open = arrived("M6", kBob);
    MailDecision question = decision_of(MailOutcome::Log, "contact_match", "q");
    question.has_open_question = true;
    decide(open, IntakeState::Done, question);
    arrived("M7");
    EXPECT_THAT(tray_ids(), ElementsAre(unmatched, held, parked, open));
    EXPECT_THAT(tray_ids(kBob), ElementsAre(open));
    EXPECT_THAT(must(mail().tray(std::nullopt, held, 1)), SizeIs(1));
}

TEST_P(MailStorePeopleSuite, AConversationIsFoundByAnyOfItsKeysStrongestFirst) {
    const auto reference = key(ThreadTie::Reference, "aa"), index = key(ThreadTie::Index, "bb"),
               topic = key(ThreadTie::Topic, "cc");
    const std::int64_t first = decided("M1", MailOutcome::Log, "contact_match", {reference, topic});
    const std::int64_t second = decided("M2", MailOutcome::Unmatched, "no_contact", {index, reference}, {}, kBob);
    decided("M3", MailOutcome::Skip, "duplicate", {reference});
    arrived("M4");
    std::vector<std::vector<ThreadKey>> asked{{topic, reference}, {index}, {key(ThreadTie::Reference, "cc")}, {}};
    const auto threads = must(mail().find_threads(asked));
    ASSERT_THAT(threads, SizeIs(4));
    ASSERT_THAT(threads[0], SizeIs(2));
    EXPECT_EQ(threads[0][0].row.id, second) << "newest first";
    EXPECT_EQ(threads[0][1].row.id, first);
    EXPECT_EQ(threads[0][1].tie, ThreadTie::Reference);
    ASSERT_THAT(threads[1], SizeIs(1));
    EXPECT_EQ(threads[1][0].tie, ThreadTie::Index);
    EXPECT_THAT(threads[2], IsEmpty()) << "another kind of key";
    EXPECT_THAT(threads[3], IsEmpty());
    const auto of_first = must(mail().thread_of(first));
    ASSERT_THAT(of_first, SizeIs(1));
    EXPECT_EQ(of_first[0].row.id, second);
}

TEST_P(MailStorePeopleSuite, AChoiceIsDurableJournaledAndReachesTheConversation) {
    const auto shared = key(ThreadTie::Reference, "aa");
    const std::int64_t first = decided("M1", MailOutcome::Unmatched, "no_contact", {shared});
    const std::int64_t second = decided("M2", MailOutcome::Hold, "rule", {shared}, {}, kBob);
    const std::int64_t logged = decided("M3", MailOutcome::Log, "contact_match", {shared});
    const std::int64_t other = decided("M4", MailOutcome::Unmatched, "no_contact", {key(ThreadTie::Reference, "bb")});
    EXPECT_EQ(must(mail().choose(first, choice(MailChoice::Verb::Link, true))), 2u);
    EXPECT_EQ(row(first).state, IntakeState::New);
    EXPECT_EQ(row(first).choice.parties.at(0).id, "C9");
    EXPECT_EQ(row(first).choice.who, "anna");
    EXPECT_EQ(row(second).state, IntakeState::New);
    EXPECT_TRUE(row(second).choice.empty()) << "it learns by its conversation";
    EXPECT_EQ(row(logged).state, IntakeState::Done);
    EXPECT_EQ(row(other).state, IntakeState::Done);
    EXPECT_EQ(must(mail().choose(first, choice(MailChoice::Verb::Link, true))), 0u) << "the same again";
    EXPECT_EQ(must(mail().choose(first, choice(MailChoice::Verb::Ignore, false))), 1u);
    EXPECT_THAT(events(first), ElementsAre("decided", "chosen", "chosen"));
    EXPECT_THAT(events(second), ElementsAre("decided", "reopened"));
    std::size_t lines = 0;
    for (const JournalEntry& entry : must(bed_->stores(false).sync->journal(0, 100)))
        if (entry.event == "mail_choice") ++lines;
    EXPECT_EQ(lines, 2u);
    EXPECT_TRUE(must(bed_->stores(false).upkeep->verify_journal()).whole());
    EXPECT_EQ(wait_for(mail().choose(4711, choice(MailChoice::Verb::Ignore, false))).error().kind, ErrorKind::NotFound);
    MailChoice nobody = choice(MailChoice::Verb::Link, false);
    nobody.parties.clear();
    EXPECT_EQ(wait_for(mail().choose(other, nobody)).error().kind, ErrorKind::InvalidRequest);
    const std::int64_t copy = decided("M5", MailOutcome::Skip, "duplicate");
    EXPECT_EQ(wait_for(mail().choose(copy, choice(MailChoice::Verb::Ignore, false))).error().kind, ErrorKind::InvalidRequest);
}

TEST_P(MailStorePeopleSuite, LoggedMailIsFoundByAddressAndDomain) {
    const std::int64_t first = decided("M1", MailOutcome::Log, "contact_match", {},
                                       {finding("from", "a@mail.x.test", "contact"), finding("to", "alice@e.test", "user")});
    const std::int64_t second = decided("M2", MailOutcome::Log, "contact_match", {}, {finding("from", "b@x.test", "contact")});
    decided("M3", MailOutcome::Unmatched, "no_contact", {}, {finding("from", "b@x.test", "unknown")});
    decided("M4", MailOutcome::Log, "contact_match", {}, {finding("from", "b@yx.test", "contact")});
    const auto found = [&](std::vector<std::string> addresses, std::vector<std::string> domains, std::int64_t after = 0,
                           std::size_t max = 10) {
        std::vector<std::int64_t> out;
        for (const IntakeRow& one : must(mail().find_logged_with(std::move(addresses), std::move(domains), after, max)))
            out.push_back(one.id);
        return out;
    };
    EXPECT_THAT(found({}, {"x.test"}), ElementsAre(first, second));
    EXPECT_THAT(found({}, {"X.Test"}, first), ElementsAre(second));
    EXPECT_THAT(found({}, {"x.test"}, 0, 1), ElementsAre(first));
    EXPECT_THAT(found({"B@X.test"}, {}), ElementsAre(second));
    EXPECT_THAT(found({"alice@e.test"}, {"e.test"}), IsEmpty()) << "a colleague is no relation";
    EXPECT_THAT(found({}, {}), IsEmpty());
}

TEST_P(MailStorePeopleSuite, AWithdrawalIsNotedOnceDoneOnceAndKept) {
    const std::int64_t id = decided("M1", MailOutcome::Log, "contact_match");
    const std::int64_t skipped = decided("M2", MailOutcome::Skip, "internal");
    MailWithdrawal one;
    one.row = id;
    one.contact_ids = {"C1"};
    one.who = "anna";
    one.why = "blocklist";
    one.at = now();
    MailWithdrawal wrong = one;
    wrong.row = skipped;
    std::vector<MailWithdrawal> both{one, wrong};
    EXPECT_EQ(wait_for(mail().request_withdrawals(both)).error().kind, ErrorKind::InvalidRequest);
    EXPECT_THAT(must(mail().open_withdrawals(kAlice, 10)), IsEmpty()) << "all or nothing";
    std::vector<MailWithdrawal> good{one};
    const auto noted = must(mail().request_withdrawals(good));
    EXPECT_EQ(must(mail().request_withdrawals(good)), noted);
    const auto open = must(mail().open_withdrawals(kAlice, 10));
    ASSERT_THAT(open, SizeIs(1));
    EXPECT_EQ(open[0].identity, MessageIdentity("0123456789M1"));
    EXPECT_EQ(open[0].contact_ids, std::vector<std::string>{"C1"});
    EXPECT_THAT(must(mail().open_withdrawals(kBob, 10)), IsEmpty());
    must(mail().settle_withdrawals(noted, now()));
    must(mail().settle_withdrawals(noted, now()));
    EXPECT_EQ(row(id).decision.outcome, MailOutcome::Log) << "C2's interaction is still there";
    EXPECT_EQ(row(id).decision.drafts.size(), 1u);
    EXPECT_EQ(row(id).state, IntakeState::ToMark);
    EXPECT_EQ(checked_counts().interactions, 1u);
    good[0].contact_ids.clear();
    good[0].why = "asked for";
    const auto rest = must(mail().request_withdrawals(good));
    must(mail().settle_withdrawals(rest, now()));
    EXPECT_EQ(row(id).decision.reason, "withdrawn");
    EXPECT_EQ(checked_counts().interactions, 0u);
    const auto all = must(mail().list_withdrawals(0, 10));
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_TRUE(all[0].done_at);
    EXPECT_EQ(all[1].why, "asked for");
    EXPECT_THAT(must(mail().list_withdrawals(all[0].id, 10)), SizeIs(1));
}

TEST_P(MailStorePeopleSuite, ALoggedMailThatLeavesItsFolderIsLookedForAndKeepsItsRow) {
    const std::int64_t id = decided("M1", MailOutcome::Log, "contact_match");
    const std::int64_t unlogged = decided("M2", MailOutcome::Unmatched, "no_contact");
    absorb(kAlice, kInboxCrm, messages({message("M1", "1", true), message("M2", "1", true)}));
    EXPECT_TRUE(row(id).gone);
    auto lost = must(mail().lost_mail(kAlice, now(), 10));
    ASSERT_THAT(lost, SizeIs(1));
    EXPECT_EQ(lost[0].id, id) << "not " << unlogged;
    must(mail().record_search(id, std::nullopt, now() + std::chrono::hours(24), now()));
    EXPECT_THAT(must(mail().lost_mail(kAlice, now(), 10)), IsEmpty());
    EXPECT_EQ(row(id).searches, 1);
    absorb(kAlice, kArchive, messages({message("M1-moved")}));
    EXPECT_EQ(checked_counts().seen, 3u);
    must(mail().record_search(id, ItemKey("M1-moved"), std::nullopt, now()));
    EXPECT_EQ(checked_counts().seen, 2u) << "the row under the new key was the same mail";
    EXPECT_EQ(row(id).key, ItemKey("M1-moved"));
    EXPECT_EQ(row(id).folder, kArchive);
    EXPECT_FALSE(row(id).gone);
    EXPECT_THAT(must(mail().lost_mail(kAlice, now() + std::chrono::days(99), 10)), IsEmpty());
}

}  // namespace liaison::store_suite
