#include <boost/json.hpp>

#include "service/api/json.hpp"
#include "service/api/services.hpp"

namespace liaison::service {

using boost::json::object;

namespace {

/// Alive and able to answer; 503 while every mailbox that should run is failing.
Async<HttpResponse> healthz(ApiServices s) {
    std::size_t active = 0;
    std::size_t failing = 0;
    for (const auto& status : s.scheduler.status()) {
        if (status.paused) continue;
        ++active;
        if (status.last_error) ++failing;
    }
    const bool healthy = active == 0 || failing < active;
    const object body{
        {"status", healthy ? "ok" : "failing"}, {"mailboxes", active}, {"failing", failing}};
    co_return json_response(healthy ? 200 : 503, serialize(body));
}

Async<HttpResponse> status(ApiServices s) {
    auto counts = co_await s.mail.counts(std::nullopt);
    if (!counts) co_return problem(counts.error());
    auto pairs = co_await s.sync.summaries();
    if (!pairs) co_return problem(pairs.error());
    std::size_t links = 0;
    std::size_t held = 0;
    std::size_t parked = 0;
    for (const PairSummary& p : *pairs) {
        links += p.links;
        held += p.held ? 1 : 0;
        parked += p.parked;
    }
    const object body{{"quiescent", s.scheduler.quiescent()},
                      {"mailboxes", s.scheduler.status().size()},
                      {"links", links},
                      {"held_plans", held},
                      {"parked_items", parked},
                      {"mail", to_json(*counts)}};
    co_return json_response(200, serialize(body));
}

void metric(std::string& out, const char* name, const char* type, const char* help,
            std::size_t value) {
    out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n" +
           name + " " + std::to_string(value) + "\n";
}

/// Prometheus text exposition 0.0.4. No mailbox names: the numbers are open, who works here is not.
Async<HttpResponse> metrics(ApiServices s) {
    auto counts = co_await s.mail.counts(std::nullopt);
    auto pairs = co_await s.sync.summaries();
    if (!counts || !pairs) co_return problem(500, "Internal error", "see the service's log");
    std::string out;
    std::size_t cycles = 0;
    std::size_t failing = 0;
    std::size_t paused = 0;
    for (const auto& status : s.scheduler.status()) {
        cycles += status.cycles;
        failing += status.last_error ? 1 : 0;
        paused += status.paused ? 1 : 0;
    }
    metric(out, "liaison_mailboxes", "gauge", "Configured mailboxes.", s.scheduler.status().size());
    metric(out, "liaison_mailboxes_failing", "gauge", "Mailboxes whose last cycle failed.",
           failing);
    metric(out, "liaison_mailboxes_paused", "gauge", "Mailboxes that are paused.", paused);
    metric(out, "liaison_cycles_total", "counter", "Cycles since the start.", cycles);
    metric(out, "liaison_mails_seen", "gauge", "Mails ever seen in designated folders.",
           counts->seen);
    metric(out, "liaison_mails_logged", "gauge", "Mails logged in the CRM.", counts->logged);
    metric(out, "liaison_interactions", "gauge", "Interactions written.", counts->interactions);
    metric(out, "liaison_mails_unmatched", "gauge", "Mails that no contact matched.",
           counts->unmatched);
    metric(out, "liaison_mails_parked", "gauge", "Mails given up, for a human.", counts->parked);
    metric(out, "liaison_mails_pending", "gauge", "Mails on their way.", counts->pending);
    std::size_t links = 0, queued = 0, rejected = 0, conflicts = 0, parked = 0, held = 0;
    for (const PairSummary& p : *pairs) {
        links += p.links;
        queued += p.queued + p.sent;
        rejected += p.rejected;
        conflicts += p.conflicts;
        parked += p.parked;
        held += p.held ? 1 : 0;
    }
    metric(out, "liaison_links", "gauge", "Items mirrored.", links);
    metric(out, "liaison_operations_pending", "gauge", "Writes queued or unanswered.", queued);
    metric(out, "liaison_operations_rejected", "gauge", "Writes that wait for a human.", rejected);
    metric(out, "liaison_conflicts", "gauge", "Recorded conflicts.", conflicts);
    metric(out, "liaison_items_parked", "gauge", "Items not mirrored, with a reason.", parked);
    metric(out, "liaison_plans_held", "gauge", "Plans that the guard stopped.", held);
    HttpResponse response;
    response.fields.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = std::move(out);
    co_return response;
}

Async<HttpResponse> openapi(const Router* router) {
    co_return json_response(200, router->openapi());
}

}  // namespace

void add_service_routes(Router& router, ApiServices s) {
    router.add({"GET",
                "/healthz",
                "health",
                "Is the service alive?",
                {},
                "",
                R"({"type":"object","required":["status"]})",
                200,
                {503},
                true,
                "application/json",
                [s](ApiCall) { return healthz(s); }});
    router.add({"GET",
                "/metrics",
                "metrics",
                "Numbers for Prometheus",
                {},
                "",
                R"({"type":"string"})",
                200,
                {500},
                true,
                "text/plain",
                [s](ApiCall) { return metrics(s); }});
    router.add({"GET",
                "/v1/openapi.json",
                "openapi",
                "This description",
                {},
                "",
                R"({"type":"object"})",
                200,
                {},
                true,
                "application/json",
                [r = &router](ApiCall) { return openapi(r); }});
    router.add({"GET",
                "/v1/status",
                "getStatus",
                "Are both sides in step? Totals over all mailboxes",
                {},
                "",
                R"({"type":"object","required":["quiescent","mail"]})",
                200,
                {},
                false,
                "application/json",
                [s](ApiCall) { return status(s); }});
}

}  // namespace liaison::service
