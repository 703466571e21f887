#pragma once
#include "core/mail_action.hpp"
#include "rules/document.hpp"

namespace liaison::rules {

/// Adds what a matching rule asks for. What contradicts an earlier rule's action is left out and
/// named in `conflicts`: the first rule in order of evaluation has precedence.
void add_actions(const Rule& rule, MailActions& into);

}  // namespace liaison::rules
