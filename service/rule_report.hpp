#pragma once
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "daemon/rule_trial.hpp"
#include "rules/findings.hpp"

/// What rule checks and dry runs found, for people and for programs. The command line and the REST
/// API answer the same.
namespace liaison::service {

boost::json::object to_json(const rules::RuleError& error);
boost::json::object to_json(const rules::RuleFinding& finding);
boost::json::array to_json(const std::vector<rules::RuleFinding>& findings);
boost::json::object to_json(const MailAction& action);
boost::json::object to_json(const RuleOutcome& outcome);
/// The decision with its links, effects and the outcome of every condition.
boost::json::object decision_report(const MailDecision& decision);
boost::json::object to_json(const daemon::MadeParty& made);
/// {"mails", "counts": {KIND: N}, "changes": [{"name", "kinds", "before", "after"}], "made",
/// "noLongerMade"}
boost::json::object to_json(const daemon::RuleComparison& comparison);

/// "log contact_match -> C-1 template OFFER; move Inbox/Done; categories CRM logged"
std::string one_line(const MailDecision& decision);
/// One line per change and made party, then the counts.
std::string to_text(const daemon::RuleComparison& comparison);

}  // namespace liaison::service
