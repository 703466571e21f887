#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/observation.hpp"
#include "core/record.hpp"
#include "core/time.hpp"
#include "tests/sim/catalogue.hpp"

namespace liaison::sim {

/// The normal form under which both sides are compared: line ends, runs of spaces as one, and
/// nothing that XML forbids.
std::string normal_text(std::string_view text);

/// Words and numbers drawn from one number, in order.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : mix(seed_, ++count_) % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
};

/// An item as a person sees it on one side: fields by the CRM's column names, in one normal form
/// for both sides.
struct Shown {
    std::string id;       ///< the side's own
    std::string lineage;  ///< the mark that people left in it, "L12"
    EntityKind kind = EntityKind::Task;
    std::map<std::string, std::string> fields;
    std::string crm_id;  ///< Exchange: the CRM identity in Liaison's mark
    std::string folder;  ///< Exchange
    bool is_private = false;
    bool marked = false;  ///< Exchange: it carries Liaison's mark
};

/// What people did, and what they saw when they did it. Knows nothing of Liaison.
class History {
public:
    struct Write {
        std::uint32_t event = 0;
        Timestamp at{};
        Side side = Side::Crm;
        std::string field;
        std::string value;
        std::string seen;  ///< what stood there before
    };
    struct Erasure {
        std::uint32_t event = 0;
        Timestamp at{};
        Side side = Side::Crm;
        std::map<std::string, std::string> seen;
    };
    struct Lineage {
        std::string mark;
        EntityKind kind = EntityKind::Task;
        std::size_t mailbox = 0;
        Side born = Side::Crm;
        std::vector<Write> writes;
        std::vector<Erasure> erasures;
        std::size_t copies = 1;   ///< items that people made of it
        bool left_scope = false;  ///< owner or type changed
        bool is_private = false;
        bool unmarked_away =
            false;  ///< moved before it carried Liaison's mark: nobody can know it again
        bool bulk_erased = false;  ///< one of many deleted at once: may be held
    };

    /// Free text: every value is unlike any other, so its fate can be followed.
    static bool followed(std::string_view field);

    Lineage& made(std::uint32_t event, Timestamp at, Side side, std::size_t mailbox,
                  const Shown& item);
    void wrote(std::uint32_t event, Timestamp at, Side side, const Shown& before,
               const std::string& field, const std::string& value);
    void erased(std::uint32_t event, Timestamp at, Side side, const Shown& before);
    Lineage* find(const std::string& mark);
    /// A whole side went back in time: nobody can say what must be where of what was there.
    void excuse_all() {
        for (auto& [mark, line] : lineages_) line.bulk_erased = true;
        excused_ = true;
    }
    bool excused() const { return excused_; }
    /// Liaison's data directory is gone, with the conflict records of before.
    void ledger_lost(Timestamp at) { ledger_lost_at_ = at; }
    Timestamp ledger_lost_at() const { return ledger_lost_at_; }
    const std::map<std::string, Lineage>& all() const { return lineages_; }
    std::size_t edits() const { return edits_; }

private:
    std::map<std::string, Lineage> lineages_;
    std::size_t edits_ = 0;
    Timestamp ledger_lost_at_{};
    bool excused_ = false;
};

}  // namespace liaison::sim
