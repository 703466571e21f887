#pragma once
#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox::graph {

/// An upload session (createUploadSession), open until its last byte came or it expired.
struct UploadSession {
    std::string mailbox;
    std::string item_id;
    Attachment attachment;
    std::string bytes;
    EpochMillis expires = 0;
};

/// Switches of the Graph face, set by the control API (exchange-protocols 6.3).
struct GraphQuirks {
    bool empty_delta_pages = false;    ///< every second page of a round is empty, with a nextLink
    bool replay_delta_items = false;   ///< a page repeats the last item of the page before
    std::uint32_t lose_sync_first = 0;   ///< so many first requests of a round answer 410
    std::uint32_t lose_sync_middle = 0;  ///< so many nextLinks answer 410
    bool resync_required = false;      ///< 410 as resyncRequired with Location
    bool fractional_retry_after = false;
    std::uint32_t throttle = 0;        ///< so many requests are answered 429
    std::uint32_t throttle_seconds_milli = 1'000;  ///< Retry-After of 429, in milliseconds
    std::uint32_t throttle_batch_parts = 0;        ///< so many parts of batches are answered 429
    std::uint32_t mailbox_concurrency = 4;         ///< parallel requests per app and mailbox
    bool shifted_task_dates = false;  ///< To Do gives dates back as the UTC instant of midnight
    bool removed_outside_window = false;  ///< view delta reports items outside as @removed
    bool translate_delegated_only = false;  ///< 403 of translateExchangeIds for applications, as
                                            ///< the newest permission table has it
    bool mailbox_on_premises = false;     ///< MailboxNotEnabledForRESTAPI for every mailbox
};

/// What the face keeps beside the mailboxes, for the life of the process.
struct GraphMemory {
    GraphQuirks quirks;
    std::uint64_t delta_epoch = 1;  ///< tokens of an older epoch are lost (410)
    std::uint64_t next_number = 1;
    std::map<std::string, UploadSession, std::less<>> uploads;
    std::map<std::string, std::vector<boost::json::object>, std::less<>> rules;  ///< by mailbox
};

}  // namespace liaison::sandbox::graph
