// Every mapped field moves both ways: ordinary, Unicode, longest allowed, longer than the other side takes, empty. Looked at with
// SQL on one side and in the sandbox's own store on the other.
#include <gtest/gtest.h>

#include "tests/e2e/world.hpp"

namespace liaison::test {
namespace {

const std::string kUnicode = "Ångström ✓ 日本語 \xF0\x9F\x93\x85 \"<&>'";

/// How one canonical field looks on both sides.
struct FieldCase {
    EntityKind kind;
    const char* column;    ///< in the CRM's table
    const char* property;  ///< in the sandbox
    std::vector<std::pair<std::string, std::string>> values;  ///< CRM's text, Exchange's text
    bool clearable = true;
    std::size_t limit = 0;  ///< what Exchange keeps of a longer text, in characters; 0: no text
};

std::string table_of(EntityKind kind) { return std::string(to_string(kind)); }
const char* folder_of(EntityKind kind) {
    return kind == EntityKind::Task ? "tasks" : kind == EntityKind::Appointment ? "calendar" : "contacts";
}

FieldCase text_field(EntityKind kind, const char* column, const char* property, std::size_t limit = 0) {
    return {kind, column, property, {{"Plain", "Plain"}, {kUnicode, kUnicode}}, true, limit};
}

std::vector<FieldCase> all_cases() {
    using enum EntityKind;
    std::vector<FieldCase> cases = {
        text_field(Task, "subject", "item:Subject", 255),
        {Task, "body", "item:Body", {{"One line", "One line"}, {"Two\nlines " + kUnicode, "Two\nlines " + kUnicode}}},
        {Task, "status", "task:Status",
         {{"in_progress", "InProgress"}, {"waiting", "WaitingOnOthers"}, {"deferred", "Deferred"}, {"not_started", "NotStarted"}}, false},
        {Task, "priority", "item:Importance", {{"low", "Low"}, {"high", "High"}, {"normal", "Normal"}}, false},
        {Task, "start_date", "task:StartDate", {{"2027-03-01", "2027-03-01T00:00:00Z"}, {"1999-12-31", "1999-12-31T00:00:00Z"}}},
        {Task, "due_date", "task:DueDate", {{"2027-03-05", "2027-03-05T00:00:00Z"}, {"2028-02-29", "2028-02-29T00:00:00Z"}}},
        {Task, "time_worked_minutes", "task:ActualWork", {{"1", "1"}, {"90", "90"}, {"100000", "100000"}}},
        text_field(Task, "distance", "task:Mileage"),
        text_field(Appointment, "subject", "item:Subject", 255),
        {Appointment, "body", "item:Body", {{"One line", "One line"}, {"Two\nlines", "Two\nlines"}}},
        {Appointment, "priority", "item:Importance", {{"low", "Low"}, {"high", "High"}, {"normal", "Normal"}}, false},
        {Appointment, "show_as", "calendar:LegacyFreeBusyStatus",
         {{"free", "Free"}, {"tentative", "Tentative"}, {"oof", "OOF"}, {"elsewhere", "WorkingElsewhere"}, {"busy", "Busy"}}, false},
        text_field(Appointment, "location", "calendar:Location"),
        {Appointment, "reminder_minutes", "item:ReminderMinutesBeforeStart", {{"15", "15"}, {"1440", "1440"}}, false},
        text_field(Contact, "middle_name", "contacts:MiddleName"),
        text_field(Contact, "given_name", "contacts:GivenName"),
        text_field(Contact, "family_name", "contacts:Surname"),
        text_field(Contact, "initials", "contacts:Initials"),
        text_field(Contact, "company_name", "contacts:CompanyName"),
        text_field(Contact, "job_title", "contacts:JobTitle"),
        text_field(Contact, "department", "contacts:Department"),
        {Contact, "email1", "contacts:EmailAddress/EmailAddress1", {{"a@b.example", "a@b.example"}, {"c@d.example", "c@d.example"}}},
        {Contact, "email2", "contacts:EmailAddress/EmailAddress2", {{"a2@b.example", "a2@b.example"}, {"c2@d.example", "c2@d.example"}}},
        {Contact, "email3", "contacts:EmailAddress/EmailAddress3", {{"a3@b.example", "a3@b.example"}, {"c3@d.example", "c3@d.example"}}},
        {Contact, "phone_business", "contacts:PhoneNumber/BusinessPhone", {{"+49 30 123", "+49 30 123"}, {"+41 1", "+41 1"}}},
        {Contact, "phone_mobile", "contacts:PhoneNumber/MobilePhone", {{"+49 170 1", "+49 170 1"}, {"+41 2", "+41 2"}}},
        {Contact, "phone_home", "contacts:PhoneNumber/HomePhone", {{"+49 40 1", "+49 40 1"}, {"+41 3", "+41 3"}}},
        {Contact, "fax", "contacts:PhoneNumber/BusinessFax", {{"+49 30 9", "+49 30 9"}, {"+41 4", "+41 4"}}},
        {Contact, "url", "contacts:BusinessHomePage", {{"https://a.example/x?y=1", "https://a.example/x?y=1"}, {"http://b.example", "http://b.example"}}},
        {Contact, "birthday", "contacts:Birthday", {{"1980-02-29", "1980-02-29T11:59:00Z"}, {"1931-05-04", "1931-05-04T11:59:00Z"}}},
        {Contact, "notes", "item:Body", {{"One line", "One line"}, {"Two\nlines", "Two\nlines"}}},
    };
    for (const auto& [prefix, index] : {std::pair{"business", "Business"}, std::pair{"other", "Other"}}) {
        for (const auto& [part, name] : {std::pair{"street", "Street"}, std::pair{"city", "City"}, std::pair{"state", "State"},
                                         std::pair{"postal_code", "PostalCode"}, std::pair{"country", "CountryOrRegion"}}) {
            static std::vector<std::string> kept;  // names that live as long as the table
            kept.reserve(64);
            kept.push_back(std::string(prefix) + "_" + part);
            kept.push_back(std::string("contacts:PhysicalAddress:") + name + "/" + index);
            cases.push_back(text_field(Contact, kept[kept.size() - 2].c_str(), kept.back().c_str()));
        }
    }
    return cases;
}

class Fields : public World, public testing::WithParamInterface<FieldCase> {
protected:
    void make_item() {
        const FieldCase& c = GetParam();
        if (c.kind == EntityKind::Task) sql("INSERT INTO task(owner_id, subject) VALUES(1, 'Base')");
        if (c.kind == EntityKind::Appointment)
            sql("INSERT INTO appointment(owner_id, subject, start_at, start_zone, end_at, end_zone) VALUES(1, 'Base', "
                "'2027-03-01T09:00:00', 'Europe/Berlin', '2027-03-01T10:00:00', 'Europe/Berlin')");
        if (c.kind == EntityKind::Contact) sql("INSERT INTO contact(owner_id, display_name) VALUES(1, 'Base')");
        settle(kAlice, c.kind);
        ASSERT_EQ(outlook(kAlice, folder_of(c.kind)).size(), 1u);
    }
    void set_in_crm(const std::string& text) {
        std::string quoted;
        for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
        sql("UPDATE " + table_of(GetParam().kind) + " SET " + GetParam().column + " = " + (text.empty() ? "NULL" : "'" + quoted + "'") +
            " WHERE id = 1");
    }
    std::string in_crm() { return sql_text(std::string("SELECT ") + GetParam().column + " FROM " + table_of(GetParam().kind) + " WHERE id = 1"); }
    const sandbox::Item& item() { return *outlook(kAlice, folder_of(GetParam().kind)).front(); }
    std::string in_outlook() {
        std::string text(item().properties.text(GetParam().property));
        std::string unix_lines;
        for (const char c : text)
            if (c != '\r') unix_lines += c;
        return unix_lines;
    }
};

TEST_P(Fields, MoveFromTheCrmToOutlook) {
    make_item();
    for (const auto& [crm_text, exchange_text] : GetParam().values) {
        set_in_crm(crm_text);
        settle(kAlice, GetParam().kind);
        EXPECT_EQ(in_outlook(), exchange_text);
        EXPECT_EQ(in_crm(), crm_text);
    }
    if (GetParam().clearable) {
        set_in_crm("");
        settle(kAlice, GetParam().kind);
        EXPECT_EQ(in_outlook(), "");
    }
    EXPECT_TRUE(exchange->store().sent().empty());
}

TEST_P(Fields, MoveFromOutlookToTheCrm) {
    make_item();
    for (const auto& [crm_text, exchange_text] : GetParam().values) {
        edit(kAlice, item(), GetParam().property, exchange_text);
        settle(kAlice, GetParam().kind);
        EXPECT_EQ(in_crm(), crm_text);
        EXPECT_EQ(in_outlook(), exchange_text);
    }
    if (GetParam().clearable) {
        edit(kAlice, item(), GetParam().property, "");
        settle(kAlice, GetParam().kind);
        EXPECT_EQ(in_crm(), "NULL");
    }
    EXPECT_TRUE(exchange->store().sent().empty());
}

TEST_P(Fields, ALongTextIsCutOnceAndNeverWrittenBackOverTheLongOne) {
    if (GetParam().limit == 0) return;
    make_item();
    std::string whole;
    while (whole.size() < 3 * (GetParam().limit + 50)) whole += "日";
    set_in_crm(whole);
    settle(kAlice, GetParam().kind);
    EXPECT_EQ(in_outlook(), whole.substr(0, 3 * GetParam().limit));
    EXPECT_EQ(in_crm(), whole);
    // somebody touches another field in Outlook: the long text stays whole in the CRM
    edit(kAlice, item(), "item:Importance", "High");
    settle(kAlice, GetParam().kind);
    EXPECT_EQ(in_crm(), whole);
    const std::string exactly = whole.substr(0, 3 * GetParam().limit);
    edit(kAlice, item(), GetParam().property, "short now");
    settle(kAlice, GetParam().kind);
    EXPECT_EQ(in_crm(), "short now");
    set_in_crm(exactly);
    settle(kAlice, GetParam().kind);
    EXPECT_EQ(in_outlook(), exactly);
}

std::string case_name(const testing::TestParamInfo<FieldCase>& info) {
    return std::string(to_string(info.param.kind)) + "_" + info.param.column;
}

INSTANTIATE_TEST_SUITE_P(All, Fields, testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace liaison::test
