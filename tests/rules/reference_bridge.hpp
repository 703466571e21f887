#pragma once
#include <ostream>
#include <string>

#include "core/mail_action.hpp"
#include "rules/facts.hpp"
#include "tests/rules/reference_evaluator.hpp"

/// Between the reference evaluator and rules/.
namespace liaison::reference {

rules::Facts facts_of_reference(const ReferenceInput& in);

/// The actions in the reference's words.
ReferenceOutcome outcome_of_actions(const MailActions& got);

std::ostream& operator<<(std::ostream& out, const ReferenceOutcome& outcome);

}  // namespace liaison::reference
