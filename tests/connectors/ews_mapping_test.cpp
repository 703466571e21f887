#include <gtest/gtest.h>

#include "connectors/ews/calendar_item.hpp"
#include "connectors/ews/contact_item.hpp"
#include "connectors/ews/create_item.hpp"
#include "connectors/ews/element_order.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/task_item.hpp"
#include "connectors/ews/update_item.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

const MappingContext kContext{std::string(kProductPropertySet), "Europe/Vienna"};

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

/// What a server makes of a new item: the written elements read back.
Record through_xml(const Record& record) {
    std::string xml;
    XmlWriter writer(xml);
    write_new_item(writer, record.kind(), item_writes(record.kind(), patch_of(record), kContext));
    auto document = XmlDocument::parse(with_namespaces(xml));
    EXPECT_TRUE(document) << xml;
    const ItemContent content = read_item(record.kind(), document->root(), kContext);
    EXPECT_TRUE(std::holds_alternative<Record>(content)) << xml;
    return std::holds_alternative<Record>(content) ? std::get<Record>(content) : Record(record.kind());
}

/// What a create cannot do without.
Record minimal(EntityKind kind) {
    Record record(kind);
    if (kind == EntityKind::Appointment) {
        record.set(Field::Start, ZonedTime{*parse_wall("2027-03-01T09:00:00"), "Europe/Berlin"});
        record.set(Field::End, ZonedTime{*parse_wall("2027-03-01T10:00:00"), "Europe/Berlin"});
    }
    return record;
}

/// The values that a field is tried with: empty, plain, Unicode, longest, longer than allowed.
std::vector<Value> samples_of(Field field) {
    const FieldInfo& about = info(field);
    switch (about.type) {
        case ValueType::Text: {
            if (!about.tokens.empty()) {
                std::vector<Value> out;
                for (const std::string& token : split(about.tokens, ' ')) out.emplace_back(token);
                return out;
            }
            const std::string unicode = "Grüße & <Zoë> \"漢字\" 👍 'x' ]]>";
            return {std::string(), std::string("Plain"), unicode, repeat("ä", 255), repeat("漢", 256),
                    repeat("x", 5000), std::string("bad \x01 control \xFF byte")};
        }
        case ValueType::Number: return {std::int64_t{0}, std::int64_t{1}, std::int64_t{55}, std::int64_t{99'999'999'999}};
        case ValueType::Flag: return {true, false};
        case ValueType::Date:
            return {Date{std::chrono::year{2027}, std::chrono::month{3}, std::chrono::day{28}},
                    Date{std::chrono::year{1912}, std::chrono::month{2}, std::chrono::day{29}},
                    Date{std::chrono::year{2100}, std::chrono::month{12}, std::chrono::day{31}}};
        case ValueType::Instant: return {*parse_timestamp("2027-03-05T08:30:15.250Z"), *parse_timestamp("1999-12-31T23:59:59Z")};
        case ValueType::Zoned: return {};
        case ValueType::TextList: return {TextList{}, TextList{"Kunde", "Ärger & <Lob>", "CRM planned"}};
        case ValueType::Attendees:
            return {AttendeeList{}, AttendeeList{{"bob@example.test", "Bob & Söhne", "required", "none"},
                                                 {"carol@example.test", "", "optional", "none"},
                                                 {"room1@example.test", "Room 1", "resource", "none"}}};
    }
    return {};
}

class EwsMapping : public testing::TestWithParam<EntityKind> {};

}  // namespace

TEST_P(EwsMapping, EveryWritableFieldComesBackAsTheProjectionSays) {
    const EntityKind kind = GetParam();
    const FieldMask writable = kind == EntityKind::Task          ? task_writable()
                               : kind == EntityKind::Appointment ? calendar_writable()
                                                                 : contact_writable();
    std::size_t tried = 0;
    for (const FieldInfo& about : all_fields()) {
        if (!writable.has(about.field)) continue;
        for (const Value& value : samples_of(about.field)) {
            Record record = minimal(kind);
            if (about.field == Field::PercentComplete) record.set(Field::Status, std::string("in_progress"));
            record.set(about.field, value);
            const Record stored = project_item(record, kContext);
            Record back = through_xml(stored);
            back.erase(Field::IsOrganizer);
            EXPECT_EQ(print_record(back), print_record(stored)) << about.name;
            EXPECT_EQ(print_record(project_item(stored, kContext)), print_record(stored)) << "not idempotent: " << about.name;
            ++tried;
        }
    }
    EXPECT_GT(tried, 40U);
}

TEST_P(EwsMapping, ClearingAFieldDeletesItsProperty) {
    const EntityKind kind = GetParam();
    for (const Field field : {Field::Body, Field::Notes, Field::Location, Field::DueDate, Field::Email2, Field::Birthday,
                              Field::BusinessCity, Field::Distance, Field::Salutation, Field::Categories}) {
        if (!fields_of(kind).has(field)) continue;
        const auto writes = item_writes(kind, Patch{{field, std::nullopt}}, kContext);
        ASSERT_EQ(writes.size(), 1U) << info(field).name;
        EXPECT_TRUE(writes[0].xml.empty()) << info(field).name;
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EwsMapping, testing::Values(EntityKind::Task, EntityKind::Appointment, EntityKind::Contact),
                         [](const auto& info_of) { return std::string(to_string(info_of.param)); });

TEST(EwsTask, CanceledIsShownAsCompleted) {
    Record record(EntityKind::Task);
    record.set(Field::Status, std::string("canceled"));
    EXPECT_EQ(project_item(record, kContext).text(Field::Status), "completed");
}

TEST(EwsTask, StatusIsWrittenAfterThePercentage) {
    Record record(EntityKind::Task);
    record.set(Field::Status, std::string("in_progress"));
    record.set(Field::PercentComplete, std::int64_t{40});
    const auto writes = task_writes(patch_of(record), kContext);
    ASSERT_GE(writes.size(), 2U);
    EXPECT_EQ(writes[writes.size() - 2].path.uri, "task:PercentComplete");
    EXPECT_EQ(writes.back().path.uri, "task:Status");
}

TEST(EwsTask, ADateIsADateInWhateverZoneTheServerShowsIt) {
    const auto due = [](std::string_view text) {
        const std::string xml = "<t:Task><t:DueDate>" + std::string(text) + "</t:DueDate></t:Task>";
        auto document = XmlDocument::parse(with_namespaces(xml));
        const auto record = std::get<Record>(read_task(document->root(), kContext));
        const Date* date = record.get<Date>(Field::DueDate);
        return date ? format_date(*date) : std::string("none");
    };
    EXPECT_EQ(due("2027-03-05T00:00:00Z"), "2027-03-05");
    EXPECT_EQ(due("2027-03-05T00:00:00+01:00"), "2027-03-05");
    EXPECT_EQ(due("2027-03-04T23:00:00Z"), "2027-03-05");   // midnight in Vienna
    EXPECT_EQ(due("2027-03-05T05:00:00Z"), "2027-03-05");   // midnight in New York
    EXPECT_EQ(due("2027-03-04T15:00:00Z"), "2027-03-05");   // midnight in Tokyo
    EXPECT_EQ(due("2027-03-05"), "2027-03-05");
    EXPECT_EQ(due("nonsense"), "none");
}

TEST(EwsTask, ARecurringTaskIsASeries) {
    auto document = XmlDocument::parse(with_namespaces("<t:Task><t:IsRecurring>true</t:IsRecurring></t:Task>"));
    const ItemContent content = read_task(document->root(), kContext);
    ASSERT_TRUE(std::holds_alternative<Unreadable>(content));
    EXPECT_EQ(std::get<Unreadable>(content).reason_code, "series");
}

TEST(EwsTask, StateColoursAreNotThePeoplesCategories) {
    Record record(EntityKind::Task);
    record.set(Field::Categories, TextList{"Kunde"});
    record.set(Field::StateCategory, std::string("overdue"));
    const auto writes = task_writes(patch_of(record), kContext);
    const auto it = std::find_if(writes.begin(), writes.end(), [](const auto& w) { return w.element == "Categories"; });
    ASSERT_NE(it, writes.end());
    EXPECT_EQ(it->xml, "<t:Categories><t:String>Kunde</t:String><t:String>CRM overdue</t:String></t:Categories>");
}

TEST(EwsContact, TheNameBlockDerivesFileAs) {
    Record record(EntityKind::Contact);
    record.set(Field::GivenName, std::string("Jane"));
    record.set(Field::FamilyName, std::string("Doe"));
    const Record stored = project_item(record, kContext);
    EXPECT_EQ(stored.text(Field::DisplayName), "Jane Doe");
    const auto writes = contact_writes(patch_of(stored), kContext);
    const auto it = std::find_if(writes.begin(), writes.end(), [](const auto& w) { return w.element == "FileAs"; });
    ASSERT_NE(it, writes.end());
    EXPECT_EQ(it->xml, "<t:FileAs>Doe, Jane</t:FileAs>");
}

TEST(EwsContact, ABirthdayNeverMoves) {
    for (const std::string_view text : {"1980-02-29T11:59:00Z", "1980-02-29T00:00:00Z", "1980-02-28T23:00:00Z",
                                        "1980-02-29T00:00:00+14:00", "1980-02-29T12:00:00Z"}) {
        const std::string xml = "<t:Contact><t:Birthday>" + std::string(text) + "</t:Birthday></t:Contact>";
        auto document = XmlDocument::parse(with_namespaces(xml));
        const auto record = std::get<Record>(read_contact(document->root(), kContext));
        ASSERT_TRUE(record.get<Date>(Field::Birthday)) << text;
        EXPECT_EQ(format_date(*record.get<Date>(Field::Birthday)), "1980-02-29") << text;
    }
}

TEST(EwsContact, ADistributionListIsOfUnknownClass) {
    auto document = XmlDocument::parse(with_namespaces("<t:DistributionList/>"));
    const ItemContent content = read_contact(document->root(), kContext);
    ASSERT_TRUE(std::holds_alternative<Unreadable>(content));
    EXPECT_EQ(std::get<Unreadable>(content).reason_code, "unknown_class");
}

}  // namespace liaison::ews
