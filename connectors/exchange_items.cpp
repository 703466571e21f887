#include "connectors/exchange_items.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kStateCategories = {{
    {"planned", "CRM planned"},
    {"overdue", "CRM overdue"},
    {"done", "CRM done"},
}};

constexpr std::array<std::string_view, 3> kKnownRoles = {"required", "optional", "resource"};

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts)
        if (!part.empty()) out += (out.empty() ? "" : " ") + std::string(part);
    return out;
}

}  // namespace

Patch patch_of(const Record& record) {
    Patch patch;
    for (const auto& [field, value] : record.values()) patch.emplace(field, value);
    if (record.kind() == EntityKind::Task) patch.try_emplace(Field::ReminderAt, std::nullopt);
    if (record.kind() == EntityKind::Appointment)
        patch.try_emplace(Field::ReminderMinutes, std::nullopt);
    return patch;
}

std::string_view state_category_name(std::string_view state) {
    for (const auto& [token, name] : kStateCategories)
        if (token == state) return name;
    return {};
}

std::string_view state_of_category(std::string_view category) {
    for (const auto& [token, name] : kStateCategories)
        if (name == category) return token;
    return {};
}

void read_categories(const TextList& names, Record& record) {
    TextList own;
    for (const std::string& name : names) {
        const std::string text = normal_line(name);
        if (const std::string_view state = state_of_category(text); !state.empty())
            record.set(Field::StateCategory, std::string(state));
        else if (own.size() < limits::categories_max)
            own.push_back(text);
    }
    record.set(Field::Categories, std::move(own));
}

TextList written_categories(const PatchView& patch) {
    TextList names;
    if (const TextList* own = patch.get<TextList>(Field::Categories)) names = *own;
    if (const std::string_view state = state_category_name(patch.text(Field::StateCategory));
        !state.empty())
        names.emplace_back(state);
    return names;
}

void project_common(Record& record, Field body_field) {
    if (const auto* subject = record.get<std::string>(Field::Subject))
        record.set(Field::Subject, truncate_chars(*subject, limits::subject_chars_max));
    if (const auto* body = record.get<std::string>(body_field))
        record.set(body_field, truncate_chars(*body, limits::body_chars_max));
    if (const auto* list = record.get<TextList>(Field::Categories)) {
        TextList own = *list;
        std::erase_if(own, [](const std::string& name) {
            return !state_of_category(name).empty() ||
                   count_chars(name) > limits::subject_chars_max;
        });
        if (own.size() > limits::categories_max) own.resize(limits::categories_max);
        record.set(Field::Categories, std::move(own));
    }
}

std::string file_as(const PatchView& patch) {
    const std::string family = patch.text(Field::FamilyName);
    const std::string rest = joined({patch.text(Field::GivenName), patch.text(Field::MiddleName)});
    if (!family.empty() && !rest.empty()) return family + ", " + rest;
    for (std::string text :
         {family, rest, patch.text(Field::DisplayName), patch.text(Field::CompanyName)})
        if (!text.empty()) return text;
    return {};
}

void project_display_name(Record& record) {
    if (!record.text(Field::DisplayName).empty()) return;
    const std::string names =
        joined({record.text(Field::GivenName), record.text(Field::MiddleName),
                record.text(Field::FamilyName)});
    for (const std::string& text : {names, std::string(record.text(Field::CompanyName)),
                                    std::string(record.text(Field::Email1))})
        if (record.text(Field::DisplayName).empty()) record.set(Field::DisplayName, text);
}

bool is_x500_address(std::string_view address) {
    return address.starts_with("/");
}

AttendeeList stored_attendees(const AttendeeList& list) {
    AttendeeList out;
    for (Attendee person : list) {
        if (out.size() == limits::attendees_max) break;
        if (person.address.find('@') == std::string::npos && !is_x500_address(person.address))
            continue;
        if (std::find(kKnownRoles.begin(), kKnownRoles.end(), person.role) == kKnownRoles.end())
            person.role = "required";
        if (normal_address(person.name) == person.address) person.name.clear();
        out.push_back(std::move(person));
    }
    return out;
}

}  // namespace liaison
