#pragma once
#include <string>
#include <string_view>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox {

/// The compact form in which the store's file keeps an item or a folder (everything but `row` and
/// heavy content).
std::string encode_item(const Item& item);
/// False when the bytes are no item of this form.
bool decode_item(std::string_view bytes, Item& item);
std::string encode_folder(const Folder& folder);
bool decode_folder(std::string_view bytes, Folder& folder);

}  // namespace liaison::sandbox
