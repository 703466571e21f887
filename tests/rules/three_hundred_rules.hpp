#pragma once
#include <string>

namespace liaison::reference {

/// 300 rules written for the ordinary mails of ../shared/data and for the facts that
/// tests/rules/real_mail_test.cpp gives them: sixty shapes with five values each. Every condition
/// and every action of docs/rules.md occurs.
std::string three_hundred_rules();

}  // namespace liaison::reference
