#include "tests/sim/scenarios.hpp"

namespace liaison::sim {

std::string_view task_scenarios() {
    return R"(
scenario task-new-in-crm
  event  crm create task A subject="A Call Miller" body="about the offer" due_date=2027-01-15 priority=high
  after  both task A subject="A Call Miller" body="about the offer" due_date=2027-01-15 priority=high status=not_started
  after  carries A "CRM planned"

scenario task-new-in-outlook
  event  outlook create task A subject="A Visit Meyer" body="bring samples" due_date=2027-02-01
  after  both task A subject="A Visit Meyer" body="bring samples" due_date=2027-02-01

scenario task-new-on-both-sides
  event  crm create task A subject="A Call" due_date=2027-01-15
  event  outlook create task B subject="B Visit" due_date=2027-01-16
  after  both task A subject="A Call" due_date=2027-01-15
  after  both task B subject="B Visit" due_date=2027-01-16

scenario task-completed-in-outlook
  before both task A subject="A Call Miller" due_date=2027-01-15
  event  outlook edit A status=completed time_worked_minutes=45 distance="12 km"
  after  both task A status=completed time_worked_minutes=45 distance="12 km"
  after  carries A "CRM done"

scenario task-completed-in-crm
  before both task A subject="A Call Miller" due_date=2027-01-15
  event  crm edit A status=completed
  after  both task A status=completed
  after  carries A "CRM done"

scenario task-completed-on-both-sides
  before both task A subject="A Call Miller"
  event  crm edit A status=completed
  event  outlook edit A status=completed
  after  both task A status=completed
  after  conflicts 0

scenario task-edited-apart
  before both task A subject="A Call Miller" body="old" distance="1 km"
  event  crm edit A body="new body"
  event  outlook edit A distance="2 km"
  after  both task A body="new body" distance="2 km"
  after  conflicts 0

scenario task-edited-same-field
  before both task A subject="A Call Miller" body="old"
  event  crm edit A body="of the office"
  event  outlook edit A body="of the rep"
  after  both task A body="of the office"
  after  conflicts 1

scenario task-field-cleared-in-outlook
  before both task A subject="A Call Miller" body="old" due_date=2027-01-15
  event  outlook edit A body="" due_date=""
  after  both task A body="" due_date=""

scenario task-field-cleared-in-crm
  before both task A subject="A Call Miller" distance="5 km" due_date=2027-01-15
  event  crm edit A distance="" due_date=""
  after  both task A distance="" due_date=""

scenario task-deleted-in-outlook
  before both task A subject="A Call Miller"
  before both task B subject="B Visit"
  event  outlook delete A
  after  both task B

scenario task-deleted-in-crm
  before both task A subject="A Call Miller"
  before both task B subject="B Visit"
  event  crm delete A
  after  both task B

scenario task-deleted-on-both-sides
  before both task A subject="A Call Miller"
  event  crm delete A
  event  outlook delete A

scenario finished-task-tidied-away
  before both task A subject="A Call Miller" status=completed
  event  outlook delete A
  after  crm task A status=completed

scenario task-edited-in-crm-deleted-in-outlook
  before both task A subject="A Call Miller" body="old"
  event  outlook delete A
  event  crm edit A body="new"
  after  both task A body="new"

scenario task-edited-in-outlook-deleted-in-crm
  before both task A subject="A Call Miller" body="old"
  event  crm delete A
  event  outlook edit A body="new"
  after  both task A body="new"

scenario task-moved-to-another-folder
  before both task A subject="A Call Miller"
  event  outlook move A Later
  event  crm edit A body="still known"
  after  both task A body="still known"
  after  in A Later

scenario task-moved-away-and-back
  before both task A subject="A Call Miller"
  event  outlook move A Later
  event  outlook move A ""
  event  outlook edit A body="still known"
  after  both task A body="still known"

scenario task-copied-in-outlook
  before both task A subject="A Call Miller"
  event  outlook copy A
  after  both task A count=2

scenario task-adopted-by-content
  before twin task A subject="A Call Miller" due_date=2027-01-15
  event  crm edit A body="from the office"
  after  both task A body="from the office"

scenario task-ledger-lost
  before both task A subject="A Call Miller" due_date=2027-01-15
  before both task B subject="B Visit"
  event  ledger lost
  event  crm edit A body="after the loss"
  after  both task A
  after  both task B

scenario task-sync-states-lost
  before both task A subject="A Call Miller"
  before both task B subject="B Visit"
  event  states expire
  event  outlook edit A body="new"
  event  outlook delete B
  after  both task A body="new"

scenario task-leaves-the-scope-unedited
  before both task A subject="A Call Miller"
  event  crm give A 1
  after  both task A@1

scenario task-leaves-the-scope-edited
  before both task A subject="A Call Miller"
  event  outlook edit A body="mine"
  event  cycle
  event  crm give A 1
  after  outlook task A body="mine"
  after  both task A@1 body="mine"

scenario task-private-stays-in-the-mailbox
  event  outlook create task A subject="A Dentist" private=yes
  after  outlook task A

scenario task-of-a-rep-with-own-category
  before both task A subject="A Call Miller"
  event  outlook category A "Own colour"
  event  crm edit A status=completed
  after  both task A status=completed
  after  carries A "Own colour"
  after  carries A "CRM done"

scenario many-tasks-at-once
  event  crm create task A subject="A one"
  event  crm create task B subject="B two"
  event  crm create task C subject="C three"
  event  outlook create task D subject="D four"
  event  outlook create task E subject="E five"
  after  both task A
  after  both task B
  after  both task C
  after  both task D
  after  both task E
)";
}

}  // namespace liaison::sim
