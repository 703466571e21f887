#pragma once
#include <boost/json/fwd.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/mailbox_store.hpp"
#include "sandbox/request_log.hpp"

// The inside of the control API.
namespace liaison::sandbox::control {

/// One request, taken apart. `mailbox` is the canonical address of an existing user or empty.
struct Call {
    std::string method;
    std::string resource;  ///< "items" of /sandbox/mailboxes/M/items, "users" of /sandbox/users
    std::string mailbox;
    std::map<std::string, std::string> query;
    const HttpRequest* request = nullptr;

    std::string_view parameter(const std::string& name) const;
};

// Answers.
HttpResponse json_answer(const boost::json::value& value, int status = 200);
HttpResponse problem(int status, std::string_view title, std::string_view detail);
HttpResponse problem(const Error& error);
HttpResponse method_not_allowed(std::string_view allowed);

/// The request's body as an object; InvalidRequest with the place of the fault.
Result<boost::json::object> body_object(const Call& call);

// Members of an object; absent or null gives an absent value, another type is InvalidRequest with
// the member's name.
Result<std::optional<std::string>> text_member(const boost::json::object& object,
                                               std::string_view name);
Result<std::optional<bool>> bool_member(const boost::json::object& object, std::string_view name);
Result<std::optional<double>> number_member(const boost::json::object& object,
                                            std::string_view name);
/// InvalidRequest when it is absent or empty.
Result<std::string> needed_text(const boost::json::object& object, std::string_view name);

// Folders.
std::string folder_path(const MailboxStore& store, std::string_view mailbox, const Folder& folder);
/// By id, distinguished name or path below the root of the tree that people see.
const Folder* folder_named(const MailboxStore& store, std::string_view mailbox,
                           std::string_view name);
/// The same; creates what is missing of a path.
Result<const Folder*> folder_made(MailboxStore& store, std::string_view mailbox,
                                  std::string_view name, std::string_view folder_class);

// What a person does with items (control_edit.cpp).
std::string_view kind_name(ItemKind kind);
std::optional<ItemKind> kind_by_name(std::string_view name);
Result<void> apply_fields(MailboxStore& store, Item& item, const boost::json::object& fields);
void complete_task(Item& item, EpochMillis now);
boost::json::object item_json(const MailboxStore& store, std::string_view mailbox,
                              const Item& item);

// The resources.
HttpResponse users(MailboxStore& store, const Call& call);
HttpResponse faults(Faults& faults, const Call& call);
HttpResponse outbox(MailboxStore& store, const Call& call);
HttpResponse requests(RequestLog& log, const Call& call);
HttpResponse folders(MailboxStore& store, const Call& call);
HttpResponse items(MailboxStore& store, const Call& call);
HttpResponse content(MailboxStore& store, const Call& call);
HttpResponse summary(MailboxStore& store, const Call& call);
HttpResponse mail(MailboxStore& store, const Call& call);
/// GET: the inbox rules of the mailbox. PUT {"outlook_blob": true}: Outlook has left its own.
HttpResponse rules(MailboxStore& store, const Call& call);
/// POST {"delegate": ADDRESS}: may open the mailbox from now on.
HttpResponse delegates(MailboxStore& store, const Call& call);
HttpResponse load(MailboxStore& store, const Call& call);

}  // namespace liaison::sandbox::control
