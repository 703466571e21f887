#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sim {

/// The hundred faults of the catalogue (docs/reliability.md); the value is the number F01 to F100.
enum class FaultId : std::uint8_t {
    CreateAnswerLost = 1,
    RequestLost,
    CreateAppliedLate,
    UpdateAnswerLost,
    DeleteAnswerLost,
    ErrorAfterCommit,
    TruncatedReply,
    ForeignReply,
    SlowBytes,
    HtmlInstead,
    CutBeforeCursor,
    DeadAddress,
    RetryAfterForms,
    ServerBusy,
    ThrottlingStorm,
    ConcurrencyLowered,
    StrangeErrors,
    GreedyMailbox,
    LongOutage,
    VersionFalls,
    InvalidSyncState,
    OldGeneration,
    EmptyPageMore,
    FeedLoops,
    DelayedVisibility,
    FalseRemoval,
    AwayAndBack,
    OccurrenceUnreported,
    SparseOccurrence,
    TwiceInPage,
    ShiftedPaging,
    ForeignToken,
    MovedMirror,
    MailboxMigrated,
    IdsDifferInCase,
    AccessBlocked,
    Archived,
    MirrorCopied,
    MailboxRestored,
    CrmRestored,
    AddressesSwapped,
    EmptyListing,
    ContainerGone,
    MassDeletion,
    CrmQueryEmpty,
    ScopeLeft,
    RetentionAgeOut,
    KilledInDeletion,
    BothEditApart,
    BothEditSame,
    DeleteAgainstEdit,
    ConflictRepeated,
    EditInTheGap,
    ValueNormalised,
    TwoDaemons,
    TwoCopiesEdited,
    ForbiddenCharacters,
    HugeItem,
    UnknownShapes,
    CustomZone,
    AllDayAcrossZones,
    StrangeRecurrence,
    TooManyAddresses,
    HtmlRoundTrip,
    PrivateItem,
    MixedBatch,
    PartMissing,
    BatchStopped,
    BatchRefused,
    TokenExpires,
    RefreshRace,
    RefreshLost,
    RightsWithdrawn,
    MailboxOutOfScope,
    NotificationFlood,
    NotificationSilence,
    SlowReceiver,
    SubscriptionLost,
    ForgedNotification,
    OneMailManyPlaces,
    MessageIdAbused,
    MailDragged,
    CrashAfterLogging,
    ContactChangedLater,
    MachineMail,
    RuleChanges,
    OldMailFlood,
    MimeBomb,
    Crash,
    DiskFails,
    LedgerLost,
    ClockJumps,
    UpgradeDowngrade,
    ConfigReloaded,
    MailboxPaused,
    CrmMisbehaves,
    CommandTwice,
    ApiFlood,
    ExplosiveRule,
    EraseInSync,
};
inline constexpr std::size_t kFaults = 100;

/// Where a fault is born.
enum class FaultLayer { Network, Exchange, Person, Crm, Storage, Process, Mail, Identity, Api };

/// How often its point is passed: at every request or store verb, or at some steps of the run.
enum class FaultPace { Often, Seldom };

struct FaultInfo {
    FaultId id;
    std::string_view name;  ///< snake_case, for the command line and tables
    FaultLayer layer;
    FaultPace pace;
    std::string_view threatens;  ///< invariants: "I1 I7"
    std::string_view phrase;     ///< for traces: "the answer to a create is lost after the commit"
    std::string_view felt_by;    ///< what counts as felt
    std::string_view not_simulated = {};  ///< the reason, when no point fires it
    bool simulated() const { return not_simulated.empty(); }
};

std::string_view to_string(FaultLayer layer);
/// All hundred, in order.
std::span<const FaultInfo> fault_catalogue();
const FaultInfo& fault_info(FaultId id);
/// "F01".."F100".
std::string fault_code(FaultId id);
/// By code or by name.
std::optional<FaultId> parse_fault(std::string_view text);

/// One passing of a fault point: stable for a seed, so that a shrinker can take it away.
struct Occurrence {
    FaultId id = FaultId::RequestLost;
    std::uint32_t passing = 0;  ///< how often the point was passed before
    friend auto operator<=>(const Occurrence&, const Occurrence&) = default;
};

struct FaultCount {
    std::uint64_t passed = 0;
    std::uint64_t fired = 0;
    std::uint64_t felt = 0;  ///< at most once per firing
};

/// Which faults strike in a run. A function of the seed and of how often each point is passed: each
/// fault has a probability of its own, zero for most in one seed (swarm testing), and a draw of one
/// point never disturbs another's.
class FaultDice {
public:
    struct Options {
        std::uint64_t seed = 1;
        std::size_t budget = 3;                ///< firings in the whole run; 0: none
        std::optional<FaultId> only = {};      ///< this one alone, always on
        std::set<Occurrence> suppressed = {};  ///< would fire, but must not (shrinking)
    };
    explicit FaultDice(Options options);

    /// Asked at the fault's point. Counts the passing; true when it strikes.
    bool fires(FaultId id);
    /// A draw for details of the last firing of `id`: 0 to `below` - 1. Depends on the occurrence
    /// and on the number of draws since it, on nothing else.
    std::uint64_t pick(FaultId id, std::uint64_t below);
    /// Something came of a firing of `id`: `how` in words for the trace. Counted once per firing.
    void felt(FaultId id, std::string_view how);
    /// Firings of `id` that nothing came of yet.
    std::uint64_t open(FaultId id) const;

    /// Spreads the budget: at step s of n at most its share has been spent.
    void pace(std::size_t step, std::size_t steps);
    /// From now on nothing fires.
    void heal() { healed_ = true; }
    bool healed() const { return healed_; }
    /// Whether the fault can strike at all in this run.
    bool active(FaultId id) const { return probability_[index(id)] > 0; }

    const FaultCount& count(FaultId id) const { return counts_[index(id)]; }
    std::uint64_t fired() const { return fired_; }
    /// What fired, in order.
    const std::vector<Occurrence>& occurrences() const { return occurrences_; }
    /// Called at each firing and feeling, with a sentence.
    std::function<void(FaultId, std::string_view)> on_event;

private:
    static std::size_t index(FaultId id) { return static_cast<std::size_t>(id) - 1; }
    void choose_swarm();
    bool may_spend(FaultId id) const;

    Options options_;
    std::array<double, kFaults> probability_{};
    std::array<FaultCount, kFaults> counts_{};
    std::array<std::uint64_t, kFaults> picks_{};  ///< draws since the last firing
    std::size_t active_ = 0;
    std::size_t allowed_ = 0;
    std::uint64_t fired_ = 0;
    bool healed_ = false;
    std::vector<Occurrence> occurrences_;
};

/// Sums of many runs: one row per fault, and the verdict on faults that fire without being felt.
class FaultTally {
public:
    void add(const FaultDice& dice);
    void add(const FaultTally& other);
    void add(FaultId id, const FaultCount& count);
    const FaultCount& count(FaultId id) const;
    std::uint64_t fired() const;
    /// A line per simulated fault: code, name, passed, fired, felt.
    std::string table() const;
    /// Simulated faults that never fired, or fired and were never felt.
    std::vector<FaultId> never_fired() const;
    std::vector<FaultId> never_felt() const;

private:
    std::array<FaultCount, kFaults> counts_{};
};

/// splitmix64 of a seed and up to three numbers: a stream that nothing else disturbs.
std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0);

}  // namespace liaison::sim
