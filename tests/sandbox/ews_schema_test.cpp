// Every request and reply of the EWS tests is checked against Microsoft's schema, where it lies
// beside the repository
// (../shared/data/ews-schema): the one child of soap:Body, by xmllint.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void write_whole(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

fs::path schema_source() {
    const char* elsewhere = std::getenv("LIAISON_SHARED_DATA");
    const fs::path data = elsewhere != nullptr ? fs::path(elsewhere)
                                               : fs::path(LIAISON_SOURCE_DIR) / "../shared/data";
    return data / "ews-schema" / "exchange-online-2018-01";
}

// The two fixes without which libxml2 does not compile the schema: an xml.xsd beside it, and the
// import that names it.
void copy_schema(const fs::path& to) {
    fs::create_directories(to);
    write_whole(to / "messages.xsd", read_whole(schema_source() / "messages.xsd"));
    std::string types = read_whole(schema_source() / "types.xsd");
    const std::string import = "<xs:import namespace=\"http://www.w3.org/XML/1998/namespace\"";
    const std::size_t at = types.find(import);
    if (at != std::string::npos && types.find("schemaLocation", at) > types.find('>', at)) {
        types.insert(at + import.size(), " schemaLocation=\"xml.xsd\"");
    }
    write_whole(to / "types.xsd", types);
    write_whole(to / "xml.xsd",
                "<?xml version=\"1.0\"?><xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
                "targetNamespace=\"http://www.w3.org/XML/1998/namespace\"><xs:attribute "
                "name=\"lang\" type=\"xs:language\"/>"
                "<xs:attribute name=\"space\" type=\"xs:NCName\"/></xs:schema>");
}

class SchemaFolder {
public:
    SchemaFolder() : path_(fs::temp_directory_path() / ("liaison-ews-schema-" + unique_name())) {
        copy_schema(path_);
    }
    ~SchemaFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    SchemaFolder(const SchemaFolder&) = delete;
    SchemaFolder& operator=(const SchemaFolder&) = delete;
    /// What xmllint says about the bodies that are not valid; empty: all are.
    std::string complaints(const std::vector<Recorded>& bodies) const {
        std::string files;
        std::string out;
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            const fs::path file = path_ / (std::to_string(i) + "-" + bodies[i].label + ".xml");
            write_whole(file, bodies[i].xml);
            files += " '" + file.string() + "'";
            if (i % 200 == 199 || i + 1 == bodies.size()) {
                out += run(files);
                files.clear();
            }
        }
        return out;
    }

private:
    static std::string unique_name() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        std::ostringstream out;
        out << (test == nullptr ? "all" : test->name()) << "-" << static_cast<const void*>(&out);
        return out.str();
    }
    std::string run(const std::string& files) const {
        const fs::path log = path_ / "xmllint.log";
        const std::string command = "xmllint --noout --schema '" +
                                    (path_ / "messages.xsd").string() + "'" + files + " > '" +
                                    log.string() + "' 2>&1";
        const int code = std::system(command.c_str());
        if (code == 0) return {};
        std::istringstream lines(read_whole(log));
        std::string out;
        for (std::string line; std::getline(lines, line);) {
            if (!line.ends_with(" validates")) out += line + "\n";
        }
        return out.empty() ? "xmllint failed" : out;
    }
    fs::path path_;
};

bool can_validate() {
    if (!fs::exists(schema_source() / "messages.xsd")) return false;
    return std::system("xmllint --version > /dev/null 2>&1") == 0;
}

// After a run of many tests in one process, all that they sent and got is checked.
class ValidateEverything : public ::testing::Environment {
public:
    void TearDown() override {
        if (::testing::UnitTest::GetInstance()->test_to_run_count() < 10 ||
            recorded_bodies().empty())
            return;
        if (!can_validate()) {
            std::cout << "schema check of recorded EWS bodies skipped: no schema or no xmllint\n";
            return;
        }
        const std::string complaints = SchemaFolder().complaints(recorded_bodies());
        EXPECT_EQ(complaints, "");
        std::cout << recorded_bodies().size() << " EWS bodies checked against Microsoft's schema\n";
    }
};

const auto* const validate_everything = ::testing::AddGlobalTestEnvironment(new ValidateEverything);

TEST(EwsSchema, TheCheckBites) {
    if (!can_validate()) GTEST_SKIP() << "no schema or no xmllint here";
    const std::string m = "http://schemas.microsoft.com/exchange/services/2006/messages";
    const std::vector<Recorded> wrong{
        {"wrong", "<m:DeleteItem xmlns:m=\"" + m + "\" DeleteType=\"Burn\"/>"}};
    EXPECT_NE(SchemaFolder().complaints(wrong), "");
    EXPECT_NE(validate_everything, nullptr);
}

TEST(EwsSchema, ItemsOfEveryKindWithAllPropertiesAreValid) {
    recorded_bodies().clear();
    EwsLab lab;
    const std::string task = lab.create_task(
        "<t:Subject>a &amp; b &lt;c&gt;</t:Subject><t:Body "
        "BodyType=\"HTML\">&lt;p&gt;x&lt;/p&gt;</t:Body>"
        "<t:Categories><t:String>Red</t:String></t:Categories><t:Importance>High</t:Importance>" +
        token_property("task:1") +
        "<t:DueDate>2027-03-05T00:00:00Z</t:DueDate><t:Mileage>12</t:Mileage><t:Status>InProgress</"
        "t:Status>");
    const std::string appointment = lab.create_appointment(
        "<t:Subject>Weekly</t:Subject><t:Start>2027-03-01T09:00:00</"
        "t:Start><t:End>2027-03-01T10:00:00</t:End>"
        "<t:Location>Room</"
        "t:Location><t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>bob@example.test"
        "</t:EmailAddress></t:Mailbox></t:Attendee></"
        "t:RequiredAttendees><t:Recurrence><t:WeeklyRecurrence><t:Interval>1"
        "</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></"
        "t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2027-03-01"
        "</t:StartDate></t:NoEndRecurrence></t:Recurrence><t:StartTimeZone Id=\"W. Europe Standard "
        "Time\"/>");
    const std::string contact = lab.create_contact(
        "<t:FileAs>Doe</t:FileAs><t:DisplayName>Jane</t:DisplayName><t:GivenName>Jane</"
        "t:GivenName><t:EmailAddresses>"
        "<t:Entry Key=\"EmailAddress1\" Name=\"J\" "
        "RoutingType=\"SMTP\">j@example.test</t:Entry></t:EmailAddresses>"
        "<t:PhysicalAddresses><t:Entry Key=\"Business\"><t:Street>Main "
        "1</t:Street></t:Entry></t:PhysicalAddresses>"
        "<t:PhoneNumbers><t:Entry "
        "Key=\"MobilePhone\">+41</t:Entry></t:PhoneNumbers><t:Birthday>1980-02-29T00:00:00Z"
        "</t:Birthday><t:Children><t:String>Kim</t:String></t:Children><t:ImAddresses><t:Entry "
        "Key=\"ImAddress1\">x"
        "</t:Entry></t:ImAddresses><t:Surname>Doe</t:Surname>");
    const std::string mail = lab.add_mail(
        "inbox",
        "From: \"A\x01\" <a@example.org>\r\nTo: alice@example.test\r\nSubject: Hi \x07 "
        "there\r\nMessage-ID: <1@x>\r\n"
        "Date: Mon, 1 Mar 2027 10:00:00 +0100\r\nReferences: <0@x>\r\nMIME-Version: "
        "1.0\r\nContent-Type: multipart/mixed; "
        "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nbell "
        "\x07\r\n--b\r\nContent-Type: application/pdf\r\n"
        "Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: "
        "base64\r\n\r\nQUJD\r\n--b--\r\n");
    for (const std::string& id : {task, appointment, contact, mail}) {
        for (const char* base : {"IdOnly", "Default", "AllProperties"}) {
            const EwsReply reply = lab.get(
                id,
                std::string(token_uri) +
                    R"(<t:FieldURI FieldURI="item:Body"/><t:FieldURI FieldURI="item:TextBody"/>)",
                base);
            EXPECT_EQ(reply.code(), "NoError") << reply.raw();
        }
    }
    for (const char* folder : {"inbox", "tasks", "calendar", "contacts"}) {
        EXPECT_EQ(
            lab.call("<m:FindItem "
                     "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>"
                     "</m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id=\"" +
                     std::string(folder) + "\"/></m:ParentFolderIds></m:FindItem>")
                .code(),
            "NoError");
        EXPECT_EQ(lab.sync(folder, "").code(), "NoError");
    }
    if (!can_validate()) GTEST_SKIP() << "the schema part is skipped: no schema or no xmllint here";
    EXPECT_EQ(SchemaFolder().complaints(recorded_bodies()), "");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
