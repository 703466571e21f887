#include <boost/json.hpp>

#include "storage/codec_parts.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace codec {

Json write_operation(const Operation& operation) {
    Builder out;
    out.integer("id", operation.id.value()).integer("link", operation.link.value());
    out.text("side", to_string(operation.side)).text("kind", to_string(operation.kind));
    out.text("reason", to_string(operation.reason)).text("key", operation.key.str());
    out.text("expected_version", operation.expected_version.str());
    out.part("target", write_record(operation.target)).part("patch", write_patch(operation.patch));
    out.part("before", write_record(operation.before)).part("source", write_record(operation.source));
    out.text("source_version", operation.source_version.str());
    if (operation.token != CorrelationToken{}) out.text("token", operation.token.str());
    out.flag("stamp_token", operation.stamp_token).text("state", to_string(operation.state));
    out.integer("attempts", operation.attempts).integer("due", operation.due.time_since_epoch().count());
    if (operation.last_error) out.part("last_error", write_error(*operation.last_error));
    return out.take();
}

Operation read_operation(const Json& value) {
    Members members(value);
    Operation out;
    out.id = OperationId(members.integer("id"));
    out.link = LinkId(members.integer("link"));
    out.side = read_side(members.text("side"));
    out.kind = read_word<OperationKind>(members.text("kind"), 3);
    out.reason = read_reason(members.text("reason"));
    out.key = ItemKey(members.text("key"));
    out.expected_version = Version(members.text("expected_version"));
    out.target = read_record(members.get("target"));
    out.patch = read_patch(members.get("patch"));
    out.before = read_record(members.get("before"));
    out.source = read_record(members.get("source"));
    out.source_version = Version(members.text("source_version"));
    out.token = CorrelationToken::parse(members.text("token"));
    out.stamp_token = members.flag("stamp_token");
    out.state = read_word<OperationState>(members.text("state"), 3);
    const std::int64_t attempts = members.integer("attempts");
    if (attempts < 0 || attempts > 1'000'000) broken("stored record: no number of attempts");
    out.attempts = static_cast<int>(attempts);
    out.due = Timestamp(std::chrono::milliseconds(members.integer("due")));
    if (const Json* error = members.find("last_error")) out.last_error = read_error(*error);
    members.finish();
    return out;
}

}  // namespace codec

namespace {

namespace cd = codec;

template <class T>
Result<T> decode_plan_document(std::string_view text, T (*read)(const cd::Json&)) {
    try {
        std::optional<T> out;
        cd::read_document(text, [&](const cd::Json& value) { out.emplace(read(value)); });
        return std::move(*out);
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error());
    } catch (const std::exception&) {
        return fail(ErrorKind::Internal, "stored record: cannot be read");
    }
}

template <class T, class Write>
cd::Json write_plan_list(const std::vector<T>& list, Write write) {
    boost::json::array out;
    for (const T& entry : list) out.push_back(write(entry));
    return out;
}

template <class Read>
auto read_plan_list(const cd::Json& value, Read read) {
    std::vector<decltype(read(value))> out;
    const std::size_t size = cd::array_size(value);
    for (std::size_t i = 0; i < size; ++i) out.push_back(read(cd::element(value, i, size)));
    return out;
}

struct LinkChangeWriter {
    cd::Json operator()(const OpenLink& change) const {
        cd::Builder out;
        out.text("do", "open").integer("link", change.link.value()).text("kind", to_string(change.kind));
        if (change.token != CorrelationToken{}) out.text("token", change.token.str());
        if (change.source) out.text("source", to_string(*change.source));
        out.text("key", change.source_key.str()).text("version", change.source_version.str());
        out.part("shadow", cd::write_record(change.source_shadow));
        out.flag("made_in_exchange", change.made_in_exchange).text("reason", to_string(change.reason));
        return out.take();
    }
    cd::Json operator()(const BindItem& change) const {
        cd::Builder out;
        out.text("do", "bind").integer("link", change.link.value()).text("side", to_string(change.side));
        out.text("key", change.key.str()).text("version", change.version.str());
        out.part("shadow", cd::write_record(change.shadow));
        out.flag("attached", change.attached).text("reason", to_string(change.reason));
        return out.take();
    }
    cd::Json operator()(const AdvanceShadow& change) const {
        cd::Builder out;
        out.text("do", "advance").integer("link", change.link.value()).text("side", to_string(change.side));
        out.text("version", change.version.str()).part("shadow", cd::write_record(change.shadow));
        out.flag("edited_in_exchange", change.edited_in_exchange).text("reason", to_string(change.reason));
        return out.take();
    }
    cd::Json operator()(const Unlink& change) const {
        cd::Builder out;
        out.text("do", "unlink").integer("link", change.link.value()).text("reason", to_string(change.reason));
        return out.take();
    }
    cd::Json operator()(const SetRecheck& change) const {
        cd::Builder out;
        out.text("do", "recheck").integer("link", change.link.value());
        if (change.on) out.part("on", cd::write_date(*change.on));
        return out.take();
    }
};

OpenLink read_open_link(cd::Members& members) {
    OpenLink out;
    const std::optional<EntityKind> kind = parse_entity_kind(members.text("kind"));
    if (!kind) broken("stored record: unknown kind");
    out.kind = *kind;
    out.token = CorrelationToken::parse(members.text("token"));
    const std::string source = members.text("source");
    if (!source.empty()) out.source = cd::read_side(source);
    out.source_key = ItemKey(members.text("key"));
    out.source_version = Version(members.text("version"));
    out.source_shadow = cd::read_record(members.get("shadow"));
    out.made_in_exchange = members.flag("made_in_exchange");
    out.reason = cd::read_reason(members.text("reason"));
    return out;
}

BindItem read_bind_item(cd::Members& members) {
    BindItem out;
    out.side = cd::read_side(members.text("side"));
    out.key = ItemKey(members.text("key"));
    out.version = Version(members.text("version"));
    out.shadow = cd::read_record(members.get("shadow"));
    out.attached = members.flag("attached");
    out.reason = cd::read_reason(members.text("reason"));
    return out;
}

AdvanceShadow read_advance_shadow(cd::Members& members) {
    AdvanceShadow out;
    out.side = cd::read_side(members.text("side"));
    out.version = Version(members.text("version"));
    out.shadow = cd::read_record(members.get("shadow"));
    out.edited_in_exchange = members.flag("edited_in_exchange");
    out.reason = cd::read_reason(members.text("reason"));
    return out;
}

LinkChange read_link_change_json(const cd::Json& value) {
    cd::Members members(value);
    const std::string what = members.text("do");
    LinkChange out;
    if (what == "open") {
        out = read_open_link(members);
    } else if (what == "bind") {
        out = read_bind_item(members);
    } else if (what == "advance") {
        out = read_advance_shadow(members);
    } else if (what == "unlink") {
        Unlink change;
        change.reason = cd::read_reason(members.text("reason"));
        out = change;
    } else if (what == "recheck") {
        SetRecheck change;
        if (const cd::Json* day = members.find("on")) change.on = cd::read_date(*day);
        out = change;
    } else {
        broken("stored record: unknown change of a link");
    }
    const LinkId link(members.integer("link"));
    std::visit([&](auto& change) { change.link = link; }, out);
    members.finish();
    return out;
}

cd::Json write_link_change_json(const LinkChange& change) { return std::visit(LinkChangeWriter{}, change); }

cd::Json write_conflict_json(const Conflict& conflict) {
    cd::Builder out;
    out.integer("link", conflict.link.value()).text("field", info(conflict.field).name);
    out.text("winner", to_string(conflict.winner));
    if (conflict.base) out.part("base", cd::write_value(*conflict.base));
    if (conflict.crm_value) out.part("crm", cd::write_value(*conflict.crm_value));
    if (conflict.exchange_value) out.part("exchange", cd::write_value(*conflict.exchange_value));
    out.integer("at", conflict.at.time_since_epoch().count());
    return out.take();
}

Conflict read_conflict_json(const cd::Json& value) {
    cd::Members members(value);
    Conflict out;
    out.link = LinkId(members.integer("link"));
    out.field = cd::read_field(members.text("field"));
    out.winner = cd::read_side(members.text("winner"));
    if (const cd::Json* found = members.find("base")) out.base = cd::read_value(out.field, *found);
    if (const cd::Json* found = members.find("crm")) out.crm_value = cd::read_value(out.field, *found);
    if (const cd::Json* found = members.find("exchange")) out.exchange_value = cd::read_value(out.field, *found);
    out.at = Timestamp(std::chrono::milliseconds(members.integer("at")));
    members.finish();
    return out;
}

cd::Json write_parked_json(const ParkedItem& item) {
    cd::Builder out;
    out.text("side", to_string(item.side)).text("key", item.key.str()).text("version", item.version.str());
    out.text("reason", to_string(item.reason)).text("code", item.reason_code).text("detail", item.detail);
    return out.take();
}

ParkedItem read_parked_json(const cd::Json& value) {
    cd::Members members(value);
    ParkedItem out;
    out.side = cd::read_side(members.text("side"));
    out.key = ItemKey(members.text("key"));
    out.version = Version(members.text("version"));
    out.reason = cd::read_reason(members.text("reason"));
    out.reason_code = members.text("code");
    out.detail = members.text("detail");
    members.finish();
    return out;
}

cd::Json write_link_id_json(const LinkId& id) { return cd::Json(id.value()); }
LinkId read_link_id_json(const cd::Json& value) { return LinkId(cd::integer_of(value)); }

cd::Json write_held_json(const HeldPlan& held) {
    cd::Builder out;
    out.text("hash", held.hash).text("why", held.why);
    out.part("removals", write_plan_list(held.removals, cd::write_operation));
    out.part("unlinkings", write_plan_list(held.unlinkings, write_link_id_json));
    return out.take();
}

HeldPlan read_held_json(const cd::Json& value) {
    cd::Members members(value);
    HeldPlan out;
    out.hash = members.text("hash");
    out.why = members.text("why");
    out.removals = read_plan_list(members.get("removals"), cd::read_operation);
    out.unlinkings = read_plan_list(members.get("unlinkings"), read_link_id_json);
    members.finish();
    return out;
}

cd::Json write_plan_json(const Plan& plan) {
    cd::Builder out;
    out.part("changes", write_plan_list(plan.changes, write_link_change_json));
    out.part("operations", write_plan_list(plan.operations, cd::write_operation));
    out.part("conflicts", write_plan_list(plan.conflicts, write_conflict_json));
    out.part("parked", write_plan_list(plan.parked, write_parked_json));
    if (plan.held) out.part("held", write_held_json(*plan.held));
    out.integer("next_link", plan.next_link.value());
    return out.take();
}

Plan read_plan_json(const cd::Json& value) {
    cd::Members members(value);
    Plan out;
    out.changes = read_plan_list(members.get("changes"), read_link_change_json);
    out.operations = read_plan_list(members.get("operations"), cd::read_operation);
    out.conflicts = read_plan_list(members.get("conflicts"), read_conflict_json);
    out.parked = read_plan_list(members.get("parked"), read_parked_json);
    if (const cd::Json* held = members.find("held")) out.held = read_held_json(*held);
    out.next_link = LinkId(members.integer("next_link"));
    members.finish();
    return out;
}

}  // namespace

std::string encode_operation(const Operation& operation) { return cd::to_document(cd::write_operation(operation)); }
Result<Operation> decode_operation(std::string_view text) { return decode_plan_document(text, cd::read_operation); }

std::string encode_link_change(const LinkChange& change) { return cd::to_document(write_link_change_json(change)); }
Result<LinkChange> decode_link_change(std::string_view text) {
    return decode_plan_document(text, read_link_change_json);
}

std::string encode_conflict(const Conflict& conflict) { return cd::to_document(write_conflict_json(conflict)); }
Result<Conflict> decode_conflict(std::string_view text) { return decode_plan_document(text, read_conflict_json); }

std::string encode_parked(const ParkedItem& item) { return cd::to_document(write_parked_json(item)); }
Result<ParkedItem> decode_parked(std::string_view text) { return decode_plan_document(text, read_parked_json); }

std::string encode_held(const HeldPlan& held) { return cd::to_document(write_held_json(held)); }
Result<HeldPlan> decode_held(std::string_view text) { return decode_plan_document(text, read_held_json); }

std::string encode_plan(const Plan& plan) { return cd::to_document(write_plan_json(plan)); }
Result<Plan> decode_plan(std::string_view text) { return decode_plan_document(text, read_plan_json); }

}  // namespace liaison::storage
