#pragma once
#include <string>
#include <vector>

#include "core/mail_action.hpp"
#include "rules/document.hpp"

namespace liaison::rules {

/// An action that was left out because an earlier one excludes it.
struct Contradiction {
    MailActionKind loser;
    MailActionKind winner;
};

/// Adds what a matching rule asks for. What contradicts an earlier action is left out, named in
/// `conflicts` and answered: the first rule in order of evaluation has precedence.
std::vector<Contradiction> add_actions(const Rule& rule, MailActions& into);

}  // namespace liaison::rules
