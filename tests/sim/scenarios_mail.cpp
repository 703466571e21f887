#include "tests/sim/scenarios.hpp"

namespace liaison::sim {

std::string_view mail_scenarios() {
    return R"(
scenario mail-from-a-contact
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  after  both contact A
  after  logged M1 A direction=inbound
  after  carries M1 "CRM logged"
  after  mails 1 interactions 1

scenario mail-to-two-contacts
  before both contact A given_name="A" email1=a@customer.example
  before both contact B given_name="B" email1=b@customer.example
  event  mail M1 CRM from=m0@example.test to=a@customer.example cc=b@customer.example id=one@x subject="M1 Offer"
  after  both contact A
  after  both contact B
  after  logged M1 A direction=outbound
  after  logged M1 B direction=outbound
  after  mails 1 interactions 2

scenario mail-in-two-mailboxes
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  event  mail M1@1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  after  both contact A
  after  logged M1 A
  after  carries M1 "CRM logged"
  after  carries M1@1 "CRM logged"
  after  either
  after  mails 1 interactions 1

scenario two-mails-with-one-id
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=same@x subject="M1 Offer"
  event  mail M2 CRM from=a@customer.example to=m0@example.test id=same@x subject="M2 Another matter"
  after  both contact A
  after  logged M1 A
  after  logged M2 A
  after  mails 2 interactions 2

scenario mail-without-id
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test subject="M1 Offer"
  after  both contact A
  after  logged M1 A
  after  mails 1 interactions 1

scenario mail-of-a-stranger
  event  mail M1 CRM from=nobody@else.example to=m0@example.test id=one@x subject="M1 Hello"
  after  carries M1 "CRM unmatched"
  after  mails 0 interactions 0

scenario mail-matched-later
  before mail M1 CRM from=late@customer.example to=m0@example.test id=one@x subject="M1 Hello"
  event  crm create contact A given_name="A" email1=late@customer.example
  after  both contact A
  after  logged M1 A direction=inbound
  after  carries M1 "CRM logged"
  after  mails 1 interactions 1

scenario mail-dragged-out-and-in
  before both contact A given_name="A" email1=a@customer.example
  before mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  event  drag M1 ""
  event  cycle
  event  drag M1 CRM
  after  both contact A
  after  logged M1 A
  after  mails 1 interactions 1

scenario private-mail
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Personal" private=yes
  after  both contact A
  after  mails 0 interactions 0

scenario internal-mail
  event  mail M1 CRM from=m1@example.test to=m0@example.test id=one@x subject="M1 Lunch"
  after  mails 0 interactions 0

scenario mail-moved-by-a-rule
  before both contact A given_name="A" email1=a@customer.example
  before rule "Inbox/Done"
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  after  both contact A
  after  logged M1 A
  after  in M1 Done
  after  carries M1 "CRM logged"
  after  mails 1 interactions 1

scenario three-mails-at-once
  before both contact A given_name="A" email1=a@customer.example
  event  mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  event  mail M2 CRM from=m0@example.test to=a@customer.example id=two@x subject="M2 Answer"
  event  mail M3 CRM from=nobody@else.example to=m0@example.test id=three@x subject="M3 Hello"
  after  both contact A
  after  logged M1 A direction=inbound
  after  logged M2 A direction=outbound
  after  carries M3 "CRM unmatched"
  after  mails 2 interactions 2

scenario mail-cursor-lost
  before both contact A given_name="A" email1=a@customer.example
  before mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  event  states expire
  event  mail M2 CRM from=a@customer.example to=m0@example.test id=two@x subject="M2 Second"
  after  both contact A
  after  logged M1 A
  after  logged M2 A
  after  mails 2 interactions 2

scenario mail-ledger-lost
  before both contact A given_name="A" email1=a@customer.example
  before mail M1 CRM from=a@customer.example to=m0@example.test id=one@x subject="M1 Offer"
  event  ledger lost
  after  both contact A
  after  logged M1 A
  after  mails 1 interactions 1
)";
}

}  // namespace liaison::sim
