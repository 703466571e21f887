#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/mailbox_store.hpp"
#include "sandbox/request_log.hpp"

namespace liaison::sandbox {

namespace control {
struct Call;
}

/// The JSON interface under /sandbox by which tests, the demo and the page look into the stand-in
/// and play the people who use it. Errors are problem documents (RFC 9457). No authentication: it
/// is for loopback, so it answers only requests whose Host is a loopback name and whose Origin, if
/// any, is the same, which keeps web pages of others out.
///
///   GET    /sandbox/health
///   GET    /sandbox/users                       POST {address, display_name, password,
///   may_impersonate}, PATCH {address, password} POST   /sandbox/mailboxes/M/mail?folder=&key= raw
///   MIME; or JSON {folder, mails: [{key, mime_base64}]} POST   /sandbox/mailboxes/M/load {path |
///   paths, folder}: reads local files through MailLoader GET    /sandbox/mailboxes/M/folders POST
///   {path, class}; PATCH {id, display_name}; DELETE ?id=;
///                                               POST {action: reset_sync, id}
///   GET    /sandbox/mailboxes/M/items?folder=&kind=&offset=&limit=    also ?id= for one item with
///   its body POST   /sandbox/mailboxes/M/items           {kind, folder, fields...} or {action:
///   complete | move | copy, id, folder} PATCH  /sandbox/mailboxes/M/items           {id,
///   change_key, fields...} DELETE /sandbox/mailboxes/M/items?id=&hard= to Deleted Items unless
///   hard=true GET    /sandbox/mailboxes/M/content?id=     {text, html, mime_base64 with
///   &mime=true} GET    /sandbox/mailboxes/M/summary         counts per folder, kind and category
///   GET    /sandbox/outbox                      DELETE empties it
///   GET    /sandbox/faults                      POST adds one, DELETE removes all
///   GET    /sandbox/requests?limit=             DELETE resets
///
/// `folder` is an id, a distinguished name ("inbox") or a path of display names
/// ("Inbox/Customers"); loading creates what is missing of a path.
class ControlApi {
public:
    /// All must outlive the API.
    ControlApi(MailboxStore& store, Faults& faults, RequestLog& requests);

    static bool owns_path(std::string_view url);
    HttpResponse handle(const HttpRequest& request);
    /// Adds a resource: its path below /sandbox/.
    void serve(std::string resource, std::function<HttpResponse(const control::Call&)> handler);
    const MailboxStore& store() const { return store_; }

private:
    MailboxStore& store_;
    Faults& faults_;
    RequestLog& requests_;
    std::map<std::string, std::function<HttpResponse(const control::Call&)>, std::less<>> more_;
};

}  // namespace liaison::sandbox
