#pragma once
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "sandbox/sandbox.hpp"

namespace liaison::sandbox {

/// A sandbox in memory with a clock of its own, and a Graph client that knows no more than URLs.
class GraphLab {
public:
    GraphLab();

    Sandbox& sandbox() { return *sandbox_; }
    MailboxStore& store() { return sandbox_->store(); }
    void pass(EpochMillis milliseconds) { now_ += milliseconds; }

    struct Got {
        int status = 0;
        HttpFields fields;
        std::string text;
        boost::json::value body;
        const boost::json::object& object() const { return body.get_object(); }
        std::string code() const;                     ///< of error.code
        std::string text_at(std::string_view) const;  ///< a member that is a string, or ""
        const boost::json::array& values() const;     ///< of "value"
    };
    /// `path` below /v1.0/users/alice@example.test unless it begins with "/"; an absolute link is
    /// followed as it is. Headers as "Name: value".
    Got send(std::string method, std::string path, std::string body = {},
             std::vector<std::string> headers = {});
    Got get(std::string path, std::vector<std::string> headers = {}) {
        return send("GET", std::move(path), {}, std::move(headers));
    }
    Got post(std::string path, std::string body, std::vector<std::string> headers = {}) {
        return send("POST", std::move(path), std::move(body), std::move(headers));
    }
    Got patch(std::string path, std::string body, std::vector<std::string> headers = {}) {
        return send("PATCH", std::move(path), std::move(body), std::move(headers));
    }
    Got erase(std::string path) { return send("DELETE", std::move(path)); }
    /// Fetches a token of the default application; it lives for an hour.
    void sign_in();
    /// POST of a form to the token endpoint.
    Got ask_token(std::string form, std::string tenant = "example.test");
    /// SOAP body of an EWS operation as svc for alice; the reply's text.
    std::string ews(std::string_view operation);
    HttpResponse raw(HttpRequest request);

    std::string token;

private:
    EpochMillis now_ = 1'800'000'000'000;  // 2027-01-15T08:00:00Z
    std::unique_ptr<Sandbox> sandbox_;
};

/// Graph's default id of an EWS id: '/' is '-', '+' is '_' (Outlook add-ins: convertToRestId).
std::string rest_id_of(std::string ews_id);

}  // namespace liaison::sandbox
