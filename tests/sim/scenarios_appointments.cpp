#include "tests/sim/scenarios.hpp"

namespace liaison::sim {

std::string_view appointment_scenarios() {
    return R"(
scenario appointment-new-in-crm
  event  crm create appointment A subject="A Presentation" location="Room 4" show_as=tentative
  after  both appointment A location="Room 4" show_as=tentative

scenario appointment-new-in-outlook
  event  outlook create appointment A subject="A Lunch" location="Canteen"
  after  both appointment A location="Canteen"

scenario appointment-edited-on-both-sides
  before both appointment A subject="A Presentation" location="Room 4" body="old"
  event  crm edit A body="new"
  event  outlook edit A location="Room 5"
  after  both appointment A location="Room 5" body="new"

scenario appointment-same-field
  before both appointment A subject="A Presentation" location="Room 4"
  event  crm edit A location="Room 6"
  event  outlook edit A location="Room 5"
  after  both appointment A location="Room 6"
  after  conflicts 1

scenario appointment-deleted-in-outlook
  before both appointment A subject="A Presentation"
  event  outlook delete A

scenario appointment-deleted-in-crm
  before both appointment A subject="A Presentation"
  event  crm delete A

scenario appointment-moved-to-another-calendar
  before both appointment A subject="A Presentation"
  event  outlook move A Private
  event  crm edit A body="new"
  after  both appointment A body="new"
  after  in A Private

scenario appointment-adopted-by-content
  before twin appointment A subject="A Presentation"
  event  outlook edit A location="Room 5"
  after  both appointment A location="Room 5"

scenario appointment-ledger-lost
  before both appointment A subject="A Presentation" location="Room 4"
  event  ledger lost
  after  both appointment A location="Room 4"
)";
}

}  // namespace liaison::sim
