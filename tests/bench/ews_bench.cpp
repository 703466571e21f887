#include <benchmark/benchmark.h>

#include "connectors/ews/base64.hpp"
#include "connectors/ews/get_item.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

const ews::MappingContext& bench_mapping() {
    static const ews::MappingContext context{std::string(ews::kProductPropertySet),
                                             "Europe/Berlin"};
    return context;
}

/// What the stand-in Exchange answers alice.
std::string reply_to(BenchWorld& world, const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.url = "/EWS/Exchange.asmx";
    request.fields.set("Content-Type", "text/xml; charset=utf-8");
    request.fields.set("Authorization",
                       "Basic " + ews::encode_base64(std::string(kAlice) + ":sandbox"));
    request.body = ews::make_envelope({}, body);
    HttpResponse response = world.run(world.exchange->answer(std::move(request)));
    if (response.status != 200) throw std::runtime_error(response.body);
    return std::move(response.body);
}

void fill_tasks(BenchWorld& world, std::size_t count) {
    auto endpoint = ews::make_ews_endpoint(*world.http, world.clock, world.settings());
    Words words(8);
    std::vector<SyncEndpoint::NewItem> items;
    for (std::size_t i = 0; i < count; ++i) {
        Record task(EntityKind::Task);
        task.set(Field::Subject, words.word() + " " + words.word());
        task.set(Field::Body, words.text(300));
        task.set(Field::DueDate, *parse_date("2027-03-05"));
        const std::string n = std::to_string(i);
        items.push_back({std::move(task), CorrelationToken{"crm", "task", "c" + n, "b-" + n}});
    }
    const CollectionId tasks = endpoint->collection(EntityKind::Task, MailboxId(kAlice));
    for (const auto& created : world.run(endpoint->create_items(tasks, std::move(items))))
        if (!created) throw std::runtime_error(created.error().message);
}

std::vector<ews::ItemId> ids_in(BenchWorld& world, const sandbox::Folder* folder) {
    std::vector<ews::ItemId> out;
    for (const sandbox::Item* item : world.exchange->store().items(kAlice, folder->id))
        out.push_back({item->id, {}});
    return out;
}

/// One change per item.
void decode_sync_page(benchmark::State& state) {
    BenchWorld world(1);
    fill_tasks(world, 512);
    ews::SyncFolderItemsRequest request;
    request.folder = ews::FolderRef::well_known("tasks", {});
    const std::string reply = reply_to(world, ews::encode_sync_folder_items(request));
    for (auto _ : state) {
        const auto envelope = must(ews::parse_envelope(reply, "SyncFolderItems", false));
        const auto page = must(ews::decode_sync_folder_items(envelope, request));
        if (page.changes.size() != 512) {
            state.SkipWithError("not 512 changes");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * 512);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reply.size()));
}
BENCHMARK(decode_sync_page)->Name("ews/decode_SyncFolderItems_512");

/// Decoded to records; one task per item.
void decode_tasks(benchmark::State& state) {
    BenchWorld world(1);
    fill_tasks(world, 100);
    const auto ids = ids_in(world, world.exchange->store().find_distinguished(kAlice, "tasks"));
    ews::ItemShape shape;
    shape.properties = ews::item_properties(EntityKind::Task, bench_mapping());
    const std::string reply = reply_to(world, ews::encode_get_item(shape, ids));
    for (auto _ : state) {
        const auto envelope = must(ews::parse_envelope(reply, "GetItem", false));
        for (const auto& item : must(ews::decode_get_item(envelope, ids))) {
            const auto content = ews::read_item(EntityKind::Task, must(item), bench_mapping());
            if (!std::holds_alternative<Record>(content)) state.SkipWithError("not a record");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(ids.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reply.size()));
}
BENCHMARK(decode_tasks)->Name("ews/decode_GetItem_100_tasks");

/// Decoded to mails of 6 KB; one mail per item.
void decode_mails(benchmark::State& state) {
    BenchWorld world(100);
    world.deliver_mails(100);
    sandbox::MailboxStore& store = world.exchange->store();
    const auto ids = ids_in(
        world,
        store.find_child(kAlice, store.find_distinguished(kAlice, "inbox")->id, "CRM"));
    const ews::ItemShape shape = ews::message_shape(bench_mapping(), false);
    const std::string reply = reply_to(world, ews::encode_get_item(shape, ids));
    for (auto _ : state) {
        const auto envelope = must(ews::parse_envelope(reply, "GetItem", false));
        for (const auto& item : must(ews::decode_get_item(envelope, ids)))
            benchmark::DoNotOptimize(ews::read_message(must(item)));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(ids.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reply.size()));
}
BENCHMARK(decode_mails)->Name("ews/decode_GetItem_100_mails");

}  // namespace
}  // namespace liaison::bench
