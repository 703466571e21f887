#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "connectors/crm/import/contact_import.hpp"
#include "connectors/crm/import/vcard_reader.hpp"
#include "core/text.hpp"
#include "tests/connectors/crm_fixture.hpp"

namespace liaison::crm::testing_crm {

class CrmImport : public CrmTest {
protected:
    void SetUp() override {
        CrmTest::SetUp();
        auto opened = CrmDatabase::open(file);
        ASSERT_TRUE(opened.has_value());
        db = *opened;
    }
    ImportReport csv(const std::string& text) {
        auto report = import_contacts_csv(*db, text, clock.time);
        EXPECT_TRUE(report.has_value()) << report.error().message;
        return report ? *report : ImportReport{};
    }
    static std::string listed(const std::vector<ImportProblem>& problems) {
        std::string out;
        for (const ImportProblem& problem : problems) out += format_problem("c.csv", problem) + "\n";
        return out;
    }
    std::shared_ptr<CrmDatabase> db;
};

const std::string kCsvHeader = "number,type,display_name,email,email2,company,salesperson\n";

TEST_F(CrmImport, CsvBringsSalespeopleCompaniesAndContactsWhateverTheirOrder) {
    const ImportReport report = csv(kCsvHeader +
                                    "C-1,contact,\"Müller, \"\"Jo\"\"\",Jo@Contoso.Example,jo2@contoso.example,Contoso,CAROL\n"
                                    "C-2,person,Zoë,zoe@x.example,,F-1,\n"
                                    "L-1,lead,Lee Lead,lee@x.example,,Some Shop,CAROL\n"
                                    "F-1,company,Contoso,info@contoso.example,,,\n"
                                    "CAROL,salesperson,Carol Clark,carol@example.test,c.clark@example.test,,\n");
    EXPECT_TRUE(report.ok()) << listed(report.problems);
    EXPECT_EQ(report.created, 5u);
    EXPECT_EQ(text("SELECT display_name || '|' || email1 || '|' || email2 FROM contact WHERE number = 'C-1'"),
              "Müller, \"Jo\"|Jo@Contoso.Example|jo2@contoso.example");
    EXPECT_EQ(number("SELECT count(*) FROM contact WHERE company_id = 1 AND company_name = 'Contoso'"), 2);
    EXPECT_EQ(text("SELECT company_name FROM contact WHERE number = 'L-1'"), "Some Shop");
    EXPECT_EQ(number("SELECT owner_id IS NULL FROM contact WHERE number = 'C-2'"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM user_address a JOIN user u ON u.id = a.user_id WHERE u.number = 'CAROL'"), 2);
    Cursor cursor;
    EXPECT_EQ(changes(of(EntityKind::Contact, "carol@example.test"), cursor).size(), 2u);
}

TEST_F(CrmImport, ImportingTwiceChangesNothing) {
    const std::string file_text = "\xEF\xBB\xBF" "number,type,display_name,email,email2,company,salesperson,job_title,birthday\r\n"
                                  "C-1,contact,Jo,jo@x.example,,Shop,ALICE,Buyer,1970-01-31\r\n"
                                  "C-2,contact,Max,max@x.example,,,BOB,,\r\n";
    EXPECT_EQ(csv(file_text).created, 2u);
    const std::string versions = text("SELECT group_concat(version) FROM contact");
    const std::int64_t log = number("SELECT max(seq) FROM change_log");
    const ImportReport again = csv(file_text);
    EXPECT_EQ(again.unchanged, 2u);
    EXPECT_EQ(text("SELECT group_concat(version) FROM contact"), versions);
    EXPECT_EQ(number("SELECT max(seq) FROM change_log"), log);
    const ImportReport changed = csv(kCsvHeader + "C-1,contact,Joanna,jo@x.example,,Shop,ALICE\n");
    EXPECT_EQ(changed.updated, 1u);
    EXPECT_EQ(text("SELECT display_name || job_title || birthday FROM contact WHERE number = 'C-1'"), "JoannaBuyer1970-01-31")
        << "columns that the file does not have stay";
}

TEST_F(CrmImport, AllProblemsAreToldWithTheirPlaceAndNothingIsApplied) {
    const ImportReport report = csv(kCsvHeader +
                                    "C-1,contact,Good,good@x.example,,,ALICE\n"
                                    "C-2,contact,Bad owner,x@x.example,,,NOBODY\n"
                                    "C-3,planet,Bad type,x@x.example,,,\n"
                                    ",contact,No number,x@x.example,,,\n"
                                    "C-1,contact,Twice,x@x.example,,,\n"
                                    "C-4,contact,,,,,\n"
                                    "BOB,salesperson,Bob,alice@example.test,,,\n");
    EXPECT_EQ(listed(report.problems),
              "c.csv:3: salesperson: there is no salesperson with the number \"NOBODY\": add a row of type salesperson, or leave "
              "the field empty\n"
              "c.csv:4: type: \"planet\" is none of: contact, person, lead, company, salesperson\n"
              "c.csv:5: number: must not be empty\n"
              "c.csv:6: number: \"c-1\" stands in line 2 already\n"
              "c.csv:8: email: \"alice@example.test\" belongs to the user ALICE\n");
    EXPECT_EQ(report.created + report.updated + report.unchanged, 0u);
    EXPECT_EQ(number("SELECT count(*) FROM contact"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM user"), 2);
}

TEST_F(CrmImport, SalespersonWithAKnownAddressIsTheUserThatIsThere) {
    const std::string rows = kCsvHeader + "SP-1,salesperson,Alice A. Adams,ALICE@example.test,adams@example.test,,\n"
                                          "C-1,contact,Jo,jo@x.example,,,SP-1\n";
    const ImportReport report = csv(rows);
    EXPECT_TRUE(report.ok()) << listed(report.problems);
    EXPECT_EQ(number("SELECT count(*) FROM user"), 2);
    EXPECT_EQ(text("SELECT u.number || u.name FROM contact c JOIN user u ON u.id = c.owner_id"), "ALICEAlice A. Adams");
    EXPECT_EQ(number("SELECT count(*) FROM user_address WHERE user_id = 1"), 2);
    EXPECT_EQ(csv(rows).unchanged, 2u);
}

TEST_F(CrmImport, ContactWithoutANameIsCalledByItsAddress) {
    EXPECT_TRUE(csv(kCsvHeader + "C-1,contact,,anon@x.example,,,\n").ok());
    EXPECT_EQ(text("SELECT display_name FROM contact"), "anon@x.example");
}

TEST_F(CrmImport, BrokenFilesAreRefusedWithALine) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "c.csv:1: the file is empty: its first line must name the columns\n"},
        {"number,type\nC-1,contact\n", "c.csv:1: display_name: the column is missing: the header is "
                                       "number,type,display_name,email,email2,company,salesperson\n"},
        {kCsvHeader + "C-1,contact,A,a@x.example\n", "c.csv:2: the row has 4 fields, the header 7\n"},
        {kCsvHeader + "C-1,contact,\"A,a@x.example,,,\n", "c.csv:2: a quote that opens here is never closed\n"
                                                          "c.csv:2: the row has 3 fields, the header 7\n"},
        {kCsvHeader + "C-1,contact,\"A\"B,a@x.example,,,\n", "c.csv:2: text after a closing quote\n"},
        {kCsvHeader + "C-1,contact,A\"B,a@x.example,,,\n",
         "c.csv:2: a quote inside a field: put the field in quotes and double the quote\n"},
        {kCsvHeader + "C-1,contact,M\xFCller,a@x.example,,,\n", "c.csv:2: this is not UTF-8: save the file as CSV in UTF-8\n"},
        {std::string("\xFF\xFEn\0u\0", 6), "c.csv:1: the file is UTF-16: save it as CSV in UTF-8\n"},
        {"number,type,display_name,hair\n", "c.csv:1: hair: no such column: the header is "
                                            "number,type,display_name,email,email2,company,salesperson and contact fields\n"},
        {"number,type,display_name,birthday\nC-1,contact,A,31.1.1970\n",
         "c.csv:2: birthday: \"31.1.1970\" is not a date, YYYY-MM-DD\n"},
    };
    for (const auto& [file_text, expected] : cases) EXPECT_EQ(listed(csv(file_text).problems), expected) << file_text;
    EXPECT_EQ(number("SELECT count(*) FROM contact"), 0);
}

TEST_F(CrmImport, CsvReaderFollowsRfc4180) {
    const CsvFile read = read_csv("a,b\r\n\"1\r\n2\",\"x\"\"y\"\r\n\n3,\n\r4,5");
    ASSERT_TRUE(read.problems.empty());
    ASSERT_EQ(read.rows.size(), 4u);
    EXPECT_EQ(read.rows[1].fields, (std::vector<std::string>{"1\r\n2", "x\"y"}));
    EXPECT_EQ(read.rows[2].line, 5u);
    EXPECT_EQ(read.rows[2].fields, (std::vector<std::string>{"3", ""}));
    EXPECT_EQ(read.rows[3].fields, (std::vector<std::string>{"4", "5"}));
    EXPECT_EQ(read_csv("a;b\n1;2,3\n").rows.at(1).fields, (std::vector<std::string>{"1", "2,3"}));
}

TEST_F(CrmImport, SqlInCellsIsText) {
    EXPECT_TRUE(csv(kCsvHeader + "\"'); DROP TABLE contact; --\",contact,\"Robert'); DELETE FROM user; --\",a@x.example,,,\n").ok());
    EXPECT_EQ(text("SELECT number FROM contact"), "'); DROP TABLE contact; --");
    EXPECT_EQ(number("SELECT count(*) FROM user"), 2);
}

TEST_F(CrmImport, VCardOfEveryVersionBecomesAContact) {
    const VCardFile read = read_vcards(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Public;John;Quinlan;Mr.;Esq.\r\nFN:John Q. Public\r\nORG:Bright\\, Inc.;Sales\r\n"
        "TITLE:Buyer\r\nitem1.EMAIL;TYPE=INTERNET:second@x.example\r\nEMAIL;TYPE=INTERNET,PREF:first@x.example\r\n"
        "TEL;TYPE=WORK,VOICE:+49 30 1\r\nTEL;TYPE=CELL:+49 170 2\r\nTEL;TYPE=HOME:3\r\nTEL;TYPE=WORK,FAX:4\r\n"
        "ADR;TYPE=WORK:;Floor 2;Main St 1;Berlin;BE;10115;Germany\r\nADR;TYPE=HOME:;;Home 9;Bonn;;53111;Germany\r\n"
        "BDAY:1970-01-31T00:00:00Z\r\nURL:https://x.example\r\nNOTE:Line one\\nline two which is fol\r\n ded\\; done\r\n"
        "CATEGORIES:VIP,Key\\, account\r\nUID:abc-1\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg\nTEL;WORK;VOICE:77\nTEL;CELL:78\n"
        "ADR;WORK;ENCODING=QUOTED-PRINTABLE:;;Stra=\nDe 1;Ulm;;89073;Germany\nEMAIL;INTERNET:j@x.example\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Only Name\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+1-555\nBDAY:--0203\nEND:VCARD\n");
    ASSERT_TRUE(read.problems.empty()) << listed(read.problems);
    EXPECT_EQ(read.groups_skipped, 1u);
    ASSERT_EQ(read.cards.size(), 3u);
    const Record& john = read.cards[0].contact;
    const std::vector<std::pair<Field, std::string>> expected{
        {Field::GivenName, "John"}, {Field::MiddleName, "Quinlan"}, {Field::FamilyName, "Public"}, {Field::Salutation, "Mr."},
        {Field::DisplayName, "John Q. Public"}, {Field::CompanyName, "Bright, Inc."}, {Field::Department, "Sales"},
        {Field::JobTitle, "Buyer"}, {Field::Email1, "first@x.example"}, {Field::Email2, "second@x.example"},
        {Field::PhoneBusiness, "+49 30 1"}, {Field::PhoneMobile, "+49 170 2"}, {Field::PhoneHome, "3"}, {Field::Fax, "4"},
        {Field::BusinessStreet, "Main St 1\nFloor 2"}, {Field::BusinessCity, "Berlin"}, {Field::BusinessState, "BE"},
        {Field::BusinessPostalCode, "10115"}, {Field::BusinessCountry, "Germany"}, {Field::OtherStreet, "Home 9"},
        {Field::OtherCity, "Bonn"}, {Field::Url, "https://x.example"}, {Field::Notes, "Line one\nline two which is folded; done"}};
    for (const auto& [field, value] : expected) EXPECT_EQ(john.text(field), value) << info(field).name;
    EXPECT_EQ(*john.get<Date>(Field::Birthday), *parse_date("1970-01-31"));
    EXPECT_EQ(*john.get<TextList>(Field::Categories), (TextList{"Key, account", "VIP"}));
    EXPECT_EQ(read.cards[1].contact.text(Field::DisplayName), "Jörg Müller");
    EXPECT_EQ(read.cards[1].contact.text(Field::BusinessStreet), "StraDe 1");
    EXPECT_EQ(read.cards[1].contact.text(Field::PhoneMobile), "78");
    EXPECT_EQ(read.cards[2].contact.text(Field::PhoneHome), "+1-555");
    EXPECT_EQ(read.cards[2].contact.find(Field::Birthday), nullptr);
}

TEST_F(CrmImport, VCardsAreKnownByUidAndBelongToTheSalesperson) {
    const std::string cards = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nUID:1\nNOTE:one\\ntwo\nCATEGORIES:a,b\nEND:VCARD\n"
                              "BEGIN:VCARD\nVERSION:3.0\nFN:B\nEMAIL:b@x.example\nEND:VCARD\n";
    auto report = import_contacts_vcard(*db, cards, "ALICE", clock.time);
    ASSERT_TRUE(report && report->ok());
    EXPECT_EQ(report->created, 2u);
    report = import_contacts_vcard(*db, cards, "ALICE", clock.time);
    ASSERT_TRUE(report && report->ok());
    EXPECT_EQ(report->unchanged, 2u);
    EXPECT_EQ(text("SELECT notes FROM contact WHERE display_name = 'A'"), "one\ntwo");
    EXPECT_EQ(number("SELECT count(*) FROM contact WHERE owner_id = 1"), 2);
    report = import_contacts_vcard(*db, cards, "NOBODY", clock.time);
    ASSERT_TRUE(report.has_value());
    EXPECT_FALSE(report->ok());
    report = import_contacts_vcard(*db, "BEGIN:VCARD\nFN:C\n", "", clock.time);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(listed(report->problems), "c.csv:1: the card that begins here never ends (END:VCARD)\n");
    report = import_contacts_vcard(*db, "hello", "", clock.time);
    EXPECT_EQ(listed(report->problems), "c.csv:1: there is no card in the file (BEGIN:VCARD)\n");
}

TEST_F(CrmImport, DamagedCardsNeverCrashTheReader) {
    const std::string card = "BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=\nörg\nADR:;;\nTEL;:\n:\n;\nEMAIL\n"
                             "X;\"a:b:c\nBDAY:19\nORG:\nAGENT:\nBEGIN:VCARD\nFN:Inner\nEND:VCARD\nNOTE:\\\nEND:VCARD\n";
    for (std::size_t length = 0; length <= card.size(); ++length) read_vcards(card.substr(0, length));
    for (std::size_t at = 0; at < card.size(); ++at) {
        std::string damaged = card;
        for (const char c : {'\0', '\n', ':', '"', '\xFF', '='}) {
            damaged[at] = c;
            const VCardFile read = read_vcards(damaged);
            for (const VCard& one : read.cards)
                for (const auto& [field, value] : one.contact.values()) EXPECT_EQ(clean_utf8(to_text(value)), to_text(value));
        }
    }
    EXPECT_EQ(read_vcards(card).cards.at(0).contact.text(Field::FamilyName), "Müller");
}

/// Samples of other people's programs, if they are here.
std::filesystem::path unpacked_samples() {
    for (const char* up : {"/../shared/data/", "/../../shared/data/"}) {
        const std::filesystem::path packed = std::filesystem::path(std::string(LIAISON_SOURCE_DIR) + up + "calendar-contacts.tar.zst");
        if (!std::filesystem::exists(packed)) continue;
        const auto folder = std::filesystem::path(testing::TempDir()) / "liaison-vcards";
        std::filesystem::create_directories(folder);
        const std::string command = "tar --zstd -xf '" + packed.string() + "' -C '" + folder.string() + "' 2>&1";
        if (std::system(command.c_str()) == 0) return folder / "calendar-contacts";
    }
    return {};
}

TEST_F(CrmImport, SamplesOfOtherProgramsGiveOneContactPerCard) {
    const auto folder = unpacked_samples();
    if (folder.empty()) GTEST_SKIP() << "no samples here";
    std::size_t files = 0;
    std::size_t cards = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        const VCardFile read = read_vcards(bytes);
        const std::string lower = to_lower_ascii(bytes);
        if (lower.find("begin:vcard") == std::string::npos) {
            EXPECT_TRUE(read.cards.empty()) << entry.path();
            continue;
        }
        std::size_t begun = 0;
        for (std::size_t at = 0; (at = lower.find("begin:vcard", at)) != std::string::npos; ++at) ++begun;
        EXPECT_EQ(read.cards.size() + read.groups_skipped + read.problems.size(), begun) << entry.path();
        ++files;
        cards += read.cards.size();
        const auto report = import_contacts_vcard(*db, bytes, "ALICE", clock.time);
        ASSERT_TRUE(report.has_value()) << entry.path() << report.error().message;
        if (read.problems.empty()) EXPECT_TRUE(report->ok()) << entry.path() << listed(report->problems);
    }
    RecordProperty("files", static_cast<int>(files));
    RecordProperty("cards", static_cast<int>(cards));
    EXPECT_EQ(files, 41u);
    EXPECT_GE(cards, 55u);
}

}  // namespace liaison::crm::testing_crm
