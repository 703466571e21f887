#include <gtest/gtest.h>

#include <algorithm>

#include "core/limits.hpp"
#include "daemon/mail/automatic.hpp"
#include "daemon/mail/conversation.hpp"
#include "daemon/mail/free_mail.hpp"
#include "daemon/mail/policy.hpp"
#include "tests/mail/mail_samples.hpp"

namespace liaison::mail {
namespace {

using samples::mail_from;

TEST(Conversation, TheTopicIsTheSubjectWithoutWhatAnswersPutInFront) {
    const std::pair<const char*, const char*> cases[] = {
        {"Offer 4711", "offer 4711"},
        {"Re: Offer 4711", "offer 4711"},
        {"RE: AW:  Fwd: Offer   4711", "offer 4711"},
        {"[EXT] Re[2]: Offer 4711", "offer 4711"},
        {"Antwort: SV: VS: WG: offer 4711", "offer 4711"},
        {"Re^3: offer 4711", "offer 4711"},
        {"RE(2): offer 4711", "offer 4711"},
        {"Meeting at 10:30", "meeting at 10:30"},
        {"10:30 works", "10:30 works"},
        {"Re:", ""},
        {"Invoicing: your order", "invoicing: your order"},
        {"", ""},
        {"[list only", "[list only"},
    };
    for (const auto& [subject, topic] : cases) EXPECT_EQ(topic_of(subject), topic) << subject;
    std::string endless;
    for (int i = 0; i < 10'000; ++i) endless += "Re: ";
    EXPECT_LE(topic_of(endless).size(), limits::subject_chars_max);
    EXPECT_TRUE(is_answer("AW: x"));
    EXPECT_FALSE(is_answer("x"));
    EXPECT_FALSE(is_answer("[EXT] x"));
}

TEST(Conversation, TwoMailsOfOneThreadShareAKeyOfTheRightStrength) {
    MailMessage first = mail_from("a@x.test", {"b@x.test"}), second = mail_from("b@x.test", {"a@x.test"});
    first.internet_message_id = "<1@x.test>";
    second.internet_message_id = "<2@x.test>";
    first.subject = "Roof";
    second.subject = "Re: roof";
    const auto tie = [&]() -> std::string {
        const std::vector<ThreadKey> known = thread_keys_of(first);
        for (const ThreadKey& key : thread_keys_to_look_for(second))
            if (std::ranges::find(known, key) != known.end()) return std::string(to_string(key.tie));
        return "none";
    };
    EXPECT_EQ(tie(), "subject_participants");
    second.cc = samples::addresses({"c@x.test"});
    EXPECT_EQ(tie(), "none") << "others take part";
    first.thread_index = second.thread_index = std::string(40, 'A');
    EXPECT_EQ(tie(), "thread_index");
    second.in_reply_to = "your message <1@x.test> of today";
    EXPECT_EQ(tie(), "reference");
    second.in_reply_to.clear();
    second.thread_index = std::string(20, 'A');
    EXPECT_EQ(tie(), "none") << "an index that is cut ties nothing";
    second.cc.clear();
    second.subject = "roof";
    EXPECT_EQ(tie(), "none") << "only an answer is found by its subject";
}

TEST(Conversation, AHostileListOfReferencesIsBounded) {
    MailMessage message = mail_from("a@x.test", {"b@x.test"});
    for (int i = 0; i < 5'000; ++i) message.references += "<" + std::to_string(i) + "@x.test> ";
    const std::vector<ThreadKey> keys = thread_keys_of(message);
    EXPECT_LE(keys.size(), limits::thread_ids_max + 2);
    MailMessage root = mail_from("a@x.test", {"b@x.test"});
    root.internet_message_id = "<0@x.test>";
    EXPECT_NE(std::ranges::find(keys, thread_keys_of(root).front()), keys.end()) << "the root is kept";
    for (const ThreadKey& key : keys) EXPECT_EQ(key.digest.size(), 32u);
}

EarlierMail earlier(std::int64_t row, ThreadTie tie, const char* opportunity, Timestamp at) {
    EarlierMail mail;
    mail.row = row;
    mail.tie = tie;
    mail.seen_at = at;
    mail.decision.outcome = MailOutcome::Log;
    InteractionDraft draft;
    draft.contact_id = "c" + std::to_string(row);
    draft.opportunity_id = opportunity;
    mail.decision.drafts = {draft};
    return mail;
}

TEST(Conversation, TheNewestMailThatSaysSomethingIsFollowed) {
    const Timestamp now = *parse_timestamp("2026-11-25T08:00:00Z");
    const auto day = std::chrono::days(1);
    ThreadGuide guide = follow_thread({earlier(3, ThreadTie::Reference, "", now - day),
                                       earlier(2, ThreadTie::Reference, "O2", now - 2 * day),
                                       earlier(1, ThreadTie::Reference, "O1", now - 3 * day)},
                                      now);
    EXPECT_EQ(guide.opportunity_id, "O2");
    EXPECT_EQ(guide.row, 2);
    EXPECT_TRUE(guide.logged);
    EXPECT_EQ(guide.party_ids, (std::set<std::string>{"c1", "c2", "c3"}));

    guide = follow_thread({earlier(2, ThreadTie::Topic, "O2", now - day),
                           earlier(1, ThreadTie::Index, "O1", now - 3 * day)},
                          now);
    EXPECT_EQ(guide.opportunity_id, "O1") << "subject and participants are the last resort";
    EXPECT_EQ(follow_thread({earlier(2, ThreadTie::Topic, "O2", now - day)}, now).opportunity_id, "O2");
    EXPECT_EQ(follow_thread({earlier(2, ThreadTie::Topic, "O2", now - 91 * day)}, now).row, 0)
        << "and not for ever";
    EXPECT_EQ(follow_thread({}, now).row, 0);

    EarlierMail chosen = earlier(5, ThreadTie::Reference, "", now - day);
    chosen.decision.outcome = MailOutcome::Skip;
    chosen.choice.verb = MailChoice::Verb::Ignore;
    EXPECT_TRUE(follow_thread({chosen}, now).choice.empty()) << "made for that mail alone";
    chosen.choice.whole_thread = true;
    guide = follow_thread({chosen}, now);
    EXPECT_EQ(guide.choice.verb, MailChoice::Verb::Ignore);
    EXPECT_FALSE(guide.logged);
}

TEST(AutomaticMail, IsKnownByClassSenderAndHeaders) {
    struct Case {
        const char* item_class;
        const char* from;
        std::vector<std::pair<std::string, std::string>> headers;
        const char* kind;
    };
    const Case cases[] = {
        {"IPM.Note", "a@x.test", {}, "none"},
        {"REPORT.IPM.Note.NDR", "a@x.test", {}, "bounce"},
        {"REPORT.IPM.Note.DR", "a@x.test", {}, "receipt"},
        {"report.ipm.note.ipnrn", "a@x.test", {}, "receipt"},
        {"IPM.Schedule.Meeting.Request", "a@x.test", {}, "calendar message"},
        {"IPM.Note.Rules.OofTemplate.Microsoft", "a@x.test", {}, "automatic reply"},
        {"IPM.Note", "MAILER-DAEMON@x.test", {}, "bounce"},
        {"IPM.Note", "a@x.test", {{"Auto-Submitted", "auto-replied"}}, "automatic reply"},
        {"IPM.Note", "a@x.test", {{"auto-submitted", " No "}}, "none"},
        {"IPM.Note", "a@x.test", {{"List-Id", "<l.x.test>"}}, "list mail"},
        {"IPM.Note", "a@x.test", {{"Precedence", "bulk"}}, "list mail"},
        {"IPM.Note", "a@x.test", {{"List-Id", "<l>"}, {"Return-Path", "<>"}}, "bounce"},
        {"IPM.Note", "a@x.test", {{"Content-Type", "multipart/report; report-type=delivery-status"}},
         "bounce"},
        {"IPM.Note", "a@x.test", {{"Content-Type", "multipart/report; report-type=disposition-notification"}},
         "receipt"},
        {"\xFF", "", {{"", ""}}, "none"},
    };
    for (const Case& c : cases) {
        MailMessage message = mail_from(c.from, {"b@x.test"});
        message.item_class = c.item_class;
        message.headers = c.headers;
        EXPECT_EQ(to_string(automatic_kind(message)), c.kind) << c.item_class << " " << c.from;
    }
    for (const char* machine : {"no-reply@x.test", "NoReply+7@x.test", "do_not_reply@x.test",
                                "bounces-17@x.test", "postmaster@x.test"})
        EXPECT_TRUE(is_machine_address(machine)) << machine;
    for (const char* person : {"nora@x.test", "reply@x.test", "noreplyson@x.test", ""})
        EXPECT_FALSE(is_machine_address(person)) << person;
}

TEST(FreeMail, TheListIsSortedLowerCaseAndHasTheObviousOnes) {
    const auto list = free_mail_domains();
    EXPECT_GT(list->size(), 200u);
    for (const char* domain : {"gmail.com", "gmx.de", "web.de", "outlook.com", "qq.com"})
        EXPECT_TRUE(list->contains(domain)) << domain;
    for (const std::string& domain : *list) {
        EXPECT_EQ(domain.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"), std::string::npos);
        EXPECT_NE(domain.find('.'), std::string::npos);
    }
    EXPECT_TRUE(in_domains(*list, "a@mail.yahoo.com"));
    EXPECT_FALSE(in_domains(*list, "a@notgmail.com"));
}

TEST(MailPolicy, WordsGoBothWays) {
    for (const char* word : {"thread", "owner", "open_opportunity", "kind", "primary_address", "recent", "number"})
        EXPECT_EQ(to_string(*parse_preference(word)), word);
    for (const char* word : {"hold", "ignore", "contact", "lead"})
        EXPECT_EQ(to_string(*parse_unknown_sender(word)), word);
    for (const char* word : {"log", "log_known", "skip"})
        EXPECT_EQ(to_string(*parse_automatic_mail(word)), word);
    EXPECT_FALSE(parse_preference("best"));
    EXPECT_FALSE(parse_unknown_sender("delete"));
    EXPECT_FALSE(parse_automatic_mail(""));
}

}  // namespace
}  // namespace liaison::mail
