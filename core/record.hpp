#pragma once
#include <bitset>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.hpp"

namespace liaison {

/// The kinds that are mirrored both ways.
enum class EntityKind : std::uint8_t { Task, Appointment, Contact };
inline constexpr EntityKind kEntityKinds[] = {EntityKind::Task, EntityKind::Appointment,
                                              EntityKind::Contact};
std::string_view to_string(EntityKind kind);
std::optional<EntityKind> parse_entity_kind(std::string_view text);

/// Every canonical field (crm-connectors 6.4). The order is the order of output everywhere.
enum class Field : std::uint8_t {
    // task and appointment
    Subject,
    Body,
    Status,
    Priority,
    StartDate,
    DueDate,
    PercentComplete,
    CompletedOn,
    ReminderAt,
    IsPrivate,
    TimeWorkedMinutes,
    Distance,
    // appointment
    Start,
    End,
    AllDay,
    Location,
    ShowAs,
    ReminderMinutes,
    Attendees,
    Organizer,
    IsOrganizer,
    ICalUid,
    RecurrenceRule,
    // contact
    GivenName,
    MiddleName,
    FamilyName,
    DisplayName,
    Salutation,
    Initials,
    CompanyName,
    JobTitle,
    Department,
    Email1,
    Email2,
    Email3,
    PhoneBusiness,
    PhoneMobile,
    PhoneHome,
    Fax,
    Url,
    BusinessStreet,
    BusinessCity,
    BusinessState,
    BusinessPostalCode,
    BusinessCountry,
    OtherStreet,
    OtherCity,
    OtherState,
    OtherPostalCode,
    OtherCountry,
    Birthday,
    Notes,
    // CRM's own references; no Exchange carries them
    TypeCode,
    OwnerId,
    ContactId,
    CompanyId,
    OpportunityId,
    CampaignId,
    // Exchange's own
    Categories,     ///< what people set; Liaison's state colours are not among them
    StateCategory,  ///< Liaison's own colour: planned, overdue, done. Derived, outside the merge
    Count_
};
inline constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::Count_);

enum class ValueType : std::uint8_t {
    Text,
    Number,
    Flag,
    Date,
    Instant,
    Zoned,
    TextList,
    Attendees
};

struct Attendee {
    std::string address;  ///< SMTP, lower case
    std::string name;
    std::string role = "required";  ///< required, optional, resource
    std::string response = "none";  ///< none, tentative, accepted, declined; Exchange is the truth
    friend bool operator==(const Attendee&, const Attendee&) = default;
    friend auto operator<=>(const Attendee&, const Attendee&) = default;
};

using TextList = std::vector<std::string>;
using AttendeeList = std::vector<Attendee>;
using Value = std::variant<std::string, std::int64_t, bool, Date, Timestamp, ZonedTime, TextList,
                           AttendeeList>;

/// What the schema knows of a field.
struct FieldInfo {
    Field field;
    std::string_view name;  ///< snake_case, as in REST, CSV and stored records
    ValueType type;
    bool in_task, in_appointment, in_contact;
    std::string_view tokens;  ///< closed lists: "low normal high"; empty when any text is allowed
};
const FieldInfo& info(Field field);
std::optional<Field> parse_field(std::string_view name);
std::span<const FieldInfo> all_fields();

/// A set of fields: what an endpoint carries.
class FieldMask {
public:
    FieldMask() = default;
    FieldMask(std::initializer_list<Field> fields) {
        for (const Field f : fields) add(f);
    }
    void add(Field f) { bits_.set(static_cast<std::size_t>(f)); }
    void remove(Field f) { bits_.reset(static_cast<std::size_t>(f)); }
    bool has(Field f) const { return bits_.test(static_cast<std::size_t>(f)); }
    bool empty() const { return bits_.none(); }
    friend FieldMask operator&(FieldMask a, const FieldMask& b) {
        a.bits_ &= b.bits_;
        return a;
    }
    friend FieldMask operator|(FieldMask a, const FieldMask& b) {
        a.bits_ |= b.bits_;
        return a;
    }
    friend bool operator==(const FieldMask&, const FieldMask&) = default;

private:
    std::bitset<kFieldCount> bits_;
};
/// All fields of a kind.
FieldMask fields_of(EntityKind kind);

/// One item in canonical form. A field that is empty is absent: no empty text, no empty list, no
/// false flag is stored, so that two records are equal exactly when they say the same. Enumerations
/// are tokens of FieldInfo::tokens.
class Record {
public:
    Record() = default;
    explicit Record(EntityKind kind) : kind_(kind) {}

    EntityKind kind() const { return kind_; }
    /// Stores the normal form of `value`; an empty value erases the field.
    void set(Field field, Value value);
    void erase(Field field) { values_.erase(field); }
    const Value* find(Field field) const;
    /// Text of a Text field or an empty view.
    std::string_view text(Field field) const;
    bool flag(Field field) const;
    template <class T>
    const T* get(Field field) const {
        const Value* value = find(field);
        return value ? std::get_if<T>(value) : nullptr;
    }
    const std::map<Field, Value>& values() const { return values_; }
    /// Only the fields in `mask`.
    Record masked(const FieldMask& mask) const;

    friend bool operator==(const Record&, const Record&) = default;

private:
    EntityKind kind_ = EntityKind::Task;
    std::map<Field, Value> values_;
};

/// A change of some fields: a value, or nothing for "cleared". Fields that are not in it stay as
/// they are.
using Patch = std::map<Field, std::optional<Value>>;

/// What turns `from` into `to` within `mask`.
Patch difference(const Record& from, const Record& to, const FieldMask& mask);
Record apply(Record record, const Patch& patch);
/// The value in its normal form (trimmed line ends, CRLF to LF, sorted lists); nothing when it is
/// empty.
std::optional<Value> normal_form(Field field, Value value);
/// For people and logs of field names only: never use for values.
std::string field_names(const Patch& patch);
/// A value as text for tables, REST and conflicts.
std::string to_text(const Value& value);
/// The inverse of to_text for a field's type; nothing when the text does not fit.
std::optional<Value> value_from_text(Field field, std::string_view text);

}  // namespace liaison
