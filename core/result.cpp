#include "core/result.hpp"

namespace liaison {

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Transient: return "transient";
        case ErrorKind::Throttled: return "throttled";
        case ErrorKind::Unauthenticated: return "unauthenticated";
        case ErrorKind::Forbidden: return "forbidden";
        case ErrorKind::NotFound: return "not_found";
        case ErrorKind::VersionConflict: return "version_conflict";
        case ErrorKind::CursorExpired: return "cursor_expired";
        case ErrorKind::AlreadyExists: return "already_exists";
        case ErrorKind::InvalidRequest: return "invalid_request";
        case ErrorKind::Unanswered: return "unanswered";
        case ErrorKind::TooLarge: return "too_large";
        case ErrorKind::Unsupported: return "unsupported";
        case ErrorKind::CorruptReply: return "corrupt_reply";
        case ErrorKind::Cancelled: return "cancelled";
        case ErrorKind::Internal: return "internal";
    }
    return "internal";
}

}  // namespace liaison
