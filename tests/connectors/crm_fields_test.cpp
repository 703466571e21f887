// Every field that the embedded CRM carries: empty, Unicode, longest, longer than it takes; created, updated, cleared.
#include "core/limits.hpp"
#include "core/text.hpp"
#include "tests/connectors/crm_fixture.hpp"

namespace liaison::crm::testing_crm {

struct FieldCase {
    EntityKind kind;
    Field field;
    Value value;
    std::string name;
};

std::vector<Value> sample_values(Field field) {
    const std::string tokens(info(field).tokens);
    if (!tokens.empty()) {
        std::vector<Value> out;
        for (const std::string& token : split(tokens, ' ')) out.emplace_back(token);
        return out;
    }
    if (field == Field::TypeCode) return {std::string("TASK"), std::string("MEETING")};
    if (field == Field::ContactId || field == Field::CompanyId || field == Field::OpportunityId || field == Field::CampaignId)
        return {std::string("1"), std::string("2")};
    const bool is_long = field == Field::Body || field == Field::Notes;
    const std::size_t longest = is_long ? limits::body_chars_max : 1000;
    switch (info(field).type) {
        case ValueType::Text: {
            const bool lines = is_long || field == Field::BusinessStreet || field == Field::OtherStreet || field == Field::Location;
            std::vector<Value> out{std::string(""), std::string("x"), std::string("Grüße, 中文, עברית, 🙂 'quoted' \"double\" \\ %"),
                                   std::string(longest, 'a'), std::string(longest + 1, 'b'),
                                   std::string(longest - 1, 'c') + "  d"};
            if (lines) out.emplace_back(std::string("first\r\nsecond \n\n\nlast\n\n"));
            std::string wide;
            for (std::size_t i = 0; i < std::min<std::size_t>(longest, 5000) + 3; ++i) wide += "\xF0\x9F\x99\x82";
            out.emplace_back(wide);
            out.emplace_back(std::string("zero\0byte \x01 \xFF", 13));
            return out;
        }
        case ValueType::Number: return {std::int64_t{0}, std::int64_t{1}, std::int64_t{100}, std::int64_t{10'080}, std::int64_t{-5}};
        case ValueType::Flag: return {true, false};
        case ValueType::Date: return {*parse_date("1900-01-01"), *parse_date("2028-02-29"), *parse_date("9999-12-31")};
        case ValueType::Instant: return {*parse_timestamp("2026-11-25T08:15:00.123Z"), *parse_timestamp("1970-01-01T00:00:00Z")};
        case ValueType::Zoned:
            return {ZonedTime{*parse_wall("2026-03-29T02:30:00"), "Europe/Berlin"}, ZonedTime{*parse_wall("2026-11-25T23:59:59"), "UTC"},
                    ZonedTime{*parse_wall("2026-11-25T00:00:00"), ""}, ZonedTime{*parse_wall("2026-11-25T10:00:00"), "America/Argentina/Buenos_Aires"}};
        case ValueType::TextList: {
            TextList many;
            for (int i = 0; i < 80; ++i) many.push_back("Category " + std::to_string(i));
            return {TextList{}, TextList{"VIP"}, TextList{"b", "a; c", "Grüße"}, many};
        }
        case ValueType::Attendees: {
            AttendeeList many;
            for (int i = 0; i < 600; ++i) many.push_back({"guest" + std::to_string(i) + "@x.example", "Guest", "required", "none"});
            return {AttendeeList{}, AttendeeList{{"a@x.example", "Añn", "optional", "accepted"}, {"", "No Address", "required", "none"}},
                    AttendeeList{{"A@x.example", "A", "required", "none"}, {"a@x.example", "A", "optional", "none"}}, many};
        }
    }
    return {};
}

std::vector<FieldCase> field_cases() {
    std::vector<FieldCase> out;
    for (const EntityKind kind : kEntityKinds) {
        for (const FieldInfo& field : all_fields()) {
            if (!fields_of(kind).has(field.field)) continue;
            int n = 0;
            for (Value& value : sample_values(field.field))
                out.push_back({kind, field.field, std::move(value),
                               std::string(to_string(kind)) + "_" + std::string(field.name) + "_" + std::to_string(n++)});
        }
    }
    return out;
}

class CrmFields : public CrmTest {
protected:
    void SetUp() override {
        CrmTest::SetUp();
        sql("INSERT INTO company(number, name) VALUES('F-1', 'Contoso'), ('F-2', 'Fabrikam');"
            "INSERT INTO contact(number, display_name) VALUES('C-1', 'Ann'), ('C-2', 'Ben');"
            "INSERT INTO opportunity(number, name) VALUES('O-1', 'Roof'), ('O-2', 'Floor');"
            "INSERT INTO campaign(number, name) VALUES('K-1', 'Spring'), ('K-2', 'Autumn')");
    }
};

TEST_F(CrmFields, EveryValueOfEveryCarriedFieldComesBackAsProjected) {
    int n = 0;
    for (const FieldCase& one : field_cases()) {
        const EndpointCapabilities& can = endpoint().capabilities(one.kind);
        if (!can.carried.has(one.field)) continue;
        Record record(one.kind);
        record.set(one.kind == EntityKind::Contact ? Field::DisplayName : Field::Subject, std::string("Base"));
        const Record base = can.project(record);
        const auto plain = create(of(one.kind), record, "base-" + std::to_string(++n));
        ASSERT_TRUE(plain.has_value()) << one.name << plain.error().message;
        record.set(one.field, one.value);
        const Record expected = can.project(record);
        EXPECT_EQ(can.project(expected), expected) << "project is not idempotent: " << one.name;

        const auto created = create(of(one.kind), record, "full-" + std::to_string(n));
        ASSERT_TRUE(created.has_value()) << one.name << created.error().message;
        EXPECT_TRUE(*created->record() == expected) << "created: " << one.name;

        // One meeting has one UID: the first appointment makes room.
        if (one.field == Field::ICalUid) sql("UPDATE appointment SET deleted = 1 WHERE ical_uid IS NOT NULL");
        const Patch patch = difference(*plain->record(), record, FieldMask{one.field});
        const auto updated = run(endpoint().update_items(of(one.kind), {{plain->key, plain->version, patch, {}}})).at(0);
        ASSERT_TRUE(updated.has_value()) << one.name << updated.error().message;
        EXPECT_TRUE(*updated->record() == expected) << "updated: " << one.name;

        const Patch clear{{one.field, std::nullopt}};
        const auto cleared = run(endpoint().update_items(of(one.kind), {{updated->key, updated->version, clear, {}}})).at(0);
        ASSERT_TRUE(cleared.has_value()) << one.name << cleared.error().message;
        Record without = base;
        without.erase(one.field);
        EXPECT_TRUE(*cleared->record() == can.project(without)) << "cleared: " << one.name;
        const auto read = run(endpoint().get_items(of(one.kind), {cleared->key})).at(0);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(*read, *cleared) << one.name;
    }
    EXPECT_GT(n, 300);
}

TEST_F(CrmFields, CarriedFieldsAreAllOfTheCrmAndNoneOfExchangesOwn) {
    for (const EntityKind kind : kEntityKinds) {
        const FieldMask carried = endpoint().capabilities(kind).carried;
        std::string missing;
        for (const FieldInfo& field : all_fields())
            if (fields_of(kind).has(field.field) && !carried.has(field.field)) missing += std::string(field.name) + " ";
        const std::string expected = kind == EntityKind::Contact       ? "owner_id "
                                     : kind == EntityKind::Appointment ? "is_organizer recurrence_rule owner_id categories state_category "
                                                                       : "recurrence_rule owner_id categories state_category ";
        EXPECT_EQ(missing, expected);
        EXPECT_EQ(carried, endpoint().capabilities(kind).writable);
    }
}

TEST_F(CrmFields, WritingWhatIsNotCarriedOrNotAllowedIsRefusedByName) {
    Record task(EntityKind::Task);
    task.set(Field::Subject, std::string("T"));
    const auto created = create(of(EntityKind::Task), task, "1");
    const std::vector<std::pair<Patch, std::string>> cases{
        {{{Field::StateCategory, Value(std::string("done"))}}, "the CRM cannot store state_category"},
        {{{Field::Status, Value(std::string("finished"))}}, "status is none of: not_started in_progress waiting deferred completed canceled"},
        {{{Field::ContactId, Value(std::string("C-1"))}}, "contact_id is no id of the CRM"}};
    for (const auto& [patch, message] : cases) {
        const auto refused = run(endpoint().update_items(of(EntityKind::Task), {{created->key, created->version, patch, {}}})).at(0);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().kind, ErrorKind::InvalidRequest);
        EXPECT_EQ(refused.error().message, message);
    }
    const Patch unknown_type{{Field::TypeCode, Value(std::string("NOPE"))}};
    const auto refused = run(endpoint().update_items(of(EntityKind::Task), {{created->key, created->version, unknown_type, {}}})).at(0);
    EXPECT_EQ(refused.error().kind, ErrorKind::InvalidRequest);
}

TEST_F(CrmFields, SecondAppointmentCannotTakeAnothersUid) {
    Record meeting(EntityKind::Appointment);
    meeting.set(Field::ICalUid, std::string("uid-1"));
    create(of(EntityKind::Appointment), meeting, "1");
    const auto second = create(of(EntityKind::Appointment), Record(EntityKind::Appointment), "2");
    const Patch patch{{Field::ICalUid, Value(std::string("uid-1"))}};
    const auto refused = run(endpoint().update_items(of(EntityKind::Appointment), {{second->key, second->version, patch, {}}})).at(0);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::AlreadyExists);
}

}  // namespace liaison::crm::testing_crm
