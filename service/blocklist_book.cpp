#include "service/blocklist_book.hpp"

#include <boost/json.hpp>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::service {

namespace {

constexpr const char* kBlocklistScope = "blocklist";

bool is_domain(const std::string& text) {
    if (text.empty() || text.size() > limits::rule_phrase_chars_max || text.front() == '.')
        return false;
    return text.find_first_of("@ \t/\\,;<>*") == std::string::npos;
}

bool is_mail_address(const std::string& text) {
    const std::size_t at = text.rfind('@');
    return at != std::string::npos && at > 0 && is_domain(text.substr(at + 1)) &&
           text.find_first_of(" \t,;<>") == std::string::npos;
}

Result<std::set<std::string>> read_entries(const boost::json::object& document, const char* name,
                                           bool (*fits)(const std::string&), const char* what) {
    std::set<std::string> out;
    const boost::json::value* list = document.if_contains(name);
    if (list == nullptr) return out;
    if (!list->is_array())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a list");
    for (const boost::json::value& entry : list->get_array()) {
        const std::string text =
            entry.is_string() ? normal_address(std::string_view(entry.get_string())) : "";
        if (!fits(text))
            return fail(ErrorKind::InvalidRequest, std::string(name) + "[" +
                                                       std::to_string(out.size()) + "] is no " +
                                                       what);
        out.insert(text);
        if (out.size() > limits::blocklist_entries_max)
            return fail(ErrorKind::TooLarge, std::string(name) + " holds too many entries");
    }
    return out;
}

std::string normal_blocklist(const mail::Blocklist& list) {
    boost::json::array addresses, domains;
    for (const std::string& one : list.addresses) addresses.emplace_back(one);
    for (const std::string& one : list.domains) domains.emplace_back(one);
    return serialize(boost::json::object{{"addresses", std::move(addresses)},
                                         {"domains", std::move(domains)}});
}

}  // namespace

Result<mail::Blocklist> parse_blocklist(std::string_view document) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = 8;
    const boost::json::value value = boost::json::parse(document, error, {}, options);
    const boost::json::object* object = error ? nullptr : value.if_object();
    if (object == nullptr)
        return fail(ErrorKind::InvalidRequest,
                    "a blocklist is a JSON object with \"addresses\" and \"domains\"");
    for (const auto& member : *object)
        if (member.key() != "addresses" && member.key() != "domains")
            return fail(ErrorKind::InvalidRequest,
                        "unknown key \"" + std::string(member.key()) + "\"");
    auto addresses = read_entries(*object, "addresses", is_mail_address, "mail address");
    if (!addresses) return std::unexpected(addresses.error());
    auto domains = read_entries(*object, "domains", is_domain, "domain, like example.com");
    if (!domains) return std::unexpected(domains.error());
    return mail::Blocklist{std::move(*addresses), std::move(*domains)};
}

Async<Result<void>> BlocklistBook::load() {
    auto stored = co_await store_.current_rules(kBlocklistScope);
    if (!stored) co_return std::unexpected(stored.error());
    if (!*stored) co_return Result<void>{};
    Result<mail::Blocklist> list = parse_blocklist((*stored)->second);
    if (!list)
        co_return fail(ErrorKind::Internal,
                       "the stored blocklist cannot be read: " + list.error().message);
    current_ = std::make_shared<const mail::Blocklist>(std::move(*list));
    number_ = (*stored)->first;
    document_ = normal_blocklist(*current_);
    co_return Result<void>{};
}

Async<Result<std::int64_t>> BlocklistBook::replace(std::int64_t expected, std::string document,
                                                   std::string who) {
    Result<mail::Blocklist> list = parse_blocklist(document);
    if (!list) co_return std::unexpected(list.error());
    std::string kept = normal_blocklist(*list);
    Result<std::int64_t> number = co_await store_.replace_rules(kBlocklistScope, expected, kept,
                                                                std::move(who), clock_.now());
    if (!number) co_return number;
    current_ = std::make_shared<const mail::Blocklist>(std::move(*list));
    number_ = *number;
    document_ = std::move(kept);
    co_return number;
}

}  // namespace liaison::service
