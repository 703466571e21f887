#pragma once
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/graph/graph_error.hpp"
#include "sandbox/graph/graph_memory.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox::graph {

namespace json = boost::json;

/// Who asks: the application of the bearer token.
struct Caller {
    std::string app_id;
    std::set<std::string, std::less<>> roles;                 ///< application permissions
    std::optional<std::set<std::string, std::less<>>> scope;  ///< mailboxes; absent: all

    bool may(std::initializer_list<std::string_view> any_of) const;
    bool may_reach(std::string_view mailbox) const;
};

/// The Prefer header (outlook.timezone, outlook.body-content-type, IdType, odata.maxpagesize,
/// return).
struct Preferences {
    bool immutable_ids = false;
    std::optional<bool> text_body;
    std::string time_zone;  ///< Windows id; empty: UTC
    std::string time_zone_as_given;
    std::optional<std::size_t> page_size;
    bool minimal = false;
    std::vector<std::string> applied;  ///< for Preference-Applied
};

using Query = std::map<std::string, std::string, std::less<>>;

/// One request, or one part of a batch, below a user.
struct Call {
    MailboxStore& store;
    GraphMemory& memory;
    const Caller& caller;
    std::string mailbox;  ///< primary address; empty above a user
    std::string method;
    std::string path_text;          ///< of the URL, as the client wrote it, without query
    std::vector<std::string> path;  ///< below /v1.0/users/{id}, decoded
    Query query;
    Preferences prefer;
    const HttpFields& fields;
    std::string_view raw_body;
    std::string base_url;          ///< https://host/v1.0
    bool empty_listing = false;    ///< fault
    bool sync_lost = false;        ///< fault
    const Fault* fault = nullptr;  ///< what strikes at this request

    /// $-options and others that the handler understands; anything else is an error, never ignored.
    Outcome<void> allow(std::initializer_list<std::string_view> names,
                        std::span<const std::string_view> more = {}) const;
    std::string_view option(std::string_view name) const;
    bool has(std::string_view name) const { return query.contains(name); }
    /// The body as an object (BadRequest else).
    Outcome<json::object> object_body() const;
    /// Prefix of ids in `@odata.context`.
    std::string context_url(std::string_view fragment) const;
};

/// The answer. `bytes` is sent instead of `body` when `content_type` is set.
struct Reply {
    int status = 200;
    std::optional<json::value> body;
    std::string content_type;
    std::string bytes;
    std::vector<std::pair<std::string, std::string>> headers;
};

Reply json_reply(json::value body, int status = 200);
Reply no_content(int status = 204);

using Path = std::span<const std::string>;

/// Percent-decoding; `plus` is a blank in queries.
std::string url_decoded(std::string_view text, bool plus);
std::string url_encoded(std::string_view text);
/// Path segments: decoded; `name('key')` becomes two segments, `delta()` loses its parentheses,
/// `microsoft.graph.` its prefix. NotFound-like errors are the router's.
std::vector<std::string> path_segments(std::string_view path);
Outcome<Query> parse_query(std::string_view text);
Outcome<Preferences> parse_preferences(const HttpFields& fields);

// Ids (graph_ids.cpp).

/// EWS id to Graph's default id (URL-safe base64) and back.
std::string rest_id(std::string_view ews_id);
std::string ews_id_of_rest(std::string_view id);
/// The id that does not change when the item moves.
std::string immutable_id(std::string_view mailbox, std::int64_t row);
std::int64_t row_of_immutable(std::string_view mailbox, std::string_view id);  ///< 0: is none
/// In the form that the request prefers. Works for ids of items that are gone.
std::string shown_item_id(const Call& call, std::string_view ews_item_id);
std::string shown_attachment_id(const Call& call, const Item& item, const Attachment& attachment);
/// Both forms are understood. ErrorItemNotFound, ErrorInvalidIdMalformed.
Outcome<const Item*> item_by_id(const Call& call, std::string_view id);
Outcome<const Attachment*> attachment_by_id(const Call& call, const Item& item,
                                            std::string_view id);
/// By id or well-known name ("inbox", "msgfolderroot").
Outcome<const Folder*> mail_folder_by_id(const Call& call, std::string_view id);
/// By id; `folder_class` is a prefix that the folder must have ("IPF.Task").
Outcome<const Folder*> folder_by_id(const Call& call, std::string_view id,
                                    std::string_view folder_class);

std::string etag_of(std::string_view change_key);
/// ErrorIrresolvableConflict (412) unless If-Match is absent, "*" or names this change key.
Outcome<void> check_if_match(const Call& call, std::string_view change_key);
/// ErrorAccessDenied (403) unless the application has one of the permissions.
Outcome<void> need(const Call& call, std::initializer_list<std::string_view> any_of);

std::unexpected<GraphError> item_not_found();
std::unexpected<GraphError> access_denied();
std::unexpected<GraphError> bad_request(std::string_view message);
std::unexpected<GraphError> no_such_resource(std::string_view segment);
std::unexpected<GraphError> method_not_allowed(const Call& call);
GraphError from_store_error(const Error& error);

}  // namespace liaison::sandbox::graph
