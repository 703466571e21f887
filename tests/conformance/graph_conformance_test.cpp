#include "core/limits.hpp"
#include "tests/conformance/graph_world.hpp"

namespace liaison::conformance {

namespace {

template <Wire wire>
std::unique_ptr<EndpointWorld> make_graph_world() {
    return std::make_unique<GraphEndpointWorld>(wire);
}
template <Wire wire>
std::unique_ptr<MailWorld> make_graph_mail_world() {
    return std::make_unique<GraphMailWorld>(wire);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(
    Graph, SyncEndpointSuite,
    testing::Values(
        EndpointCase{"task", EntityKind::Task, make_graph_world<Wire::Handler>},
        EndpointCase{"appointment", EntityKind::Appointment, make_graph_world<Wire::Handler>},
        EndpointCase{"contact", EntityKind::Contact, make_graph_world<Wire::Handler>},
        EndpointCase{"task_bytes", EntityKind::Task, make_graph_world<Wire::Memory>},
        EndpointCase{"appointment_bytes", EntityKind::Appointment, make_graph_world<Wire::Memory>},
        EndpointCase{"contact_bytes", EntityKind::Contact, make_graph_world<Wire::Memory>},
        EndpointCase{"task_tcp", EntityKind::Task, make_graph_world<Wire::Socket>},
        EndpointCase{"appointment_tcp", EntityKind::Appointment, make_graph_world<Wire::Socket>},
        EndpointCase{"contact_tcp", EntityKind::Contact, make_graph_world<Wire::Socket>}),
    endpoint_case_name);
INSTANTIATE_TEST_SUITE_P(Graph, MailSourceSuite,
                         testing::Values(MailCase{"graph", make_graph_mail_world<Wire::Handler>},
                                         MailCase{"bytes", make_graph_mail_world<Wire::Memory>},
                                         MailCase{"tcp", make_graph_mail_world<Wire::Socket>}),
                         mail_case_name);

}  // namespace liaison::conformance
