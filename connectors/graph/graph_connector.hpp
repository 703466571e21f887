#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/exchange_items.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http_client.hpp"
#include "core/ports/mail_source.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::graph {

/// Where a national cloud answers ("National cloud deployments": endpoints of Graph and of Entra).
struct CloudHosts {
    std::string graph;  ///< https://graph.microsoft.com
    std::string login;  ///< https://login.microsoftonline.com
};
/// global, us-gov (GCC High), us-dod, china; another name gives the global hosts.
CloudHosts cloud_hosts(std::string_view cloud);

/// How one mailbox is reached over Microsoft Graph v1.0. The HttpClient that is given beside it signs
/// in (net::make_bearer_client).
struct GraphSettings {
    std::string base_url = "https://graph.microsoft.com/v1.0";
    std::string mailbox;  ///< primary SMTP address or user principal name of the rep
    /// IANA zone of the mailbox: for all-day appointments and for times whose own zone Windows does
    /// not know.
    std::string time_zone = "UTC";
    std::string property_set_guid = std::string(kProductPropertySet);
    /// Graph mails every invitation, update and cancellation of a meeting and has no switch against
    /// it (exchange-protocols.md P-4). False: appointments are written without attendees, and a
    /// change or deletion that Graph would mail to participants is refused as Unsupported.
    bool send_meeting_mail = false;
    /// The part of the calendar that the feed shows: calendarView/delta has a window
    /// (exchange-protocols.md 2.2). What lies outside is read and written by key only.
    std::chrono::days window_past{180};
    std::chrono::days window_future{730};
    std::string user_agent = "Liaison/0.1";
};

/// The rep's To Do tasks, calendar and contacts. `http` and `clock` must outlive the endpoint.
std::unique_ptr<SyncEndpoint> make_graph_endpoint(HttpClient& http, const Clock& clock,
                                                  GraphSettings settings);

/// The rep's mail folders. `http` and `clock` must outlive the source.
std::unique_ptr<MailSource> make_graph_mail_source(HttpClient& http, const Clock& clock,
                                                   GraphSettings settings);

}  // namespace liaison::graph
