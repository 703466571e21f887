#include "connectors/graph/todo_task.hpp"

#include <array>
#include <utility>

#include "connectors/zones.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTodoStatus = {{
    {"not_started", "notStarted"},
    {"in_progress", "inProgress"},
    {"waiting", "waitingOnOthers"},
    {"deferred", "deferred"},
    {"completed", "completed"},
}};

std::string_view todo_status_name(std::string_view status) {
    if (status == "canceled") return "completed";
    for (const auto& [token, name] : kTodoStatus)
        if (token == status) return name;
    return "notStarted";
}

std::string_view todo_status_token(std::string_view name) {
    for (const auto& [token, known] : kTodoStatus)
        if (known == name) return token;
    return "not_started";
}

void read_todo_date(const EntityReader& entity, std::string_view name, Field field, Record& record,
                    const MappingContext& context) {
    const EntityReader value = entity.object(name);
    if (const auto instant = read_date_time(value))
        record.set(field, date_in_disguise(*instant, context.time_zone));
    else if (const auto wall = read_wall_clock(value))  // a zone that nobody knows
        record.set(field, Date{std::chrono::floor<std::chrono::days>(*wall)});
}

}  // namespace

ItemContent read_todo_task(const EntityReader& entity, const MappingContext& context) {
    if (!entity.object("recurrence").empty()) return Unreadable{"series", "recurring task"};
    Record record(EntityKind::Task);
    record.set(Field::Subject, entity.text("title"));
    record.set(Field::Body, truncate_chars(read_body(entity), limits::body_chars_max));
    record.set(Field::Status, std::string(todo_status_token(entity.text("status"))));
    record.set(Field::Priority, read_importance(entity));
    read_todo_date(entity, "startDateTime", Field::StartDate, record, context);
    read_todo_date(entity, "dueDateTime", Field::DueDate, record, context);
    read_todo_date(entity, "completedDateTime", Field::CompletedOn, record, context);
    if (entity.flag("isReminderOn"))
        if (const auto at = read_date_time(entity.object("reminderDateTime")))
            record.set(Field::ReminderAt,
                       Timestamp(std::chrono::floor<std::chrono::seconds>(*at)));
    read_categories(entity.texts("categories"), record);
    return record;
}

JsonObject todo_task_writes(const Patch& patch) {
    const PatchView view(patch);
    JsonObject out;
    if (view.has(Field::Subject)) out["title"] = json_text(view.text(Field::Subject));
    if (view.has(Field::Body)) out["body"] = text_body(view.text(Field::Body));
    if (view.has(Field::Priority))
        out["importance"] = view.text(Field::Priority).empty() ? "normal" : view.text(Field::Priority);
    if (view.has(Field::Status)) out["status"] = todo_status_name(view.text(Field::Status));
    if (view.has(Field::StartDate))
        out["startDateTime"] = date_as_midnight(view.get<Date>(Field::StartDate));
    if (view.has(Field::DueDate)) out["dueDateTime"] = date_as_midnight(view.get<Date>(Field::DueDate));
    if (view.has(Field::ReminderAt)) {
        const Timestamp* at = view.get<Timestamp>(Field::ReminderAt);
        out["isReminderOn"] = at != nullptr;
        if (at)
            out["reminderDateTime"] = date_time(
                WallTime{std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch()}, "UTC");
    }
    if (view.has(Field::Categories) || view.has(Field::StateCategory))
        out["categories"] = json_texts(written_categories(view));
    return out;
}

Record project_todo_task(const Record& record) {
    Record out = record.masked(todo_task_carried());
    project_common(out, Field::Body);
    out.set(Field::Status, std::string(todo_status_token(todo_status_name(out.text(Field::Status)))));
    if (out.text(Field::Priority).empty()) out.set(Field::Priority, std::string("normal"));
    if (const auto* at = out.get<Timestamp>(Field::ReminderAt))
        out.set(Field::ReminderAt, Timestamp(std::chrono::floor<std::chrono::seconds>(*at)));
    return out;
}

FieldMask todo_task_writable() {
    return {Field::Subject,   Field::Body,       Field::Status,     Field::Priority,
            Field::StartDate, Field::DueDate,    Field::ReminderAt, Field::Categories,
            Field::StateCategory};
}

FieldMask todo_task_carried() {
    return todo_task_writable() | FieldMask{Field::CompletedOn};
}

TokenLink read_token_link(const EntityReader& entity) {
    for (const EntityReader& link : entity.objects("linkedResources")) {
        if (link.text("applicationName") != kLinkedApplication) continue;
        TokenLink found{link.text("id"), CorrelationToken::parse(link.text("externalId"))};
        if (!found.token.empty()) return found;
    }
    return {};
}

JsonObject token_link(const CorrelationToken& token) {
    // The To Do app shows displayName as a line under the task.
    const std::string shown = token.crm_id.empty() ? token.system : token.system + " " + token.crm_id;
    return JsonObject{{"applicationName", kLinkedApplication},
                      {"externalId", json_text(token.str())},
                      {"displayName", json_text(shown)}};
}

}  // namespace liaison::graph
