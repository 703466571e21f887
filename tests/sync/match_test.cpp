#include "daemon/sync/match.hpp"

#include <gtest/gtest.h>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

Record person(std::string given, std::string family, std::string company, std::string email = {}) {
    Record record(EntityKind::Contact);
    record.set(Field::GivenName, std::move(given));
    record.set(Field::FamilyName, std::move(family));
    record.set(Field::CompanyName, std::move(company));
    record.set(Field::Email1, std::move(email));
    return record;
}

Record invitation(std::string uid, std::string organizer) {
    Record record = meeting("Review");
    record.set(Field::ICalUid, std::move(uid));
    record.set(Field::Organizer, std::move(organizer));
    return record;
}

TEST(Match, ContentMatchesOnlyWhenThereIsOneCandidateOnEachSide) {
    Picture p = empty_picture();
    Record dated = task("Call");
    dated.set(Field::DueDate, day(12, 1));
    p.free_crm = {seen("c1", "1", task("call")), seen("c2", "1", dated)};
    p.free_exchange = {seen("e1", "1", task("Call")), seen("e2", "1", dated)};
    Matches m = match_unlinked(p);
    EXPECT_EQ(m.matches.size(), 2u);
    EXPECT_TRUE(m.parked.empty());
    p.free_exchange.push_back(seen("e3", "1", dated));
    m = match_unlinked(p);
    EXPECT_EQ(m.matches.size(), 1u);
    ASSERT_EQ(m.parked.size(), 3u) << "the CRM item and both candidates wait for a human";
    for (const ParkedItem& item : m.parked) EXPECT_EQ(item.reason, Reason::Ambiguous);
}

TEST(Match, CrmTextIsComparedAsExchangeWouldShowIt) {
    Picture p = empty_picture();
    p.free_crm = {seen("c1", "1", task("Call Huber about the offer"))};
    p.free_exchange = {seen("e1", "1", task("Call Huber a"))};
    EXPECT_EQ(match_unlinked(p).matches.size(), 1u);
}

TEST(Match, TokenOutranksContent) {
    Picture p = empty_picture();
    p.free_crm = {seen("c1", "1", task("Same")), seen("c2", "1", task("Other"))};
    p.free_exchange = {seen("e1", "1", task("Same"), token_of("c2", "old-1"))};
    const Matches m = match_unlinked(p);
    ASSERT_EQ(m.matches.size(), 1u);
    EXPECT_EQ(m.matches[0].crm->key, ItemKey("c2"));
    EXPECT_EQ(m.matches[0].reason, Reason::MatchedByToken);
}

TEST(Match, TwoCarriersOfOneTokenAreForAHuman) {
    Picture p = empty_picture();
    p.free_crm = {seen("c1", "1", task("Same"))};
    p.free_exchange = {seen("e1", "1", task("Same"), token_of("c1", "old-1")),
                       seen("e2", "1", task("Same"), token_of("c1", "old-1"))};
    const Matches m = match_unlinked(p);
    EXPECT_TRUE(m.matches.empty());
    EXPECT_EQ(m.parked.size(), 3u);
}

TEST(Match, ContactsByAddressThenByNameAndCompany) {
    Picture p = contact_picture();
    p.free_crm = {seen("c1", "1", person("Ann", "Lee", "Acme", "ann@x.test")), seen("c2", "1", person("Bo", "Ek", "Acme")),
                  seen("c3", "1", person("Cy", "Oh", "Acme", "cy@x.test")), seen("c4", "1", person("Di", "Po", ""))};
    p.free_exchange = {seen("e1", "1", person("Anna", "Lee", "", "Ann@X.test")),
                       seen("e2", "1", person("bo", "ek", "ACME", "bo@x.test")),
                       seen("e3", "1", person("Cy", "Oh", "Acme", "other@x.test")),
                       seen("e4", "1", person("Di", "Po", ""))};
    const Matches m = match_unlinked(p);
    ASSERT_EQ(m.matches.size(), 2u);
    EXPECT_EQ(m.matches[0].exchange->key, ItemKey("e1"));
    EXPECT_EQ(m.matches[1].exchange->key, ItemKey("e2")) << "one address is missing: the name decides";
    EXPECT_TRUE(m.parked.empty()) << "two addresses differ: two people; no company: no match";
}

TEST(Match, NamesakesAreForAHuman) {
    Picture p = contact_picture();
    p.free_crm = {seen("c1", "1", person("Ann", "Lee", "Acme"))};
    p.free_exchange = {seen("e1", "1", person("Ann", "Lee", "Acme", "a@x.test")),
                       seen("e2", "1", person("Ann", "Lee", "Acme", "b@x.test"))};
    const Matches m = match_unlinked(p);
    EXPECT_TRUE(m.matches.empty());
    EXPECT_EQ(m.parked.size(), 3u);
}

TEST(Match, AttendeesCopyAttachesToTheCrmAppointmentWithItsUid) {
    Picture p = appointment_picture();
    p.free_crm = {seen("c1", "1", invitation("uid-1", "bob@example.test"))};
    p.free_exchange = {seen("e1", "1", invitation("uid-1", "bob@example.test"))};
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "open attendee_copy; bind attendee_copy");
    EXPECT_TRUE(changes_of<BindItem>(plan).at(0).attached);
}

TEST(Match, AttendeesCopyWaitsForAMirroredOrganiserAndIsNewForAnUnknownOne) {
    Picture p = appointment_picture();
    p.free_exchange = {seen("e1", "1", invitation("uid-1", "bob@example.test"))};
    p.mirrored_organizers = {"alice@example.test", "bob@example.test"};
    EXPECT_TRUE(reconcile(p).empty());
    p.mirrored_organizers = {"alice@example.test"};
    EXPECT_EQ(summary(reconcile(p)), "open new_in_exchange; create crm new_in_exchange");
}

TEST(Match, OfSeveralMirroredAttendeesOnlyTheFirstBringsAnOutsidersMeetingIn) {
    Picture p = appointment_picture();
    Record copy = invitation("uid-1", "boss@elsewhere.test");
    copy.set(Field::Attendees, AttendeeList{{"alice@example.test", "", "required", "accepted"},
                                            {"bob@example.test", "", "required", "none"}});
    p.free_exchange = {seen("e1", "1", copy)};
    p.mirrored_organizers = {"alice@example.test", "bob@example.test"};
    EXPECT_EQ(summary(reconcile(p)), "open new_in_exchange; create crm new_in_exchange");
    p.mailbox = MailboxId("bob@example.test");
    EXPECT_TRUE(reconcile(p).empty());
}

TEST(Match, OwnAppointmentsAreNoCopies) {
    Picture p = appointment_picture();
    EXPECT_FALSE(is_attendee_copy(meeting("Lunch"), p));
    EXPECT_FALSE(is_attendee_copy(invitation("u", "Alice@Example.test"), p));
    Record own = invitation("u", "bob@example.test");
    own.set(Field::IsOrganizer, true);
    EXPECT_FALSE(is_attendee_copy(own, p));
    EXPECT_TRUE(is_attendee_copy(invitation("u", "bob@example.test"), p));
    p.exchange_capabilities.carried.remove(Field::IsOrganizer);
    EXPECT_FALSE(is_attendee_copy(invitation("u", "bob@example.test"), p)) << "this endpoint cannot tell";
}

TEST(Match, LinkedCopyOfAnOutsidersMeetingFollowsTheOrganiserOnly) {
    Picture p = appointment_picture();
    const Record copy = invitation("uid-1", "boss@elsewhere.test");
    p.links.push_back(linked(copy, copy));
    edit(p.links[0], Side::Exchange, Field::Location, std::string("Room 2"));
    edit(p.links[0], Side::Crm, Field::Location, std::string("Room 9"));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "update crm merged_both");
    EXPECT_EQ(plan.operations[0].patch.at(Field::Location), Value(std::string("Room 2")));
    p.links = {linked(copy, copy)};
    edit(p.links[0], Side::Crm, Field::Location, std::string("Room 9"));
    EXPECT_TRUE(reconcile(p).operations.empty());
    p.links = {linked(copy, copy)};
    becomes(p.links[0], Side::Exchange, Tombstone{true});
    EXPECT_EQ(summary(reconcile(p)), "unlink attendee_copy; park crm attendee_copy");
}

}  // namespace
}  // namespace liaison::sync
