#include "connectors/graph/error_codes.hpp"

#include <algorithm>
#include <array>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "net/http_date.hpp"

namespace liaison::graph {

namespace {

using enum ErrorKind;

constexpr std::array kCodes = {
    // Throttled. 429 also names them by the status alone.
    CodeMeaning{"activityLimitReached", 0, Throttled, Reaction::Pause},
    CodeMeaning{"ApplicationThrottled", 0, Throttled, Reaction::Pause},
    CodeMeaning{"TooManyRequests", 0, Throttled, Reaction::Pause},
    CodeMeaning{"throttledRequest", 0, Throttled, Reaction::Pause},
    CodeMeaning{"ErrorServerBusy", 0, Throttled, Reaction::Pause},
    CodeMeaning{"ErrorExceededConnectionCount", 0, Throttled, Reaction::Pause},
    CodeMeaning{"ErrorInsufficientResources", 0, Throttled, Reaction::Pause},
    // Passes by itself.
    CodeMeaning{"serviceNotAvailable", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"ServiceUnavailable", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"generalException", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"InternalServerError", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"UnknownError", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"MailboxStoreUnavailable", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"ErrorMailboxStoreUnavailable", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"ErrorInternalServerTransientError", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"ErrorInternalServerError", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"ErrorMailboxFailover", 0, Transient, Reaction::TryLater, false},
    CodeMeaning{"cannotSnapshotTree", 0, Transient, Reaction::TryLater},
    CodeMeaning{"resourceBeingProvisioned", 0, Transient, Reaction::TryLater},
    CodeMeaning{"serviceReadOnly", 0, Transient, Reaction::TryLater},
    CodeMeaning{"resourceLocked", 0, Transient, Reaction::TryLater},
    CodeMeaning{"lockMismatch", 0, Transient, Reaction::TryLater},
    CodeMeaning{"ErrorTimeoutExpired", 0, Transient, Reaction::AskForLess, false},
    CodeMeaning{"ErrorCalendarViewRangeTooBig", 0, InvalidRequest, Reaction::AskForLess},
    CodeMeaning{"tooManyResultsRequested", 0, InvalidRequest, Reaction::AskForLess},
    CodeMeaning{"ErrorMailboxMoveInProgress", 0, Transient, Reaction::Rediscover, false},
    // The sign-in.
    CodeMeaning{"unauthenticated", 0, Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"InvalidAuthenticationToken", 0, Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"CompactToken", 0, Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"InvalidMsaTicket", 0, Unauthenticated, Reaction::AskAdmin},
    // Rights, licence, place of the mailbox. Codes that come with 404 speak of the mailbox, not of
    // an item: they must never look like a deletion.
    CodeMeaning{"accessDenied", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorAccessDenied", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"Authorization_RequestDenied", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"accessRestricted", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"notAllowed", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"provisioningNotAllowed", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"quotaLimitReached", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorQuotaExceeded", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorInvalidUser", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"Request_ResourceNotFound", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorNonExistentMailbox", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorAccountDisabled", 0, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"extensionError", 0, Forbidden, Reaction::Rediscover},
    CodeMeaning{"MailboxNotEnabledForRESTAPI", 0, Forbidden, Reaction::Rediscover},
    CodeMeaning{"MailboxNotSupportedForRESTAPI", 0, Forbidden, Reaction::Rediscover},
    CodeMeaning{"MailboxNotHostedInExchangeOnline", 0, Forbidden, Reaction::Rediscover},
    // Gone.
    CodeMeaning{"ErrorItemNotFound", 0, NotFound, Reaction::Gone},
    CodeMeaning{"itemNotFound", 0, NotFound, Reaction::Gone},
    CodeMeaning{"ErrorFolderNotFound", 0, NotFound, Reaction::Gone},
    CodeMeaning{"ErrorParentFolderNotFound", 0, NotFound, Reaction::Gone},
    CodeMeaning{"ErrorToFolderNotFound", 0, NotFound, Reaction::Gone},
    CodeMeaning{"ErrorCalendarFolderNotFound", 0, NotFound, Reaction::Gone},
    // With an immutable id: the item is deleted already (msgraph-sdk-dotnet#3047).
    CodeMeaning{"ErrorCannotDeleteObject", 0, NotFound, Reaction::Gone},
    // The delta token is lost.
    CodeMeaning{"syncStateNotFound", 0, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"syncStateInvalid", 0, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"resyncRequired", 0, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"resyncApplyDifferences", 0, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"resyncUploadDifferences", 0, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorInvalidSyncStateData", 0, CursorExpired, Reaction::ReadAllAgain},
    // Somebody wrote in between.
    CodeMeaning{"resourceModified", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"entityTagDoesNotMatch", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorIrresolvableConflict", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorStaleObject", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorInvalidChangeKey", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorChangeKeyRequired", 0, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorChangeKeyRequiredForWriteOperations", 0, VersionConflict,
                Reaction::ReadAgain},
    // There already.
    CodeMeaning{"nameAlreadyExists", 0, AlreadyExists, Reaction::LookUp},
    CodeMeaning{"ErrorFolderExists", 0, AlreadyExists, Reaction::LookUp},
    CodeMeaning{"ErrorDuplicateTransactionId", 0, AlreadyExists, Reaction::LookUp},
    // This item, for good.
    CodeMeaning{"malwareDetected", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"virusSuspicious", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorItemCorrupt", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorCorruptData", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorMimeContentConversionFailed", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorContentConversionFailed", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"notSupported", 0, Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorMessageSizeExceeded", 0, TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorDataSizeLimitExceeded", 0, TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorAttachmentSizeLimitExceeded", 0, TooLarge, Reaction::ParkItem},
    CodeMeaning{"maxFileSizeExceeded", 0, TooLarge, Reaction::ParkItem},
    CodeMeaning{"maxItemCountExceeded", 0, TooLarge, Reaction::ParkItem},
    // Our mistake.
    CodeMeaning{"invalidRequest", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"BadRequest", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"RequestBroker--ParseUri", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"UnableToDeserializePostBody", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"invalidRange", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"invalidParameterFormat", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"invalidQueryOption", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"malformedEntityTag", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"propertyNotUpdateable", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"parameterIsTooLong", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidRequest", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidParameter", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidArgument", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidProperty", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorPropertyValidationFailure", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidRecipients", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidTimeZone", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorOccurrenceCrossingBoundary", 0, InvalidRequest, Reaction::OurMistake},
    // A malformed id is no proof of a deletion: ids change their form when a mailbox moves.
    CodeMeaning{"ErrorInvalidId", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidIdMalformed", 0, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidMailboxItemId", 0, InvalidRequest, Reaction::OurMistake},
};

constexpr std::array kStatuses = {
    CodeMeaning{"", 400, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 401, Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"", 402, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"", 403, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"", 404, Transient, Reaction::TryLater},
    CodeMeaning{"", 405, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 406, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 407, Transient, Reaction::AskAdmin},
    CodeMeaning{"", 408, Transient, Reaction::TryLater, false},
    CodeMeaning{"", 409, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"", 410, CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"", 411, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 412, VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"", 413, TooLarge, Reaction::AskForLess},
    CodeMeaning{"", 415, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 416, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 422, InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"", 423, Transient, Reaction::TryLater},
    CodeMeaning{"", 424, Transient, Reaction::TryLater},
    CodeMeaning{"", 429, Throttled, Reaction::Pause},
    CodeMeaning{"", 500, Transient, Reaction::TryLater, false},
    CodeMeaning{"", 501, Unsupported, Reaction::OurMistake},
    CodeMeaning{"", 502, Transient, Reaction::TryLater, false},
    CodeMeaning{"", 503, Throttled, Reaction::Pause, false},
    CodeMeaning{"", 504, Transient, Reaction::AskForLess, false},
    CodeMeaning{"", 507, Forbidden, Reaction::AskAdmin},
    CodeMeaning{"", 509, Throttled, Reaction::Pause},
};
constexpr CodeMeaning kUnexpected{"", 0, CorruptReply, Reaction::TryLater, false};

const auto kAllMeanings = [] {
    std::array<CodeMeaning, kCodes.size() + kStatuses.size()> all{};
    std::copy(kCodes.begin(), kCodes.end(), all.begin());
    std::copy(kStatuses.begin(), kStatuses.end(), all.begin() + kCodes.size());
    return all;
}();

/// A word that can stand in a message and a log.
std::string plain_code(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 80))
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '_' || c == '-' || c == '.')
            out += c;
    return out;
}

struct GraphProblem {
    std::string code;  ///< the most detailed known one, else the outermost
    const CodeMeaning* meaning = nullptr;
    std::string request_id;
};

GraphProblem read_problem(const JsonValue& body) {
    GraphProblem out;
    const JsonValue* next = object_in(body).if_contains("error");
    for (int depth = 0; next && next->is_object() && depth < 8; ++depth) {
        const JsonObject& error = next->get_object();
        const std::string code = plain_code(text_in(error, "code"));
        if (out.code.empty()) out.code = code;
        if (const CodeMeaning* meaning = find_code(code)) {
            out.meaning = meaning;
            out.code = code;
        }
        if (out.request_id.empty()) out.request_id = plain_code(text_in(error, "request-id"));
        const JsonValue* inner = error.if_contains("innerError");
        next = inner ? inner : error.if_contains("innererror");
    }
    return out;
}

}  // namespace

std::span<const CodeMeaning> all_meanings() {
    return kAllMeanings;
}

const CodeMeaning* find_code(std::string_view code) {
    const auto row = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const CodeMeaning& m) { return iequals(m.code, code); });
    return row == kCodes.end() ? nullptr : &*row;
}

const CodeMeaning& meaning_of_status(int status) {
    const auto row = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const CodeMeaning& m) { return m.status == status; });
    if (row != kStatuses.end()) return *row;
    if (status >= 500) return meaning_of_status(500);
    return status >= 400 ? meaning_of_status(400) : kUnexpected;
}

Error reply_error(int status, const HttpFields& fields, const JsonValue& body, bool writes,
                  Timestamp now) {
    const GraphProblem problem = read_problem(body);
    const CodeMeaning& by_status = meaning_of_status(status);
    const bool is_throttled = by_status.kind == Throttled;
    const CodeMeaning& meaning = problem.meaning && !is_throttled ? *problem.meaning : by_status;
    Error error;
    error.kind = meaning.kind;
    error.native_code = problem.code.empty() ? "HTTP " + std::to_string(status) : problem.code;
    error.message = "Graph answered " + std::to_string(status) +
                    (problem.code.empty() ? std::string() : " " + problem.code);
    std::string request_id = problem.request_id;
    if (request_id.empty()) request_id = plain_code(fields.get("request-id"));
    if (!request_id.empty()) error.message += ", request " + request_id;
    const auto asked = net::retry_after_of(fields, now);
    const std::chrono::milliseconds floor = limits::backoff_min;
    if (asked || error.kind == Throttled) error.retry_after = std::max(asked.value_or(floor), floor);
    // A 5xx on a write is "unknown", never "no" (F06), whatever code comes with it.
    const bool unsure = (status >= 500 && !by_status.surely_not_applied) || status < 400 ||
                        status == 408 || (status >= 500 && !meaning.surely_not_applied);
    if (writes && unsure) error.kind = Unanswered;
    return error;
}

Error after_write(Error error) {
    // HttpClient says Transient only if nothing was sent; that error has no native code.
    if (error.kind == CorruptReply || error.kind == TooLarge) error.kind = Unanswered;
    return error;
}

bool asks_for_less(const Error& error) {
    if (error.kind == TooLarge) {
        const CodeMeaning* meaning = find_code(error.native_code);
        return !meaning || meaning->reaction == Reaction::AskForLess;
    }
    if (error.native_code == "HTTP 504") return true;
    const CodeMeaning* meaning = find_code(error.native_code);
    return meaning && meaning->reaction == Reaction::AskForLess;
}

}  // namespace liaison::graph
