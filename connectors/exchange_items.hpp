#pragma once
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "core/observation.hpp"
#include "core/record.hpp"

namespace liaison {

// What the EWS and the Graph connector have in common: both translate the same Exchange items.

/// The property set of Liaison's named properties (CrmKey, CrmNote) in every mailbox. Drawn once
/// for the product: an installation that changes it no longer knows its own items.
inline constexpr std::string_view kProductPropertySet = "6f1b8c52-93d7-4e0a-8a41-5d2c7be09f36";
inline constexpr std::string_view kTokenProperty = "CrmKey";
inline constexpr std::string_view kNoteProperty = "CrmNote";

/// What an item says: a record, or why it cannot be mirrored.
using ItemContent = std::variant<Record, Unreadable>;

/// The values of a patch, as a mapping asks for them.
class PatchView {
public:
    explicit PatchView(const Patch& patch) : patch_(patch) {}
    bool has(Field field) const { return patch_.contains(field); }
    /// Null if the field is not in the patch or is cleared by it.
    template <class T>
    const T* get(Field field) const {
        const auto it = patch_.find(field);
        return it != patch_.end() && it->second ? std::get_if<T>(&*it->second) : nullptr;
    }
    std::string text(Field field) const {
        const std::string* value = get<std::string>(field);
        return value ? *value : std::string();
    }
    bool flag(Field field) const {
        const bool* value = get<bool>(field);
        return value && *value;
    }

private:
    const Patch& patch_;
};

/// Every field of `record` as a patch: what a create writes. A missing reminder is said (Exchange
/// gives new appointments one).
Patch patch_of(const Record& record);

/// Name of Liaison's own category for a state ("planned", "overdue", "done"), or empty.
std::string_view state_category_name(std::string_view state);
/// The state of a category name, or empty if it is not Liaison's own.
std::string_view state_of_category(std::string_view category);
/// Sorts the categories of an item into what people set and Liaison's own colour.
void read_categories(const TextList& names, Record& record);
/// The categories to write: both fields, which share one property.
TextList written_categories(const PatchView& patch);

/// Text limits and defaults of the fields that all three kinds have.
void project_common(Record& record, Field body_field);

/// "Doe, Jane M." as Outlook files people; the display name or the company for what has no names.
std::string file_as(const PatchView& patch);
/// The display name of a contact that came without one: its names, its company, its address.
void project_display_name(Record& record);

/// The attendees that can be written: those with an address, in a known role, at most
/// limits::attendees_max. Idempotent.
AttendeeList stored_attendees(const AttendeeList& list);
bool is_x500_address(std::string_view address);

}  // namespace liaison
