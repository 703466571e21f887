#include "storage/journal_detail.hpp"

#include <boost/json.hpp>

#include "core/digest.hpp"
#include "storage/codec_parts.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

std::string detail_text(codec::Builder& builder) { return boost::json::serialize(builder.take()); }

void add_item(codec::Builder& out, Side side, const ItemKey& key, const Version& version) {
    out.text("side", to_string(side)).text("key", key.str()).text("version", version.str());
}

}  // namespace

std::string side_detail(Side side) {
    codec::Builder out;
    out.text("side", to_string(side));
    return detail_text(out);
}

std::string attempt_detail(int attempts) {
    codec::Builder out;
    out.integer("attempt", attempts);
    return detail_text(out);
}

std::string approval_detail(const std::string& hash, const std::string& who) {
    codec::Builder out;
    out.text("hash", hash).text("who", who);
    return detail_text(out);
}

std::string parked_detail(const ParkedItem& item) {
    codec::Builder out;
    add_item(out, item.side, item.key, item.version);
    out.text("code", item.reason_code).text("detail", item.detail);
    return detail_text(out);
}

std::string conflict_detail(const Conflict& conflict) {
    codec::Builder out;
    out.text("field", info(conflict.field).name).text("winner", to_string(conflict.winner));
    return detail_text(out);
}

std::string held_detail(const HeldPlan& held) {
    codec::Builder out;
    out.text("hash", held.hash).text("why", held.why);
    out.integer("removals", static_cast<std::int64_t>(held.removals.size()));
    out.integer("unlinkings", static_cast<std::int64_t>(held.unlinkings.size()));
    return detail_text(out);
}

std::string operation_detail(const Operation& operation) {
    codec::Builder out;
    out.text("kind", to_string(operation.kind));
    add_item(out, operation.side, operation.key, operation.expected_version);
    out.text("fields", field_names(operation.patch));
    out.text("target_sha256", sha256_hex(encode_record(operation.target)));
    return detail_text(out);
}

std::string change_detail(const LinkChange& change) {
    codec::Builder out;
    if (const auto* open = std::get_if<OpenLink>(&change)) {
        if (open->source) add_item(out, *open->source, open->source_key, open->source_version);
        out.text("token", open->token.empty() ? std::string() : open->token.str());
    } else if (const auto* bind = std::get_if<BindItem>(&change)) {
        add_item(out, bind->side, bind->key, bind->version);
        out.flag("attached", bind->attached);
    } else if (const auto* advance = std::get_if<AdvanceShadow>(&change)) {
        out.text("side", to_string(advance->side)).text("version", advance->version.str());
    }
    return detail_text(out);
}

std::string unlink_detail(const Link& link) { return encode_link(link); }

std::string settlement_detail(const Settlement& settlement, const Operation& operation) {
    codec::Builder out;
    out.text("kind", to_string(operation.kind));
    add_item(out, operation.side, operation.key, operation.expected_version);
    if (settlement.what == Settlement::What::Done && operation.kind != OperationKind::Create) {
        out.part("before", codec::write_record(operation.before));
        out.part("patch", codec::write_patch(operation.patch));
    }
    if (settlement.what == Settlement::What::Done && operation.kind != OperationKind::Delete)
        out.text("sent_sha256", sha256_hex(encode_record(operation.target)));
    if (settlement.observed) {
        out.text("now_key", settlement.observed->key.str()).text("now_version", settlement.observed->version.str());
        if (const Record* record = settlement.observed->record())
            out.text("now_sha256", sha256_hex(encode_record(*record)));
    }
    if (settlement.error) out.part("error", codec::write_error(*settlement.error));
    return detail_text(out);
}

}  // namespace liaison::storage
