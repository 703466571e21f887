#pragma once
#include <string>
#include <string_view>

#include "sandbox/graph/graph_call.hpp"

namespace liaison::sandbox::graph {

/// The object id of a user: a GUID made of the address.
std::string user_guid(std::string_view address);
const User* user_by_id_or_name(const MailboxStore& store, std::string_view id);

/// `{"error": {code, message, innerError}}`.
json::object error_json(const GraphError& error, std::string_view request_id, EpochMillis now);

}  // namespace liaison::sandbox::graph
