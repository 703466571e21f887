#include <algorithm>

#include "tests/sim/catalogue.hpp"

namespace liaison::sim {

namespace {

std::uint64_t splitmix(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double as_share(std::uint64_t number) {
    return static_cast<double>(number >> 11) * 0x1.0p-53;
}

constexpr std::uint64_t kSwarmStream = 1;
constexpr std::uint64_t kFireStream = 2;
constexpr std::uint64_t kPickStream = 3;

}  // namespace

std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return splitmix(splitmix(splitmix(splitmix(seed) ^ a) ^ b) ^ c);
}

FaultDice::FaultDice(Options options) : options_(std::move(options)), allowed_(options_.budget) {
    if (options_.only) {
        const bool often = fault_info(*options_.only).pace == FaultPace::Often;
        probability_[index(*options_.only)] = often ? 0.2 : 0.8;
        active_ = 1;
    } else if (options_.budget > 0) {
        choose_swarm();
    }
}

/// About as many faults are on as the budget can feed; the probability of each is its own.
void FaultDice::choose_swarm() {
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (const FaultInfo& info : fault_catalogue())
        if (info.simulated())
            order.emplace_back(mix(options_.seed, kSwarmStream, index(info.id)), index(info.id));
    std::sort(order.begin(), order.end());
    const std::size_t spread = mix(options_.seed, kSwarmStream, kFaults) % 3;
    const std::size_t wanted = 1 + options_.budget * (2 + spread) / 3;
    active_ = std::min(wanted, order.size());
    constexpr std::array<double, 4> often{0.01, 0.04, 0.12, 0.35};
    constexpr std::array<double, 4> seldom{0.1, 0.3, 0.6, 1.0};
    for (std::size_t i = 0; i < active_; ++i) {
        const std::size_t at = order[i].second;
        const bool is_often = fault_catalogue()[at].pace == FaultPace::Often;
        const std::size_t level = mix(options_.seed, kSwarmStream, kFaults + 1, at) % often.size();
        probability_[at] = is_often ? often[level] : seldom[level];
    }
}

bool FaultDice::may_spend(FaultId id) const {
    if (healed_ || fired_ >= allowed_) return false;
    // Nobody eats the whole budget: at most twice the fair share.
    const std::size_t share = std::max<std::size_t>(1, 2 * options_.budget / active_);
    return options_.only || counts_[index(id)].fired < share;
}

bool FaultDice::fires(FaultId id) {
    FaultCount& count = counts_[index(id)];
    const auto passing = static_cast<std::uint32_t>(count.passed++);
    const double probability = probability_[index(id)];
    if (probability <= 0 || !may_spend(id)) return false;
    const std::uint64_t draw =
        mix(options_.seed, kFireStream, static_cast<std::uint64_t>(id), passing);
    if (as_share(draw) >= probability) return false;
    const Occurrence occurrence{id, passing};
    if (options_.suppressed.contains(occurrence)) return false;
    ++count.fired;
    ++fired_;
    picks_[index(id)] = 0;
    occurrences_.push_back(occurrence);
    if (on_event) on_event(id, fault_info(id).phrase);
    return true;
}

std::uint64_t FaultDice::pick(FaultId id, std::uint64_t below) {
    if (below <= 1) return 0;
    const std::uint64_t number = picks_[index(id)]++;
    const std::uint64_t which = counts_[index(id)].passed << 8 | number;
    return mix(options_.seed, kPickStream, static_cast<std::uint64_t>(id), which) % below;
}

void FaultDice::felt(FaultId id, std::string_view how) {
    FaultCount& count = counts_[index(id)];
    if (count.felt >= count.fired) return;
    ++count.felt;
    if (on_event) on_event(id, "felt: " + std::string(how));
}

std::uint64_t FaultDice::open(FaultId id) const {
    const FaultCount& count = counts_[index(id)];
    return count.fired - count.felt;
}

void FaultDice::pace(std::size_t step, std::size_t steps) {
    if (steps == 0 || step >= steps) {
        allowed_ = options_.budget;
        return;
    }
    allowed_ = (options_.budget * (step + 1) + steps - 1) / steps;
}

void FaultTally::add(FaultId id, const FaultCount& count) {
    FaultCount& sum = counts_[static_cast<std::size_t>(id) - 1];
    sum.passed += count.passed;
    sum.fired += count.fired;
    sum.felt += count.felt;
}

void FaultTally::add(const FaultDice& dice) {
    for (const FaultInfo& info : fault_catalogue()) {
        FaultCount& sum = counts_[static_cast<std::size_t>(info.id) - 1];
        const FaultCount& one = dice.count(info.id);
        sum.passed += one.passed;
        sum.fired += one.fired;
        sum.felt += one.felt;
    }
}

void FaultTally::add(const FaultTally& other) {
    for (std::size_t i = 0; i < kFaults; ++i) {
        counts_[i].passed += other.counts_[i].passed;
        counts_[i].fired += other.counts_[i].fired;
        counts_[i].felt += other.counts_[i].felt;
    }
}

const FaultCount& FaultTally::count(FaultId id) const {
    return counts_[static_cast<std::size_t>(id) - 1];
}

std::uint64_t FaultTally::fired() const {
    std::uint64_t sum = 0;
    for (const FaultCount& one : counts_) sum += one.fired;
    return sum;
}

std::string FaultTally::table() const {
    const auto column = [](std::string text, std::size_t width, bool right) {
        if (text.size() < width) text.insert(right ? 0 : text.size(), width - text.size(), ' ');
        return text;
    };
    std::string out = "fault name                    passed     fired      felt\n";
    for (const FaultInfo& info : fault_catalogue()) {
        if (!info.simulated()) continue;
        const FaultCount& one = count(info.id);
        out += column(fault_code(info.id), 6, false) + column(std::string(info.name), 24, false);
        for (const std::uint64_t number : {one.passed, one.fired, one.felt})
            out += column(std::to_string(number), 10, true);
        out += '\n';
    }
    return out;
}

std::vector<FaultId> FaultTally::never_fired() const {
    std::vector<FaultId> out;
    for (const FaultInfo& info : fault_catalogue())
        if (info.simulated() && count(info.id).fired == 0) out.push_back(info.id);
    return out;
}

std::vector<FaultId> FaultTally::never_felt() const {
    std::vector<FaultId> out;
    for (const FaultInfo& info : fault_catalogue())
        if (count(info.id).fired > 0 && count(info.id).felt == 0) out.push_back(info.id);
    return out;
}

}  // namespace liaison::sim
