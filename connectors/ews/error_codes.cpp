#include "connectors/ews/error_codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "connectors/ews/ews_client.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::array kMeanings = {
    // The server is busy: everything of this mailbox waits; says nothing about the data.
    CodeMeaning{"ErrorServerBusy", ErrorKind::Throttled, Reaction::PauseMailbox},
    CodeMeaning{"ErrorInsufficientResources", ErrorKind::Throttled, Reaction::PauseMailbox},
    CodeMeaning{"ErrorNotEnoughMemory", ErrorKind::Throttled, Reaction::PauseMailbox},
    CodeMeaning{"ErrorTooManyObjectsOpened", ErrorKind::Throttled, Reaction::PauseMailbox},
    CodeMeaning{"ErrorInternalServerTransientError", ErrorKind::Transient, Reaction::PauseMailbox,
                false},
    CodeMeaning{"ErrorInternalServerError", ErrorKind::Transient, Reaction::PauseMailbox, false},
    CodeMeaning{"ErrorMailboxStoreUnavailable", ErrorKind::Transient, Reaction::PauseMailbox,
                false},
    CodeMeaning{"ErrorMailboxFailover", ErrorKind::Transient, Reaction::PauseMailbox, false},
    CodeMeaning{"ErrorADUnavailable", ErrorKind::Transient, Reaction::PauseMailbox},
    CodeMeaning{"ErrorADOperation", ErrorKind::Transient, Reaction::PauseMailbox},
    // Ask for less.
    CodeMeaning{"ErrorTimeoutExpired", ErrorKind::Transient, Reaction::AskForLess, false},
    CodeMeaning{"ErrorBatchProcessingStopped", ErrorKind::Transient, Reaction::AskForLess},
    CodeMeaning{"ErrorExceededConnectionCount", ErrorKind::Throttled, Reaction::AskForLess},
    CodeMeaning{"ErrorExceededFindCountLimit", ErrorKind::Throttled, Reaction::AskForLess},
    CodeMeaning{"ErrorExceededSubscriptionCount", ErrorKind::Throttled, Reaction::AskForLess},
    // The mailbox is elsewhere by now.
    CodeMeaning{"ErrorConnectionFailed", ErrorKind::Transient, Reaction::Rediscover, false},
    CodeMeaning{"ErrorMailboxMoveInProgress", ErrorKind::Transient, Reaction::Rediscover, false},
    CodeMeaning{"ErrorProxyRequestNotAllowed", ErrorKind::Transient, Reaction::Rediscover},
    CodeMeaning{"ErrorReadEventsFailed", ErrorKind::Transient, Reaction::Rediscover},
    CodeMeaning{"ErrorNoRespondingCASInDestinationSite", ErrorKind::Transient,
                Reaction::Rediscover},
    CodeMeaning{"ErrorCrossSiteRequest", ErrorKind::Transient, Reaction::Rediscover},
    CodeMeaning{"ErrorWrongServerVersion", ErrorKind::Transient, Reaction::Rediscover},
    CodeMeaning{"ErrorWrongServerVersionDelegate", ErrorKind::Transient, Reaction::Rediscover},
    // Somebody wrote in between.
    CodeMeaning{"ErrorOutlookRuleBlobExists", ErrorKind::VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorInboxRulesValidationError", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorRulesOverQuota", ErrorKind::TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorIrresolvableConflict", ErrorKind::VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorStaleObject", ErrorKind::VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorChangeKeyRequired", ErrorKind::VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorChangeKeyRequiredForWriteOperations", ErrorKind::VersionConflict,
                Reaction::ReadAgain},
    CodeMeaning{"ErrorInvalidChangeKey", ErrorKind::VersionConflict, Reaction::ReadAgain},
    CodeMeaning{"ErrorObjectTypeChanged", ErrorKind::VersionConflict, Reaction::ReadAgain},
    // The feed's state is lost.
    CodeMeaning{"ErrorInvalidSyncStateData", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorSyncFolderNotFound", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorInvalidWatermark", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorMissedNotificationEvents", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorSubscriptionNotFound", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorInvalidSubscription", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorExpiredSubscription", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorEventNotFound", ErrorKind::CursorExpired, Reaction::ReadAllAgain},
    CodeMeaning{"ErrorSubscriptionUnsubsribed", ErrorKind::CursorExpired,
                Reaction::ReadAllAgain},  // spelt so by the server
    // Gone, or never for us.
    CodeMeaning{"ErrorItemNotFound", ErrorKind::NotFound, Reaction::Gone},
    CodeMeaning{"ErrorFolderNotFound", ErrorKind::NotFound, Reaction::Gone},
    CodeMeaning{"ErrorParentFolderNotFound", ErrorKind::NotFound, Reaction::Gone},
    CodeMeaning{"ErrorToFolderNotFound", ErrorKind::NotFound, Reaction::Gone},
    CodeMeaning{"ErrorFolderExists", ErrorKind::AlreadyExists, Reaction::ReadAgain},
    // This item, for good.
    CodeMeaning{"ErrorItemCorrupt", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorCorruptData", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorMimeContentConversionFailed", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorContentConversionFailed", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorUnsupportedMimeConversion", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorVirusDetected", ErrorKind::Unsupported, Reaction::ParkItem},
    CodeMeaning{"ErrorMessageSizeExceeded", ErrorKind::TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorDataSizeLimitExceeded", ErrorKind::TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorAttachmentSizeLimitExceeded", ErrorKind::TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorRequestStreamTooBig", ErrorKind::TooLarge, Reaction::ParkItem},
    CodeMeaning{"ErrorSentTaskRequestUpdate", ErrorKind::Unsupported, Reaction::ParkItem},
    // Our mistake.
    CodeMeaning{"ErrorSchemaValidation", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidRequest", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertySet", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertyRequest", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertyUpdate", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertyUpdateSentMessage", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertyAppend", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidPropertyDelete", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorIncorrectUpdatePropertyCount", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorUpdatePropertyMismatch", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorSendMeetingInvitationsRequired", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorSendMeetingInvitationsOrCancellationsRequired", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorSendMeetingCancellationsRequired", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorAffectedTaskOccurrencesRequired", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorMessageDispositionRequired", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorUnsupportedPathForQuery", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorUnsupportedPathForSortGroup", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorRestrictionTooComplex", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorRestrictionTooLong", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorNoPropertyTagForCustomProperties", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidExtendedProperty", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidExtendedPropertyValue", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidOperation", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidArgument", ErrorKind::InvalidRequest, Reaction::OurMistake},
    // A malformed id is no proof of a deletion: ids change their form when a mailbox moves.
    CodeMeaning{"ErrorInvalidId", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidIdMalformed", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidIdEmpty", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorTimeZone", ErrorKind::InvalidRequest, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidServerVersion", ErrorKind::Unsupported, Reaction::OurMistake},
    CodeMeaning{"ErrorIncorrectSchemaVersion", ErrorKind::Unsupported, Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidSchemaVersionForMailboxVersion", ErrorKind::Unsupported,
                Reaction::OurMistake},
    // Rights and configuration.
    CodeMeaning{"ErrorAccessDenied", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorImpersonateUserDenied", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorImpersonationDenied", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorImpersonationFailed", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorNonExistentMailbox", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorNonPrimarySmtpAddress", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorMissingEmailAddress", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorQuotaExceeded", ErrorKind::Forbidden, Reaction::AskAdmin},
    CodeMeaning{"ErrorAccountDisabled", ErrorKind::Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"ErrorPasswordExpired", ErrorKind::Unauthenticated, Reaction::AskAdmin},
    CodeMeaning{"ErrorPasswordChangeRequired", ErrorKind::Unauthenticated, Reaction::AskAdmin},
    // The calendar refuses.
    CodeMeaning{"ErrorCalendarOccurrenceIsDeletedFromRecurrence", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorOccurrenceCrossingBoundary", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorOccurrenceTimeSpanTooBig", ErrorKind::InvalidRequest, Reaction::BusinessRule},
    CodeMeaning{"ErrorRecurrenceHasNoOccurrence", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorUnsupportedRecurrence", ErrorKind::InvalidRequest, Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarCannotUpdateDeletedItem", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarIsNotOrganizer", ErrorKind::InvalidRequest, Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarCannotMoveOrCopyOccurrence", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarEndDateIsEarlierThanStartDate", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarDurationIsTooLong", ErrorKind::InvalidRequest,
                Reaction::BusinessRule},
    CodeMeaning{"ErrorCalendarViewRangeTooBig", ErrorKind::InvalidRequest, Reaction::OurMistake},
    // Public folders.
    CodeMeaning{"ErrorPublicFolderOperationFailed", ErrorKind::Transient, Reaction::PauseMailbox,
                false},
    CodeMeaning{"ErrorPublicFolderMailboxDiscoveryFailed", ErrorKind::Transient,
                Reaction::Rediscover},
    CodeMeaning{"ErrorPublicFolderSyncException", ErrorKind::Transient, Reaction::PauseMailbox},
    CodeMeaning{"ErrorNoPublicFolderServerAvailable", ErrorKind::Transient, Reaction::Rediscover},
    CodeMeaning{"ErrorOperationNotAllowedWithPublicFolderRoot", ErrorKind::InvalidRequest,
                Reaction::OurMistake},
    CodeMeaning{"ErrorInvalidSubscriptionRequest", ErrorKind::InvalidRequest, Reaction::OurMistake},
};

/// An error at Exchange that hides another one: 200 with ErrorInternalServerError whose inner code
/// says "busy".
std::string_view telling_code(std::string_view code, const ErrorDetails& details) {
    return code == "ErrorInternalServerError" && find_meaning(details.inner_code)
               ? std::string_view(details.inner_code)
               : code;
}

Error make_error(std::string_view code, const ErrorDetails& details, ErrorKind unknown_kind) {
    const std::string_view telling = telling_code(code, details);
    const CodeMeaning* meaning = find_meaning(telling);
    Error error;
    error.kind = meaning ? meaning->kind : unknown_kind;
    error.native_code = std::string(telling);
    error.message = "Exchange answered " + clean_utf8(telling);
    if (!details.place.empty()) error.message += " at " + details.place;
    if (error.kind == ErrorKind::Throttled || details.back_off) {
        const auto floor = std::chrono::milliseconds(limits::backoff_min);
        error.retry_after = std::max(details.back_off.value_or(floor), floor);
    }
    return error;
}

constexpr std::chrono::milliseconds kLongestPause = std::chrono::hours(24);

/// Delay seconds or a date (RFC 9110, 10.2.3). A date counts from the server's own clock; nothing
/// for nonsense.
std::optional<std::chrono::milliseconds> retry_after_of(const HttpResponse& response) {
    const std::string_view text = trim(response.fields.get("Retry-After"));
    if (const std::optional<Timestamp> until = parse_http_date(text)) {
        const std::optional<Timestamp> now = parse_http_date(trim(response.fields.get("Date")));
        if (!now) return std::nullopt;
        return std::clamp<std::chrono::milliseconds>(*until - *now, std::chrono::milliseconds(0),
                                                     kLongestPause);
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || end != text.data() + text.size() || text.front() == '-')
        return std::nullopt;
    if (error == std::errc::result_out_of_range) return kLongestPause;
    if (error != std::errc{}) return std::nullopt;
    const std::int64_t day = std::chrono::seconds(std::chrono::hours(24)).count();
    return std::chrono::seconds(std::min(seconds, day));
}

Error http_error(ErrorKind kind, int status, std::string message) {
    return Error{kind, std::move(message), "HTTP " + std::to_string(status), std::nullopt};
}

}  // namespace

std::span<const CodeMeaning> all_meanings() {
    return kMeanings;
}

const CodeMeaning* find_meaning(std::string_view code) {
    static const auto sorted = [] {
        auto copy = kMeanings;
        std::sort(copy.begin(), copy.end(),
                  [](const auto& a, const auto& b) { return a.code < b.code; });
        return copy;
    }();
    const auto it =
        std::lower_bound(sorted.begin(), sorted.end(), code,
                         [](const CodeMeaning& m, std::string_view name) { return m.code < name; });
    return it != sorted.end() && it->code == code ? &*it : nullptr;
}

ErrorDetails read_error_details(const XmlNode& message_xml) {
    ErrorDetails details;
    for (const XmlNode& value : message_xml) {
        const std::string_view name = value.attribute("Name");
        const std::string text = value.text();
        if (name == "BackOffMilliseconds") {
            std::int64_t number = 0;
            const std::string_view digits = trim(text);
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
            const std::int64_t day = std::chrono::milliseconds(std::chrono::hours(24)).count();
            details.back_off = std::chrono::milliseconds(std::clamp<std::int64_t>(number, 0, day));
        } else if (name == "InnerErrorResponseCode") {
            details.inner_code = std::string(trim(text));
        } else if (name == "LineNumber" || name == "LinePosition") {
            const std::string digits = truncate_chars(trim(text), 10);
            details.place += (details.place.empty() ? "" : ", ") + std::string(name) + " " + digits;
        }
    }
    return details;
}

Error item_error(std::string_view code, const ErrorDetails& details) {
    return make_error(code, details, ErrorKind::InvalidRequest);
}

Error call_error(std::string_view code, const ErrorDetails& details) {
    return make_error(code, details, ErrorKind::Transient);
}

std::optional<Error> status_error(const HttpResponse& response, bool had_success, int refusals) {
    const int status = response.status;
    if (status == 200 || status == 500) return std::nullopt;
    const auto pause = std::max(retry_after_of(response).value_or(std::chrono::milliseconds(0)),
                                std::chrono::milliseconds(limits::backoff_min));
    Error busy = http_error(ErrorKind::Throttled, status, "Exchange is busy");
    busy.retry_after = pause;
    switch (status) {
        case 401:
            if (had_success && refusals < 3) return busy;
            return http_error(ErrorKind::Unauthenticated, status,
                              "Exchange refuses the credentials");
        case 403:
            return http_error(ErrorKind::Forbidden, status, "Exchange refuses access over EWS");
        case 404:
            return http_error(ErrorKind::InvalidRequest, status,
                              "there is no EWS at the configured URL");
        case 413:
            return http_error(ErrorKind::TooLarge, status, "the request is too large for Exchange");
        case 301:
        case 302:
        case 303:
        case 307:
        case 308:  // to /ews/genericerrorpage.htm when busy
        case 429:
        case 503:
            return busy;
        default:
            break;
    }
    if (status > 500)
        return http_error(ErrorKind::Transient, status, "a server on the way to Exchange failed");
    const ErrorKind kind = status >= 400 ? ErrorKind::InvalidRequest : ErrorKind::CorruptReply;
    return http_error(kind, status, "Exchange answered with an unexpected status");
}

Error after_write(Error error) {
    switch (error.kind) {
        case ErrorKind::CorruptReply:
        case ErrorKind::TooLarge:
        case ErrorKind::Transient: {
            // HttpClient says Transient only if nothing was sent; that error has no native code.
            const CodeMeaning* meaning = find_meaning(error.native_code);
            const bool nothing_sent =
                error.kind == ErrorKind::Transient && error.native_code.empty();
            const bool refused =
                meaning ? meaning->surely_not_applied : error.native_code == "HTTP 413";
            if (nothing_sent || refused) return error;
            error.kind = ErrorKind::Unanswered;
            error.retry_after.reset();
            return error;
        }
        default:
            return error;
    }
}

}  // namespace liaison::ews
