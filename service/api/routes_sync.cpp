#include <boost/json.hpp>
#include <charconv>

#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/services.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

constexpr const char* kPageSchema =
    R"({"type":"object","required":["value"],"properties":{"value":{"type":"array","items":{"type":"object"}}}})";

const std::vector<ApiParameter>& page_parameters() {
    static const std::vector<ApiParameter> parameters = {
        {"offset", "skip that many, default 0", "integer"},
        {"limit", "1 to 1000, default 100", "integer"}};
    return parameters;
}

boost::json::value conflict_value(const std::optional<Value>& value) {
    if (!value) return nullptr;
    return boost::json::value(to_text(*value));
}

Async<HttpResponse> list_conflicts(ApiServices s, ApiCall call) {
    const auto offset = call.number("offset", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!offset) co_return problem(offset.error());
    if (!limit) co_return problem(limit.error());
    auto rows = co_await s.sync.conflicts(static_cast<std::size_t>(*offset),
                                          static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const StoredConflict& row : *rows) {
        const Conflict& c = row.conflict;
        list.push_back(object{{"id", row.id},
                              {"pair", row.pair.str()},
                              {"link", c.link.value()},
                              {"field", info(c.field).name},
                              {"winner", to_string(c.winner)},
                              {"at", format_timestamp(c.at)},
                              {"base", conflict_value(c.base)},
                              {"crm", conflict_value(c.crm_value)},
                              {"exchange", conflict_value(c.exchange_value)}});
    }
    const object body{{"value", std::move(list)}};
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> list_parked(ApiServices s, ApiCall call) {
    const auto offset = call.number("offset", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!offset) co_return problem(offset.error());
    if (!limit) co_return problem(limit.error());
    auto rows =
        co_await s.sync.parked(static_cast<std::size_t>(*offset), static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const StoredParked& row : *rows)
        list.push_back(object{{"id", row.id},
                              {"pair", row.pair.str()},
                              {"side", to_string(row.item.side)},
                              {"key", row.item.key.str()},
                              {"reason", to_string(row.item.reason)},
                              {"code", row.item.reason_code},
                              {"detail", row.item.detail},
                              {"since", format_timestamp(row.since)}});
    const object body{{"value", std::move(list)}};
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> retry_parked(ApiServices s, ApiCall call) {
    const std::string& text = call.path.at("id");
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size())
        co_return problem(404, "Not found", "no such parked item");
    Result<void> done = co_await s.sync.retry_parked(id);
    if (!done) co_return problem(done.error());
    co_return json_response(202, R"({"status":"the item is tried again in the next cycle"})");
}

Async<HttpResponse> list_pairs(ApiServices s) {
    auto rows = co_await s.sync.summaries();
    if (!rows) co_return problem(rows.error());
    array list;
    for (const PairSummary& p : *rows)
        list.push_back(object{{"pair", p.pair.str()},
                              {"links", p.links},
                              {"queued", p.queued},
                              {"sent", p.sent},
                              {"rejected", p.rejected},
                              {"conflicts", p.conflicts},
                              {"parked", p.parked},
                              {"held", p.held},
                              {"paused", p.state.paused},
                              {"last_error", p.state.last_error}});
    const object body{{"value", std::move(list)}};
    co_return json_response(200, serialize(body));
}

/// Pair names hold a slash: "alice@example.test/task" comes as two segments.
PairId pair_of(const ApiCall& call) {
    return PairId(normal_address(call.path.at("mailbox")) + "/" + call.path.at("kind"));
}

Async<HttpResponse> get_held(ApiServices s, ApiCall call) {
    auto held = co_await s.sync.held_plan(pair_of(call));
    if (!held) co_return problem(held.error());
    if (!*held) co_return problem(404, "Not found", "nothing is held in this pair");
    Plan plan;
    plan.held = **held;
    const object body = to_json(plan);
    co_return json_response(200, serialize(body.at("held")));
}

Async<HttpResponse> approve_held(ApiServices s, ApiCall call) {
    boost::system::error_code error;
    const boost::json::value body = boost::json::parse(call.request.body, error);
    const object* input = error ? nullptr : body.if_object();
    const auto text = [&](const char* name) -> std::string {
        const boost::json::value* v = input ? input->if_contains(name) : nullptr;
        return v && v->is_string() ? std::string(v->get_string()) : std::string();
    };
    std::string hash = text("hash");
    std::string who = text("who");
    if (hash.empty() || who.empty())
        co_return problem(
            400, "The request cannot be carried out",
            "the body must be JSON with \"hash\" (of the list) and \"who\" approves it");
    Result<void> done =
        co_await s.sync.approve_held(pair_of(call), std::move(hash), std::move(who));
    if (!done) co_return problem(done.error());
    s.scheduler.wake(MailboxId(normal_address(call.path.at("mailbox"))));
    co_return json_response(202,
                            R"({"status":"exactly this list is carried out in the next cycle"})");
}

Async<HttpResponse> list_journal(ApiServices s, ApiCall call) {
    const auto after = call.number("after", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!after) co_return problem(after.error());
    if (!limit) co_return problem(limit.error());
    auto rows = co_await s.sync.journal(*after, static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const JournalEntry& e : *rows)
        list.push_back(object{{"sequence", e.sequence},
                              {"at", format_timestamp(e.at)},
                              {"pair", e.pair.str()},
                              {"event", e.event},
                              {"link", e.link.value()},
                              {"operation", e.operation.value()},
                              {"reason", e.reason}});
    const object body{{"value", std::move(list)}};
    co_return json_response(200, serialize(body));
}

}  // namespace

namespace {

void add_review_routes(Router& router, const ApiServices& s) {
    router.add({"GET",
                "/v1/conflicts",
                "listConflicts",
                "Fields that two people changed; the losing value is kept here",
                page_parameters(),
                "",
                kPageSchema,
                200,
                {},
                false,
                "application/json",
                [s](ApiCall call) { return list_conflicts(s, std::move(call)); }});
    router.add({"GET",
                "/v1/parked",
                "listParked",
                "Items that are not mirrored, each with its reason",
                page_parameters(),
                "",
                kPageSchema,
                200,
                {},
                false,
                "application/json",
                [s](ApiCall call) { return list_parked(s, std::move(call)); }});
    router.add({"POST",
                "/v1/parked/{id}/retry",
                "retryParked",
                "Try a parked item again",
                {},
                "",
                R"({"type":"object"})",
                202,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return retry_parked(s, std::move(call)); }});
}

}  // namespace

void add_sync_routes(Router& router, ApiServices s) {
    add_review_routes(router, s);
    router.add({"GET",
                "/v1/pairs",
                "listPairs",
                "Links and work per mailbox and kind",
                {},
                "",
                kPageSchema,
                200,
                {},
                false,
                "application/json",
                [s](ApiCall) { return list_pairs(s); }});
    router.add({"GET",
                "/v1/pairs/{mailbox}/{kind}/held",
                "getHeldPlan",
                "Removals that the guard stopped",
                {},
                "",
                R"({"type":"object"})",
                200,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return get_held(s, std::move(call)); }});
    router.add(
        {"POST",
         "/v1/pairs/{mailbox}/{kind}/approve",
         "approveHeldPlan",
         "Approve exactly the list with this hash",
         {},
         R"({"type":"object","required":["hash","who"],"properties":{"hash":{"type":"string"},"who":{"type":"string"}}})",
         R"({"type":"object"})",
         202,
         {404},
         false,
         "application/json",
         [s](ApiCall call) { return approve_held(s, std::move(call)); }});
    router.add({"GET",
                "/v1/journal",
                "listJournal",
                "What Liaison decided and did, in order",
                {{"after", "entries behind this sequence", "integer"},
                 {"limit", "1 to 1000, default 100", "integer"}},
                "",
                kPageSchema,
                200,
                {},
                false,
                "application/json",
                [s](ApiCall call) { return list_journal(s, std::move(call)); }});
}

}  // namespace liaison::service
