#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "daemon/mail/parties.hpp"
#include "tests/mail/mail_samples.hpp"

namespace liaison::mail {
namespace {

using samples::mail_from;
using samples::sample_book;

TEST(Parties, EachAddressOfFromToAndCcOnceNeverBcc) {
    MailMessage message = mail_from("Ann@X.test", {"b@x.test", "ANN@x.TEST", " <b@X.test> ", ""},
                                    {"c@x.test", "B@x.test"});
    message.bcc = samples::addresses({"secret@x.test"});
    message.sender = MailAddress{"secretary@x.test", ""};
    message.reply_to = samples::addresses({"reply@x.test"});
    EXPECT_EQ(addresses_of(message),
              (std::vector<std::string>{"ann@x.test", "b@x.test", "c@x.test"}));
    const Parties parties = match_parties(message, {}, "");
    ASSERT_EQ(parties.address_count(), 3u);
    EXPECT_EQ(parties.matches[0].role, "from");
    EXPECT_EQ(parties.matches[1].role, "to");
    EXPECT_EQ(parties.matches[2].role, "cc");
    EXPECT_EQ(parties.sender()->address, "ann@x.test");
    EXPECT_EQ(parties.direction, MailDirection::None);
}

TEST(Parties, SenderStandsInWhereFromIsMissing) {
    MailMessage message = mail_from("", {});
    EXPECT_EQ(match_parties(message, sample_book(), "").sender(), nullptr);
    message.sender = MailAddress{"c1@x.test", ""};
    const Parties parties = match_parties(message, sample_book(), "");
    ASSERT_NE(parties.sender(), nullptr);
    EXPECT_EQ(parties.direction, MailDirection::Inbound);
}

TEST(Parties, DirectionComesFromTheSender) {
    struct Case {
        std::string from;
        MailDirection direction;
    };
    const Case cases[] = {{"alice@example.test", MailDirection::Outbound},
                          {"c1@x.test", MailDirection::Inbound},
                          {"lead@x.test", MailDirection::Inbound},
                          {"info@x.test", MailDirection::Inbound},
                          {"dan@example.test", MailDirection::Outbound},
                          {"nobody@x.test", MailDirection::None},
                          {"", MailDirection::None}};
    for (const Case& c : cases)
        EXPECT_EQ(match_parties(mail_from(c.from, {"c2@x.test"}), sample_book(), "alice").direction,
                  c.direction)
            << c.from;
}

TEST(Parties, TheFolderOwnersContactWins) {
    const Parties parties = match_parties(mail_from("twins@x.test", {}), sample_book(), "alice");
    const AddressMatch& match = parties.matches.front();
    EXPECT_EQ(match.partner->id, "t2");
    ASSERT_EQ(match.rejected.size(), 1u);
    EXPECT_EQ(match.rejected.front().id, "t1");
    EXPECT_FALSE(match.ambiguous);
}

TEST(Parties, EqualRankTakesTheFirstAndSaysSo) {
    const Parties parties = match_parties(mail_from("triplets@x.test", {}), sample_book(), "alice");
    const AddressMatch& match = parties.matches.front();
    EXPECT_EQ(match.partner->id, "t3");
    EXPECT_EQ(match.rejected.size(), 2u);
    EXPECT_TRUE(match.ambiguous);
}

TEST(Parties, WithoutAnOwnerTheAddressBooksOrderHolds) {
    EXPECT_EQ(
        match_parties(mail_from("twins@x.test", {}), sample_book(), "").matches.front().partner->id,
        "t1");
}

TEST(Parties, AUserWinsOverAContactWithTheSameAddress) {
    const AddressMatch match =
        match_parties(mail_from("dan@example.test", {}), sample_book(), "").matches.front();
    ASSERT_TRUE(match.user);
    EXPECT_EQ(match.user->id, "dan");
    EXPECT_FALSE(match.partner);
    ASSERT_EQ(match.rejected.size(), 1u);
    EXPECT_EQ(match.rejected.front().id, "dan-private");
}

TEST(Parties, AHugeRecipientListIsCut) {
    MailMessage message = mail_from("ann@x.test", {});
    for (std::size_t i = 0; i < limits::recipients_max + 10; ++i)
        message.to.push_back({"r" + std::to_string(i) + "@x.test", ""});
    const Parties parties = match_parties(message, sample_book(), "");
    EXPECT_EQ(parties.address_count(), limits::recipients_max);
    EXPECT_EQ(parties.addresses_ignored, 11u);
    EXPECT_EQ(addresses_of(message).size(), limits::recipients_max);
}

}  // namespace
}  // namespace liaison::mail
