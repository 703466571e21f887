#include "service/api/json.hpp"

#include <boost/json.hpp>

#include "daemon/sync/explain.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

boost::json::value json_time(const std::optional<Timestamp>& t) {
    if (!t) return nullptr;
    return boost::json::value(format_timestamp(*t));
}

object json_operation(const Operation& op) {
    object out{{"side", to_string(op.side)},
               {"kind", to_string(op.kind)},
               {"reason", to_string(op.reason)},
               {"link", op.link.value()},
               {"explanation", sync::explain(op)}};
    if (!op.key.empty()) out["key"] = op.key.str();
    if (op.kind == OperationKind::Update) out["fields"] = field_names(op.patch);
    return out;
}

}  // namespace

object to_json(const Error& error) {
    object out{{"kind", to_string(error.kind)}, {"message", error.message}};
    if (!error.native_code.empty()) out["code"] = error.native_code;
    return out;
}

object to_json(const daemon::MailboxStatus& status) {
    const char* state = status.paused       ? "paused"
                        : status.running    ? "running"
                        : status.last_error ? "failing"
                                            : "idle";
    object out{{"mailbox", status.mailbox.str()},
               {"state", state},
               {"paused", status.paused},
               {"in_step", status.quiet && !status.last_error && !status.running},
               {"cycles", status.cycles},
               {"failures_in_a_row", status.failures_in_a_row},
               {"last_started", json_time(status.last_started)},
               {"last_finished", json_time(status.last_finished)},
               {"last_success", json_time(status.last_success)},
               {"next_due", json_time(status.next_due)},
               {"last_error", nullptr}};
    if (status.last_error) out["last_error"] = to_json(*status.last_error);
    return out;
}

object to_json(const Plan& plan) {
    array operations;
    for (const Operation& op : plan.operations) operations.push_back(json_operation(op));
    array parked;
    for (const ParkedItem& item : plan.parked)
        parked.push_back(object{{"side", to_string(item.side)},
                                {"key", item.key.str()},
                                {"reason", to_string(item.reason)},
                                {"detail", item.detail}});
    object out{{"operations", std::move(operations)},
               {"parked", std::move(parked)},
               {"conflicts", plan.conflicts.size()},
               {"link_changes", plan.changes.size()},
               {"held", nullptr}};
    if (plan.held) {
        array removals;
        for (const Operation& op : plan.held->removals) removals.push_back(json_operation(op));
        out["held"] = object{{"hash", plan.held->hash},
                             {"why", plan.held->why},
                             {"removals", std::move(removals)},
                             {"unlinkings", plan.held->unlinkings.size()}};
    }
    return out;
}

}  // namespace liaison::service
