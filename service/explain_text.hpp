#pragma once
#include <boost/json/object.hpp>
#include <string>

namespace liaison::service {

// Mails for people, made from what the management API says of them; the same whether the service or
// the command line answers. Control characters that came from outside are shown as U+FFFD or blanks.

/// `GET /v1/mail/{id}`: the whole reason.
std::string explanation_text(const boost::json::object& mail);
/// `GET /v1/tray/{id}`: what waits, and who might be meant.
std::string tray_mail_text(const boost::json::object& mail);
/// One line of `GET /v1/tray`.
std::string tray_line(const boost::json::object& mail);

}  // namespace liaison::service
