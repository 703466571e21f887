#pragma once
#include <span>
#include <string>
#include <string_view>

#include "connectors/graph/json.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace liaison::graph {

/// What a Graph error asks for, beyond the ErrorKind that the rest of the product sees.
enum class Reaction : std::uint8_t {
    Pause,         ///< the mailbox or the application is throttled: all of the mailbox waits
    TryLater,      ///< a failure that passes; says nothing about the data
    AskForLess,    ///< smaller page, batch or window
    Rediscover,    ///< the mailbox is elsewhere: on premises, moving
    ReadAgain,     ///< somebody wrote in between
    ReadAllAgain,  ///< the delta token is lost
    ParkItem,      ///< this item only, for good
    OurMistake,    ///< never sent again as it is
    AskAdmin,      ///< consent, licence, access policy, quota
    Gone,          ///< the item or folder is not there
    LookUp,        ///< it exists already: read what is there
};

/// One row of the table: an error code (error.code or one of its inner errors), or a status alone.
struct CodeMeaning {
    std::string_view code;  ///< compares without case; empty in rows for a status
    int status;             ///< 0 in rows for a code
    ErrorKind kind;
    Reaction reaction;
    /// False if a write that got this answer may have happened all the same (F06).
    bool surely_not_applied = true;
};

/// Rows for codes, then rows for statuses, for tests and documentation. Sources: "Microsoft Graph
/// error responses and resource types" (concepts/errors.md), "Microsoft Graph throttling guidance",
/// exchange-protocols.md 2.5; codes that begin with Error are those of Exchange underneath.
std::span<const CodeMeaning> all_meanings();
const CodeMeaning* find_code(std::string_view code);
/// Never null: unknown statuses have the meaning of their class.
const CodeMeaning& meaning_of_status(int status);

/// The error of a status that is no success, of a reply or of one part of a batch. The most detailed
/// code that is known decides, then the status. A 404 without one of Graph's own words is no proof
/// that an item is gone (a proxy can say 404): it is Transient. The server's message is left out: it
/// may quote what was sent. `writes`: what may have happened all the same is Unanswered.
Error reply_error(int status, const HttpFields& fields, const JsonValue& body, bool writes,
                  Timestamp now);

/// An error that a request which writes must answer: what may have happened is Unanswered.
Error after_write(Error error);

/// True if a smaller request may succeed.
bool asks_for_less(const Error& error);

}  // namespace liaison::graph
