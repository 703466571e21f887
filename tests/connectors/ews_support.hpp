#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "connectors/ews/ews_connector.hpp"
#include "connectors/ews/soap.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http_client.hpp"
#include "core/record.hpp"
#include "net/run_loop.hpp"

namespace liaison::ews {

/// A dialogue: each request takes the next answer. Keeps the requests.
class ScriptedExchange final : public HttpClient {
public:
    using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;

    Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits limits) override;

    void answer(Answer a) { answers_.push_back(std::move(a)); }
    /// 200 with a SOAP body.
    void answer_body(std::string body) { answer_http(200, envelope(body)); }
    void answer_http(int status, std::string text, std::string header = {}, std::string value = {});
    void answer_error(Error error);
    bool used_up() const { return answers_.empty(); }
    const std::vector<HttpRequest>& requests() const { return requests_; }
    std::size_t largest_reply_allowed() const { return largest_; }

    static std::string envelope(std::string_view body);

private:
    std::deque<Answer> answers_;
    std::vector<HttpRequest> requests_;
    std::size_t largest_ = 0;
};

class StillClock final : public Clock {
public:
    Timestamp now() const override { return *parse_timestamp("2026-11-25T08:00:00Z"); }
    Async<void> sleep_until(Timestamp) override { co_return; }
};

EwsSettings test_settings();

/// A response message of `operation`: class Success with `payload`, or an error code.
std::string ok_message(std::string_view operation, std::string_view payload);
std::string error_message(std::string_view operation, std::string_view code, std::string_view response_class = "Error");
std::string response(std::string_view operation, std::initializer_list<std::string> messages);
std::string fault(std::string_view code, std::string_view values = {});

/// The GetFolder reply that tells the id of Deleted Items.
std::string deleted_items_reply();

/// The one child of the SOAP body of a request, as text.
std::string body_of(const HttpRequest& request);
/// Indented, attributes sorted by appearance, one element a line: what golden requests are compared in.
std::string canonical_xml(std::string_view xml);
/// The schema folder that lies beside the checkout, made usable (two fixes) in a scratch folder; empty if there is none.
std::filesystem::path schema_folder();
/// Runs xmllint over bodies (with namespace declarations); its complaints, empty if all are valid.
std::string schema_complaints(const std::vector<std::string>& bodies);
/// A body with the declarations of m and t on its root.
std::string with_namespaces(std::string_view body);

std::string read_file(const std::filesystem::path& path);
std::filesystem::path golden_folder();
/// field: value, a line each.
std::string print_record(const Record& record);

}  // namespace liaison::ews
