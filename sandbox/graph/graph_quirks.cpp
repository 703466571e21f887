#include "sandbox/graph/graph_quirks.hpp"

#include <boost/json.hpp>
#include <string>
#include <string_view>

namespace liaison::sandbox::graph {
namespace {

struct QuirkFlag {
    std::string_view name;
    bool GraphQuirks::* member;
};
struct QuirkNumber {
    std::string_view name;
    std::uint32_t GraphQuirks::* member;
};

constexpr QuirkFlag quirk_flags[] = {
    {"empty_delta_pages", &GraphQuirks::empty_delta_pages},
    {"replay_delta_items", &GraphQuirks::replay_delta_items},
    {"resync_required", &GraphQuirks::resync_required},
    {"fractional_retry_after", &GraphQuirks::fractional_retry_after},
    {"shifted_task_dates", &GraphQuirks::shifted_task_dates},
    {"removed_outside_window", &GraphQuirks::removed_outside_window},
    {"translate_delegated_only", &GraphQuirks::translate_delegated_only},
    {"mailbox_on_premises", &GraphQuirks::mailbox_on_premises}};

constexpr QuirkNumber quirk_numbers[] = {
    {"lose_sync_first", &GraphQuirks::lose_sync_first},
    {"lose_sync_middle", &GraphQuirks::lose_sync_middle},
    {"throttle", &GraphQuirks::throttle},
    {"throttle_seconds_milli", &GraphQuirks::throttle_seconds_milli},
    {"throttle_batch_parts", &GraphQuirks::throttle_batch_parts},
    {"conflicts", &GraphQuirks::conflicts},
    {"mailbox_concurrency", &GraphQuirks::mailbox_concurrency}};

}  // namespace

boost::json::object quirks_json(const GraphQuirks& quirks) {
    boost::json::object out;
    for (const auto& row : quirk_flags) out[row.name] = quirks.*row.member;
    for (const auto& row : quirk_numbers) out[row.name] = quirks.*row.member;
    return out;
}

Result<void> change_quirks(GraphQuirks& quirks, const boost::json::object& change) {
    GraphQuirks changed = quirks;
    for (const auto& member : change) {
        const std::string_view name = member.key();
        bool known = false;
        for (const auto& row : quirk_flags) {
            if (row.name != name || !member.value().is_bool()) continue;
            changed.*row.member = member.value().get_bool();
            known = true;
        }
        for (const auto& row : quirk_numbers) {
            if (row.name != name || !member.value().is_int64()) continue;
            const std::int64_t number = member.value().get_int64();
            if (number < 0 || number > UINT32_MAX) continue;
            changed.*row.member = static_cast<std::uint32_t>(number);
            known = true;
        }
        if (!known)
            return fail(ErrorKind::InvalidRequest,
                        "no such switch, or another type: " + std::string(name));
    }
    quirks = changed;
    return {};
}

}  // namespace liaison::sandbox::graph
