#include "storage/record_codec.hpp"

#include <boost/json.hpp>

#include "storage/codec_parts.hpp"

namespace liaison::storage {

using codec::Builder;
using codec::Json;
using codec::Members;

namespace {

/// Reads one document; what the reader throws becomes the error.
template <class T>
Result<T> decode_document(std::string_view text, T (*read)(const Json&)) {
    try {
        std::optional<T> out;
        codec::read_document(text, [&](const Json& value) { out.emplace(read(value)); });
        return std::move(*out);
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error());
    } catch (const std::exception&) {
        return fail(ErrorKind::Internal, "stored record: cannot be read");
    }
}

Json write_texts_json(const std::vector<std::string>& texts) {
    boost::json::array out;
    for (const std::string& text : texts) out.push_back(codec::write_text(text));
    return out;
}

std::vector<std::string> read_texts_json(const Json& value) {
    std::vector<std::string> out;
    const std::size_t size = codec::array_size(value);
    for (std::size_t i = 0; i < size; ++i)
        out.push_back(codec::text_of(codec::element(value, i, size)));
    return out;
}

Json write_observation_json(const Observation& observation) {
    Builder out;
    out.text("key", observation.key.str()).text("version", observation.version.str());
    out.integer("modified_at", observation.modified_at.time_since_epoch().count());
    if (observation.token != CorrelationToken{}) out.text("token", observation.token.str());
    if (const Record* record = observation.record())
        out.part("record", codec::write_record(*record));
    if (const auto* gone = std::get_if<Tombstone>(&observation.content))
        out.part("gone", Json(gone->confirmed));
    if (std::holds_alternative<OutOfScope>(observation.content)) out.flag("out_of_scope", true);
    if (const auto* bad = std::get_if<Unreadable>(&observation.content))
        out.part("unreadable", boost::json::array{codec::write_text(bad->reason_code),
                                                  codec::write_text(bad->detail)});
    return out.take();
}

Observation read_observation_json(const Json& value) {
    Members members(value);
    Observation out;
    out.key = ItemKey(members.text("key"));
    out.version = Version(members.text("version"));
    out.modified_at = Timestamp(std::chrono::milliseconds(members.integer("modified_at")));
    out.token = CorrelationToken::parse(members.text("token"));
    int contents = 0;
    if (const Json* record = members.find("record")) {
        out.content = codec::read_record(*record);
        ++contents;
    }
    if (const Json* gone = members.find("gone")) {
        if (!gone->is_bool()) broken("stored record: a flag is expected");
        out.content = Tombstone{gone->get_bool()};
        ++contents;
    }
    if (members.flag("out_of_scope")) {
        out.content = OutOfScope{};
        ++contents;
    }
    if (const Json* bad = members.find("unreadable")) {
        out.content = Unreadable{codec::text_of(codec::element(*bad, 0, 2)),
                                 codec::text_of(codec::element(*bad, 1, 2))};
        ++contents;
    }
    if (contents != 1) broken("stored record: an observation has one content");
    members.finish();
    return out;
}

Json write_anchor_json(const Anchor& anchor) {
    Builder out;
    out.text("key", anchor.key.str()).text("version", anchor.version.str());
    out.part("shadow", codec::write_record(anchor.shadow));
    return out.take();
}

Anchor read_anchor_json(const Json& value) {
    Members members(value);
    Anchor out;
    out.key = ItemKey(members.text("key"));
    out.version = Version(members.text("version"));
    out.shadow = codec::read_record(members.get("shadow"));
    members.finish();
    return out;
}

Json write_link_json(const Link& link) {
    Builder out;
    out.integer("id", link.id.value()).text("kind", to_string(link.kind));
    if (link.token != CorrelationToken{}) out.text("token", link.token.str());
    if (link.crm) out.part("crm", write_anchor_json(*link.crm));
    if (link.exchange) out.part("exchange", write_anchor_json(*link.exchange));
    out.flag("attached", link.attached).flag("made_in_exchange", link.made_in_exchange);
    out.flag("edited_in_exchange", link.edited_in_exchange);
    if (link.recheck_on) out.part("recheck_on", codec::write_date(*link.recheck_on));
    return out.take();
}

EntityKind read_kind_word(const std::string& text) {
    const std::optional<EntityKind> kind = parse_entity_kind(text);
    if (!kind) broken("stored record: unknown kind");
    return *kind;
}

Link read_link_json(const Json& value) {
    Members members(value);
    Link out;
    out.id = LinkId(members.integer("id"));
    out.kind = read_kind_word(members.text("kind"));
    out.token = CorrelationToken::parse(members.text("token"));
    if (const Json* anchor = members.find("crm")) out.crm = read_anchor_json(*anchor);
    if (const Json* anchor = members.find("exchange")) out.exchange = read_anchor_json(*anchor);
    out.attached = members.flag("attached");
    out.made_in_exchange = members.flag("made_in_exchange");
    out.edited_in_exchange = members.flag("edited_in_exchange");
    if (const Json* day = members.find("recheck_on")) out.recheck_on = codec::read_date(*day);
    members.finish();
    return out;
}

}  // namespace

std::string encode_record(const Record& record) {
    return codec::to_document(codec::write_record(record));
}
Result<Record> decode_record(std::string_view text) {
    return decode_document(text, codec::read_record);
}

std::string encode_patch(const Patch& patch) {
    return codec::to_document(codec::write_patch(patch));
}
Result<Patch> decode_patch(std::string_view text) {
    return decode_document(text, codec::read_patch);
}

std::string encode_observation(const Observation& observation) {
    return codec::to_document(write_observation_json(observation));
}
Result<Observation> decode_observation(std::string_view text) {
    return decode_document(text, read_observation_json);
}

std::string encode_link(const Link& link) {
    return codec::to_document(write_link_json(link));
}
Result<Link> decode_link(std::string_view text) {
    return decode_document(text, read_link_json);
}

std::string encode_texts(const std::vector<std::string>& texts) {
    return codec::to_document(write_texts_json(texts));
}
Result<std::vector<std::string>> decode_texts(std::string_view text) {
    return decode_document(text, read_texts_json);
}

}  // namespace liaison::storage
