#include "daemon/sync/state_category.hpp"

namespace liaison::sync {

namespace {

Date day_after(Date day) { return Date{std::chrono::sys_days{day} + std::chrono::days{1}}; }

bool is_closed(const Record& crm) {
    const std::string_view status = crm.text(Field::Status);
    return status == "completed" || status == "canceled";
}

/// The first day on which nothing of the appointment is left. The end of an all-day appointment is the midnight
/// after its last day.
std::optional<Date> first_day_after_end(const Record& crm) {
    const ZonedTime* end = crm.get<ZonedTime>(Field::End);
    if (end == nullptr) end = crm.get<ZonedTime>(Field::Start);
    if (end == nullptr) return std::nullopt;
    const Date day{std::chrono::floor<std::chrono::days>(end->wall)};
    const bool exclusive = crm.flag(Field::AllDay) && crm.find(Field::End) != nullptr;
    return exclusive ? day : day_after(day);
}

}  // namespace

std::optional<std::string_view> state_category(const Record& crm, Date today) {
    switch (crm.kind()) {
        case EntityKind::Task: {
            if (is_closed(crm)) return "done";
            const Date* due = crm.get<Date>(Field::DueDate);
            return due != nullptr && *due < today ? "overdue" : "planned";
        }
        case EntityKind::Appointment: {
            if (is_closed(crm)) return "done";
            const std::optional<Date> over = first_day_after_end(crm);
            return over && *over <= today ? "done" : "planned";
        }
        case EntityKind::Contact: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Date> state_recheck(const Record& crm, Date today) {
    if (state_category(crm, today) != std::optional<std::string_view>("planned")) return std::nullopt;
    if (crm.kind() == EntityKind::Appointment) return first_day_after_end(crm);
    const Date* due = crm.get<Date>(Field::DueDate);
    return due == nullptr ? std::nullopt : std::optional<Date>(day_after(*due));
}

bool is_finished(const Record& crm, Date today) {
    return state_category(crm, today) == std::optional<std::string_view>("done");
}

}  // namespace liaison::sync
