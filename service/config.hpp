#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/link.hpp"
#include "core/record.hpp"
#include "daemon/mail/logging.hpp"

namespace liaison::service {

/// One rep's mailbox.
struct MailboxConfig {
    std::string address;                    ///< primary SMTP address, lower case
    std::vector<EntityKind> kinds;          ///< what is mirrored
    std::vector<std::string> mail_folders;  ///< designated folders, by path from the mailbox' root
    bool create_mail_folders = true;
    bool paused = false;
    std::string exchange = "ews";  ///< how it is reached: ews, graph
};

/// [graph]: the application that signs in at Microsoft Entra, and the cloud.
struct GraphConfig {
    std::string tenant;  ///< id or domain
    std::string client_id;
    std::string client_secret;             ///< reference; or:
    std::string certificate, private_key;  ///< references to PEM texts
    std::string algorithm = "PS256";       ///< of the certificate's signature: PS256, RS256
    std::string cloud = "global";          ///< global, us-gov, us-dod, china
    std::string url;                       ///< instead of the cloud's: a stand-in on this machine
    std::string login_url;                 ///< instead of the cloud's
    bool send_meeting_mail = false;
};

/// Everything that `liaison run` needs. See docs/configuration.md for each key; the same table
/// feeds check-config.
struct Config {
    // [service]
    std::string data_directory;
    std::chrono::milliseconds poll_interval{30'000};
    std::size_t parallel_mailboxes = 4;
    // [log]
    std::string log_level = "info";   ///< debug, info, warning, error
    std::string log_format = "text";  ///< text, json
    std::string log_file;             ///< empty: standard error
    // [api]
    bool api_enabled = true;
    std::string api_address = "127.0.0.1";
    std::uint16_t api_port = 8420;
    std::string api_token;  ///< reference: file:, env:, credential:
    std::string api_tls_certificate, api_tls_key;
    // [crm]
    std::string crm_system = "crm";
    std::string crm_database;
    // [exchange]
    std::string exchange_url;
    std::string exchange_user;
    std::string exchange_password;  ///< reference
    bool exchange_impersonate = true;
    std::string exchange_time_zone = "UTC";
    std::string exchange_owa_url;  ///< base of Outlook on the web, for links to mails; empty: none
    std::string exchange_ca_file;
    bool exchange_pin_ca = false;
    std::string exchange_proxy;
    std::size_t exchange_connections = 8;
    std::string exchange_kind = "ews";  ///< of mailboxes that name none
    GraphConfig graph;
    // [policy]
    PairPolicy policy;
    bool skip_private_mail = true;
    bool mark_mail = true;
    // [mail]
    mail::LoggingPolicy mail;
    // [[mailbox]]
    std::vector<MailboxConfig> mailboxes;

    /// True if some mailbox is reached over `exchange` ("ews", "graph").
    bool uses(std::string_view exchange) const;
};

/// One fault of a configuration. Line and column count from 1; 0 when the fault has no place (a
/// missing table).
struct ConfigError {
    std::size_t line = 0;
    std::size_t column = 0;
    std::string message;  ///< what is wrong and what to write instead
};

struct ConfigResult {
    Config config;
    std::vector<ConfigError>
        errors;  ///< all of them, in order of the text; empty: the configuration is good
};

/// Reads TOML text. Unknown keys are errors (with the nearest known one), so are secrets in clear
/// text. Relative paths are taken from `base_directory`.
ConfigResult parse_config(std::string_view text, const std::string& base_directory);
/// `name:line:column: message` lines.
std::string describe(const std::string& name, const std::vector<ConfigError>& errors);

}  // namespace liaison::service
