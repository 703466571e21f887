#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http_message.hpp"
#include "tests/sim/catalogue.hpp"

namespace liaison::sim {

/// What can be seen from outside of Liaison's reaction to a fault.
enum class Reaction : std::uint32_t {
    AskedAgain = 1u << 0,   ///< the very request that was struck is sent once more
    LookedUp = 1u << 1,     ///< an item is searched by its token or read by its id
    ReadAnew = 1u << 2,     ///< a feed is read from the start
    CycleFailed = 1u << 3,  ///< a cycle of the mailbox ended with an error
    Paused = 1u << 4,       ///< it ended as throttled
    Refused = 1u << 5,      ///< it ended for want of rights, or the folder was not there
    Settled = 1u << 6,      ///< an unanswered operation was settled by looking
    WroteAgain = 1u << 7,   ///< another write to the mailbox
    Held = 1u << 8,         ///< a plan waits for a person
    Decided = 1u << 9,      ///< conflict, parked item, dropped or rejected operation in the journal
    PageAsked = 1u << 10,   ///< another page of a feed or listing is asked for
    ItemsRead = 1u << 11,   ///< items of the mailbox are read
    CrmWritten = 1u << 12,  ///< Liaison wrote to the CRM
    CrmRead = 1u << 13,     ///< Liaison read the CRM's feed
    Restarted = 1u << 14,   ///< the program started again
    VerbFailed = 1u << 15,  ///< a store verb failed
    MailLogged = 1u << 16,  ///< an interaction was written
};
constexpr std::uint32_t reaction_bit(Reaction reaction) {
    return static_cast<std::uint32_t>(reaction);
}
constexpr std::uint32_t operator|(Reaction a, Reaction b) {
    return reaction_bit(a) | reaction_bit(b);
}
constexpr std::uint32_t operator|(std::uint32_t a, Reaction b) {
    return a | reaction_bit(b);
}
std::string_view to_string(Reaction reaction);

/// A request as it stands on the wire, as far as a watcher needs it.
struct SeenRequest {
    std::string mailbox;       ///< X-AnchorMailbox
    std::string operation;     ///< "CreateItem"; empty: no SOAP
    std::string item;          ///< id of the first item that it names
    std::uint64_t digest = 0;  ///< of the body
    bool from_start = false;   ///< SyncFolderItems without a state
    bool searches = false;     ///< FindItem with a restriction
    bool writes() const {
        return operation == "CreateItem" || operation == "UpdateItem" ||
               operation == "DeleteItem" || operation == "MoveItem";
    }
};
/// Of an HTTP message; what is missing stays empty.
SeenRequest look_at_request(std::string_view head, std::string_view body);
SeenRequest look_at_request(const HttpRequest& request);

/// Matches faults that struck with the reactions that follow them. A fault waits for the first of
/// the reactions that it names, in its mailbox.
class FeltWatch {
public:
    explicit FeltWatch(FaultDice& dice) : dice_(dice) {}

    /// `reactions` is an or of Reaction bits. An empty mailbox: anywhere.
    void struck(FaultId id, std::string mailbox, std::uint32_t reactions);
    /// The same at a request: AskedAgain means this one.
    void struck_at(FaultId id, const SeenRequest& request, std::uint32_t reactions);
    void saw(Reaction reaction, std::string_view mailbox);
    /// Every request that Liaison sends, before any fault strikes at it.
    void saw_request(const SeenRequest& request);
    /// Every line of Liaison's log.
    void saw_log(std::string_view event,
                 std::initializer_list<std::pair<std::string_view, std::string>> entries);

private:
    struct Waiting {
        FaultId id;
        std::string mailbox;
        std::uint64_t digest = 0;
        std::uint32_t reactions = 0;
    };
    FaultDice& dice_;
    std::vector<Waiting> waiting_;
};

}  // namespace liaison::sim
