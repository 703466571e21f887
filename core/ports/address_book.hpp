#pragma once
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/interaction.hpp"
#include "core/result.hpp"

namespace liaison {

/// A CRM user (salesperson) who has a mailbox.
struct CrmUser {
    std::string id;
    std::string number;
    std::string name;
    std::vector<std::string> addresses;  ///< normalised
    bool active = true;
};

/// An opportunity that is not won or lost yet.
struct OpenOpportunity {
    std::string id;
    std::string number;
    std::string name;
};

/// Who is this address in the CRM?
class AddressBook {
public:
    virtual ~AddressBook() = default;
    /// All hits for a batch of normalised addresses.
    virtual Async<Result<PartyMap>> resolve(std::vector<std::string> addresses) = 0;
    virtual Async<Result<std::vector<CrmUser>>> users() = 0;
    /// Contacts, leads and companies that might be meant. `Unsupported` where the CRM cannot search.
    virtual Async<Result<std::vector<Party>>> find_parties(PartyQuery query) {
        static_cast<void>(query);
        co_return fail(ErrorKind::Unsupported, "this CRM cannot search");
    }
    /// The open opportunities of a user, by number. `Unsupported` where the CRM cannot tell.
    virtual Async<Result<std::vector<OpenOpportunity>>> open_opportunities(std::string user_id) {
        static_cast<void>(user_id);
        co_return fail(ErrorKind::Unsupported, "this CRM does not list opportunities");
    }
    /// Changes whenever an address, a contact or a user does: then unmatched mail is tried again.
    virtual Async<Result<std::string>> revision() = 0;
};

}  // namespace liaison
