#include "storage/record_codec.hpp"

#include <gtest/gtest.h>

namespace liaison::storage {
namespace {

/// Deterministic stream of awkward values.
class Maker {
public:
    explicit Maker(std::uint64_t seed) : state_(seed) {}
    std::uint64_t number(std::uint64_t below) {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return (z ^ (z >> 31)) % below;
    }
    bool coin() { return number(2) == 0; }
    std::string text() {
        static const std::string_view parts[] = {"a", "\"", "\\", "\n", "\t", "|", "%", "\xC3\xA4", "\xF0\x9F\x98\x80",
                                                 " ", "0", "\x01", "</script>", "\xEF\xBF\xBD", "Z"};
        std::string out;
        for (std::uint64_t i = number(12); i > 0; --i) out += parts[number(std::size(parts))];
        return out;
    }
    /// Opaque: any byte, zero and malformed UTF-8 included.
    std::string bytes() {
        std::string out;
        for (std::uint64_t i = number(20); i > 0; --i) out += static_cast<char>(number(256));
        return out;
    }
    std::int64_t integer() {
        static constexpr std::int64_t kEdges[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1'795'600'000'000};
        return coin() ? kEdges[number(std::size(kEdges))] : static_cast<std::int64_t>(number(100'000));
    }
    Date date() {
        if (number(10) == 0) return Date{std::chrono::year(2025), std::chrono::month(2), std::chrono::day(30)};
        return Date(std::chrono::sys_days(std::chrono::days(static_cast<int>(number(40'000)))));
    }
    Timestamp time() { return Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(number(1ull << 42)))); }
    Value value(Field field) {
        switch (info(field).type) {
            case ValueType::Text: return text();
            case ValueType::Number: return integer();
            case ValueType::Flag: return coin();
            case ValueType::Date: return date();
            case ValueType::Instant: return time();
            case ValueType::Zoned:
                return ZonedTime{WallTime(std::chrono::seconds(static_cast<std::int64_t>(number(1ull << 33)))), text()};
            case ValueType::TextList: {
                TextList list;
                for (std::uint64_t i = number(4); i > 0; --i) list.push_back(text());
                return list;
            }
            case ValueType::Attendees: {
                AttendeeList list;
                for (std::uint64_t i = number(4); i > 0; --i) list.push_back({text(), text(), text(), text()});
                return list;
            }
        }
        return text();
    }
    Record record() {
        Record out(kEntityKinds[number(3)]);
        for (const FieldInfo& field : all_fields())
            if (number(3) == 0) out.set(field.field, value(field.field));
        return out;
    }
    Patch patch() {
        Patch out;
        for (const FieldInfo& field : all_fields())
            if (number(4) == 0) out[field.field] = coin() ? std::optional<Value>() : value(field.field);
        return out;
    }
    CorrelationToken token() {
        if (coin()) return {};
        return CorrelationToken{text(), text(), text(), text()};
    }
    Side side() { return kSides[number(2)]; }
    Reason reason() { return static_cast<Reason>(number(static_cast<std::uint64_t>(Reason::PrivateItem) + 1)); }
    Error error() {
        Error out{static_cast<ErrorKind>(number(15)), text(), text(), {}};
        if (coin()) out.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(number(100'000)));
        return out;
    }
    Observation observation() {
        Observation out{ItemKey(bytes()), Version(bytes()), time(), token(), Tombstone{}};
        switch (number(5)) {
            case 0: out.content = Tombstone{coin()}; break;
            case 1: out.content = OutOfScope{}; break;
            case 2: out.content = Unreadable{text(), text()}; break;
            default: out.content = record();
        }
        return out;
    }
    Operation operation() {
        Operation out;
        out.id = OperationId(integer());
        out.link = LinkId(integer());
        out.side = side();
        out.kind = static_cast<OperationKind>(number(3));
        out.reason = reason();
        out.key = ItemKey(bytes());
        out.expected_version = Version(bytes());
        out.target = record();
        out.patch = patch();
        out.before = record();
        out.source = record();
        out.source_version = Version(bytes());
        out.token = token();
        out.stamp_token = coin();
        out.state = static_cast<OperationState>(number(3));
        out.attempts = static_cast<int>(number(9));
        out.due = time();
        if (coin()) out.last_error = error();
        return out;
    }
    Link link() {
        Link out;
        out.id = LinkId(integer());
        out.kind = kEntityKinds[number(3)];
        out.token = token();
        if (coin()) out.crm = Anchor{ItemKey(bytes()), Version(bytes()), record()};
        if (coin()) out.exchange = Anchor{ItemKey(bytes()), Version(bytes()), record()};
        out.attached = coin();
        out.made_in_exchange = coin();
        out.edited_in_exchange = coin();
        if (coin()) out.recheck_on = date();
        return out;
    }
    LinkChange change() {
        const LinkId id(integer());
        switch (number(5)) {
            case 0: {
                OpenLink open{id, kEntityKinds[number(3)], token(), {}, ItemKey(bytes()), Version(bytes()),
                              record(), coin(), reason()};
                if (coin()) open.source = side();
                return open;
            }
            case 1: return BindItem{id, side(), ItemKey(bytes()), Version(bytes()), record(), coin(), reason()};
            case 2: return AdvanceShadow{id, side(), Version(bytes()), record(), coin(), reason()};
            case 3: return Unlink{id, reason()};
            default: {
                SetRecheck recheck{id, {}};
                if (coin()) recheck.on = date();
                return recheck;
            }
        }
    }
    Conflict conflict() {
        Conflict out;
        out.link = LinkId(integer());
        out.field = static_cast<Field>(number(kFieldCount));
        out.winner = side();
        if (coin()) out.base = value(out.field);
        if (coin()) out.crm_value = value(out.field);
        if (coin()) out.exchange_value = value(out.field);
        out.at = time();
        return out;
    }
    ParkedItem parked() { return {side(), ItemKey(bytes()), Version(bytes()), reason(), text(), text()}; }
    HeldPlan held() {
        HeldPlan out{text(), text(), {}, {}};
        for (std::uint64_t i = number(3); i > 0; --i) out.removals.push_back(operation());
        for (std::uint64_t i = number(3); i > 0; --i) out.unlinkings.emplace_back(integer());
        return out;
    }
    Plan plan() {
        Plan out;
        for (std::uint64_t i = number(4); i > 0; --i) out.changes.push_back(change());
        for (std::uint64_t i = number(3); i > 0; --i) out.operations.push_back(operation());
        for (std::uint64_t i = number(3); i > 0; --i) out.conflicts.push_back(conflict());
        for (std::uint64_t i = number(3); i > 0; --i) out.parked.push_back(parked());
        if (coin()) out.held = held();
        out.next_link = LinkId(integer());
        return out;
    }
    MailDecision decision() {
        MailDecision out;
        out.outcome = static_cast<MailOutcome>(number(5));
        out.reason = text();
        out.detail = text();
        out.identity = MessageIdentity(bytes());
        out.direction = static_cast<MailDirection>(number(3));
        for (std::uint64_t i = number(3); i > 0; --i)
            out.drafts.push_back({text(), static_cast<PartyKind>(number(4)), text(), text(), text(),
                                  static_cast<MailDirection>(number(3)), text(), text(), text()});
        out.move_to = text();
        for (std::uint64_t i = number(3); i > 0; --i) out.add_categories.push_back(text());
        out.rule_set_version = text();
        for (std::uint64_t i = number(3); i > 0; --i) out.trace.push_back(text());
        return out;
    }

private:
    std::uint64_t state_;
};

constexpr std::uint64_t kRounds = 400;

template <class T, class Make, class Encode, class Decode>
void comes_back(Make make, Encode encode, Decode decode) {
    for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
        Maker maker(seed);
        const T value = make(maker);
        const std::string text = encode(value);
        const Result<T> back = decode(text);
        ASSERT_TRUE(back) << back.error().message << " seed " << seed << "\n" << text;
        ASSERT_TRUE(*back == value) << "seed " << seed << "\n" << text << "\n" << encode(*back);
        ASSERT_EQ(encode(*back), text) << "equal values, equal text";
        ASSERT_TRUE(text.starts_with("{\"v\":1,")) << text;
    }
}

TEST(RecordCodec, EveryValueComesBackAsItWas) {
    comes_back<Record>([](Maker& m) { return m.record(); }, encode_record, decode_record);
    comes_back<Patch>([](Maker& m) { return m.patch(); }, encode_patch, decode_patch);
    comes_back<Observation>([](Maker& m) { return m.observation(); }, encode_observation, decode_observation);
    comes_back<Operation>([](Maker& m) { return m.operation(); }, encode_operation, decode_operation);
    comes_back<Link>([](Maker& m) { return m.link(); }, encode_link, decode_link);
    comes_back<LinkChange>([](Maker& m) { return m.change(); }, encode_link_change, decode_link_change);
    comes_back<Conflict>([](Maker& m) { return m.conflict(); }, encode_conflict, decode_conflict);
    comes_back<ParkedItem>([](Maker& m) { return m.parked(); }, encode_parked, decode_parked);
    comes_back<HeldPlan>([](Maker& m) { return m.held(); }, encode_held, decode_held);
    comes_back<Plan>([](Maker& m) { return m.plan(); }, encode_plan, decode_plan);
    comes_back<MailDecision>([](Maker& m) { return m.decision(); }, encode_decision, decode_decision);
}

TEST(RecordCodec, DifferentRecordsHaveDifferentTexts) {
    Record one(EntityKind::Task);
    Record two(EntityKind::Contact);
    EXPECT_NE(encode_record(one), encode_record(two));
    two = one;
    two.set(Field::Subject, std::string("x"));
    EXPECT_NE(encode_record(one), encode_record(two));
}

TEST(RecordCodec, WhatCannotBeReadIsAnInternalErrorNeverAGuess) {
    const std::string_view broken_texts[] = {
        "", "{", "null", "[]", "\"x\"", "{\"v\":1}", R"({"v":2,"d":{"k":"task","f":{}}})",
        R"({"v":1,"d":{"k":"task","f":{}},"more":1})", R"({"v":1,"d":{"k":"thing","f":{}}})",
        R"({"v":1,"d":{"k":"task","f":{"no_such_field":"x"}}})", R"({"v":1,"d":{"k":"task","f":{"subject":1}}})",
        R"({"v":1,"d":{"k":"task","f":{"is_private":"yes"}}})", R"({"v":1,"d":{"k":"task","f":{"due_date":"2026-02-30"}}})",
        R"({"v":1,"d":{"k":"task","f":{"due_date":[2026,2]}}})", R"({"v":1,"d":{"k":"task","f":{"percent_complete":1.5}}})",
        R"({"v":1,"d":{"k":"appointment","f":{"start":[1]}}})", R"({"v":1,"d":{"k":"appointment","f":{"attendees":[["a"]]}}})",
        R"({"v":1,"d":{"k":"task","f":[]}})", R"({"v":1,"d":{"f":{}}})", R"({"v":1,"d":{"k":"task"}})"};
    for (const std::string_view text : broken_texts) {
        const Result<Record> read = decode_record(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().kind, ErrorKind::Internal);
    }
    EXPECT_FALSE(decode_observation(R"({"v":1,"d":{"key":"a","gone":true,"out_of_scope":true}})"));
    EXPECT_FALSE(decode_observation(R"({"v":1,"d":{"key":"a"}})"));
    EXPECT_FALSE(decode_link_change(R"({"v":1,"d":{"do":"explode","link":1}})"));
    EXPECT_FALSE(decode_decision(R"({"v":1,"d":{"outcome":"guessed","direction":"none"}})"));
}

TEST(RecordCodec, DamagedTextNeverDoesMoreThanFail) {
    std::size_t refused = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Maker maker(seed);
        std::string text = encode_plan(maker.plan());
        for (std::uint64_t i = 0; i < 20; ++i) {
            std::string damaged = text;
            if (maker.coin())
                damaged[maker.number(damaged.size())] = static_cast<char>(maker.number(256));
            else
                damaged.resize(maker.number(damaged.size()));
            const Result<Plan> read = decode_plan(damaged);
            if (!read) {
                ++refused;
                EXPECT_EQ(read.error().kind, ErrorKind::Internal);
            }
        }
    }
    EXPECT_GT(refused, 1'000u);
}

TEST(RecordCodec, AValueOfAnotherTypeThanItsFieldIsNeverStored) {
    Record wrong(EntityKind::Task);
    wrong.set(Field::Subject, std::int64_t{7});
    EXPECT_THROW(encode_record(wrong), StorageFailure);
    Patch patch;
    patch[Field::DueDate] = Value(std::string("tomorrow"));
    EXPECT_THROW(encode_patch(patch), StorageFailure);
}

}  // namespace
}  // namespace liaison::storage
