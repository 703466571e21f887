#include "connectors/graph/item_mapping.hpp"

#include "connectors/graph/contact.hpp"
#include "connectors/graph/event.hpp"
#include "connectors/graph/graph_client.hpp"
#include "connectors/graph/todo_task.hpp"
#include "connectors/html_text.hpp"
#include "connectors/zones.hpp"
#include "core/http_message.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

/// "0x36" and "0x0036" are the same tag.
std::string_view tag_digits(std::string_view tag) {
    if (tag.starts_with("0x") || tag.starts_with("0X")) tag.remove_prefix(2);
    while (tag.size() > 1 && tag.front() == '0') tag.remove_prefix(1);
    return tag;
}

/// The name of a named property counts with case, everything else without.
bool is_same_property(std::string_view a, std::string_view b) {
    constexpr std::string_view kName = " Name ";
    const std::size_t name_a = a.find(kName), name_b = b.find(kName);
    if (name_a != std::string_view::npos || name_b != std::string_view::npos)
        return name_a == name_b && iequals(a.substr(0, name_a), b.substr(0, name_b)) &&
               a.substr(name_a) == b.substr(name_b);
    const std::size_t blank_a = a.find(' '), blank_b = b.find(' ');
    if (blank_a == std::string_view::npos || blank_b == std::string_view::npos) return false;
    return iequals(a.substr(0, blank_a), b.substr(0, blank_b)) &&
           iequals(tag_digits(a.substr(blank_a + 1)), tag_digits(b.substr(blank_b + 1)));
}

}  // namespace

std::string named_property(const MappingContext& context, std::string_view name) {
    return "String {" + context.property_set + "} Name " + std::string(name);
}

std::string expand_properties(const std::vector<std::string>& ids) {
    std::string filter;
    for (const std::string& id : ids)
        filter += (filter.empty() ? "id eq " : " or id eq ") + odata_text(id);
    return "$expand=singleValueExtendedProperties($filter=" + query_value(filter) + ")";
}

std::string read_extended(const EntityReader& entity, std::string_view id) {
    for (const EntityReader& property : entity.objects("singleValueExtendedProperties"))
        if (is_same_property(property.text("id"), id)) return property.text("value");
    return {};
}

JsonObject extended_property(std::string_view id, std::string_view value) {
    return JsonObject{{"id", id}, {"value", json_text(value)}};
}

std::string read_body(const EntityReader& entity) {
    const EntityReader body = entity.object("body");
    const std::string content = body.text("content");
    return iequals(body.text("contentType"), "html") ? html_to_text(content) : content;
}

JsonObject text_body(std::string_view text) {
    return JsonObject{{"contentType", "text"}, {"content", json_text(text)}};
}

std::string read_importance(const EntityReader& entity) {
    const std::string name = entity.text("importance");
    return name == "high" || name == "low" ? name : "normal";
}

std::optional<std::string> graph_zone(std::string_view name) {
    if (name.empty() || iequals(name, "tzone://Microsoft/Utc") || iequals(name, "UTC")) return "UTC";
    if (auto zone = iana_zone(name)) return zone;
    if (is_known_zone(name)) return std::string(name);
    return std::nullopt;
}

std::optional<WallTime> read_wall_clock(const EntityReader& value) {
    const std::string text = value.text("dateTime");
    return parse_wall(std::string_view(text).substr(0, 19));
}

std::optional<Timestamp> read_date_time(const EntityReader& value) {
    const std::string text = value.text("dateTime");
    // Some replies carry an offset; then the zone beside it says nothing more.
    if (text.size() > 19)
        if (const auto instant = parse_timestamp(text)) return instant;
    const auto wall = read_wall_clock(value);
    const auto zone = graph_zone(value.text("timeZone"));
    return wall && zone ? instant_of(*wall, *zone) : std::nullopt;
}

JsonObject date_time(WallTime wall, std::string_view windows_zone) {
    return JsonObject{{"dateTime", format_wall(wall)}, {"timeZone", windows_zone}};
}

JsonValue date_as_midnight(const Date* date) {
    if (!date) return nullptr;
    return JsonObject{{"dateTime", format_date(*date) + "T00:00:00"}, {"timeZone", "UTC"}};
}

std::string read_options(EntityKind kind, const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return "?$expand=linkedResources";
        case EntityKind::Appointment:
            return "?$select=" + std::string(kEventSelect) + "&" +
                   expand_properties({named_property(context, kTokenProperty)});
        case EntityKind::Contact:
            return "?$select=" + std::string(kContactSelect) + "&" +
                   expand_properties({named_property(context, kTokenProperty),
                                      std::string(kSensitivityTag), std::string(kBusinessFaxTag)});
    }
    return {};
}

ItemContent read_entity(EntityKind kind, const JsonObject& entity, const MappingContext& context) {
    std::string fault;
    const EntityReader reader(entity, fault);
    ItemContent content = Unreadable{"unknown_class", {}};
    switch (kind) {
        case EntityKind::Task:
            content = read_todo_task(reader, context);
            break;
        case EntityKind::Appointment:
            content = read_event(reader, context);
            break;
        case EntityKind::Contact:
            content = read_contact(reader, context);
            break;
    }
    const bool is_record = std::holds_alternative<Record>(content);
    if (is_record && !fault.empty())
        return Unreadable{"corrupt", "the property " + fault + " is of another type than it should"};
    return content;
}

JsonObject entity_writes(EntityKind kind, const Patch& patch, const JsonObject& present,
                         const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return todo_task_writes(patch);
        case EntityKind::Appointment:
            return event_writes(patch, context);
        case EntityKind::Contact:
            return contact_writes(patch, present);
    }
    return {};
}

Record project_record(const Record& record, const MappingContext& context) {
    switch (record.kind()) {
        case EntityKind::Task:
            return project_todo_task(record);
        case EntityKind::Appointment:
            return project_event(record, context);
        case EntityKind::Contact:
            return project_contact(record);
    }
    return record;
}

FieldMask writable_fields(EntityKind kind, const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return todo_task_writable();
        case EntityKind::Appointment:
            return event_writable(context);
        case EntityKind::Contact:
            return contact_writable();
    }
    return {};
}

FieldMask carried_fields(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return todo_task_carried();
        case EntityKind::Appointment:
            return event_carried();
        case EntityKind::Contact:
            return contact_writable();
    }
    return {};
}

std::vector<FieldMask> write_groups(EntityKind kind) {
    const FieldMask categories{Field::Categories, Field::StateCategory};
    switch (kind) {
        case EntityKind::Task:
            return {categories};
        case EntityKind::Appointment:
            return {categories, FieldMask{Field::Start, Field::End, Field::AllDay}};
        case EntityKind::Contact:
            return contact_write_groups();
    }
    return {};
}

}  // namespace liaison::graph
