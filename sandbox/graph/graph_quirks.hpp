#pragma once
#include <boost/json/fwd.hpp>
#include <cstdint>

#include "core/result.hpp"

namespace liaison::sandbox::graph {

/// Switches of the Graph face, set by the control API (exchange-protocols 6.3).
struct GraphQuirks {
    bool empty_delta_pages = false;      ///< every second page of a round is empty, with a nextLink
    bool replay_delta_items = false;     ///< a page repeats the last item of the page before
    std::uint32_t lose_sync_first = 0;   ///< so many first requests of a round answer 410
    std::uint32_t lose_sync_middle = 0;  ///< so many nextLinks answer 410
    bool resync_required = false;        ///< 410 as resyncRequired with Location
    bool fractional_retry_after = false;
    std::uint32_t throttle = 0;                    ///< so many requests are answered 429
    std::uint32_t throttle_seconds_milli = 1'000;  ///< Retry-After of 429, in milliseconds
    std::uint32_t throttle_batch_parts = 0;        ///< so many parts of batches are answered 429
    std::uint32_t conflicts = 0;                   ///< so many PATCHes and DELETEs answer 409
                                  ///< ErrorIrresolvableConflict, whatever If-Match says
    std::uint32_t mailbox_concurrency = 4;  ///< parallel requests per app and mailbox
    bool shifted_task_dates = false;      ///< To Do gives dates back as the UTC instant of midnight
    bool removed_outside_window = false;  ///< view delta reports items outside as @removed
    bool translate_delegated_only = false;  ///< 403 of translateExchangeIds for applications, as
                                            ///< the newest permission table has it
    bool mailbox_on_premises = false;       ///< MailboxNotEnabledForRESTAPI for every mailbox
};

/// By the members' names. `change` sets what it names: InvalidRequest for unknown names and types.
boost::json::object quirks_json(const GraphQuirks& quirks);
Result<void> change_quirks(GraphQuirks& quirks, const boost::json::object& change);

}  // namespace liaison::sandbox::graph
