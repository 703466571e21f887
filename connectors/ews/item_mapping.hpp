#pragma once
#include <string>
#include <variant>
#include <vector>

#include "connectors/ews/types.hpp"
#include "core/observation.hpp"
#include "core/record.hpp"

namespace liaison::ews {

/// What the translation between items and records needs beside the item.
struct MappingContext {
    std::string property_set;  ///< GUID of the named properties
    std::string time_zone;     ///< IANA zone of the mailbox
};

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

/// Every field of `record` as a patch: what a create writes. A missing reminder is said (Exchange gives new appointments one).
Patch patch_of(const Record& record);

// Building blocks of the mappings: each appends one write.

/// A text element; an empty text deletes the property.
void put_text(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element, std::string_view text);
/// Element with content that is never empty.
void put_value(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element, std::string_view value);
void put_delete(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element);
/// A named or tagged string property; an empty text deletes it.
void put_extended(std::vector<PropertyWrite>& out, const PropertyPath& path, std::string_view text);
void put_token(std::vector<PropertyWrite>& out, const MappingContext& context, const CorrelationToken& token);

// What tasks, appointments and contacts have in common (item:Subject, Body, Sensitivity, Categories, Importance).

/// Paths of the common properties, the token and those that an observation needs (class, folder, modified).
std::vector<PropertyPath> common_properties(const MappingContext& context);
void read_common(const XmlNode& item, Record& record, Field body_field);
void write_common(const PatchView& patch, std::vector<PropertyWrite>& out, Field body_field);
/// Text limits and defaults of the common fields.
void project_common(Record& record, Field body_field);
/// The token that the item carries, or an empty one.
CorrelationToken read_token(const XmlNode& item);

inline constexpr std::string_view kTokenProperty = "CrmKey";
inline constexpr std::string_view kNoteProperty = "CrmNote";

/// Name of Liaison's own category for a state ("planned", "overdue", "done"), or empty.
std::string_view state_category_name(std::string_view state);
/// The state of a category name, or empty if it is not Liaison's own.
std::string_view state_of_category(std::string_view category);

/// One kind's translation.
std::vector<PropertyPath> item_properties(EntityKind kind, const MappingContext& context);
/// `item` is the element of a GetItem reply.
ItemContent read_item(EntityKind kind, const XmlNode& item, const MappingContext& context);
/// The writes of a patch. Fields that EWS does not carry, or that only the server sets, are passed over.
std::vector<PropertyWrite> item_writes(EntityKind kind, const Patch& patch, const MappingContext& context);
Record project_item(const Record& record, const MappingContext& context);

}  // namespace liaison::ews
