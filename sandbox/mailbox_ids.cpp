#include "sandbox/mailbox_ids.hpp"

#include <array>

namespace liaison::sandbox {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint64_t row_mark = std::uint64_t{1} << 40;  // says that the six bytes are a row

std::uint64_t mixed_number(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

void append_number(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// Sixteen bytes that stand for a GUID.
std::string guid_bytes(std::uint64_t seed, std::uint64_t which) {
    std::string out;
    append_number(out, mixed_number(seed ^ (which * 2 + 1)), 8);
    append_number(out, mixed_number(seed + which * 2 + 77), 8);
    return out;
}

std::string guid_text(const std::string& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) out.push_back('-');
        const auto byte = static_cast<unsigned char>(bytes[at]);
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

// The moniker around an entry id: a marker byte, the kind of id, the mailbox GUID in ASCII, the
// entry id.
std::string id_head(std::uint64_t seed, std::int64_t mailbox, int entry_bytes) {
    std::string out("\x00\x03\x24\x00", 4);
    out += guid_text(guid_bytes(seed, 1'000 + static_cast<std::uint64_t>(mailbox)));
    out.push_back('\0');
    out.push_back(static_cast<char>(entry_bytes));
    out.push_back('\0');
    append_number(out, 0, 4);
    out += guid_bytes(seed, 1);
    return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::size_t at = 0;
    for (; at + 2 < bytes.size(); at += 3) {
        const std::uint32_t v =
            (static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << 16) |
            (static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8) |
            static_cast<unsigned char>(bytes[at + 2]);
        const std::array<char, 4> four{base64_alphabet[v >> 18], base64_alphabet[(v >> 12) & 63],
                                       base64_alphabet[(v >> 6) & 63], base64_alphabet[v & 63]};
        out.append(four.data(), four.size());
    }
    if (at < bytes.size()) {
        std::uint32_t v = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << 16;
        const bool two = at + 1 < bytes.size();
        if (two) v |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
        out.push_back(base64_alphabet[v >> 18]);
        out.push_back(base64_alphabet[(v >> 12) & 63]);
        out.push_back(two ? base64_alphabet[(v >> 6) & 63] : '=');
        out.push_back('=');
    }
    return out;
}

bool base64_decode(std::string_view text, std::string& bytes) {
    static const std::array<signed char, 256> values = [] {
        std::array<signed char, 256> table{};
        table.fill(-1);
        for (std::size_t i = 0; i < base64_alphabet.size(); ++i) {
            table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<signed char>(i);
        }
        return table;
    }();
    bytes.clear();
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t buffer = 0;
    int digits = 0;
    int padding = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        if (c == '=') {
            if (++padding > 2) return false;
            continue;
        }
        const signed char value = values[static_cast<unsigned char>(c)];
        if (value < 0 || padding != 0) return false;
        buffer = (buffer << 6) | static_cast<std::uint32_t>(value);
        if (++digits == 4) {
            append_number(bytes, buffer, 3);
            buffer = 0;
            digits = 0;
        }
    }
    if (digits + padding != 0 && digits + padding != 4) return false;
    if (digits == 1) return false;
    if (digits == 2) bytes.push_back(static_cast<char>((buffer >> 4) & 0xff));
    if (digits == 3) append_number(bytes, buffer >> 2, 2);
    return true;
}

std::string IdMaker::folder_id(std::int64_t mailbox) {
    std::string out = id_head(seed_, mailbox, 46);
    out += std::string("\x01\x00", 2) + guid_bytes(seed_, 2);
    append_number(out, next_++, 6);
    out += std::string("\x00\x00", 2);
    return base64_encode(out);
}

std::string IdMaker::item_id(std::int64_t mailbox, std::int64_t row) {
    std::string out = id_head(seed_, mailbox, 70);
    out += std::string("\x07\x00", 2) + guid_bytes(seed_, 2);
    // The distance from the counter, so that ids of neighbours differ in few characters, as
    // Exchange's do: some of them in letter case only.
    const std::uint64_t distance = 2 * static_cast<std::uint64_t>(row) - next_;
    append_number(out, row_mark | (distance & (row_mark - 1)), 6);
    out += std::string("\x00\x00", 2) + guid_bytes(seed_, 3);
    append_number(out, next_++, 6);
    out += std::string("\x00\x00", 2);
    return base64_encode(out);
}

std::int64_t row_of_item_id(std::string_view item_id) {
    // Before the row come the head (63 bytes), the kind of entry (2) and the store's GUID (16);
    // between row and counter another 2 and 16.
    constexpr std::size_t row_at = 63 + 2 + 16;
    constexpr std::size_t counter_at = row_at + 6 + 2 + 16;
    std::string bytes;
    if (!base64_decode(item_id, bytes) || bytes.size() < counter_at + 6) return 0;
    const std::uint64_t distance = number_at(bytes, row_at);
    if ((distance & row_mark) == 0) return 0;
    const std::uint64_t twice = (distance + number_at(bytes, counter_at)) & (row_mark - 1);
    return static_cast<std::int64_t>(twice / 2);
}

std::string IdMaker::attachment_id(std::string_view item_id) {
    std::string out;
    base64_decode(item_id, out);
    out += std::string("\x01\x12\x00\x10\x00", 5) + guid_bytes(seed_, 10'000 + next_++);
    return base64_encode(out);
}

std::string IdMaker::rule_id(std::int64_t mailbox) {
    std::string out;
    append_number(out, static_cast<std::uint64_t>(mailbox), 2);
    append_number(out, next_++, 6);
    return base64_encode(out);
}

std::string IdMaker::change_key_bytes(unsigned char type) {
    std::string out;
    out.push_back(static_cast<char>(type));
    out += std::string("\x00\x00\x00\x16\x00\x00\x00", 7) + guid_bytes(seed_, 3);
    append_number(out, next_++, 6);
    return base64_encode(out);
}

std::string IdMaker::change_key(ItemKind kind) {
    switch (kind) {
        case ItemKind::Task:
            return change_key_bytes(0x13);
        case ItemKind::Appointment:
            return change_key_bytes(0x0f);
        case ItemKind::Contact:
            return change_key_bytes(0x11);
        case ItemKind::Message:
        case ItemKind::Other:
            break;
    }
    return change_key_bytes(0x09);
}

std::string IdMaker::folder_change_key() {
    return change_key_bytes(0x01);
}

}  // namespace liaison::sandbox
