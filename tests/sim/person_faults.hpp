#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sandbox/mailbox_store.hpp"
#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/sides.hpp"

namespace liaison::sim {

class World;

/// What people and administrators do at the worst moment: moves, copies, mass deletions, edits on
/// both sides at once, restored mailboxes, strange items. All of it goes into the history.
class PersonFaults {
public:
    explicit PersonFaults(World& world, FeltWatch& watch) : world_(world), watch_(watch) {}

    /// A step of the run for this mailbox: what is pending goes on, new things may begin.
    void step(std::size_t mailbox);
    /// A user edits an item (the given one, or any) at this moment.
    void edit_now(std::size_t mailbox, const std::string& item_id, const char* why);
    /// A user makes an item at this moment.
    void create_now(std::size_t mailbox);
    /// What people had put away comes back.
    void heal();

private:
    struct Away {
        std::size_t mailbox = 0;
        std::string item;
        std::string folder;
        int steps = 0;
    };
    void move_things(std::size_t mailbox);
    void edit_things(std::size_t mailbox);
    void make_things(std::size_t mailbox);
    void delete_things(std::size_t mailbox);
    void restore_things(std::size_t mailbox);
    void come_back(bool all);

    bool fires(FaultId id, std::size_t mailbox, std::uint32_t reactions);
    EntityKind some_kind(FaultId id);
    /// An item of people on this side; nothing if there is none.
    std::optional<Shown> some_item(FaultId id, std::size_t mailbox, Side side, EntityKind kind);
    /// The same item on the other side.
    std::optional<Shown> other_half(const Shown& item, std::size_t mailbox, Side side);
    void write(std::size_t mailbox, Side side, const Shown& item, const std::string& field,
               const std::string& value);
    Shown new_item(EntityKind kind, std::size_t mailbox);
    std::string new_word(std::size_t mailbox);
    std::string later_folder(std::size_t mailbox, EntityKind kind);
    void tell(FaultId id, const std::string& what);
    sandbox::MailboxStore& store();

    World& world_;
    FeltWatch& watch_;
    std::uint32_t events_ = 100'000;  ///< numbers of these events in the history
    std::vector<Away> away_;
    struct Crowd {
        std::set<std::string> marks;
        int age = 0;
    };
    std::set<std::size_t> crowded_out_;  ///< mailboxes where a mass deletion may be held
    std::map<std::size_t, Crowd> crowds_;  ///< items made to be deleted together
    std::map<std::size_t, std::map<std::string, std::vector<sandbox::ItemBackup>>> backups_;
};

}  // namespace liaison::sim
