#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace liaison {

/// What kind of failure; the kind alone decides the reaction. The list is closed.
enum class ErrorKind {
    Transient,        ///< try again later with back-off; says nothing about the data
    Throttled,        ///< the server asked for a pause: `retry_after` says how long
    Unauthenticated,  ///< credentials refused: suspend the mailbox, tell the admin
    Forbidden,        ///< no right to this mailbox, folder or item: suspend that scope
    NotFound,         ///< the item or folder is not there
    VersionConflict,  ///< somebody wrote in between: read again, decide again
    CursorExpired,    ///< the feed's state is lost: read the collection again; deletes nothing
    AlreadyExists,    ///< the token or key is taken: read what is there
    InvalidRequest,   ///< our bug or a value that the other side refuses: never retried as it is
    Unanswered,       ///< the effect may have happened: settle it by looking, never by assuming
    TooLarge,         ///< a limit was passed (core/limits.hpp or the server's)
    Unsupported,      ///< the other side cannot do it
    CorruptReply,     ///< the answer makes no sense: nothing of it is used
    Cancelled,        ///< we stopped it ourselves
    Internal,         ///< storage or another promise of ours failed: stop writing
};

std::string_view to_string(ErrorKind kind);

/// A failure as a value. `message` is for people and holds no secret and no mail content.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message;
    std::string native_code = {};  ///< the other side's own word: ErrorServerBusy, 412, SQLITE_FULL
    std::optional<std::chrono::milliseconds> retry_after = {};

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::NotFound, "no such folder: " + name);`
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string native_code = {}) {
    return std::unexpected(Error{kind, std::move(message), std::move(native_code), std::nullopt});
}

}  // namespace liaison
