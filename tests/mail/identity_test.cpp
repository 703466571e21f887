#include <gtest/gtest.h>

#include "daemon/mail/conversation.hpp"
#include "daemon/mail/identity.hpp"
#include "tests/mail/mail_samples.hpp"

namespace liaison::mail {
namespace {

using samples::mail_from;

MailMessage identity_sample() {
    return mail_from("Ann@X.test", {"alice@example.test"});
}

TEST(NormalMessageId, CopiesAgree) {
    struct Case {
        std::string raw, normal;
    };
    const Case cases[] = {
        {"<a.B+c@Example.COM>", "a.B+c@example.com"},
        {"  <a@b>  ", "a@b"},
        {"a@B", "a@b"},
        {"<a@b", "a@b"},
        {"a@b>", "a@b"},
        {"<<a@b>>", "a@b"},
        {"<a\r\n\t@b>", "a@b"},
        {"<\r\n a@b>", "a@b"},
        {"(from the gateway) <a@b> (again)", "a@b"},
        {"<a@b> <c@d>", "a@b"},
        {"<\"02 08Z./C=GB/\"@MHS>", "\"0208Z./C=GB/\"@mhs"},
        {"<a@b@C>", "a@b@c"},
        {"<NoAt>", "NoAt"},
        {"<a@[IPv6:FE80::1]>", "a@[ipv6:fe80::1]"},
        {"<\x7F\x01 a@b>", "a@b"},
        {"<\xC3\xA4@b>", "\xC3\xA4@b"},
        {"", ""},
        {"<>", ""},
        {"   ", ""},
        {"<", ""},
        {">", ""},
    };
    for (const Case& c : cases) EXPECT_EQ(normal_message_id(c.raw), c.normal) << c.raw;
}

TEST(NormalMessageId, TheLeftPartKeepsItsCase) {
    EXPECT_NE(normal_message_id("<CAO=xj9@mail.test>"), normal_message_id("<cao=XJ9@mail.test>"));
}

TEST(Identify, CopiesInSeveralFoldersAndMailboxesAreOneMail) {
    const MailMessage one = identity_sample();
    MailMessage two = one;
    two.key = ItemKey("other");
    two.version = Version("other");
    two.received_at = parse_timestamp("2026-11-25T09:00:00Z");
    two.sent_at = parse_timestamp("2026-11-25T09:15:00.700+01:00");
    two.internet_message_id = " <1@EXAMPLE.com>\r\n";
    two.from->address = "<ann@x.TEST>";
    two.from->name = "Ann";
    two.subject = " offer\t 4711\r\n ";
    two.text_body = "Hello, with a footer of the mailing list";
    two.to.clear();
    two.is_read = true;
    two.categories = {"Blue"};
    EXPECT_EQ(identify(one), identify(two));
    EXPECT_EQ(identify(one).str().size(), 64u);
}

TEST(Identify, TwoMailsThatShareAnIdAreTwo) {
    const MailMessage one = identity_sample();
    MailMessage subject = one, date = one, sender = one, undated = one;
    subject.subject = "Re: Offer 4711";
    date.sent_at = parse_timestamp("2026-11-25T08:15:01Z");
    sender.from->address = "eve@x.test";
    undated.sent_at.reset();
    for (const MailMessage& other : {subject, date, sender, undated})
        EXPECT_NE(identify(one), identify(other));
}

TEST(Identify, EqualTextsUnderDifferentIdsAreTwo) {
    MailMessage other = identity_sample();
    other.internet_message_id = "<2@example.com>";
    EXPECT_NE(identify(identity_sample()), identify(other));
}

TEST(Identify, WithoutAnIdTheTextTakesPart) {
    MailMessage one = identity_sample();
    one.internet_message_id = " <> ";
    MailMessage wrapped = one, other = one;
    wrapped.text_body = " Hello\r\n\r\n";
    other.text_body = "Hello again";
    EXPECT_EQ(identify(one), identify(wrapped));
    EXPECT_NE(identify(one), identify(other));
    EXPECT_NE(identify(one), identify(identity_sample()));
}

TEST(Identify, SenderStandsInWhereFromIsMissing) {
    MailMessage one = identity_sample();
    MailMessage other = one;
    other.sender = other.from;
    other.from.reset();
    EXPECT_EQ(identify(one), identify(other));
    other.from = MailAddress{"  ", "nobody"};
    EXPECT_EQ(identify(one), identify(other));
}

TEST(Identify, PartsCannotBeShiftedFromOneFieldToAnother) {
    MailMessage one, two;
    one.from = MailAddress{"a@b", ""};
    one.subject = "c";
    two.from = MailAddress{"a@bc", ""};
    EXPECT_NE(identify(one), identify(two));
    MailMessage three = one;
    three.subject = "";
    three.text_body = "c";
    EXPECT_NE(identify(one), identify(three));
}

TEST(Identify, ALongSubjectCountsAsFarAsExchangeKeepsIt) {
    MailMessage one = identity_sample();
    one.subject = std::string(300, 'x');
    MailMessage cut = one;
    cut.subject = std::string(255, 'X');
    EXPECT_EQ(identify(one), identify(cut));
}

TEST(Identify, HostileBytesNeverHurt) {
    MailMessage message;
    message.internet_message_id = std::string("\xFF\xFE\0<<<>@@", 9);
    message.subject = std::string(100'000, '\x80');
    message.text_body = std::string(100'000, '\xC3');
    message.from = MailAddress{std::string(10'000, '@'), ""};
    EXPECT_EQ(identify(message).str().size(), 64u);
    EXPECT_EQ(identify(message), identify(message));
}

TEST(Conversation, KeyIsTheRootOfTheThread) {
    MailMessage message = identity_sample();
    EXPECT_EQ(conversation_key(message), "1@example.com");
    message.in_reply_to = "your message of Monday <Parent@X.test>";
    EXPECT_EQ(conversation_key(message), "Parent@x.test");
    message.references = "<root@x.test>\r\n\t<mid@x.test> <root@x.test> <Parent@x.test>";
    EXPECT_EQ(conversation_key(message), "root@x.test");
    EXPECT_EQ(ancestors_of(message),
              (std::vector<std::string>{"root@x.test", "mid@x.test", "Parent@x.test"}));
    EXPECT_EQ(conversation_key(MailMessage{}), "");
}

TEST(Conversation, ALongListKeepsItsEnds) {
    std::string field;
    for (int i = 0; i < 1000; ++i) field += "<" + std::to_string(i) + "@x> ";
    const auto ids = message_ids_in(field);
    ASSERT_EQ(ids.size(), 200u);
    EXPECT_EQ(ids.front(), "0@x");
    EXPECT_EQ(ids[99], "99@x");
    EXPECT_EQ(ids[100], "900@x");
    EXPECT_EQ(ids.back(), "999@x");
    EXPECT_TRUE(message_ids_in(std::string(100'000, '<')).empty());
}

}  // namespace
}  // namespace liaison::mail
