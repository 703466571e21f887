// Every Graph reply that Liaison reads, down to records and mails: as the body of a call, as a part
// of a batch, as an error, and as the reply of the token endpoint.
#include "connectors/graph/error_codes.hpp"
#include "connectors/graph/item_mapping.hpp"
#include "connectors/graph/message.hpp"
#include "connectors/html_text.hpp"
#include "net/auth/oauth_reply.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace liaison;
using namespace liaison::graph;
using fuzz::require;

const MappingContext& graph_fuzz_mapping() {
    static const MappingContext context{std::string(kProductPropertySet), "Europe/Berlin", true};
    return context;
}

void read_as_entity(const JsonObject& entity) {
    for (const EntityKind kind : kEntityKinds) {
        const ItemContent content = read_entity(kind, entity, graph_fuzz_mapping());
        const auto* record = std::get_if<Record>(&content);
        if (!record) continue;
        const Record once = project_record(*record, graph_fuzz_mapping());
        require(project_record(once, graph_fuzz_mapping()) == once, "a projection is idempotent");
        const JsonObject body = entity_writes(kind, patch_of(*record), entity, graph_fuzz_mapping());
        require(parse_json(boost::json::serialize(body)).has_value(), "what is written is JSON");
    }
    (void)read_message(entity, graph_fuzz_mapping(), true);
    MailMark mark;
    mark.add_categories = {"CRM logged"};
    mark.is_read = true;
    (void)mark_writes(entity, mark, graph_fuzz_mapping());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    HttpResponse reply;
    reply.body = std::string(text);
    for (const int status : {200, 400, 503}) {
        reply.status = status;
        const auto token = net::read_token_reply(reply, Timestamp{});
        if (!token) require(token.error().kind != ErrorKind::NotFound, "a sign-in proves no deletion");
    }
    (void)html_to_text(text);
    const auto value = parse_json(text);
    if (!value) return 0;
    const Error error = reply_error(500, HttpFields(), *value, true, Timestamp{});
    require(error.kind == ErrorKind::Unanswered, "a failed write is unknown");
    (void)reply_error(404, HttpFields(), *value, false, Timestamp{});
    if (value->is_object()) read_as_entity(value->get_object());
    for (const JsonValue& entry : values_of(*value))
        if (entry.is_object()) read_as_entity(entry.get_object());
    return 0;
}
