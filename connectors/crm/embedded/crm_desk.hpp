#pragma once
#include <map>
#include <string>
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/embedded/desk_fields.hpp"
#include "connectors/crm/embedded/record_rows.hpp"

namespace liaison::crm {

/// Field name to text, as people type it. An empty text clears the field.
using DeskInput = std::map<std::string, std::string>;

struct DeskTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

struct DeskFilter {
    std::string owner;     ///< number or id of a user; empty: everybody's
    std::string search;    ///< part of the row's name or subject, any case
    bool closed = false;   ///< completed and canceled activities, too
    std::size_t rows_max = 500;
};

/// What an input comes to: columns, and the two lists that are tables of their own.
struct DeskWrite {
    std::vector<Assignment> values;
    std::optional<std::vector<std::string>> addresses;
    std::optional<AttendeeList> attendees;
    std::string zone;  ///< of times that name none
    bool has(std::string_view column) const;
};

/// A text in quotes for messages, cut to what a line takes.
std::string desk_quote(std::string_view text);

/// Work by hand in the CRM: what the command line, imports and the demo do. Blocking; writes need an open Transaction, so
/// that several of them are one.
///
/// Rows are named by number (`C-1001`, type code) or by id. All errors are `InvalidRequest`, `NotFound` or `AlreadyExists` with a
/// message that says which field, what is wrong and what would be right.
class CrmDesk {
public:
    /// `writer` stands in modified_by and in the change log.
    CrmDesk(CrmDatabase& db, Timestamp now, std::string writer) : db_(db), now_(now), writer_(std::move(writer)) {}

    enum class Change : std::uint8_t { Created, Updated, Unchanged };

    /// Answers the new row's number, or its id where it has none.
    Result<std::string> add(DeskEntity entity, const DeskInput& input);
    Result<void> edit(DeskEntity entity, const std::string& reference, const DeskInput& input);
    /// Adds or edits the row with `input["number"]` (`code` for types); a deleted row comes back. Only what differs is written.
    Result<Change> put(DeskEntity entity, const DeskInput& input);
    /// True if there is or was a row with this number: deleted ones count.
    Result<bool> knows(DeskEntity entity, const std::string& number);
    /// Closes a task or an appointment: status, 100 %, today's date where its owner lives; `input` may add time worked, distance and more.
    Result<void> complete(DeskEntity entity, const std::string& reference, const DeskInput& input);
    /// Soft: the row stays with deleted = 1. A user who owns something and a type in use are refused.
    Result<void> remove(DeskEntity entity, const std::string& reference);

    Result<DeskTable> list(DeskEntity entity, const DeskFilter& filter);
    /// Field and value of one row.
    Result<DeskTable> show(DeskEntity entity, const std::string& reference);
    /// Logged mail, newest first.
    Result<DeskTable> list_interactions(const DeskFilter& filter);

    /// The value of a row's key (id, or code for types). `NotFound` names what was looked for.
    Result<SqlValue> find_row(DeskEntity entity, const std::string& reference);

private:
    Result<DeskWrite> read_input(DeskEntity entity, const DeskInput& input);
    Result<void> read_field(DeskEntity entity, const DeskField& field, const std::string& text, DeskWrite& write);
    Result<void> check_required(DeskEntity entity, const DeskInput& input);
    void add_defaults(DeskEntity entity, const DeskInput& input, DeskWrite& write);
    Result<bool> store(DeskEntity entity, const SqlValue& key, const DeskWrite& write, bool revive);
    Result<void> store_addresses(std::int64_t user_id, const std::vector<std::string>& addresses);
    Error explain(DeskEntity entity, Error error) const;
    std::string default_zone(const DeskInput& input);
    Date today_of_owner(DeskEntity entity, const SqlValue& key);

    CrmDatabase& db_;
    Timestamp now_;
    std::string writer_;
};

}  // namespace liaison::crm
