#pragma once
#include <string>

#include "core/link.hpp"
#include "core/operation.hpp"

namespace liaison::storage {

// The journal's `detail`: small JSON objects. Before-images and patches are there for undo; what came of a write is there
// as a hash only.

std::string side_detail(Side side);
std::string attempt_detail(int attempts);
std::string approval_detail(const std::string& hash, const std::string& who);
std::string parked_detail(const ParkedItem& item);
std::string conflict_detail(const Conflict& conflict);
std::string held_detail(const HeldPlan& held);
std::string operation_detail(const Operation& operation);
std::string change_detail(const LinkChange& change);
std::string unlink_detail(const Link& link);
/// With before-image, patch and the hashes of what was sent and of what is there now.
std::string settlement_detail(const Settlement& settlement, const Operation& operation);

}  // namespace liaison::storage
