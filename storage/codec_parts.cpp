#include "storage/record_codec.hpp"
#include "storage/codec_parts.hpp"

#include <boost/json.hpp>

namespace liaison::storage::codec {

Members::Members(const Json& value) : object_(value.if_object()) {
    if (!object_) broken("stored record: an object is expected");
}

const Json* Members::find(std::string_view name) {
    const Json* found = object_->if_contains(boost::json::string_view(name.data(), name.size()));
    if (found) ++taken_;
    return found;
}

const Json& Members::get(std::string_view name) {
    const Json* found = find(name);
    if (!found) broken("stored record: member " + std::string(name) + " is missing");
    return *found;
}

std::string Members::text(std::string_view name) {
    const Json* found = find(name);
    return found ? text_of(*found) : std::string();
}

std::int64_t Members::integer(std::string_view name) {
    const Json* found = find(name);
    return found ? integer_of(*found) : 0;
}

bool Members::flag(std::string_view name) {
    const Json* found = find(name);
    if (!found) return false;
    if (!found->is_bool()) broken("stored record: a flag is expected");
    return found->get_bool();
}

void Members::finish() const {
    if (taken_ != object_->size()) broken("stored record: unknown member");
}

Builder::Builder() : object_(std::make_unique<boost::json::object>()) {}
Builder::~Builder() = default;

Builder& Builder::text(std::string_view name, std::string_view value) {
    if (!value.empty()) (*object_)[name] = boost::json::string(value.data(), value.size());
    return *this;
}
Builder& Builder::integer(std::string_view name, std::int64_t value) {
    if (value != 0) (*object_)[name] = value;
    return *this;
}
Builder& Builder::flag(std::string_view name, bool value) {
    if (value) (*object_)[name] = true;
    return *this;
}
Builder& Builder::part(std::string_view name, Json value) {
    (*object_)[name] = std::move(value);
    return *this;
}
Json Builder::take() { return Json(std::move(*object_)); }

std::string text_of(const Json& value) {
    const boost::json::string* text = value.if_string();
    if (!text) broken("stored record: a text is expected");
    return std::string(text->data(), text->size());
}

std::int64_t integer_of(const Json& value) {
    const std::int64_t* number = value.if_int64();
    if (!number) broken("stored record: a whole number is expected");
    return *number;
}

std::size_t array_size(const Json& array) {
    const boost::json::array* list = array.if_array();
    if (!list) broken("stored record: a list is expected");
    return list->size();
}

const Json& element(const Json& array, std::size_t index, std::size_t size) {
    if (array_size(array) != size) broken("stored record: a list has another length");
    return array.get_array()[index];
}

std::string to_document(Json value) {
    boost::json::object document;
    document["v"] = 1;
    document["d"] = std::move(value);
    return boost::json::serialize(document);
}

void read_document(std::string_view text, const std::function<void(const Json&)>& read) {
    boost::json::parse_options options;
    options.allow_invalid_utf8 = true;  // opaque keys are bytes
    boost::json::error_code error;
    const Json document = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
    if (error) broken("stored record: no JSON");
    Members members(document);
    if (members.integer("v") != 1) broken("stored record: unknown version");
    read(members.get("d"));
    members.finish();
}

Field read_field(std::string_view name) {
    const std::optional<Field> field = parse_field(name);
    if (!field) broken("stored record: unknown field");
    return *field;
}

Json write_date(const Date& date) {
    if (date.ok() && static_cast<int>(date.year()) >= 0 && static_cast<int>(date.year()) <= 9999)
        return Json(boost::json::string(format_date(date)));
    return boost::json::array{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                              static_cast<unsigned>(date.day())};
}

Date read_date(const Json& value) {
    if (value.is_array()) {
        const std::int64_t year = integer_of(element(value, 0, 3));
        const std::int64_t month = integer_of(element(value, 1, 3));
        const std::int64_t day = integer_of(element(value, 2, 3));
        if (year < -32767 || year > 32767 || month < 0 || month > 255 || day < 0 || day > 255)
            broken("stored record: no date");
        return Date{std::chrono::year(static_cast<int>(year)), std::chrono::month(static_cast<unsigned>(month)),
                    std::chrono::day(static_cast<unsigned>(day))};
    }
    const std::optional<Date> date = parse_date(text_of(value));
    if (!date) broken("stored record: no date");
    return *date;
}

Json write_text(const std::string& text) { return Json(boost::json::string(text)); }

namespace {

struct ValueWriter {
    Json operator()(const std::string& text) const { return write_text(text); }
    Json operator()(std::int64_t number) const { return Json(number); }
    Json operator()(bool flag) const { return Json(flag); }
    Json operator()(const Date& date) const { return write_date(date); }
    Json operator()(const Timestamp& time) const { return Json(std::int64_t{time.time_since_epoch().count()}); }
    Json operator()(const ZonedTime& time) const {
        return boost::json::array{std::int64_t{time.wall.time_since_epoch().count()}, write_text(time.zone)};
    }
    Json operator()(const TextList& list) const {
        boost::json::array out;
        for (const std::string& text : list) out.push_back(write_text(text));
        return out;
    }
    Json operator()(const AttendeeList& list) const {
        boost::json::array out;
        for (const Attendee& person : list)
            out.push_back(boost::json::array{write_text(person.address), write_text(person.name),
                                             write_text(person.role), write_text(person.response)});
        return out;
    }
};

Attendee read_attendee(const Json& value) {
    Attendee person;
    person.address = text_of(element(value, 0, 4));
    person.name = text_of(element(value, 1, 4));
    person.role = text_of(element(value, 2, 4));
    person.response = text_of(element(value, 3, 4));
    return person;
}

}  // namespace

Json write_value(const Value& value) { return std::visit(ValueWriter{}, value); }

Value read_value(Field field, const Json& value) {
    switch (info(field).type) {
        case ValueType::Text: return text_of(value);
        case ValueType::Number: return integer_of(value);
        case ValueType::Flag:
            if (!value.is_bool()) broken("stored record: a flag is expected");
            return value.get_bool();
        case ValueType::Date: return read_date(value);
        case ValueType::Instant: return Timestamp(std::chrono::milliseconds(integer_of(value)));
        case ValueType::Zoned:
            return ZonedTime{WallTime(std::chrono::seconds(integer_of(element(value, 0, 2)))),
                             text_of(element(value, 1, 2))};
        case ValueType::TextList: {
            TextList list;
            const std::size_t size = array_size(value);
            for (std::size_t i = 0; i < size; ++i) list.push_back(text_of(element(value, i, size)));
            return list;
        }
        case ValueType::Attendees: {
            AttendeeList list;
            const std::size_t size = array_size(value);
            for (std::size_t i = 0; i < size; ++i) list.push_back(read_attendee(element(value, i, size)));
            return list;
        }
    }
    broken("stored record: unknown type of field");
}

namespace {

/// A value of another type than its field would be written and never read again: refused before it is stored.
void require_field_type(Field field, const Value& value) {
    if (value.index() != static_cast<std::size_t>(info(field).type))
        broken("a value of another type than its field was to be stored: " + std::string(info(field).name));
}

}  // namespace

Json write_record(const Record& record) {
    Builder fields;
    for (const auto& [field, value] : record.values()) {
        require_field_type(field, value);
        fields.part(info(field).name, write_value(value));
    }
    Builder out;
    out.text("k", to_string(record.kind()));
    out.part("f", fields.take());
    return out.take();
}

Record read_record(const Json& value) {
    Members members(value);
    const std::optional<EntityKind> kind = parse_entity_kind(members.text("k"));
    if (!kind) broken("stored record: unknown kind");
    Record record(*kind);
    const boost::json::object* fields = members.get("f").if_object();
    if (!fields) broken("stored record: fields are expected");
    for (const auto& member : *fields) {
        const Field field = read_field(std::string_view(member.key().data(), member.key().size()));
        record.set(field, read_value(field, member.value()));
    }
    members.finish();
    return record;
}

Json write_patch(const Patch& patch) {
    Builder out;
    for (const auto& [field, value] : patch) {
        if (value) require_field_type(field, *value);
        out.part(info(field).name, value ? write_value(*value) : Json(nullptr));
    }
    return out.take();
}

Patch read_patch(const Json& value) {
    const boost::json::object* fields = value.if_object();
    if (!fields) broken("stored record: a patch is expected");
    Patch patch;
    for (const auto& member : *fields) {
        const Field field = read_field(std::string_view(member.key().data(), member.key().size()));
        std::optional<Value> entry;
        if (!member.value().is_null()) entry = read_value(field, member.value());
        patch.emplace(field, std::move(entry));
    }
    return patch;
}

Json write_error(const Error& error) {
    Builder out;
    out.text("kind", to_string(error.kind)).text("message", error.message).text("native", error.native_code);
    if (error.retry_after) out.part("retry_after", Json(std::int64_t{error.retry_after->count()}));
    return out.take();
}

Error read_error(const Json& value) {
    Members members(value);
    Error error;
    error.kind = read_word<ErrorKind>(members.text("kind"), static_cast<int>(ErrorKind::Internal) + 1);
    error.message = members.text("message");
    error.native_code = members.text("native");
    if (const Json* after = members.find("retry_after"))
        error.retry_after = std::chrono::milliseconds(integer_of(*after));
    members.finish();
    return error;
}

}  // namespace liaison::storage::codec
