#pragma once
#include <boost/json/object.hpp>
#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/operation.hpp"
#include "core/ports/mail_store.hpp"
#include "daemon/scheduler.hpp"
#include "service/mail_desk.hpp"

namespace liaison::service {

// Values as the management API shows them. No mail content.
boost::json::object to_json(const daemon::MailboxStatus& status);
boost::json::object to_json(const IntakeRow& row);
boost::json::object to_json(const MailDecision& decision);
boost::json::object to_json(const MailCounts& counts);
boost::json::object to_json(const Plan& plan);
boost::json::object to_json(const Error& error);
boost::json::object to_json(const MailExplanation& explanation);
boost::json::object to_json(const TrayMail& mail);
boost::json::object to_json(const MailWithdrawal& withdrawal);

}  // namespace liaison::service
