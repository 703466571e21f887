#include "storage/sync_protocol.hpp"

namespace liaison::storage {

namespace {

/// Free items that only may have become matchable; those that something touched are never left out.
constexpr std::size_t kCandidatesMax = 20'000;
constexpr std::size_t kTouchedMax = 10'000'000;
constexpr std::chrono::hours kGuardWindow{24};

void add_missing(std::vector<Observation>& list, std::vector<Observation> more) {
    for (Observation& observation : more) {
        const bool there = std::any_of(list.begin(), list.end(), [&](const Observation& known) {
            return known.key == observation.key;
        });
        if (!there) list.push_back(std::move(observation));
    }
}

void sort_by_key(std::vector<Observation>& list) {
    std::sort(list.begin(), list.end(), [](const Observation& a, const Observation& b) { return a.key < b.key; });
}

EntityKind kind_of_pair(const PairId& pair) {
    const std::size_t slash = pair.str().rfind('/');
    if (slash == std::string::npos) return EntityKind::Task;
    return parse_entity_kind(std::string_view(pair.str()).substr(slash + 1)).value_or(EntityKind::Task);
}

}  // namespace

LinkView SyncProtocol::view_of(const Link& link) {
    LinkView view;
    view.link = link;
    view.crm = observations_.of_link(link.id.value(), Side::Crm);
    view.exchange = observations_.of_link(link.id.value(), Side::Exchange);
    view.in_flight = operations_.of_link(link.id);
    return view;
}

/// Touched free items, and when there are any on one side, the other side's candidates for matching.
void SyncProtocol::load_free(PairNumber pair, Picture& picture, bool everything) {
    using Free = ObservationTable::Free;
    const Free which = everything ? Free::All : Free::Touched;
    picture.free_crm = observations_.free(pair, Side::Crm, which, kTouchedMax);
    picture.free_exchange = observations_.free(pair, Side::Exchange, which, kTouchedMax);
    if (everything) return;
    const bool crm_touched = !picture.free_crm.empty();
    const bool exchange_touched = !picture.free_exchange.empty();
    if (crm_touched)
        for (Observation& candidate : observations_.free(pair, Side::Exchange, Free::Untouched, kCandidatesMax))
            picture.free_exchange.push_back(std::move(candidate));
    if (exchange_touched)
        for (Observation& candidate : observations_.free(pair, Side::Crm, Free::Untouched, kCandidatesMax))
            picture.free_crm.push_back(std::move(candidate));
}

/// Links that a free item claims by its token; both are shown together.
void SyncProtocol::add_claimed(PairNumber pair, Picture& picture, std::set<std::int64_t>& ids) {
    for (const Side side : kSides) {
        for (const Observation& observation : side == Side::Crm ? picture.free_crm : picture.free_exchange) {
            const std::optional<LinkId> link = links_.find_token(pair, observation.token);
            if (!link) continue;
            picture.tokens.emplace(observation.token.str(), *link);
            ids.insert(link->value());
        }
    }
}

void SyncProtocol::load_views(PairNumber pair, Picture& picture, const std::set<std::int64_t>& ids) {
    for (const std::int64_t id : ids) {
        const Link link = links_.get(pair, LinkId(id));
        picture.links.push_back(view_of(link));
        for (const Side side : kSides) {
            std::vector<Observation> claiming = observations_.free_with_token(pair, side, link.token);
            for (const Observation& observation : claiming) picture.tokens.emplace(observation.token.str(), link.id);
            add_missing(side == Side::Crm ? picture.free_crm : picture.free_exchange, std::move(claiming));
        }
    }
    sort_by_key(picture.free_crm);
    sort_by_key(picture.free_exchange);
}

Picture SyncProtocol::load_picture(const PairId& pair, Date today, bool everything, Timestamp now) {
    const PairNumber number = pairs_.ensure(pair);
    Picture picture;
    picture.pair = pair;
    picture.kind = kind_of_pair(pair);
    picture.today = today;
    picture.now = now;
    picture.next_link = pairs_.next_link(number);

    std::set<std::int64_t> ids = everything ? links_.all(number) : links_.touched_or_due(number, today);
    ids.merge(observations_.links_touched(number));
    // A held removal is decided again in every cycle, until it is approved or has no reason any more.
    if (const std::optional<HeldPlan> held = review_.held(number)) {
        for (const Operation& removal : held->removals)
            if (links_.find(number, removal.link)) ids.insert(removal.link.value());
        for (const LinkId link : held->unlinkings)
            if (links_.find(number, link)) ids.insert(link.value());
    }
    load_free(number, picture, everything);
    add_claimed(number, picture, ids);
    load_views(number, picture, ids);
    if (everything)
        for (const LinkView& view : picture.links)
            if (!view.link.token.empty()) picture.tokens.emplace(view.link.token.str(), view.link.id);

    picture.totals.links = links_.count(number);
    picture.totals.removals_24h_crm = review_.removals(number, Side::Crm, now - kGuardWindow);
    picture.totals.removals_24h_exchange = review_.removals(number, Side::Exchange, now - kGuardWindow);
    picture.approved_plans = review_.approvals(number);

    const std::int64_t watermark = pairs_.touch_count(number);
    PictureUnderWay& under_way = pictures_.try_emplace(pair, PictureUnderWay{watermark, watermark, {}}).first->second;
    under_way.newest = watermark;
    for (const LinkView& view : picture.links)
        if (view.in_flight && view.in_flight->state != OperationState::Rejected) under_way.waiting.insert(view.link.id);
    return picture;
}

}  // namespace liaison::storage
