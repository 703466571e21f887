#include "service/crm_command.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "service/demo_data.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::service {

class CrmCommand : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder = std::filesystem::path(testing::TempDir()) / (std::string("liaison-crm-command-") + test->name());
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        database = (folder / "crm.sqlite").string();
    }
    int run(std::vector<std::string> arguments) {
        out.str("");
        err.str("");
        arguments.insert(arguments.begin(), {"--database", database});
        return run_crm_command(std::move(arguments), out, err, clock);
    }
    void must(const std::vector<std::string>& arguments) { ASSERT_EQ(run(arguments), 0) << err.str() << out.str(); }
    void add_alice() {
        must({"add", "user", "--number", "ALICE", "--name", "Alice", "--addresses",
              "alice@example.test", "--time_zone", "Europe/Berlin"});
    }
    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
        return (folder / name).string();
    }

    std::filesystem::path folder;
    std::string database;
    std::ostringstream out;
    std::ostringstream err;
    test::ManualClock clock{*parse_timestamp("2026-11-24T23:30:00Z")};
};

TEST_F(CrmCommand, TaskIsAddedListedEditedCompletedAndDeleted) {
    add_alice();
    must({"add", "contact", "--number", "C-1", "--given_name", "Ann", "--family-name", "Lee",
          "--email1", "ann@x.example"});
    must({"add", "task", "--subject", "Call Ann", "--owner", "ALICE", "--due-date", "2026-12-01",
          "--contact", "C-1"});
    EXPECT_EQ(out.str(), "task 1 added\n");
    must({"list", "task"});
    EXPECT_EQ(out.str(), "id  number  owner  type  status       priority  due         contact  subject\n"
                         "1           ALICE  TASK  not_started  normal    2026-12-01  Ann Lee  Call Ann\n");
    must({"edit", "task", "1", "--priority", "high", "--due_date", ""});
    must({"list", "task", "--json", "--owner", "alice", "--search", "CALL"});
    EXPECT_EQ(out.str(),
              "[{\"id\":\"1\",\"owner\":\"ALICE\",\"type\":\"TASK\",\"status\":\"not_started\","
              "\"priority\":\"high\","
              "\"contact\":\"Ann Lee\",\"subject\":\"Call Ann\"}]\n");
    must({"complete", "task", "1", "--time_worked_minutes", "30", "--distance", "12 km"});
    must({"show", "task", "1", "--json"});
    EXPECT_NE(out.str().find("\"status\":\"completed\""), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("\"completed_on\":\"2026-11-25\""), std::string::npos)
        << "the day where the owner lives: " << out.str();
    EXPECT_NE(out.str().find("\"time_worked_minutes\":\"30\""), std::string::npos);
    must({"edit", "task", "1", "--status", "in_progress"});
    must({"show", "task", "1"});
    EXPECT_EQ(out.str().find("completed_on"), std::string::npos) << "reopened: " << out.str();
    must({"delete", "task", "1"});
    must({"list", "task", "--closed"});
    EXPECT_EQ(out.str(), "id  number  owner  type  status  priority  due  contact  subject\n");
}

TEST_F(CrmCommand, EveryKindOfRowCanBeKept) {
    add_alice();
    must({"add", "company", "--number", "F-1", "--name", "Contoso"});
    must({"add", "contact", "--number", "C-1", "--display_name", "Ann", "--company", "F-1", "--owner", "ALICE"});
    must({"add", "type", "--code", "VISIT", "--name", "Visit", "--outlook_kind", "appointment"});
    must({"add", "campaign", "--number", "K-1", "--name", "Spring"});
    must({"add", "opportunity", "--number", "O-1", "--name", "Roof", "--company", "F-1", "--value",
          "1000", "--campaign", "K-1"});
    must({"add", "appointment", "--subject", "Visit", "--owner", "ALICE", "--type", "VISIT",
          "--start", "2026-11-26T10:00", "--end", "2026-11-26T11:00", "--attendees",
          "Ann <ann@x.example> required; bob@x.example", "--opportunity", "O-1"});
    must({"show", "appointment", "1", "--json"});
    EXPECT_NE(out.str().find("\"start\":\"2026-11-26T10:00:00 Europe/Berlin\""), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("bob@x.example"), std::string::npos);
    EXPECT_NE(out.str().find("\"opportunity\":\"O-1\""), std::string::npos);
    must({"show", "contact", "C-1", "--json"});
    EXPECT_NE(out.str().find("\"company_name\":\"Contoso\""), std::string::npos) << out.str();
    for (const char* entity : {"task", "appointment", "contact", "company", "user", "type",
                               "opportunity", "campaign", "interaction"})
        must({"list", entity});
    must({"add", "appointment", "--subject", "Holiday", "--owner", "ALICE", "--start",
          "2026-12-24T08:00", "--end", "2026-12-24T09:00", "--all_day", "true"});
    must({"show", "appointment", "2", "--json"});
    EXPECT_NE(out.str().find("\"start\":\"2026-12-24T00:00:00\",\"end\":\"2026-12-25T00:00:00\""),
              std::string::npos)
        << out.str();
}

TEST_F(CrmCommand, ErrorsSayWhatWhereAndWhatToDo) {
    EXPECT_EQ(run({"list", "task"}), 1);
    EXPECT_EQ(err.str(), "liaison crm: there is no CRM at " + database +
                             ": check the path; `crm import` and `crm add user` make a new one\n");
    add_alice();
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"add", "task", "--owner", "ALICE"}, "a task needs --subject (a text)"},
        {{"add", "task", "--subject", "X"}, "a task needs --owner (number or id of a user)"},
        {{"add", "task", "--subject", "X", "--owner", "BOB"},
         "owner: there is no user \"BOB\": `crm list user` shows what there is"},
        {{"add", "task", "--subject", "X", "--owner", "ALICE", "--due_date", "tomorrow"},
         "due_date: \"tomorrow\" is not a date, YYYY-MM-DD"},
        {{"add", "task", "--subject", "X", "--owner", "ALICE", "--priority", "urgent"},
         "priority: \"urgent\" is not low, normal or high"},
        {{"add", "user", "--number", "ALICE", "--name", "Again"},
         "there is a user with this number already: use `crm edit` (or another number)"},
        {{"add", "user", "--number", "A2", "--name", "A", "--addresses", "ALICE@example.test"},
         "addresses: \"alice@example.test\" belongs to the user ALICE"},
        {{"add", "user", "--number", "A2", "--name", "A", "--time_zone", "Mars/Base"},
         "time_zone: \"Mars/Base\" is not an IANA zone such as Europe/Berlin"},
        {{"add", "appointment", "--subject", "X", "--owner", "ALICE", "--start", "2026-11-26T10:00",
          "--end", "2026-11-26T09:00"},
         "end is before start"},
        {{"edit", "task", "7", "--subject", "X"},
         "there is no task \"7\": `crm list task` shows what there is"},
        {{"edit", "user", "ALICE"}, "nothing to edit: give fields, see `crm edit user --help`"},
        {{"import", "nowhere.csv"}, "cannot read nowhere.csv: No such file or directory"}};
    for (const auto& [arguments, message] : cases) {
        EXPECT_EQ(run(arguments), 1);
        EXPECT_EQ(err.str(), "liaison crm: " + message + "\n");
    }
    must({"list", "user"});
    EXPECT_EQ(out.str().find("A2"), std::string::npos) << "nothing is half-applied";
    must({"add", "task", "--subject", "X", "--owner", "ALICE"});
    EXPECT_EQ(run({"delete", "user", "ALICE"}), 1);
    EXPECT_EQ(err.str(),
              "liaison crm: 1 items belong to this user: give them another owner first, or set "
              "active to false\n");
    EXPECT_NE(run({"list", "planet"}), 0);
    EXPECT_NE(run({}), 0);
}

TEST_F(CrmCommand, ImportTellsItsCountsOrItsProblems) {
    const std::string csv =
        write("c.csv",
              "number,type,display_name,email,email2,company,salesperson\nS,salesperson,Sue,sue@"
              "example.test,,,\nC-1,contact,Jo,jo@x.example,,,S\n");
    must({"import", csv});
    EXPECT_EQ(out.str(), "2 created, 0 updated, 0 unchanged\n");
    const std::string cards = write("c.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Ben\nEND:VCARD\n");
    must({"import", cards, "--salesperson", "S", "--json"});
    EXPECT_EQ(out.str(), "{\"created\":1,\"updated\":0,\"unchanged\":0}\n");
    const std::string bad = write("bad.csv", "number,type,display_name\nC-2,contact,New\nC-3,moon,X\n");
    EXPECT_EQ(run({"import", bad}), 1);
    EXPECT_EQ(err.str(), bad + ":3: type: \"moon\" is none of: contact, person, lead, company, salesperson\n"
                         "liaison crm: nothing was imported: repair the file and import it again\n");
    must({"list", "contact"});
    EXPECT_EQ(out.str().find("C-2"), std::string::npos);
}

TEST_F(CrmCommand, DemoDataLoadsOnceAndStaysAsPeopleLeftIt) {
    ASSERT_TRUE(load_demo_data(database, *parse_date("2026-11-25"), true).has_value());
    must({"list", "task", "--owner", "ALICE"});
    const std::string before = out.str();
    EXPECT_NE(before.find("Send revised offer to Fjord Tech"), std::string::npos);
    must({"list", "contact", "--search", "nora"});
    EXPECT_NE(out.str().find("nora.lindqvist@fjordtech.example"), std::string::npos) << out.str();
    must({"edit", "task", "T-401", "--subject", "Changed by hand"});
    must({"delete", "task", "T-402"});
    must({"list", "task", "--closed"});
    const std::string edited = out.str();
    ASSERT_TRUE(load_demo_data(database, *parse_date("2026-12-30"), true).has_value());
    must({"list", "task", "--closed"});
    EXPECT_EQ(out.str(), edited);
}

TEST_F(CrmCommand, DemoDataGoesWithAListOfOnesOwnContacts) {
    const std::string csv =
        "number,type,display_name,email,email2,company,salesperson\n"
        "SP-7,salesperson,Alice,alice@example.test,,,\nC-1,contact,Jo,jo@x.example,,,SP-7\nC-2,"
        "contact,Al,al@x.example,,,\n";
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(import_demo_contacts(database, "c.csv", csv).has_value());
        const auto loaded = load_demo_data(database, *parse_date("2026-11-28"), false);
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
        must({"list", "contact", "--json"});
        EXPECT_EQ(out.str(),
                  "[{\"id\":\"1\",\"number\":\"C-1\",\"type\":\"person\",\"name\":\"Jo\",\"email\":"
                  "\"jo@x.example\",\"owner\":\"SP-7\"},"
                  "{\"id\":\"2\",\"number\":\"C-2\",\"type\":\"person\",\"name\":\"Al\",\"email\":"
                  "\"al@x.example\"}]\n");
        must({"list", "user", "--search", "alice"});
        EXPECT_EQ(out.str().find("ALICE"), std::string::npos) << out.str();
        must({"list", "task", "--owner", "SP-7"});
        EXPECT_NE(out.str().find("Send revised offer"), std::string::npos);
    }
    const std::string moon = "C-4,contact,Moon,,,,MOON\n";
    const auto stranger = import_demo_contacts(database, "c.csv", csv + moon);
    ASSERT_FALSE(stranger.has_value());
    EXPECT_NE(stranger.error().message.find("c.csv:5: salesperson"), std::string::npos);
    const auto refused = import_demo_contacts(database, "c.csv", csv + "C-3,moon,X,,,,\n");
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("c.csv:5: type"), std::string::npos);
}

TEST_F(CrmCommand, TheSalespeopleOfTheDemoNeedNoRowInAListOfContacts) {
    const std::string csv =
        "number,type,display_name,email,email2,company,salesperson\n"
        "C-1,contact,Jo,jo@x.example,,,ALICE\nC-2,contact,Al,al@x.example,,,Bob\n";
    const auto refused = import_demo_contacts(database, "c.csv", csv + "C-3,contact,X,,,,MOON\n");
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("c.csv:4: salesperson"), std::string::npos);
    must({"list", "user"});
    EXPECT_EQ(out.str().find("ALICE"), std::string::npos) << "nothing is half-applied";
    for (int round = 0; round < 2; ++round) {
        const auto done = import_demo_contacts(database, "c.csv", csv);
        ASSERT_TRUE(done.has_value()) << done.error().message;
        ASSERT_TRUE(load_demo_data(database, *parse_date("2026-11-28"), false).has_value());
        must({"list", "contact", "--owner", "ALICE"});
        EXPECT_NE(out.str().find("C-1"), std::string::npos) << out.str();
        must({"list", "contact", "--owner", "BOB"});
        EXPECT_NE(out.str().find("C-2"), std::string::npos) << out.str();
    }
}

}  // namespace liaison::service
