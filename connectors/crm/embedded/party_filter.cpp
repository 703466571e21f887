#include "connectors/crm/embedded/party_filter.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace liaison::crm {
namespace {

constexpr std::size_t kRoomMin = 1'000;

constexpr std::string_view kAllAddresses =
    "SELECT email1 FROM contact WHERE email1 IS NOT NULL UNION ALL "
    "SELECT email2 FROM contact WHERE email2 IS NOT NULL UNION ALL "
    "SELECT email3 FROM contact WHERE email3 IS NOT NULL UNION ALL "
    "SELECT email FROM company WHERE email IS NOT NULL";

constexpr std::string_view kChangedAddresses =
    "SELECT c.email1, c.email2, c.email3 FROM change_log l JOIN contact c ON c.id = l.id "
    "WHERE l.seq > ?1 AND l.kind = 'contact' UNION ALL "
    "SELECT o.email, NULL, NULL FROM change_log l JOIN company o ON o.id = l.id "
    "WHERE l.seq > ?1 AND l.kind = 'company'";

/// Users are few, and their addresses have no log of their own: all of them, each time.
constexpr std::string_view kUserAddresses = "SELECT address FROM user_address";

std::int64_t number_of(CrmDatabase& db, std::string_view sql) {
    Query query(db.sqlite(), sql);
    return query.row() ? query.integer(0) : 0;
}

}  // namespace

void PartyFilter::read_all(CrmDatabase& db) {
    std::vector<std::string> addresses;
    Query query(db.sqlite(), kAllAddresses);
    while (query.row()) addresses.push_back(normal_address(query.text(0)));
    const auto users = static_cast<std::size_t>(number_of(db, "SELECT count(*) FROM user_address"));
    filter_.emplace(std::max(kRoomMin, addresses.size() + addresses.size() / 4) + 2 * users, seed_);
    for (const std::string& address : addresses) filter_->add(address);
}

bool PartyFilter::read_changes(CrmDatabase& db) {
    Query query(db.sqlite(), kChangedAddresses);
    query.bind(sequence_);
    while (query.row())
        for (const int column : {0, 1, 2}) {
            const std::string address = normal_address(query.text(column));
            if (!address.empty() && !filter_->add(address)) return false;
        }
    return true;
}

bool PartyFilter::read_users(CrmDatabase& db) {
    Query query(db.sqlite(), kUserAddresses);
    while (query.row())
        if (!filter_->add(normal_address(query.text(0)))) return false;
    return true;
}

Result<void> PartyFilter::follow(CrmDatabase& db) {
    Reading reading(db.sqlite());
    const std::int64_t newest = number_of(
        db,
        "SELECT ifnull(max(seq), 0) FROM change_log WHERE kind IN ('contact','company','user')");
    // What was pruned from the log, or another file in this place, cannot be followed.
    const std::int64_t oldest = number_of(db, "SELECT ifnull(min(seq), 0) FROM change_log");
    const bool can_follow = filter_ && newest >= sequence_ && oldest <= sequence_ + 1;
    if (!can_follow || (newest != sequence_ && !read_changes(db))) read_all(db);
    if (!read_users(db)) {
        read_all(db);
        read_users(db);
    }
    sequence_ = newest;
    auto read = reading.finish();
    if (!read) filter_.reset();
    return read;
}

Result<std::vector<std::string>> PartyFilter::known(CrmDatabase& db,
                                                    std::vector<std::string> addresses) {
    if (auto followed = follow(db); !followed) return std::unexpected(followed.error());
    for (std::string& address : addresses) address = normal_address(address);
    std::vector<std::uint32_t> found;
    filter_->select(addresses, found);
    std::vector<std::string> out;
    for (const std::uint32_t at : found) out.push_back(std::move(addresses[at]));
    return out;
}

}  // namespace liaison::crm
