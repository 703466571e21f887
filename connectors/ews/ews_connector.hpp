#pragma once
#include <memory>
#include <string>

#include "connectors/exchange_items.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http_client.hpp"
#include "core/ports/inbox_rules.hpp"
#include "core/ports/mail_source.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::ews {

using liaison::kProductPropertySet;

/// How one mailbox is reached over Exchange Web Services.
struct EwsSettings {
    std::string url;      ///< https://mail.example.test/EWS/Exchange.asmx
    std::string mailbox;  ///< primary SMTP address of the rep
    std::string user;  ///< Basic credentials, sent with every request; TLS is the transport's duty
    std::string password;
    bool impersonate =
        false;  ///< `user` is a service account with the role ApplicationImpersonation
    /// IANA zone of the mailbox: for all-day appointments and for times whose own zone Windows does
    /// not know.
    std::string time_zone = "UTC";
    std::string property_set_guid = std::string(kProductPropertySet);
    /// Base of Outlook on the web ("https://mail.example.test/owa/"), for links to messages; empty:
    /// no links.
    std::string owa_url;
    std::string user_agent = "Liaison/0.1";
};

/// The rep's tasks, calendar and contacts. `http` and `clock` must outlive the endpoint.
std::unique_ptr<SyncEndpoint> make_ews_endpoint(HttpClient& http, const Clock& clock,
                                                EwsSettings settings);

/// The rep's inbox rules. `http` must outlive them.
std::unique_ptr<InboxRules> make_ews_inbox_rules(HttpClient& http, EwsSettings settings);

/// The rep's mail folders. `http` must outlive the source.
std::unique_ptr<MailSource> make_ews_mail_source(HttpClient& http, EwsSettings settings);

}  // namespace liaison::ews
