#pragma once
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace liaison::service {

/// The sample company of the demo: salespeople alice, bob and carol at example.test, customers,
/// activity types, tasks (overdue, planned, done), this week's appointments, opportunities and
/// campaigns around `today`. Only what is not there yet is added: loading twice, or on another day,
/// changes nothing. Without `with_contacts` there are no sample companies and contacts.
Result<void> load_demo_data(const std::string& database, Date today, bool with_contacts);

/// Contacts of a CSV file. All problems are in the error's message, one a line, with their places;
/// nothing is applied then. The demo's own salespeople need no row in it.
Result<void> import_demo_contacts(const std::string& database, const std::string& file_name,
                                  const std::string& csv);

}  // namespace liaison::service
