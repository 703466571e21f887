#pragma once
#include <map>
#include <string>

#include "core/result.hpp"
#include "service/demo_client.hpp"

namespace liaison::service {

/// Cumulative counts, taken from the CRM's file and the sandbox's control API, never from Liaison's
/// own books.
struct DemoReport {
    std::size_t mails_seen = 0;
    std::size_t mails_logged = 0;
    std::size_t interactions = 0;
    std::size_t unmatched = 0;
    std::map<std::string, std::size_t> skipped;
    std::size_t tasks_mirrored = 0;
    std::size_t appointments_mirrored = 0;
    std::size_t contacts_mirrored = 0;
    std::size_t parked = 0;
    std::size_t messages_sent = 0;  ///< what Exchange would have sent to people: must be 0
    double seconds = 0;
};

/// Looks at every mailbox of the sandbox and at the CRM's file. A sandbox that does not answer
/// gives zeros and an error.
Result<DemoReport> count_demo(DemoClient& client, const std::string& sandbox_url,
                              const std::string& crm_database);
std::string to_json_text(const DemoReport& report);
std::string to_table(const DemoReport& report);

}  // namespace liaison::service
