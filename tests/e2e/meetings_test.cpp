// Meetings of the CRM that have ended become interactions; looked at with SQL.
#include "tests/e2e/mail_world.hpp"

namespace liaison::test {
namespace {

class EndedMeetings : public MailFull {
protected:
    void SetUp() override {
        MailFull::SetUp();
        sql("INSERT INTO activity_type(code, name, outlook_kind, log_meeting) VALUES('VISIT', 'Visit', 'appointment', 1)");
        log_mail();  // from now on meetings count
    }
    /// A meeting that begins `minutes` after now and lasts an hour, by the clock in Berlin.
    void meeting(const std::string& subject, int minutes, const std::string& more_columns = "",
                 const std::string& more_values = "") {
        const auto wall = [&](int from_now) {
            return format_timestamp(clock.now() + std::chrono::minutes(from_now) + std::chrono::hours(1)).substr(0, 19);
        };
        sql("INSERT INTO appointment(type_code, owner_id, subject, start_at, start_zone, end_at, end_zone" + more_columns +
            ") VALUES('VISIT', 1, '" + subject + "', '" + wall(minutes) + "', 'Europe/Berlin', '" + wall(minutes + 60) +
            "', 'Europe/Berlin'" + more_values + ")");
    }
    void attends(const std::string& subject, const std::string& address, const std::string& response = "accepted") {
        sql("INSERT INTO appointment_participant(appointment_id, address, response) SELECT id, '" + address + "', '" + response +
            "' FROM appointment WHERE subject = '" + subject + "'");
    }
    std::string interactions() {
        return sql_text("SELECT group_concat(s || ':' || n) FROM (SELECT m.subject AS s, c.number AS n FROM interaction i JOIN message m ON "
                        "m.id = i.message_id JOIN contact c ON c.id = i.contact_id WHERE i.channel = 'meeting' ORDER BY 1, 2)");
    }
    void pass(std::chrono::minutes time) {
        clock.advance(time);
        log_mail();
    }
};

TEST_F(EndedMeetings, BecomeInteractionsOncePerContactWhenTheyAreOver) {
    meeting("Plan", 30);
    for (const char* who : {"nora@customer.example", "otto@customer.example", "alice@example.test", "pia@new.example"})
        attends("Plan", who);
    pass(std::chrono::minutes(60));
    EXPECT_EQ(interactions(), "NULL") << "it still goes on";
    pass(std::chrono::minutes(60));
    EXPECT_EQ(interactions(), "Plan:C1,Plan:C2");
    EXPECT_EQ(sql_text("SELECT DISTINCT template_code || ':' || user_id || ':' || direction FROM interaction"), "VISIT:1:none");
    // An edit afterwards, a restart, another turn: nothing is doubled; a contact who is added joins.
    sql("UPDATE appointment SET subject = 'Plan B', start_at = replace(start_at, ':', ':')");
    logger = make_logger();
    pass(std::chrono::minutes(30));
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "2");
    sql("INSERT INTO contact(number, display_name, email1) VALUES('C3', 'Pia', 'pia@new.example')");
    pass(std::chrono::minutes(30));
    EXPECT_EQ(interactions(), "Plan:C1,Plan:C2,Plan:C3");
}

TEST_F(EndedMeetings, AreLeftAloneWhereNobodyAskedForThem) {
    meeting("Declined", 10);
    attends("Declined", "nora@customer.example", "declined");
    meeting("Private", 10, ", is_private", ", 1");
    attends("Private", "nora@customer.example");
    meeting("Cancelled", 10, ", status", ", 'canceled'");
    attends("Cancelled", "nora@customer.example");
    meeting("Plain", 10);
    attends("Plain", "nora@customer.example");
    sql("UPDATE appointment SET type_code = 'MEETING' WHERE subject = 'Plain'");
    meeting("Old", -300);
    attends("Old", "nora@customer.example");
    meeting("Blocked", 10, ", contact_id", ", 2");
    sql("UPDATE contact SET privacy_blocked = 1 WHERE number = 'C2'");
    pass(std::chrono::hours(2));
    EXPECT_EQ(interactions(), "NULL");
    sql("UPDATE activity_type SET log_meeting = 1 WHERE code = 'MEETING'");
    pass(std::chrono::minutes(30));
    EXPECT_EQ(interactions(), "Plain:C1") << "the type asks for it now; what ended before the first turn stays out";
}

TEST_F(EndedMeetings, NameTheContactAndTheOpportunityOfTheCrm) {
    sql("INSERT INTO opportunity(number, name, contact_id) VALUES('O1', 'Roof', 2)");
    meeting("Roof", 10, ", contact_id, opportunity_id", ", 2, 1");
    pass(std::chrono::hours(2));
    EXPECT_EQ(interactions(), "Roof:C2");
    EXPECT_EQ(sql_text("SELECT opportunity_id FROM interaction"), "1");
}

}  // namespace
}  // namespace liaison::test
