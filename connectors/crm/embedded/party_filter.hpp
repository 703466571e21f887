#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/address_filter.hpp"

namespace liaison::crm {

/// Leaves out of a look-up the addresses that this CRM surely does not have, from memory. Follows
/// the CRM's change log, so that what other programs write into the file is known at the next
/// look-up. For one thread.
class PartyFilter {
public:
    explicit PartyFilter(std::uint64_t seed) : seed_(seed) {}
    /// Those of the normalised addresses that the CRM may have.
    Result<std::vector<std::string>> known(CrmDatabase& db, std::vector<std::string> addresses);

private:
    Result<void> follow(CrmDatabase& db);
    void read_all(CrmDatabase& db);
    bool read_users(CrmDatabase& db);
    /// Both: false when there is no room left.
    bool read_changes(CrmDatabase& db);

    std::uint64_t seed_;
    std::optional<AddressFilter> filter_;
    std::int64_t sequence_ = 0;  ///< of the change log, up to which it was followed
};

}  // namespace liaison::crm
