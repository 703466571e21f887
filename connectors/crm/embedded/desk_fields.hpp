#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/record.hpp"

namespace liaison::crm {

/// The kinds of rows that people keep by hand.
enum class DeskEntity : std::uint8_t { Task, Appointment, Contact, Company, User, Type, Opportunity, Campaign };
inline constexpr DeskEntity kDeskEntities[] = {DeskEntity::Task,    DeskEntity::Appointment, DeskEntity::Contact,
                                               DeskEntity::Company, DeskEntity::User,        DeskEntity::Type,
                                               DeskEntity::Opportunity, DeskEntity::Campaign};
std::string_view to_string(DeskEntity entity);
std::optional<DeskEntity> parse_desk_entity(std::string_view text);
/// The table's name, and the column by which people name a row (`number`, or `code` for types).
std::string_view desk_table(DeskEntity entity);
std::string_view desk_number_column(DeskEntity entity);
/// The canonical kind, for the three kinds that are mirrored.
std::optional<EntityKind> desk_kind(DeskEntity entity);

/// How the text of a field is read.
enum class DeskValue : std::uint8_t {
    Canonical,  ///< a field of core/record.hpp, by its own rules
    Line, Lines, Count, Flag, Day, Word, Address,
    Addresses,  ///< the mail addresses of a user, a table of their own
    Reference   ///< the number or id of another row
};

struct DeskField {
    std::string_view name;    ///< as in `--name`, CSV and REST
    std::string_view column;
    DeskValue value = DeskValue::Line;
    std::string_view tokens = {};                         ///< of a Word
    std::optional<Field> field = {};                      ///< of a Canonical
    std::optional<DeskEntity> reference = {};             ///< of a Reference
    bool required = false;                                ///< when a row is added
};
/// All fields of an entity, in the order in which they are shown.
std::span<const DeskField> desk_fields(DeskEntity entity);
/// By name; `owner_id` and `owner` are the same.
const DeskField* find_desk_field(DeskEntity entity, std::string_view name);
/// What a value of this field looks like, for help and errors: "YYYY-MM-DD", "low, normal or high".
std::string desk_field_hint(const DeskField& field);

}  // namespace liaison::crm
