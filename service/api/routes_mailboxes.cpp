#include <boost/json.hpp>

#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/services.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

constexpr const char* kMailboxSchema =
    R"({"type":"object","required":["mailbox","state","in_step"],"properties":{
  "mailbox":{"type":"string"},"state":{"enum":["idle","running","paused","failing"]},"paused":{"type":"boolean"},
  "in_step":{"type":"boolean","description":"the last cycle found nothing to do"},"cycles":{"type":"integer"},
  "failures_in_a_row":{"type":"integer"},"last_started":{"type":["string","null"]},"last_finished":{"type":["string","null"]},
  "last_success":{"type":["string","null"]},"next_due":{"type":["string","null"]},"last_error":{"type":["object","null"]}}})";

HttpResponse no_such_mailbox() {
    return problem(404, "Not found", "this mailbox is not configured");
}

Async<HttpResponse> list_mailboxes(ApiServices s) {
    array list;
    for (const auto& status : s.scheduler.status()) list.push_back(to_json(status));
    const object body{{"value", std::move(list)}};
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> one_mailbox(ApiServices s, ApiCall call) {
    const auto status = s.scheduler.status(MailboxId(normal_address(call.path.at("mailbox"))));
    if (!status) co_return no_such_mailbox();
    const object body = to_json(*status);
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> pause_mailbox(ApiServices s, ApiCall call, bool paused) {
    MailboxId mailbox(normal_address(call.path.at("mailbox")));
    Result<void> done = co_await s.set_paused(mailbox, paused);
    if (!done) co_return problem(done.error());
    const auto status = s.scheduler.status(mailbox);
    if (!status) co_return no_such_mailbox();
    const object body = to_json(*status);
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> sync_mailbox(ApiServices s, ApiCall call) {
    const MailboxId mailbox(normal_address(call.path.at("mailbox")));
    if (!s.scheduler.wake(mailbox)) co_return no_such_mailbox();
    const object body = to_json(*s.scheduler.status(mailbox));
    co_return json_response(202, serialize(body));
}

Async<HttpResponse> preview_mailbox(ApiServices s, ApiCall call) {
    MailboxId mailbox(normal_address(call.path.at("mailbox")));
    const auto kind = parse_entity_kind(call.path.at("kind"));
    if (!kind) co_return problem(404, "Not found", "the kind is task, appointment or contact");
    Result<Plan> plan = co_await s.preview(std::move(mailbox), *kind);
    if (!plan) co_return problem(plan.error());
    const object body = to_json(*plan);
    co_return json_response(200, serialize(body));
}

}  // namespace

void add_mailbox_routes(Router& router, ApiServices s) {
    router.add(
        {"GET",
         "/v1/mailboxes",
         "listMailboxes",
         "State of every mailbox",
         {},
         "",
         R"({"type":"object","required":["value"],"properties":{"value":{"type":"array","items":{"type":"object"}}}})",
         200,
         {},
         false,
         "application/json",
         [s](ApiCall) { return list_mailboxes(s); }});
    router.add({"GET",
                "/v1/mailboxes/{mailbox}",
                "getMailbox",
                "State of one mailbox",
                {},
                "",
                kMailboxSchema,
                200,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return one_mailbox(s, std::move(call)); }});
    router.add({"POST",
                "/v1/mailboxes/{mailbox}/pause",
                "pauseMailbox",
                "Stop syncing this mailbox until it is resumed; deletes nothing",
                {},
                "",
                kMailboxSchema,
                200,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return pause_mailbox(s, std::move(call), true); }});
    router.add({"POST",
                "/v1/mailboxes/{mailbox}/resume",
                "resumeMailbox",
                "Sync this mailbox again",
                {},
                "",
                kMailboxSchema,
                200,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return pause_mailbox(s, std::move(call), false); }});
    router.add({"POST",
                "/v1/mailboxes/{mailbox}/sync",
                "syncMailbox",
                "Make the mailbox due now",
                {},
                "",
                kMailboxSchema,
                202,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return sync_mailbox(s, std::move(call)); }});
    router.add(
        {"GET",
         "/v1/mailboxes/{mailbox}/plan/{kind}",
         "previewPlan",
         "What the next cycle would do, without doing it",
         {},
         "",
         R"({"type":"object","properties":{"operations":{"type":"array"},"parked":{"type":"array"},"conflicts":{"type":"integer"},"link_changes":{"type":"integer"},"held":{"type":["object","null"]}}})",
         200,
         {404, 502, 503},
         false,
         "application/json",
         [s](ApiCall call) { return preview_mailbox(s, std::move(call)); }});
}

}  // namespace liaison::service
