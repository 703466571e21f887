#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/async.hpp"
#include "core/time.hpp"
#include "tests/sim/sides.hpp"

namespace liaison::sim {

class World;

/// What one rule document of the family wants done with a mail, worked out from the words in its
/// subject without Liaison's rule engine.
struct RuleEffect {
    enum class Verdict : std::uint8_t { Log, Skip, Hold };
    Verdict verdict = Verdict::Log;
    bool own_template = false;  ///< its interactions carry kOwnTemplate
    std::string move_to = {};
    std::set<std::string> categories = {};
};

/// The admin who puts other folder rules in force while mail flows, and the record of which rules
/// were in force when. Checks what Liaison logs and decides against that record.
class RuleAdmin {
public:
    static constexpr std::size_t kFamily = 8;
    static constexpr std::string_view kOwnTemplate = "AMBER";
    static const char* document(std::size_t member);
    static RuleEffect effect(std::size_t member, std::string_view words);

    explicit RuleAdmin(World& world) : world_(world) {}

    /// One event of the run: in two of three seeds, now and then, other rules.
    void step(std::uint32_t event);
    /// Between match and log (F86): rules that are not in force now.
    Async<void> replace_now();

    // The process tells what becomes of a replacement, and which rules a cycle works with.
    /// The stored document in use after a start.
    void loaded(std::int64_t number, const std::string& document, const std::string& hash);
    /// Answers the place of the version in the record.
    std::size_t offered(std::size_t member, std::int64_t number);
    void in_force(std::size_t version, const std::string& hash);
    /// It was not stored for certain.
    void refused(std::size_t version) { versions_[version].refused = true; }
    std::size_t cycle_begins();
    void cycle_ends(std::size_t version);
    void process_ended();

    const std::string& hash_in_force() const { return *versions_[current_].hash; }
    std::size_t member_in_force() const { return versions_[current_].member; }

    /// At the instant at which Liaison wrote to the CRM: each mail at most once for each contact,
    /// and only as one set that was in force since its arrival would log it.
    void look_at_interactions();
    /// At rest: each decision that people can read is that of one set that was in force since the
    /// mail arrived.
    void check_decisions();
    /// Marks of the mails that a rule kept out of the CRM, as people can read it.
    std::set<std::string> kept_out();
    /// Whether every set that was in force since the mail arrived would log it.
    bool always_logs(const std::string& words, Timestamp arrived) const;

private:
    /// One stay of a document in force.
    struct Version {
        std::size_t member = 0;
        std::int64_t number = 0;
        std::optional<std::string> hash = {};  ///< known once it is in force; empty: no rules
        Timestamp since{};                     ///< earliest
        std::optional<Timestamp> until = {};   ///< latest, with the cycles that use it
        bool superseded = false;
        bool refused = false;
        int cycles = 0;  ///< that work with it now
    };
    void supersede(std::size_t before);
    bool in_use(const Version& version, Timestamp from, Timestamp to) const;
    void check_logged(const LoggedCount& logged);
    void check_decision(const struct ReadDecision& read);
    std::vector<struct ReadDecision> read_decisions();

    World& world_;
    std::vector<Version> versions_;
    std::size_t current_ = 0;
    std::set<std::pair<std::string, std::string>> logged_;  ///< (mark, contact) seen in the CRM
    std::set<std::pair<std::string, std::string>> doubled_;
};

}  // namespace liaison::sim
