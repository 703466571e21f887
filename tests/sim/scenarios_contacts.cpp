#include "tests/sim/scenarios.hpp"

namespace liaison::sim {

std::string_view contact_scenarios() {
    return R"(
scenario contact-new-in-crm
  event  crm create contact A given_name="A" family_name="Miller" email1=a@customer.example company_name="Miller Ltd"
  after  both contact A family_name="Miller" email1=a@customer.example company_name="Miller Ltd"

scenario contact-new-in-outlook
  event  outlook create contact A given_name="A" family_name="Meyer" phone_mobile="+49 170 1"
  after  both contact A family_name="Meyer" phone_mobile="+49 170 1"

scenario contact-edited-on-both-sides
  before both contact A given_name="A" family_name="Miller" job_title="Buyer"
  event  crm edit A job_title="Head of buying"
  event  outlook edit A phone_mobile="+49 170 2" notes="met in May"
  after  both contact A job_title="Head of buying" phone_mobile="+49 170 2" notes="met in May"

scenario contact-same-field
  before both contact A given_name="A" family_name="Miller" department="North"
  event  crm edit A department="South"
  event  outlook edit A department="West"
  after  both contact A department="South"
  after  conflicts 1

scenario contact-deleted-in-outlook
  before both contact A given_name="A" family_name="Miller"
  event  outlook delete A

scenario contact-edited-in-crm-deleted-in-outlook
  before both contact A given_name="A" family_name="Miller"
  event  outlook delete A
  event  crm edit A job_title="Director"
  after  both contact A job_title="Director"

scenario contact-adopted-by-address
  before twin contact A given_name="A" family_name="Miller" email1=a@customer.example
  event  crm edit A job_title="Director"
  event  outlook edit A notes="likes tea"
  after  both contact A job_title="Director" notes="likes tea" email1=a@customer.example

scenario contact-ledger-lost-and-edited
  before both contact A given_name="A" family_name="Miller" job_title="Buyer"
  event  outlook edit A notes="likes tea"
  event  ledger lost
  after  both contact A notes="likes tea" job_title="Buyer"
)";
}

}  // namespace liaison::sim
