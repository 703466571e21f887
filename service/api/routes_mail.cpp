#include <boost/json.hpp>
#include <charconv>

#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/mail_routes.hpp"
#include "service/api/services.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

constexpr const char* kMailListSchema =
    R"({"type":"object","required":["value"],"properties":{"value":{"type":"array","items":{"type":"object"}},"next_after":{"type":["integer","null"]}}})";

const std::vector<ApiParameter>& mail_list_parameters() {
    static const std::vector<ApiParameter> parameters = {
        {"mailbox", "only this mailbox", "string"},
        {"after", "rows behind this id (next_after of the page before)", "integer"},
        {"limit", "1 to 1000, default 100", "integer"}};
    return parameters;
}

std::optional<std::int64_t> row_number(const std::string& text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

Async<HttpResponse> list_mail(ApiServices s, ApiCall call, std::optional<MailOutcome> outcome) {
    const auto after = call.number("after", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!after) co_return problem(after.error());
    if (!limit) co_return problem(limit.error());
    std::optional<MailboxId> mailbox;
    if (const auto name = call.query.find("mailbox"); name != call.query.end())
        mailbox = MailboxId(normal_address(name->second));
    auto rows = co_await s.mail.list(mailbox, outcome, *after, static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const IntakeRow& row : *rows) list.push_back(to_json(row));
    object body{{"value", std::move(list)}, {"next_after", nullptr}};
    if (rows->size() == static_cast<std::size_t>(*limit)) body["next_after"] = rows->back().id;
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> one_mail(MailDesk& desk, ApiCall call) {
    Result<MailExplanation> found = co_await desk.explain(call.path.at("id"));
    if (!found) co_return problem(found.error());
    const object body = to_json(*found);
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> retry_mail(ApiServices s, ApiCall call) {
    const auto id = row_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    auto row = co_await s.mail.row(*id);
    if (!row) co_return problem(row.error());
    if (!*row) co_return problem(404, "Not found", "no such mail");
    Result<void> done = co_await s.mail.retry(*id);
    if (!done) co_return problem(done.error());
    s.scheduler.wake((*row)->mailbox);
    co_return json_response(202, R"({"status":"the mail is tried again"})");
}

Async<HttpResponse> count_mail(ApiServices s, ApiCall call) {
    std::optional<MailboxId> mailbox;
    if (const auto name = call.query.find("mailbox"); name != call.query.end())
        mailbox = MailboxId(normal_address(name->second));
    auto counts = co_await s.mail.counts(mailbox);
    if (!counts) co_return problem(counts.error());
    const object body = to_json(*counts);
    co_return json_response(200, serialize(body));
}

}  // namespace

void add_mail_routes(Router& router, ApiServices s) {
    const auto list = [&](const char* path, const char* id, const char* summary,
                          std::optional<MailOutcome> outcome) {
        router.add({"GET",
                    path,
                    id,
                    summary,
                    mail_list_parameters(),
                    "",
                    kMailListSchema,
                    200,
                    {},
                    false,
                    "application/json",
                    [s, outcome](ApiCall call) { return list_mail(s, std::move(call), outcome); }});
    };
    list("/v1/mail", "listMail",
         "Every mail that was seen in a designated folder, with its decision", std::nullopt);
    list("/v1/unmatched", "listUnmatched", "Mails that no contact matched, each with its reason",
         MailOutcome::Unmatched);
    list("/v1/interactions", "listInteractions", "Mails that were logged, with their contacts",
         MailOutcome::Log);
    list("/v1/skipped", "listSkipped",
         "Mails that were not logged on purpose, each with its reason", MailOutcome::Skip);
    router.add({"POST",
                "/v1/mail/{id}/retry",
                "retryMail",
                "Decide this mail again",
                {},
                "",
                R"({"type":"object"})",
                202,
                {404},
                false,
                "application/json",
                [s](ApiCall call) { return retry_mail(s, std::move(call)); }});
    router.add({"GET",
                "/v1/mail-counts",
                "countMail",
                "How many mails were seen, logged, skipped by reason",
                {{"mailbox", "only this mailbox"}},
                "",
                R"({"type":"object","required":["seen","logged"]})",
                200,
                {},
                false,
                "application/json",
                [s](ApiCall call) { return count_mail(s, std::move(call)); }});
}

void add_explain_route(Router& router, MailDesk& desk) {
    router.add({"GET",
                "/v1/mail/{id}",
                "explainMail",
                "Why this mail was or was not logged; by number, Message-ID or identity",
                {},
                "",
                R"({"type":"object","required":["id","decision"]})",
                200,
                {404},
                false,
                "application/json",
                [&desk](ApiCall call) { return one_mail(desk, std::move(call)); }});
}

}  // namespace liaison::service
