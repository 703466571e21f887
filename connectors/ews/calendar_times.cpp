#include "connectors/ews/calendar_item.hpp"
#include "connectors/ews/item_values.hpp"
#include "connectors/exchange_times.hpp"
#include "connectors/zones.hpp"
#include "core/http_message.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

/// Windows zones come by name, by the form of Graph, and not at all from old items.
std::optional<std::string> read_zone(const XmlNode& item, const std::string& prefix) {
    std::string id(item.child(prefix + "TimeZone").attribute("Id"));
    if (id.empty()) id = item.child_text(prefix + "TimeZoneId");
    if (iequals(id, "tzone://Microsoft/Utc")) return "UTC";
    return iana_zone(trim(id));
}

/// Wall clock of one end of the item in `zone`.
std::optional<WallTime> read_wall(const XmlNode& item, const std::string& name,
                                  const std::string& zone) {
    const auto instant = item.child_time(name);
    const auto computed = instant ? wall_of(*instant, zone) : std::nullopt;
    const std::string text = item.child_text(name + "WallClock");
    const auto told = parse_wall(std::string_view(text).substr(0, 19));
    if (!told) return computed;
    // A server that puts the UTC instant into the wall clock says nothing about the wall.
    const bool is_instant =
        instant &&
        WallTime{std::chrono::floor<std::chrono::seconds>(*instant).time_since_epoch()} == *told;
    return is_instant && computed ? computed : told;
}

/// The day of an all-day bound in a zone that we do not know.
std::optional<WallTime> day_without_zone(const XmlNode& item, const std::string& name,
                                            const std::string& zone) {
    const std::string text = item.child_text(name + "WallClock");
    if (const auto told = parse_wall(std::string_view(text).substr(0, 19));
        told && midnight_of(*told) == *told)
        return told;
    const auto instant = item.child_time(name);
    if (!instant) return std::nullopt;
    return day_of_unknown_zone(*instant, zone);
}

std::string instant_text(const ZonedTime& time) {
    const auto instant = instant_of(time.wall, time.zone);
    return instant ? format_instant(*instant) : format_wall(time.wall) + "Z";
}

void put_zone(std::vector<PropertyWrite>& out, const std::string& prefix, const std::string& zone) {
    const std::string element = prefix + "TimeZone";
    PropertyWrite write{PropertyPath::plain("calendar:" + element), element, {}, {}};
    XmlWriter(write.xml)
        .open("t:" + element)
        .attribute("Id", windows_zone(zone).value_or("UTC"))
        .close("t:" + element);
    out.push_back(std::move(write));
}

std::optional<Unreadable> read_all_day(const XmlNode& item, const MappingContext& context,
                                       Record& record) {
    const std::string fallback = mailbox_zone(context.time_zone);
    std::optional<WallTime> walls[2];
    for (const bool is_end : {false, true}) {
        const std::string name = is_end ? "End" : "Start";
        auto zone = read_zone(item, name);
        if (!zone && is_end) zone = read_zone(item, "Start");
        walls[is_end] =
            zone ? read_wall(item, name, *zone) : day_without_zone(item, name, fallback);
    }
    if (!walls[0])
        return Unreadable{"unknown_time_zone", "the day of an all-day item cannot be told"};
    const WallTime start = midnight_of(*walls[0]);
    const WallTime end = walls[1] ? next_midnight_of(*walls[1]) : start;
    record.set(Field::AllDay, true);
    record.set(Field::Start, ZonedTime{start, {}});
    record.set(Field::End, ZonedTime{std::max(end, start + std::chrono::days{1}), {}});
    return std::nullopt;
}

}  // namespace

void write_times(const PatchView& patch, const MappingContext& context,
                 std::vector<PropertyWrite>& out) {
    if (!patch.has(Field::Start) && !patch.has(Field::End)) return;
    Record times(EntityKind::Appointment);
    for (const Field field : {Field::Start, Field::End})
        if (const ZonedTime* time = patch.get<ZonedTime>(field)) times.set(field, *time);
    times.set(Field::AllDay, patch.flag(Field::AllDay));
    project_times(times, context.time_zone);
    const bool all_day = times.flag(Field::AllDay);
    const ZonedTime* start = times.get<ZonedTime>(Field::Start);
    const ZonedTime* end = times.get<ZonedTime>(Field::End);
    if (!start || !end) return;
    const std::string zone = mailbox_zone(context.time_zone);
    const ZonedTime from = all_day ? ZonedTime{start->wall, zone} : *start;
    const ZonedTime to = all_day ? ZonedTime{end->wall, zone} : *end;
    put_zone(out, "Start", from.zone);
    put_zone(out, "End", to.zone);
    put_value(out, "calendar:Start", "Start", instant_text(from));
    put_value(out, "calendar:End", "End", instant_text(to));
    put_value(out, "calendar:IsAllDayEvent", "IsAllDayEvent", format_bool(all_day));
}

std::optional<Unreadable> read_times(const XmlNode& item, const MappingContext& context,
                                     Record& record) {
    if (item.child_bool("IsAllDayEvent").value_or(false))
        return read_all_day(item, context, record);
    const std::string start_zone = read_zone(item, "Start").value_or(mailbox_zone(context.time_zone));
    const std::string end_zone = read_zone(item, "End").value_or(start_zone);
    const auto start = read_wall(item, "Start", start_zone);
    if (!start) return Unreadable{"corrupt", "a calendar item without a start"};
    const auto end = read_wall(item, "End", end_zone);
    record.set(Field::Start, ZonedTime{*start, start_zone});
    record.set(Field::End, end ? ZonedTime{*end, end_zone} : ZonedTime{*start, start_zone});
    return std::nullopt;
}

}  // namespace liaison::ews
