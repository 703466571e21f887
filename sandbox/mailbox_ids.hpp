#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox {

/// Standard base64 with padding.
std::string base64_encode(std::string_view bytes);
/// Blanks and line ends are skipped, as xs:base64Binary allows; false for anything else that is no
/// base64.
bool base64_decode(std::string_view text, std::string& bytes);

/// Makes ids in the form and length that Exchange gives (opaque to clients, case-sensitive base64):
/// 152 characters for an item, 120 for a folder, 180 for an attachment, 40 for a change key. A
/// function of seed and counter only.
class IdMaker {
public:
    IdMaker(std::uint64_t seed, std::uint64_t next) : seed_(seed), next_(next) {}

    std::string folder_id(std::int64_t mailbox);
    /// `row` is the item's key in the store; it stays readable in the id (row_of_item_id).
    std::string item_id(std::int64_t mailbox, std::int64_t row);
    std::string attachment_id(std::string_view item_id);
    std::string rule_id(std::int64_t mailbox);
    std::string change_key(ItemKind kind);
    std::string folder_change_key();
    /// Of the next id; what a store keeps to go on after a restart.
    std::uint64_t next() const { return next_; }

private:
    std::string change_key_bytes(unsigned char type);

    std::uint64_t seed_;
    std::uint64_t next_;
};

/// The store's key of the item that has or had this id, whatever folder it is in now; 0 when the id
/// does not tell. What stays when an item moves: Graph's immutable ids are made of it.
std::int64_t row_of_item_id(std::string_view item_id);

}  // namespace liaison::sandbox
