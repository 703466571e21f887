#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sim {

/// One line of a scenario: `outlook edit A status=completed body="second text"`.
struct ScenarioLine {
    std::vector<std::string> words;             ///< without the section and without values
    std::map<std::string, std::string> values;  ///< name=value
    const std::string& word(std::size_t i) const;
    std::string text;  ///< as written, for messages
};

/// A small story with one right end. The tables stand in scenarios_*.cpp; the language:
///
///   scenario NAME                            the first line of each
///     before  both   KIND MARK name=value    an item of the CRM whose mirror is there and linked
///     before  twin   KIND MARK name=value    made on both sides by people; not linked yet
///     before  crm|outlook KIND MARK ...      on one side only; Liaison has not seen it
///     before  mail   MARK FOLDER name=value  as under `event`; Liaison has dealt with it
///     before  rule   FOLDER                  a rule moves logged mail to FOLDER
///     event   crm|outlook create KIND MARK name=value
///     event   crm|outlook edit MARK name=value
///     event   crm|outlook delete MARK
///     event   crm give MARK REP              to another owner
///     event   outlook move MARK FOLDER       FOLDER below the item's default folder; "" is that
///     itself event   outlook copy MARK              in the same folder event   outlook category
///     MARK NAME event   outlook private MARK event   mail MARK FOLDER from= to= [cc=] [id=]
///     [subject=] [private=yes] event   drag MARK FOLDER               a mail, into a folder below
///     the Inbox ("" is the Inbox) event   states expire                  every sync state of
///     Exchange is lost event   ledger lost                    the data directory is empty event
///     cycle                          Liaison does one undisturbed turn after   both|crm|outlook
///     KIND MARK name=value   there once, with these values after   in MARK FOLDER where an item or
///     mail lies after   carries MARK NAME              a category after   logged MARK CONTACT
///     name=value one interaction of this mail and contact after   mails N interactions N conflicts
///     N parked N held N     totals; absent: not looked at
///     after either                           whichever mailbox came first may have logged a mail
///
/// MARK is the first word of the item's subject or given name, and M1, M2 are mails. What `after`
/// does not name must not be there. `@1` behind a mark means the second rep.
struct Scenario {
    std::string name;
    std::vector<ScenarioLine> before;
    std::vector<ScenarioLine> events;
    std::vector<ScenarioLine> after;
};

/// Reads a table. Throws std::runtime_error with the number of the line.
std::vector<Scenario> read_scenarios(std::string_view table);
/// All tables of the project, in order.
const std::vector<Scenario>& all_scenarios();

std::string_view task_scenarios();
std::string_view appointment_scenarios();
std::string_view contact_scenarios();
std::string_view mail_scenarios();

}  // namespace liaison::sim
