#include "connectors/ews/task_item.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "connectors/ews/item_values.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTaskStatus = {{
    {"not_started", "NotStarted"},
    {"in_progress", "InProgress"},
    {"waiting", "WaitingOnOthers"},
    {"deferred", "Deferred"},
    {"completed", "Completed"},
}};

std::string_view status_name(std::string_view status) {
    if (status == "canceled") return "Completed";
    for (const auto& [token, name] : kTaskStatus)
        if (token == status) return name;
    return "NotStarted";
}

std::string_view status_token(std::string_view name) {
    for (const auto& [token, known] : kTaskStatus)
        if (known == name) return token;
    return "not_started";
}

bool is_partial(std::int64_t percent) { return percent >= 1 && percent <= 99; }

/// xs:double with a dot, whatever the locale.
std::optional<std::int64_t> read_percent(const XmlNode& item) {
    const std::string text = item.child_text("PercentComplete");
    const std::string_view digits = trim(text);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (!(value >= 0 && value <= 100)) return std::nullopt;
    return static_cast<std::int64_t>(std::lround(value));
}

void read_task_date(const XmlNode& item, std::string_view element, Field field, Record& record,
                    const MappingContext& context) {
    if (const auto date = read_date(item, element, context.time_zone)) record.set(field, *date);
}

void write_task_date(const PatchView& patch, Field field, std::string_view uri, std::string_view element,
                     std::vector<PropertyWrite>& out) {
    if (!patch.has(field)) return;
    const Date* date = patch.get<Date>(field);
    put_text(out, uri, element, date ? format_date(*date) + "T00:00:00Z" : std::string());
}

void write_status(const PatchView& patch, std::vector<PropertyWrite>& out) {
    if (!patch.has(Field::Status) && !patch.has(Field::PercentComplete)) return;
    const std::string status = patch.text(Field::Status);
    if (status == "in_progress") {
        const auto* percent = patch.get<std::int64_t>(Field::PercentComplete);
        if (percent && is_partial(*percent))
            put_value(out, "task:PercentComplete", "PercentComplete", format_int(*percent));
        else if (patch.has(Field::PercentComplete))
            put_value(out, "task:PercentComplete", "PercentComplete", "0");
    }
    put_value(out, "task:Status", "Status", status_name(status));
}

}  // namespace

std::vector<PropertyPath> task_properties(const MappingContext& context) {
    std::vector<PropertyPath> paths = common_properties(context);
    for (const std::string_view uri :
         {"item:Importance", "item:ReminderDueBy", "item:ReminderIsSet", "task:ActualWork", "task:CompleteDate",
          "task:DueDate", "task:IsRecurring", "task:Mileage", "task:PercentComplete", "task:StartDate", "task:Status"})
        paths.push_back(PropertyPath::plain(uri));
    return paths;
}

ItemContent read_task(const XmlNode& item, const MappingContext& context) {
    if (item.name() != "Task") return Unreadable{"unknown_class", clean_utf8(item.name())};
    if (item.child_bool("IsRecurring").value_or(false)) return Unreadable{"series", "recurring task"};
    Record record(EntityKind::Task);
    read_common(item, record, Field::Body);
    const std::string status(status_token(item.child_text("Status")));
    record.set(Field::Status, status);
    record.set(Field::Priority, read_importance(item));
    read_task_date(item, "StartDate", Field::StartDate, record, context);
    read_task_date(item, "DueDate", Field::DueDate, record, context);
    read_task_date(item, "CompleteDate", Field::CompletedOn, record, context);
    if (const auto percent = read_percent(item); percent && status == "in_progress" && is_partial(*percent))
        record.set(Field::PercentComplete, *percent);
    if (item.child_bool("ReminderIsSet").value_or(false))
        if (const auto due = item.child_time("ReminderDueBy"))
            record.set(Field::ReminderAt, Timestamp(std::chrono::floor<std::chrono::seconds>(*due)));
    if (const auto minutes = item.child_int("ActualWork"); minutes && *minutes > 0)
        record.set(Field::TimeWorkedMinutes, *minutes);
    record.set(Field::Distance, item.child_text("Mileage"));
    return record;
}

std::vector<PropertyWrite> task_writes(const Patch& patch, const MappingContext&) {
    const PatchView view(patch);
    std::vector<PropertyWrite> out;
    write_common(view, out, Field::Body);
    if (view.has(Field::Priority))
        put_value(out, "item:Importance", "Importance", importance_name(view.text(Field::Priority)));
    write_task_date(view, Field::StartDate, "task:StartDate", "StartDate", out);
    write_task_date(view, Field::DueDate, "task:DueDate", "DueDate", out);
    if (view.has(Field::ReminderAt)) {
        const Timestamp* at = view.get<Timestamp>(Field::ReminderAt);
        if (at) put_value(out, "item:ReminderDueBy", "ReminderDueBy", format_instant(*at));
        put_value(out, "item:ReminderIsSet", "ReminderIsSet", format_bool(at != nullptr));
    }
    if (view.has(Field::TimeWorkedMinutes)) {
        const auto* minutes = view.get<std::int64_t>(Field::TimeWorkedMinutes);
        put_text(out, "task:ActualWork", "ActualWork", minutes ? format_int(*minutes) : std::string());
    }
    if (view.has(Field::Distance)) put_text(out, "task:Mileage", "Mileage", view.text(Field::Distance));
    write_status(view, out);
    return out;
}

Record project_task(const Record& record, const MappingContext&) {
    Record out = record.masked(task_carried());
    project_common(out, Field::Body);
    out.set(Field::Status, std::string(status_token(status_name(out.text(Field::Status)))));
    if (out.text(Field::Priority).empty()) out.set(Field::Priority, std::string("normal"));
    if (const auto* percent = out.get<std::int64_t>(Field::PercentComplete))
        if (out.text(Field::Status) != "in_progress" || !is_partial(*percent)) out.erase(Field::PercentComplete);
    if (const auto* at = out.get<Timestamp>(Field::ReminderAt))
        out.set(Field::ReminderAt, Timestamp(std::chrono::floor<std::chrono::seconds>(*at)));
    if (const auto* minutes = out.get<std::int64_t>(Field::TimeWorkedMinutes)) {
        if (*minutes <= 0)
            out.erase(Field::TimeWorkedMinutes);
        else if (*minutes > 0x7FFFFFFF)
            out.set(Field::TimeWorkedMinutes, std::int64_t{0x7FFFFFFF});
    }
    if (out.find(Field::Distance))
        out.set(Field::Distance, truncate_chars(out.text(Field::Distance), limits::subject_chars_max));
    return out;
}

FieldMask task_writable() {
    return {Field::Subject,   Field::Body,       Field::Status,     Field::Priority,          Field::StartDate,
            Field::DueDate,   Field::PercentComplete, Field::ReminderAt, Field::IsPrivate,    Field::TimeWorkedMinutes,
            Field::Distance,  Field::Categories, Field::StateCategory};
}

FieldMask task_carried() { return task_writable() | FieldMask{Field::CompletedOn}; }

}  // namespace liaison::ews
