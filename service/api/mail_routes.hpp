#pragma once
#include "service/api/router.hpp"
#include "service/mail_desk.hpp"

namespace liaison::service {

/// Explanations: GET /v1/mail/{id}. The desk outlives the router.
void add_explain_route(Router& router, MailDesk& desk);
/// The unmatched tray, blocklists and withdrawals.
void add_tray_routes(Router& router, MailDesk& desk);

}  // namespace liaison::service
