#pragma once
#include "sandbox/control_api.hpp"
#include "sandbox/graph/graph_face.hpp"
#include "sandbox/token/token_authority.hpp"

namespace liaison::sandbox {

/// Adds to the control API:
///
///   GET    /sandbox/graph/quirks           PATCH {name: value...}; DELETE sets all back
///   POST   /sandbox/graph/forget           every delta token is lost (410)
///   GET    /sandbox/graph/subscriptions    POST {id, event}: reauthorizationRequired,
///                                          subscriptionRemoved, missed
///   GET    /sandbox/graph/apps             POST {client_id, display_name, secrets, certificates
///                                          (PEM), roles, mailboxes} replaces or adds one;
///                                          DELETE ?client_id=; PATCH {token_seconds}
void add_graph_control(ControlApi& control, GraphFace& graph, TokenAuthority& tokens);

}  // namespace liaison::sandbox
