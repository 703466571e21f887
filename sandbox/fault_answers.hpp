#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/ews_face.hpp"

namespace liaison::sandbox {

/// What a fault answers instead of the operation; nothing: it is carried out.
std::optional<Answer> answer_instead(const Fault& fault);
/// What a fault makes of the answer of an operation that was carried out.
void spoil_answer(Answer& answer, const Fault& fault);

}  // namespace liaison::sandbox
