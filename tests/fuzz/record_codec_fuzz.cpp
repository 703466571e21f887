// Stored values: what reads is written as something that reads as the same.
#include "storage/record_codec.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace liaison::storage;
using liaison::fuzz::require;

template <class Decode, class Encode>
void round_trip(std::string_view text, Decode decode, Encode encode) {
    const auto value = decode(text);
    if (!value) return;
    const std::string written = encode(*value);
    const auto again = decode(written);
    require(again.has_value(), "what was written reads");
    require(encode(*again) == written, "and is written alike");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 32u << 10) return 0;
    const std::string_view text = liaison::fuzz::text_of(data, size);
    round_trip(text, decode_record, encode_record);
    round_trip(text, decode_patch, encode_patch);
    round_trip(text, decode_observation, encode_observation);
    round_trip(text, decode_operation, encode_operation);
    round_trip(text, decode_link, encode_link);
    round_trip(text, decode_link_change, encode_link_change);
    round_trip(text, decode_conflict, encode_conflict);
    round_trip(text, decode_parked, encode_parked);
    round_trip(text, decode_held, encode_held);
    round_trip(text, decode_plan, encode_plan);
    round_trip(text, decode_decision, encode_decision);
    round_trip(text, decode_texts, encode_texts);
    return 0;
}
