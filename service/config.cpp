#include "service/config.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>

namespace liaison::service {
/// toml++ 3.0 met text of which it believed that it cannot come.
struct TomlConfused {};
}  // namespace liaison::service

// Its assertions fail for texts that people can write ("a = [}"). With exceptions on they can be an error like others.
#undef NDEBUG
#define TOML_ASSERT(expression) \
    static_cast<void>((expression) ? 0 : throw ::liaison::service::TomlConfused())
#define TOML_EXCEPTIONS 1
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#undef TOML_SHARED_LIB
#include <toml++/toml.h>

#include "core/text.hpp"
#include "daemon/mail/free_mail.hpp"
#include "net/url.hpp"

namespace liaison::service {

namespace {

/// Edit distance for "did you mean"; small words only.
std::size_t config_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

/// Reads one table and remembers which keys were asked for, so that the rest is unknown.
class TableReader {
public:
    TableReader(const toml::table* table, std::string name, std::vector<ConfigError>& errors)
        : table_(table), name_(std::move(name)), errors_(errors) {}

    void text(std::string_view key, std::string& out) {
        read<std::string>(key, "a text in quotes", out);
    }
    void flag(std::string_view key, bool& out) { read<bool>(key, "true or false", out); }

    template <class T>
    void number(std::string_view key, std::int64_t min, std::int64_t max, T&& store) {
        std::int64_t value = 0;
        if (!read<std::int64_t>(key, "a whole number", value)) return;
        if (value < min || value > max)
            error(key, "is " + std::to_string(value) + "; allowed are " + std::to_string(min) +
                           " to " + std::to_string(max));
        else
            store(value);
    }

    void choice(std::string_view key, std::vector<std::string> allowed, std::string& out) {
        std::string value;
        if (!read<std::string>(key, "a text in quotes", value)) return;
        if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
            std::string list;
            for (const std::string& a : allowed) list += (list.empty() ? "\"" : ", \"") + a + "\"";
            error(key, "is \"" + value + "\"; allowed are " + list);
        } else {
            out = value;
        }
    }

    bool texts(std::string_view key, std::vector<std::string>& out) {
        const toml::node* node = find(key);
        if (!node) return false;
        const toml::array* list = node->as_array();
        if (!list) return error(key, "must be a list of texts, like [\"a\", \"b\"]"), false;
        std::vector<std::string> values;
        for (const toml::node& entry : *list) {
            const auto value = entry.value_exact<std::string>();
            if (!value) return error_at(entry, key, "must hold texts only"), false;
            values.push_back(*value);
        }
        out = std::move(values);
        return true;
    }

    void error(std::string_view key, const std::string& message) {
        const toml::node* node = table_ ? table_->get(key) : nullptr;
        if (node)
            error_at(*node, key, message);
        else
            errors_.push_back({line(), column(), name_ + "." + std::string(key) + " " + message});
    }

    void unknown_keys() {
        if (!table_) return;
        for (const auto& [key, node] : *table_) {
            const std::string text(key.str());
            if (known_.contains(text)) continue;
            std::string hint;
            std::size_t best = 4;
            for (const std::string& k : known_)
                if (const std::size_t d = config_distance(text, k); d < best) best = d, hint = k;
            errors_.push_back(
                {key.source().begin.line, key.source().begin.column,
                 name_ + "." + text + " is not known" +
                     (hint.empty() ? std::string() : "; did you mean \"" + hint + "\"?")});
        }
    }

    bool present() const { return table_ != nullptr; }
    bool has(std::string_view key) const { return table_ && table_->contains(key); }

private:
    const toml::node* find(std::string_view key) {
        known_.insert(std::string(key));
        return table_ ? table_->get(key) : nullptr;
    }

    template <class T>
    bool read(std::string_view key, const char* wanted, T& out) {
        const toml::node* node = find(key);
        if (!node) return false;
        const auto value = node->value_exact<T>();
        if (!value) return error_at(*node, key, std::string("must be ") + wanted), false;
        out = *value;
        return true;
    }

    void error_at(const toml::node& node, std::string_view key, const std::string& message) {
        errors_.push_back({node.source().begin.line, node.source().begin.column,
                           name_ + "." + std::string(key) + " " + message});
    }
    std::size_t line() const { return table_ ? table_->source().begin.line : 0; }
    std::size_t column() const { return table_ ? table_->source().begin.column : 0; }

    const toml::table* table_;
    std::string name_;
    std::vector<ConfigError>& errors_;
    std::set<std::string> known_;
};

bool is_loopback_host(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string absolute_path(const std::string& path, const std::string& base) {
    if (path.empty() || path.front() == '/' || (path.size() > 1 && path[1] == ':') || base.empty())
        return path;
    return base + "/" + path;
}

/// A reference to a secret; `file:` paths are taken from the configuration's folder like all
/// others.
void check_secret(TableReader& table, std::string_view key, std::string& value,
                  const std::string& base) {
    if (value.empty()) return;
    if (value.starts_with("file:")) value = "file:" + absolute_path(value.substr(5), base);
    if (!value.starts_with("file:") && !value.starts_with("env:") &&
        !value.starts_with("credential:"))
        table.error(key,
                    "must name where the secret is kept (\"file:PATH\", \"env:NAME\" or "
                    "\"credential:NAME\"), "
                    "not hold the secret itself");
}

void read_policy(TableReader& t, Config& c) {
    std::string winner = "crm";
    t.choice("conflict_winner", {"crm", "exchange"}, winner);
    c.policy.conflict_winner = winner == "crm" ? Side::Crm : Side::Exchange;
    t.flag("delete_in_exchange", c.policy.delete_in_exchange);
    t.flag("delete_in_crm", c.policy.delete_in_crm);
    t.flag("create_in_crm", c.policy.create_in_crm);
    t.flag("mirror_private", c.policy.mirror_private);
    t.flag("state_categories", c.policy.state_categories);
    t.flag("skip_private_mail", c.skip_private_mail);
    t.flag("mark_mail", c.mark_mail);
    t.number("deletions_floor", 0, 100'000,
             [&](std::int64_t n) { c.policy.deletions_floor = static_cast<std::size_t>(n); });
    t.number("deletions_percent", 0, 100,
             [&](std::int64_t n) { c.policy.deletions_percent = static_cast<std::size_t>(n); });
    t.unknown_keys();
}

std::set<std::string> lower_set(const std::vector<std::string>& texts) {
    std::set<std::string> out;
    for (const std::string& text : texts) out.insert(to_lower_ascii(trim(text)));
    return out;
}

void read_domains(TableReader& t, std::string_view key, std::set<std::string>& out) {
    std::vector<std::string> domains;
    t.texts(key, domains);
    for (const std::string& domain : domains)
        if (domain.empty() || domain.find_first_of("@ /") != std::string::npos)
            t.error(key, "holds \"" + domain + "\", which is no domain, like \"example.com\"");
    out.merge(lower_set(domains));
}

void read_mail(TableReader& t, Config& c) {
    mail::LoggingPolicy& policy = c.mail;
    std::string matching = "best", ambiguous = "ask";
    t.choice("matching", {"best", "strict"}, matching);
    policy.match.strict = matching == "strict";
    t.choice("ambiguous", {"ask", "first"}, ambiguous);
    policy.match.guess = ambiguous == "first";
    std::vector<std::string> prefer;
    for (const mail::Preference one : policy.match.prefer) prefer.emplace_back(to_string(one));
    t.texts("prefer", prefer);
    policy.match.prefer.clear();
    for (const std::string& word : prefer) {
        if (const auto preference = mail::parse_preference(word))
            policy.match.prefer.push_back(*preference);
        else
            t.error("prefer", "holds \"" + word +
                                  "\"; allowed are \"thread\", \"owner\", \"open_opportunity\", "
                                  "\"kind\", \"primary_address\", \"recent\", \"number\"");
    }
    std::string unknown(to_string(policy.unknown_sender));
    t.choice("unknown_sender", {"hold", "ignore", "contact", "lead"}, unknown);
    policy.unknown_sender = mail::parse_unknown_sender(unknown).value_or(policy.unknown_sender);
    std::string automatic(to_string(policy.automatic));
    t.choice("automatic", {"log", "log_known", "skip"}, automatic);
    policy.automatic = mail::parse_automatic_mail(automatic).value_or(policy.automatic);
    read_domains(t, "internal_domains", policy.match.internal_domains);
    std::set<std::string> free_mail = *mail::free_mail_domains();
    read_domains(t, "free_mail_domains", free_mail);
    policy.free_mail = std::make_shared<const std::set<std::string>>(std::move(free_mail));
    std::string original = "keep";
    t.choice("original", {"keep", "link"}, original);
    policy.keep_original = original == "keep";
    t.number("attachments_max_kb", 0, 48 << 10,
             [&](std::int64_t kb) { policy.attachment_bytes_max = kb << 10; });
    t.text("template", policy.default_template);
    t.unknown_keys();
}

void read_exchange(TableReader& t, Config& c, const std::string& base) {
    t.choice("kind", {"ews", "graph"}, c.exchange_kind);
    t.text("url", c.exchange_url);
    t.text("user", c.exchange_user);
    t.text("password", c.exchange_password);
    t.flag("impersonate", c.exchange_impersonate);
    t.text("time_zone", c.exchange_time_zone);
    t.text("owa_url", c.exchange_owa_url);
    if (!c.exchange_owa_url.empty() && !net::parse_url(c.exchange_owa_url))
        t.error("owa_url", "is no address, like \"https://mail.example.com/owa/\"");
    t.text("ca_file", c.exchange_ca_file);
    t.flag("pin_ca", c.exchange_pin_ca);
    t.text("proxy", c.exchange_proxy);
    t.number("connections", 1, 27,
             [&](std::int64_t n) { c.exchange_connections = static_cast<std::size_t>(n); });
    check_secret(t, "password", c.exchange_password, base);
    if (c.exchange_pin_ca && c.exchange_ca_file.empty()) t.error("pin_ca", "needs ca_file");
    c.exchange_ca_file = absolute_path(c.exchange_ca_file, base);
    t.unknown_keys();
}

/// An address of a server: https, or http to this machine.
void check_server(TableReader& t, std::string_view key, const std::string& value) {
    if (const auto url = net::parse_url(value); !url)
        t.error(key, "is no address of a server: " + url.error().message);
    else if (url->scheme == "http" && !is_loopback_host(url->host))
        t.error(key, "must begin with https:// (plain http is allowed to this machine only)");
}

/// What is needed only if a mailbox is reached over EWS.
void require_ews(TableReader& t, const Config& c) {
    if (c.exchange_url.empty())
        t.error("url",
                "is missing: the address of the server, like "
                "\"https://mail.example.com/EWS/Exchange.asmx\"");
    else
        check_server(t, "url", c.exchange_url);
    if (c.exchange_user.empty())
        t.error("user", "is missing: the account that reads the mailboxes");
    if (c.exchange_password.empty())
        t.error("password", "is missing, like \"file:/etc/liaison/exchange.password\"");
}

void read_graph(TableReader& t, GraphConfig& g, const std::string& base) {
    t.text("tenant", g.tenant);
    t.text("client_id", g.client_id);
    t.text("client_secret", g.client_secret);
    t.text("certificate", g.certificate);
    t.text("private_key", g.private_key);
    t.choice("algorithm", {"PS256", "RS256"}, g.algorithm);
    t.choice("cloud", {"global", "us-gov", "us-dod", "china"}, g.cloud);
    t.text("url", g.url);
    t.text("login_url", g.login_url);
    t.flag("send_meeting_mail", g.send_meeting_mail);
    check_secret(t, "client_secret", g.client_secret, base);
    check_secret(t, "certificate", g.certificate, base);
    check_secret(t, "private_key", g.private_key, base);
    if (!g.url.empty()) check_server(t, "url", g.url);
    if (!g.login_url.empty()) check_server(t, "login_url", g.login_url);
    t.unknown_keys();
}

/// What is needed only if a mailbox is reached over Graph.
void require_graph(TableReader& t, const GraphConfig& g) {
    if (g.tenant.empty()) t.error("tenant", "is missing: the tenant's id or its domain");
    if (g.client_id.empty()) t.error("client_id", "is missing: the application's id in the tenant");
    if (g.client_secret.empty() && g.certificate.empty())
        t.error("client_secret",
                "is missing, and so is certificate: one of them proves that it is Liaison, like "
                "\"file:graph.secret\"");
    if (!g.client_secret.empty() && !g.certificate.empty())
        t.error("client_secret", "and certificate exclude each other");
    if (!g.private_key.empty() && g.certificate.empty()) t.error("private_key", "needs certificate");
}

void read_mailbox(TableReader& t, Config& c) {
    MailboxConfig m;
    t.text("address", m.address);
    m.address = normal_address(m.address);
    if (m.address.find('@') == std::string::npos)
        t.error("address", "is missing or no mail address, like \"alice@example.com\"");
    for (const MailboxConfig& other : c.mailboxes)
        if (other.address == m.address) t.error("address", "stands twice: \"" + m.address + "\"");
    std::vector<std::string> kinds = {"task", "appointment", "contact"};
    t.texts("sync", kinds);
    for (const std::string& name : kinds) {
        if (const auto kind = parse_entity_kind(name))
            m.kinds.push_back(*kind);
        else
            t.error("sync",
                    "holds \"" + name + "\"; allowed are \"task\", \"appointment\", \"contact\"");
    }
    t.texts("mail_folders", m.mail_folders);
    for (const std::string& path : m.mail_folders)
        if (trim(path).empty()) t.error("mail_folders", "holds an empty path");
    t.flag("create_mail_folders", m.create_mail_folders);
    t.flag("paused", m.paused);
    m.exchange = c.exchange_kind;
    t.choice("exchange", {"ews", "graph"}, m.exchange);
    t.unknown_keys();
    c.mailboxes.push_back(std::move(m));
}

const toml::table* subtable(const toml::table& root, std::string_view name,
                            std::vector<ConfigError>& errors) {
    const toml::node* node = root.get(name);
    if (!node) return nullptr;
    if (const toml::table* table = node->as_table()) return table;
    errors.push_back({node->source().begin.line, node->source().begin.column,
                      std::string(name) + " must be a table: [" + std::string(name) + "]"});
    return nullptr;
}

void read_service_log_api(const toml::table& root, Config& c, const std::string& base,
                          std::vector<ConfigError>& errors) {
    TableReader service(subtable(root, "service", errors), "service", errors);
    service.text("data_directory", c.data_directory);
    if (c.data_directory.empty())
        service.error("data_directory", "is missing: where Liaison keeps what it knows");
    c.data_directory = absolute_path(c.data_directory, base);
    service.number("poll_interval_seconds", 1, 86'400,
                   [&](std::int64_t n) { c.poll_interval = std::chrono::seconds(n); });
    service.number("parallel_mailboxes", 1, 64,
                   [&](std::int64_t n) { c.parallel_mailboxes = static_cast<std::size_t>(n); });
    service.unknown_keys();

    TableReader log(subtable(root, "log", errors), "log", errors);
    log.choice("level", {"debug", "info", "warning", "error"}, c.log_level);
    log.choice("format", {"text", "json"}, c.log_format);
    log.text("file", c.log_file);
    c.log_file = absolute_path(c.log_file, base);
    log.unknown_keys();

    TableReader api(subtable(root, "api", errors), "api", errors);
    api.flag("enabled", c.api_enabled);
    api.text("address", c.api_address);
    api.number("port", 0, 65'535,
               [&](std::int64_t n) { c.api_port = static_cast<std::uint16_t>(n); });
    api.text("token", c.api_token);
    api.text("tls_certificate", c.api_tls_certificate);
    api.text("tls_key", c.api_tls_key);
    check_secret(api, "token", c.api_token, base);
    if (c.api_enabled && c.api_token.empty())
        api.error("token",
                  "is missing: callers of the management API prove themselves by it, like "
                  "\"file:api.token\"");
    if (c.api_enabled && !is_loopback_host(c.api_address) &&
        (c.api_tls_certificate.empty() || c.api_tls_key.empty()))
        api.error("address",
                  "is reachable from other machines: that needs tls_certificate and tls_key");
    c.api_tls_certificate = absolute_path(c.api_tls_certificate, base);
    c.api_tls_key = absolute_path(c.api_tls_key, base);
    api.unknown_keys();
}

bool is_text_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t' || byte == '\r';
}

/// In a line that begins a table: where its name should begin and something else stands. `line` without its end.
std::optional<std::size_t> find_nameless_table(std::string_view line) {
    const auto skip_blanks = [line](std::size_t from) { return std::min(line.find_first_not_of(" \t", from), line.size()); };
    std::size_t at = skip_blanks(0);
    if (at == line.size() || line[at] != '[') return std::nullopt;
    ++at;
    if (at < line.size() && line[at] == '[') ++at;
    at = skip_blanks(at);
    if (at == line.size()) return at;
    const bool is_name = std::isalnum(static_cast<unsigned char>(line[at])) || line[at] == '_' || line[at] == '-' ||
                         line[at] == '"' || line[at] == '\'' || line[at] == ']';
    return is_name ? std::nullopt : std::optional(at);
}

/// Where comments and strings of a TOML text are, byte by byte. A text that breaks the rules of TOML may be seen
/// differently than by its parser, which then refuses it.
class TomlScanner {
public:
    explicit TomlScanner(std::string_view text) : text_(text) {}
    /// Steps over the byte at `at`, the one behind the last step. True if it is inside a comment or a string.
    bool step(std::size_t at) {
        const char c = text_[at];
        if (skip_ > 0) return --skip_, true;
        if (mark_ == '#' || (mark_ != 0 && !long_)) {
            if (c == '\n') mark_ = 0, before_ = c;  // a string of one line ends with it at the latest
            else if (mark_ == '"' && c == '\\') skip_ = 1;
            else if (c == mark_ && c != '#') mark_ = 0;
            return true;
        }
        const bool three = text_.substr(at, 3) == std::string(3, c);
        if (mark_ == 0) {
            const bool is_start = std::string_view("\n=,[").find(before_) != std::string_view::npos;
            const bool may_open = c == '#' || is_start;
            if (c != ' ' && c != '\t' && c != '\r') before_ = c == '[' && !is_start ? ' ' : c;
            if (!may_open || (c != '#' && c != '"' && c != '\'')) return false;
            mark_ = c;
            long_ = c != '#' && three;
            skip_ = long_ ? 2 : 0;
        } else if (mark_ == '"' && c == '\\') {
            skip_ = 1;
        } else if (c == mark_ && three && text_.substr(at + 3, 1) != std::string(1, c)) {
            skip_ = 2;
            mark_ = 0;
            long_ = false;
        }
        return true;
    }

private:
    std::string_view text_;
    char mark_ = 0;     ///< what opened the present comment or string
    bool long_ = false;  ///< opened by three quotes
    char before_ = '\n';  ///< last byte outside strings that is no blank: strings begin only behind some
    int skip_ = 0;
};

/// The first place at which toml++ 3.0 would stop the program instead of answering an error: some letters beyond ASCII
/// outside strings and comments. Also control characters, which TOML forbids, and table headers without a name, for
/// the sake of the place in the message.
std::optional<ConfigError> find_unreadable_place(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    TomlScanner scanner(text);
    std::size_t line = 1;
    for (std::size_t start = 0; start < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        bool begins_in_string = false;
        for (std::size_t i = start; i < std::min(end + 1, text.size()); ++i) {
            const bool inside = scanner.step(i);
            if (i == start) begins_in_string = inside;
            if (i < end && !is_text_byte(text[i]))
                return ConfigError{line, i - start + 1, "a control character; the file is text"};
            if ((text[i] & 0x80) != 0 && !inside)
                return ConfigError{line, i - start + 1, "a letter beyond ASCII stands only in quotes or behind #"};
        }
        const auto at = begins_in_string ? std::nullopt : find_nameless_table(text.substr(start, end - start));
        if (at)
            return ConfigError{line, *at + 1, "the name of a table must stand here, as in [service] or [[mailbox]]"};
        start = end + 1;
    }
    return std::nullopt;
}

std::optional<toml::table> parse_toml(std::string_view text, std::vector<ConfigError>& errors) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        const auto& where = error.source().begin;
        errors.push_back({where.line, where.column, std::string(error.description())});
    } catch (const TomlConfused&) {
        errors.push_back({0, 0, "is no TOML: look for brackets, braces and quotes without a partner"});
    }
    return std::nullopt;
}

}  // namespace

ConfigResult parse_config(std::string_view text, const std::string& base_directory) {
    ConfigResult out;
    if (auto error = find_unreadable_place(text)) {
        out.errors.push_back(std::move(*error));
        return out;
    }
    const std::optional<toml::table> parsed = parse_toml(text, out.errors);
    if (!parsed) return out;
    const toml::table& root = *parsed;
    Config& c = out.config;
    read_service_log_api(root, c, base_directory, out.errors);

    TableReader crm(subtable(root, "crm", out.errors), "crm", out.errors);
    std::string kind = "embedded";
    crm.choice("kind", {"embedded"}, kind);
    crm.text("system", c.crm_system);
    crm.text("database", c.crm_database);
    if (c.crm_database.empty()) crm.error("database", "is missing: the file of the embedded CRM");
    c.crm_database = absolute_path(c.crm_database, base_directory);
    if (c.crm_system.empty())
        crm.error("system", "must not be empty: it names this CRM inside every mirrored item");
    crm.unknown_keys();

    TableReader exchange(subtable(root, "exchange", out.errors), "exchange", out.errors);
    read_exchange(exchange, c, base_directory);
    TableReader graph(subtable(root, "graph", out.errors), "graph", out.errors);
    read_graph(graph, c.graph, base_directory);
    TableReader policy(subtable(root, "policy", out.errors), "policy", out.errors);
    read_policy(policy, c);
    TableReader mail(subtable(root, "mail", out.errors), "mail", out.errors);
    read_mail(mail, c);

    if (const toml::node* node = root.get("mailbox")) {
        const toml::array* list = node->as_array();
        if (!list) {
            out.errors.push_back({node->source().begin.line, node->source().begin.column,
                                  "write [[mailbox]], with two brackets"});
        } else {
            for (const toml::node& entry : *list) {
                TableReader mailbox(entry.as_table(), "mailbox", out.errors);
                read_mailbox(mailbox, c);
            }
        }
    }
    if (c.uses("ews") || c.mailboxes.empty()) require_ews(exchange, c);
    if (c.uses("graph")) require_graph(graph, c.graph);
    if (c.mailboxes.empty())
        out.errors.push_back({0, 0, "there is no [[mailbox]]: nothing would be mirrored"});
    for (const auto& [key, node] : root) {
        static const std::set<std::string, std::less<>> known = {
            "service", "log",    "api",  "crm",    "exchange",
            "graph",   "policy", "mail", "mailbox"};
        if (!known.contains(key.str()))
            out.errors.push_back({key.source().begin.line, key.source().begin.column,
                                  "[" + std::string(key.str()) + "] is not known"});
    }
    std::sort(out.errors.begin(), out.errors.end(), [](const ConfigError& a, const ConfigError& b) {
        return std::tie(a.line, a.column, a.message) < std::tie(b.line, b.column, b.message);
    });
    return out;
}

bool Config::uses(std::string_view exchange) const {
    return std::any_of(mailboxes.begin(), mailboxes.end(),
                       [&](const MailboxConfig& m) { return m.exchange == exchange; });
}

std::string describe(const std::string& name, const std::vector<ConfigError>& errors) {
    std::string out;
    for (const ConfigError& e : errors) {
        out += name;
        if (e.line > 0) out += ":" + std::to_string(e.line) + ":" + std::to_string(e.column);
        out += ": " + e.message + "\n";
    }
    return out;
}

}  // namespace liaison::service
