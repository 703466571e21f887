#pragma once
#include "connectors/graph/item_mapping.hpp"

namespace liaison::graph {

/// todoTask and canonical tasks (exchange-protocols.md 4.1, 2.4).
///
/// - Status and Priority are always explicit, as over EWS; there is no "canceled": such a task is
///   shown as completed.
/// - To Do has no percentage, no privacy, no time worked and no distance: these fields are not
///   carried, so that it can never blank them in the CRM.
/// - Dates are dates: written as midnight UTC, because the service drops the time of day
///   (microsoft-graph-docs-contrib#2136); read by date_in_disguise, because a date set in the app
///   comes back as midnight of the author's zone (RogerSelwyn/MS365-ToDo#29).
/// - completedDateTime is the server's: carried, never written.
/// - A body that its author wrote as HTML is read as text; Liaison writes text.
/// - Our token is the externalId of a linkedResource whose applicationName is Liaison.
ItemContent read_todo_task(const EntityReader& entity, const MappingContext& context);
JsonObject todo_task_writes(const Patch& patch);
Record project_todo_task(const Record& record);
FieldMask todo_task_carried();
FieldMask todo_task_writable();

inline constexpr std::string_view kLinkedApplication = "Liaison";

/// Our linkedResource: its own id and the token that it carries.
struct TokenLink {
    std::string id;
    CorrelationToken token;
};
/// The first one, or empty members.
TokenLink read_token_link(const EntityReader& entity);
JsonObject token_link(const CorrelationToken& token);

}  // namespace liaison::graph
