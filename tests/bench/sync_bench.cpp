#include <benchmark/benchmark.h>

#include "daemon/sync/plan_draft.hpp"
#include "daemon/sync/reconcile.hpp"
#include "daemon/sync/settle.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

Record made_up_task(Words& words) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, words.word() + " " + words.word());
    record.set(Field::Body, words.text(300));
    record.set(Field::Status, std::string("not_started"));
    record.set(Field::Priority, std::string("normal"));
    record.set(Field::DueDate, *parse_date("2027-03-05"));
    return record;
}

Observation shown(std::string key, Record record, CorrelationToken token = {}) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.version = Version("1");
    out.modified_at = *parse_timestamp("2026-11-24T08:00:00Z");
    out.token = std::move(token);
    out.content = std::move(record);
    return out;
}

/// A pair of tasks with the capabilities of EWS and of the embedded CRM, without items.
Picture picture_of(BenchWorld& world) {
    Picture picture;
    picture.mailbox = MailboxId(kAlice);
    picture.pair = PairId(std::string(kAlice) + "/task");
    picture.next_link = LinkId(1);
    picture.crm_system = "crm";
    picture.epoch = "bench";
    picture.now = world.clock.now();
    picture.today = date_of(picture.now);
    picture.crm_capabilities = world.crm->endpoint().capabilities(EntityKind::Task);
    picture.exchange_capabilities =
        ews::make_ews_endpoint(*world.http, world.clock, world.settings())
            ->capabilities(EntityKind::Task);
    picture.policy.state_categories = false;
    return picture;
}

/// A link in step: both anchors are what both sides show.
LinkView view_in_step(const Picture& picture, std::int64_t number, const Record& task) {
    LinkView view;
    const std::string n = std::to_string(number);
    view.link.id = LinkId(number);
    view.link.token = CorrelationToken{"crm", "task", "c" + n, "bench-" + n};
    const Record crm = sync::projected(picture.crm_capabilities, task);
    const Record exchange = sync::projected(picture.exchange_capabilities, task);
    view.link.crm = Anchor{ItemKey("c" + n), Version("1"), crm};
    view.link.exchange = Anchor{ItemKey("e" + n), Version("1"), exchange};
    view.crm = shown("c" + n, crm);
    view.exchange = shown("e" + n, exchange, view.link.token);
    return view;
}

/// The full comparison: all links are looked at, ten of them were edited.
void reconcile_links(benchmark::State& state) {
    BenchWorld world(1);
    Words words(3);
    Picture picture = picture_of(world);
    const std::int64_t links = state.range(0);
    for (std::int64_t i = 1; i <= links; ++i)
        picture.links.push_back(view_in_step(picture, i, made_up_task(words)));
    picture.next_link = LinkId(links + 1);
    picture.totals.links = static_cast<std::size_t>(links);
    for (std::size_t i = 0; i < 10; ++i) {
        Observation& seen = *picture.links[i * picture.links.size() / 10].crm;
        std::get<Record>(seen.content).set(Field::Subject, std::string("edited"));
        seen.version = Version("2");
    }
    for (auto _ : state) {
        const Plan plan = sync::reconcile(picture);
        if (plan.operations.size() != 10) {
            state.SkipWithError("the plan is not what was edited");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * links);
}
BENCHMARK(reconcile_links)
    ->Name("sync/reconcile_all_links_ten_edited")
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

/// A mailbox' first plan: every CRM task gets its mirror.
void first_plan(benchmark::State& state) {
    BenchWorld world(1);
    Words words(4);
    Picture picture = picture_of(world);
    const std::int64_t items = state.range(0);
    for (std::int64_t i = 0; i < items; ++i)
        picture.free_crm.push_back(shown("c" + std::to_string(i), made_up_task(words)));
    for (auto _ : state) {
        const Plan plan = sync::reconcile(picture);
        if (plan.operations.size() != static_cast<std::size_t>(items)) {
            state.SkipWithError("not every item was planned");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * items);
}
BENCHMARK(first_plan)->Name("sync/first_plan")->Arg(10'000)->Unit(benchmark::kMillisecond);

std::vector<ChangePage> pages_of(std::size_t items, std::size_t page_size) {
    Words words(6);
    std::vector<ChangePage> pages;
    for (std::size_t i = 0; i < items;) {
        ChangePage page;
        for (; page.observations.size() < page_size && i < items; ++i)
            page.observations.push_back(shown("c" + std::to_string(i), made_up_task(words)));
        page.next = Cursor(std::to_string(i));
        page.is_last = i == items;
        pages.push_back(std::move(page));
    }
    return pages;
}

/// A first feed into a fresh file: pages of 512, each one durable transaction.
void absorb_observations(benchmark::State& state) {
    const std::vector<ChangePage> pages = pages_of(static_cast<std::size_t>(state.range(0)), 512);
    const PairId pair(std::string(kAlice) + "/task");
    for (auto _ : state) {
        state.PauseTiming();
        auto world = std::make_unique<BenchWorld>(1);
        state.ResumeTiming();
        for (const ChangePage& page : pages)
            must(world->run(world->stores.sync->absorb_page(pair, Side::Crm, page)));
        state.PauseTiming();
        world.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(absorb_observations)
    ->Name("storage/absorb_pages_of_512")
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Every queued update succeeds: the item shows what was sent.
void settle_all(BenchWorld& world, const PairId& pair) {
    SyncStore& store = *world.stores.sync;
    const auto queued = must(world.run(store.due_operations(pair, world.clock.now(), 1'000)));
    std::vector<OperationId> ids;
    std::vector<LinkId> links;
    for (const Operation& operation : queued) {
        ids.push_back(operation.id);
        links.push_back(operation.link);
    }
    must(world.run(store.mark_sent(pair, ids)));
    const auto sent = must(world.run(store.sent_operations(pair)));
    std::map<LinkId, Link> by_id;
    for (Link& link : must(world.run(store.links(pair, links)))) by_id[link.id] = std::move(link);
    std::vector<Settlement> settlements;
    for (const Operation& operation : sent) {
        Observation after = shown(operation.key.str(), operation.target, by_id[operation.link].token);
        after.version = Version(operation.expected_version.str() + "+");
        settlements.push_back(sync::settle_operation(operation, by_id[operation.link],
                                                     Outcome{after}, world.clock.now()));
    }
    must(world.run(store.settle(pair, std::move(settlements))));
}

/// Stores `count` links in step and answers what the CRM shows of them.
std::vector<Observation> open_links(BenchWorld& world, const Picture& blank, std::int64_t count) {
    Words words(7);
    SyncStore& store = *world.stores.sync;
    Plan opening;
    std::vector<Observation> crm;
    std::vector<Observation> exchange;
    for (std::int64_t i = 1; i <= count; ++i) {
        const LinkView view = view_in_step(blank, i, made_up_task(words));
        crm.push_back(*view.crm);
        exchange.push_back(*view.exchange);
        opening.changes.push_back(OpenLink{view.link.id, EntityKind::Task, view.link.token,
                                           Side::Crm, view.link.crm->key, view.link.crm->version,
                                           view.link.crm->shadow, true, Reason::NewInCrm});
        opening.changes.push_back(BindItem{view.link.id, Side::Exchange, view.link.exchange->key,
                                           view.link.exchange->version,
                                           view.link.exchange->shadow, false,
                                           Reason::MatchedByToken});
    }
    opening.next_link = LinkId(count + 1);
    must(world.run(store.absorb_items(blank.pair, Side::Crm, crm)));
    must(world.run(store.absorb_items(blank.pair, Side::Exchange, std::move(exchange))));
    must(world.run(store.load_picture(blank.pair, blank.today, false)));
    must(world.run(store.commit_plan(blank.pair, std::move(opening))));
    // A new link is looked at once more: not what is measured here.
    Plan quiet;
    quiet.next_link = LinkId(count + 1);
    must(world.run(store.load_picture(blank.pair, blank.today, false)));
    must(world.run(store.commit_plan(blank.pair, std::move(quiet))));
    return crm;
}

/// What a cycle of a large pair costs when ten items were edited: absorb, load what was touched,
/// decide, store the plan. One cycle per item.
void cycle_over_links(benchmark::State& state) {
    BenchWorld world(1);
    SyncStore& store = *world.stores.sync;
    const Picture blank = picture_of(world);
    const std::vector<Observation> crm = open_links(world, blank, state.range(0));
    std::size_t next = 0;
    for (auto _ : state) {
        std::vector<Observation> edited;
        for (; edited.size() < 10; next = (next + 1) % crm.size()) {
            edited.push_back(crm[next]);
            std::get<Record>(edited.back().content).set(Field::Subject, std::string("edited"));
            edited.back().version = Version("2");
        }
        must(world.run(store.absorb_items(blank.pair, Side::Crm, std::move(edited))));
        Picture picture = must(world.run(store.load_picture(blank.pair, blank.today, false)));
        picture.mailbox = blank.mailbox;
        picture.crm_system = blank.crm_system;
        picture.now = blank.now;
        picture.today = blank.today;
        picture.crm_capabilities = blank.crm_capabilities;
        picture.exchange_capabilities = blank.exchange_capabilities;
        picture.policy = blank.policy;
        Plan plan = sync::reconcile(picture);
        if (plan.operations.size() != 10) {
            state.SkipWithError("the plan is not what was edited");
            break;
        }
        must(world.run(store.commit_plan(blank.pair, std::move(plan))));
        state.PauseTiming();
        settle_all(world, blank.pair);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(cycle_over_links)
    ->Name("storage/cycle_ten_edited_of_links")
    ->Arg(100'000)
    ->Iterations(200)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace liaison::bench
