#pragma once
#include <optional>

#include "core/limits.hpp"
#include "core/link.hpp"
#include "core/operation.hpp"

namespace liaison::sync {

/// What follows from the outcome of an operation that was sent. `operation` is Sent and counts this attempt.
///
/// | outcome                                       | create      | update               | delete |
/// |-----------------------------------------------|-------------|----------------------|--------|
/// | done                                          | bind        | advance both shadows | unlink |
/// | NotFound                                      | try again 1 | dropped, look again  | unlink |
/// | VersionConflict                               | try again 1 | dropped              | dropped|
/// | Throttled, Transient, Cancelled               | later, without limit: it speaks of the scope   |
/// | Unauthenticated, Forbidden                    | later, without limit: the caller suspends      |
/// | Unanswered                                    | stays Sent until decide_unanswered             |
/// | InvalidRequest, TooLarge, Unsupported, AlreadyExists | rejected                                |
/// | CursorExpired, CorruptReply, Internal         | try again 1                                    |
/// 1: with back-off, rejected after `attempts_limit` attempts.
///
/// A due time is never earlier than the server asked for; back-off doubles from limits::backoff_min to
/// limits::backoff_max, spread by the operation's number, so that the same call gives the same answer.
Settlement settle_operation(const Operation& operation, const Link& link, const Outcome& outcome, Timestamp now,
                            int attempts_limit = limits::attempts_max);

/// What follows from a look at an operation that was sent and never answered (style-anchors 5.6). `found` is the
/// item with the operation's token (create) or its key (update, delete), or nothing if there is none.
///
/// An update that stamps a token is also looked for by that token: the item may have moved since.
///
/// Create: found, it is adopted with the shadow fixed at commit; else it is queued again. Update: if the item shows
/// what was sent, both shadows advance; else it is dropped and planned anew. Delete: done if the item is gone; else
/// dropped. An operation that stays unanswered is rejected after four times `attempts_limit`.
Settlement decide_unanswered(const Operation& operation, const Link& link, const std::optional<Observation>& found,
                             Timestamp now, int attempts_limit = limits::attempts_max);

}  // namespace liaison::sync
