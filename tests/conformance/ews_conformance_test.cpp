#include "core/limits.hpp"
#include "tests/conformance/ews_world.hpp"

namespace liaison::conformance {

namespace {

std::unique_ptr<EndpointWorld> make_ews_world() { return std::make_unique<EwsEndpointWorld>(); }
std::unique_ptr<MailWorld> make_ews_mail_world() { return std::make_unique<EwsMailWorld>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Ews, SyncEndpointSuite,
                         testing::Values(EndpointCase{"task", EntityKind::Task, make_ews_world},
                                         EndpointCase{"appointment", EntityKind::Appointment, make_ews_world},
                                         EndpointCase{"contact", EntityKind::Contact, make_ews_world}),
                         endpoint_case_name);
INSTANTIATE_TEST_SUITE_P(Ews, MailSourceSuite, testing::Values(MailCase{"ews", make_ews_mail_world}), mail_case_name);

}  // namespace liaison::conformance
