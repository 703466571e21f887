#include "sandbox/ews/sync_state.hpp"

#include <array>

#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t state_bytes = 3 + 8 * 5 + 1 + 8;  // magic, five numbers, flag, checksum

void put_number(std::string& out, std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint64_t get_number(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

std::uint64_t state_hash(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

}  // namespace

std::string write_sync_state(char kind, const Folder& folder, const SyncCursor& cursor,
                             std::uint64_t turn) {
    std::string bytes{'L', 'S', kind};
    put_number(bytes, state_hash(folder.id));
    put_number(bytes, folder.generation);
    put_number(bytes, cursor.sequence);
    put_number(bytes, cursor.below);
    put_number(bytes, turn);
    bytes.push_back(cursor.first_round ? 1 : 0);
    put_number(bytes, state_hash(bytes));
    return base64_encode(bytes);
}

Outcome<SyncCursor> read_sync_state(std::string_view text, char kind, const Folder& folder,
                                    std::uint64_t newest) {
    const std::unexpected<EwsError> invalid = ews_fail(
        "ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.");
    std::string bytes;
    if (!base64_decode(text, bytes) || bytes.size() != state_bytes) return invalid;
    const std::string_view body = std::string_view(bytes).substr(0, state_bytes - 8);
    if (get_number(bytes, state_bytes - 8) != state_hash(body)) return invalid;
    if (bytes[0] != 'L' || bytes[1] != 'S' || bytes[2] != kind) return invalid;
    if (get_number(bytes, 3) != state_hash(folder.id) || get_number(bytes, 11) != folder.generation)
        return invalid;
    SyncCursor cursor;
    cursor.sequence = get_number(bytes, 19);
    cursor.below = get_number(bytes, 27);
    cursor.first_round = bytes[43] != 0;
    if (cursor.sequence > newest) return invalid;
    return cursor;
}

}  // namespace liaison::sandbox::ews
