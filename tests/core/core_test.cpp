#include <gtest/gtest.h>

#include "core/digest.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

namespace liaison {
namespace {

using namespace std::chrono;

Timestamp instant(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0, int ms = 0) {
    return sys_days{year{y} / month{m} / day{d}} + hours{h} + minutes{min} + seconds{s} + milliseconds{ms};
}

// ---- time

TEST(Time, TimestampsAreReadWithZoneOffsetAndFraction) {
    EXPECT_EQ(parse_timestamp("2026-11-25T08:15:00Z"), instant(2026, 11, 25, 8, 15));
    EXPECT_EQ(parse_timestamp("2026-11-25 08:15:00.5+01:00"), instant(2026, 11, 25, 7, 15, 0, 500));
    EXPECT_EQ(parse_timestamp("2026-11-25T08:15:00.1234567-05:30"), instant(2026, 11, 25, 13, 45, 0, 123));
    EXPECT_EQ(parse_timestamp("2026-11-25t08:15z"), instant(2026, 11, 25, 8, 15)) << "RFC 3339 allows lower case";
    EXPECT_EQ(parse_timestamp("2024-02-29T00:00:00Z"), instant(2024, 2, 29));
    EXPECT_EQ(parse_timestamp("2026-06-30T23:59:60Z"), instant(2026, 6, 30, 23, 59, 59)) << "leap second";
    EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.999Z"), Timestamp{milliseconds{-1}});
}

TEST(Time, MalformedTimesAreNothing) {
    for (const char* text : {"", "2026", "2026-11-25", "2026-11-25T08:15:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                             "2026-11-25T24:00:00Z", "2026-11-25T08:60:00Z", "2026-11-25T08:15:00.Z",
                             "2026-11-25T08:15:00Zx", "2026-11-25T08:15:00+1", "2026-11-25T08:15:00+99:00",
                             "26-11-25T08:15:00Z", "2026-11-25T 8:15:00Z", "+026-11-25T08:15:00Z"})
        EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
    for (const char* text : {"2026-00-10", "2026-04-31", "2026-4-1", "2026-04-01Z", "20260401"})
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
    EXPECT_EQ(parse_wall("2026-11-25T08:15:00Z"), std::nullopt) << "a wall clock knows no offset";
}

TEST(Time, FormatsAreReadBack) {
    for (const Timestamp t : {instant(2026, 11, 25, 8, 15, 1, 7), instant(1601, 1, 1), instant(9999, 12, 31, 23, 59, 59, 999)})
        EXPECT_EQ(parse_timestamp(format_timestamp(t)), t);
    EXPECT_EQ(format_timestamp(instant(2026, 1, 2, 3, 4, 5, 6)), "2026-01-02T03:04:05.006Z");
    EXPECT_EQ(format_date(year{2026} / 1 / 2), "2026-01-02");
    const WallTime wall = local_days{year{2026} / 3 / 29} + hours{2} + minutes{30};
    EXPECT_EQ(format_wall(wall), "2026-03-29T02:30:00");
    EXPECT_EQ(parse_wall("2026-03-29T02:30"), wall) << "an hour that a zone may skip is still a wall time";
    EXPECT_EQ(date_of(Timestamp{milliseconds{-1}}), year{1969} / 12 / 31);
}

// ---- text

TEST(Text, WhatXmlCannotCarryIsReplacedTheSameWayEachTime) {
    EXPECT_EQ(clean_utf8("a\x01" "b\0"), "a\xEF\xBF\xBD" "b");
    EXPECT_EQ(clean_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a lone surrogate";
    EXPECT_EQ(clean_utf8("\xEF\xBF\xBF"), "\xEF\xBF\xBD") << "U+FFFF";
    EXPECT_EQ(clean_utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
    EXPECT_EQ(clean_utf8("\xF4\x90\x80\x80").size(), 12u) << "beyond U+10FFFF";
    EXPECT_EQ(clean_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "cut in the middle";
    EXPECT_EQ(clean_utf8("Gr\xC3\xBC\xC3\x9F" "e \xF0\x9F\x98\x80\t\r\n"), "Gr\xC3\xBC\xC3\x9F" "e \xF0\x9F\x98\x80\t\r\n");
}

TEST(Text, NormalFormsAreFixedPoints) {
    for (const char* text : {"", " a \r\n b\t\r\rc  \n\n", "\xFF\r", "x\v\fy", "  ", "a\n \nb", "\n\na"}) {
        EXPECT_EQ(normal_lines(normal_lines(text)), normal_lines(text));
        EXPECT_EQ(normal_line(normal_line(text)), normal_line(text));
    }
    EXPECT_EQ(normal_lines(" a \r\n b\t\r\rc  \n\n"), " a\n b\n\nc");
    EXPECT_EQ(normal_line("  a \r\n\t b "), "a b");
}

TEST(Text, AddressesAreComparedWithoutTheirWrapping) {
    for (const char* text : {"Ann@X.test", " <ann@x.test> ", "mailto:ann@x.test", "<mailto: ann@x.test>",
                             "mailto:<ann@x.test>", "mailto:mailto:ann@x.test"})
        EXPECT_EQ(normal_address(text), "ann@x.test") << text;
    EXPECT_EQ(normal_address("<>"), "");
}

TEST(Text, TruncationNeverCutsACharacter) {
    const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80";
    EXPECT_EQ(count_chars(text), 4u);
    EXPECT_EQ(truncate_chars(text, 2), "a\xC3\xBC");
    EXPECT_EQ(truncate_chars(text, 3), "a\xC3\xBC\xE2\x82\xAC");
    EXPECT_EQ(truncate_chars(text, 9), text);
    EXPECT_EQ(truncate_chars(text, 0), "");
    for (std::size_t n = 0; n < 6; ++n) {
        const std::string cut = truncate_chars(text, n);
        EXPECT_EQ(clean_utf8(cut), cut);
        EXPECT_EQ(truncate_chars(cut, n), cut);
    }
}

TEST(Text, SmallHelpers) {
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
    EXPECT_EQ(trim("\t a b \r\n"), "a b");
    EXPECT_TRUE(icontains("Offer 88 for HUBER", "huber"));
    EXPECT_FALSE(icontains("ab", "abc"));
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// ---- ids

TEST(Token, ReadsBackWhateverItsPartsHold) {
    for (const CorrelationToken& token :
         {CorrelationToken{"crm", "task", "42", "e-1"}, CorrelationToken{"a|b", "%7C", "x\ny", "|"},
          CorrelationToken{"crm", "task", "", "e-1"}, CorrelationToken{"", "", "%", ""}})
        EXPECT_EQ(CorrelationToken::parse(token.str()), token) << token.str();
}

TEST(Token, OtherTextIsNoToken) {
    for (const char* text : {"", "a", "a|b|c", "a|b|c|d|", "a|b|c|d|e", "||||"})
        EXPECT_TRUE(CorrelationToken::parse(text).empty()) << text;
    EXPECT_EQ(CorrelationToken::parse("a|b|%ZZ|%4").crm_id, "%ZZ") << "what is no escape stands for itself";
}

TEST(Ids, KeysThatDifferOnlyInCaseAreTwo) {
    EXPECT_NE(ItemKey("AAMkAD="), ItemKey("AAMkAd="));
    EXPECT_EQ(LinkId(), LinkId(0));
}

// ---- record

TEST(Record, TheTableOfFieldsIsInTheOrderOfTheEnumeration) {
    std::size_t i = 0;
    std::set<std::string_view> names;
    for (const FieldInfo& entry : all_fields()) {
        EXPECT_EQ(static_cast<std::size_t>(entry.field), i++) << entry.name;
        EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
        EXPECT_EQ(parse_field(entry.name), entry.field);
    }
    EXPECT_EQ(i, kFieldCount);
    EXPECT_EQ(parse_field("nonsense"), std::nullopt);
}

TEST(Record, WhatSaysNothingIsNotStored) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, std::string("  "));
    record.set(Field::IsPrivate, false);
    record.set(Field::Categories, TextList{"", " "});
    record.set(Field::Attendees, AttendeeList{});
    EXPECT_EQ(record, Record(EntityKind::Task));
    record.set(Field::PercentComplete, std::int64_t{0});
    EXPECT_NE(record.find(Field::PercentComplete), nullptr) << "zero is a value";
    record.set(Field::Subject, std::string("x"));
    record.set(Field::Subject, std::string(""));
    EXPECT_EQ(record.find(Field::Subject), nullptr) << "an empty value erases";
}

TEST(Record, EqualContentIsEqualInAnyOrderAndLineEnding) {
    Record a(EntityKind::Appointment);
    Record b(EntityKind::Appointment);
    a.set(Field::Body, std::string("x\r\ny  \r\n"));
    b.set(Field::Body, std::string("x\ny"));
    a.set(Field::Categories, TextList{"B", "A", "A"});
    b.set(Field::Categories, TextList{"A", " B "});
    a.set(Field::Attendees, AttendeeList{{"<B@x.test>", "B"}, {"a@x.test", "A"}});
    b.set(Field::Attendees, AttendeeList{{"a@x.test", "A"}, {"b@x.test", " B"}});
    EXPECT_EQ(a, b);
    a.set(Field::Subject, std::string("one\nline"));
    EXPECT_EQ(a.text(Field::Subject), "one line");
}

TEST(Record, DifferenceAppliedGivesTheOther) {
    Record from(EntityKind::Task);
    Record to(EntityKind::Task);
    from.set(Field::Subject, std::string("a"));
    from.set(Field::Priority, std::string("high"));
    to.set(Field::Subject, std::string("b"));
    to.set(Field::IsPrivate, true);
    FieldMask all = fields_of(EntityKind::Task);
    const Patch patch = difference(from, to, all);
    EXPECT_EQ(field_names(patch), "subject, priority, is_private");
    EXPECT_EQ(apply(from, patch), to);
    all.remove(Field::Priority);
    EXPECT_EQ(field_names(difference(from, to, all)), "subject, is_private");
    EXPECT_TRUE(difference(to, to, all).empty());
}

TEST(Record, EveryTypeOfValueIsReadBackFromItsText) {
    const ZonedTime zoned{local_days{year{2026} / 3 / 29} + hours{9}, "Europe/Berlin"};
    const ZonedTime floating{local_days{year{2026} / 3 / 29}, ""};
    const std::vector<std::pair<Field, Value>> values{
        {Field::Subject, std::string("text; with \\ signs <x>")},
        {Field::Status, std::string("completed")},
        {Field::PercentComplete, std::int64_t{-5}},
        {Field::IsPrivate, true},
        {Field::DueDate, Date{year{2026} / 2 / 28}},
        {Field::ReminderAt, instant(2026, 11, 25, 8, 15)},
        {Field::Start, zoned},
        {Field::Start, floating},
        {Field::Categories, TextList{"A; B", "C\\D", "plain"}},
        {Field::Attendees, AttendeeList{{"a@x.test", "Huber; Max <sales>", "optional", "accepted"},
                                        {"b@x.test", "", "required", "none"}}}};
    for (const auto& [field, value] : values) {
        const auto back = value_from_text(field, to_text(value));
        ASSERT_TRUE(back) << to_text(value);
        EXPECT_EQ(normal_form(field, *back), normal_form(field, value)) << to_text(value);
    }
    EXPECT_EQ(value_from_text(Field::Attendees, "a@x.test"), Value(AttendeeList{{"a@x.test", ""}}));
}

TEST(Record, TextThatDoesNotFitTheFieldIsNothing) {
    EXPECT_EQ(value_from_text(Field::Status, "finished"), std::nullopt);
    EXPECT_EQ(value_from_text(Field::PercentComplete, "5x"), std::nullopt);
    EXPECT_EQ(value_from_text(Field::PercentComplete, "99999999999999999999"), std::nullopt);
    EXPECT_EQ(value_from_text(Field::IsPrivate, "perhaps"), std::nullopt);
    EXPECT_EQ(value_from_text(Field::DueDate, "2026-02-30"), std::nullopt);
    EXPECT_EQ(value_from_text(Field::Start, "soon"), std::nullopt);
}

}  // namespace
}  // namespace liaison
