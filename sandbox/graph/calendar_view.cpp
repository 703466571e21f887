#include "sandbox/graph/calendar_view.hpp"

#include "sandbox/ews/lexical.hpp"
#include "sandbox/graph/recurrence.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::int64_t view_day_ms = 86'400'000;
constexpr std::size_t occurrences_max = 10'000;
constexpr std::string_view occurrence_mark("\x51\x00\x10", 3);

struct EventTimes {
    EpochMillis start = 0;
    EpochMillis end = 0;
    std::string zone;
};

std::optional<EventTimes> times_of(const Item& item) {
    const auto start = ews::parse_utc(item.properties.text("calendar:Start"));
    const auto end = ews::parse_utc(item.properties.text("calendar:End"));
    if (!start || !end) return std::nullopt;
    return EventTimes{*start, *end, std::string(item.properties.text("calendar:StartTimeZone"))};
}

bool overlaps(EpochMillis start, EpochMillis end, const ViewWindow& window) {
    if (start == end) return start >= window.start && start < window.end;
    return start < window.end && end > window.start;
}

// An occurrence keeps the wall clock of the first one.
Instance occurrence_on(const Item& item, const EventTimes& times, std::int64_t day) {
    const std::int64_t local = wall_clock_of_utc(times.zone, times.start).value_or(times.start);
    const std::int64_t of_day = ((local % view_day_ms) + view_day_ms) % view_day_ms;
    Instance out;
    out.item = &item;
    out.occurrence = true;
    out.day = day;
    out.start = utc_of_wall_clock(times.zone, day + of_day).value_or(day + of_day);
    out.end = out.start + (times.end - times.start);
    return out;
}

Outcome<EpochMillis> window_edge(const Call& call, std::string_view name) {
    if (!call.has(name))
        return graph_fail(400, "ErrorInvalidParameter",
                          "This request requires a time window specified by the query string "
                          "parameters StartDateTime and EndDateTime.");
    const std::string_view text = call.option(name);
    std::optional<std::int64_t> instant;
    if (text.size() == 10) {
        instant = ews::parse_date(text);
    } else if (const auto time = ews::parse_date_time(text)) {
        instant = time->local_ms - time->offset_minutes.value_or(0) * std::int64_t{60'000};
    }
    if (!instant)
        return graph_fail(400, "ErrorInvalidParameter",
                          "The value of the parameter '" + std::string(name) + "' is invalid.");
    return *instant;
}

}  // namespace

Outcome<ViewWindow> read_window(const Call& call) {
    auto start = window_edge(call, "startDateTime");
    if (!start) return std::unexpected(start.error());
    auto end = window_edge(call, "endDateTime");
    if (!end) return std::unexpected(end.error());
    if (*end < *start)
        return graph_fail(400, "ErrorInvalidParameter",
                          "The end of the time window is before its start.");
    return ViewWindow{*start, *end};
}

std::vector<Instance> instances_of(const Item& item, const ViewWindow& window) {
    std::vector<Instance> out;
    const auto times = times_of(item);
    if (!times) return out;
    const PropertyValue* rule = item.properties.find("calendar:Recurrence");
    if (rule == nullptr) {
        if (overlaps(times->start, times->end, window))
            out.push_back({&item, false, 0, times->start, times->end});
        return out;
    }
    const auto& xml = std::get<Fragment>(*rule).xml;
    for (const std::int64_t day : occurrence_days(xml, window.end + view_day_ms, occurrences_max)) {
        const Instance one = occurrence_on(item, *times, day);
        if (overlaps(one.start, one.end, window)) out.push_back(one);
    }
    return out;
}

json::object instance_json(const Call& call, const Instance& instance, const Shape& shape) {
    json::object out = item_json(call, Resource::Event, *instance.item, shape);
    if (!instance.occurrence) return out;
    out["id"] = occurrence_id(call, *instance.item, instance.day);
    const auto replace = [&](std::string_view name, const auto& value) {
        if (shape.wants(name)) out[name] = value;
    };
    replace("type", "occurrence");
    replace("seriesMasterId", shown_item_id(call, instance.item->id));
    replace("recurrence", nullptr);
    replace("originalStart", graph_date_time(instance.start));
    replace("start",
            zoned_time(instance.start, call.prefer.time_zone, call.prefer.time_zone_as_given));
    replace("end", zoned_time(instance.end, call.prefer.time_zone, call.prefer.time_zone_as_given));
    return out;
}

json::array view_entities(const Call& call, const Item& item, const ViewWindow& window,
                          const Shape& shape) {
    json::array out;
    for (const Instance& one : instances_of(item, window)) {
        if (out.empty()) {
            json::object first{{"@odata.type", "#microsoft.graph.event"}};
            for (auto& member : item_json(call, Resource::Event, item, shape))
                first[member.key()] = std::move(member.value());
            out.push_back(std::move(first));
        }
        if (!one.occurrence) continue;
        out.push_back(json::object{
            {"@odata.type", "#microsoft.graph.event"},
            {"id", occurrence_id(call, item, one.day)},
            {"type", "occurrence"},
            {"seriesMasterId", shown_item_id(call, item.id)},
            {"start", zoned_time(one.start, call.prefer.time_zone, call.prefer.time_zone_as_given)},
            {"end", zoned_time(one.end, call.prefer.time_zone, call.prefer.time_zone_as_given)}});
    }
    return out;
}

std::string occurrence_id(const Call& call, const Item& master, std::int64_t day) {
    std::string bytes;
    base64_decode(ews_id_of_rest(shown_item_id(call, master.id)), bytes);
    bytes += occurrence_mark;
    const std::string number = std::to_string(day / view_day_ms + 1'000'000);
    bytes += std::string(8 - std::min<std::size_t>(8, number.size()), '0') + number;
    return rest_id(base64_encode(bytes));
}

std::optional<Instance> instance_by_id(const Call& call, std::string_view id) {
    std::string bytes;
    const std::size_t tail = occurrence_mark.size() + 8;
    if (!base64_decode(ews_id_of_rest(id), bytes) || bytes.size() <= tail) return std::nullopt;
    if (bytes.substr(bytes.size() - tail, occurrence_mark.size()) != occurrence_mark)
        return std::nullopt;
    const auto number = ews::parse_integer(bytes.substr(bytes.size() - 8));
    const auto master =
        item_by_id(call, rest_id(base64_encode(bytes.substr(0, bytes.size() - tail))));
    if (!number || !master || (*master)->properties.find("calendar:Recurrence") == nullptr)
        return std::nullopt;
    const auto times = times_of(**master);
    if (!times) return std::nullopt;
    return occurrence_on(**master, *times, (*number - 1'000'000) * view_day_ms);
}

}  // namespace liaison::sandbox::graph
