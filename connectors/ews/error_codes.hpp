#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "connectors/ews/xml.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"

namespace liaison::ews {

/// What a response code asks for, beyond the ErrorKind that the rest of the product sees (exchange-protocols.md 1.3).
enum class Reaction : std::uint8_t {
    PauseMailbox,   ///< the server is busy: the whole mailbox waits
    AskForLess,     ///< smaller batch or page
    Rediscover,     ///< the mailbox is elsewhere by now
    ReadAgain,      ///< somebody wrote in between
    ReadAllAgain,   ///< the feed's state is lost
    ParkItem,       ///< this item only, for good
    OurMistake,     ///< never sent again as it is
    AskAdmin,       ///< rights or configuration
    BusinessRule,   ///< the calendar refuses the wish
    Gone,           ///< the item or folder is not there, or not for us
};

struct CodeMeaning {
    std::string_view code;
    ErrorKind kind;
    Reaction reaction;
    /// False if a write that got this answer may have happened all the same.
    bool surely_not_applied = true;
};

/// The known meaning of a response code, or null. The schema has some 520 codes; an unknown one is permanent for an item and
/// transient for a folder.
const CodeMeaning* find_meaning(std::string_view code);
/// All rows, for tests and documentation.
std::span<const CodeMeaning> all_meanings();

/// What a reply says beside the code: m:MessageXml or t:MessageXml with t:Value elements.
struct ErrorDetails {
    std::optional<std::chrono::milliseconds> back_off;  ///< BackOffMilliseconds
    std::string inner_code;                             ///< InnerErrorResponseCode
    std::string place;                                  ///< LineNumber and LinePosition of a schema violation
};
ErrorDetails read_error_details(const XmlNode& message_xml);

/// The error of one item. The server's own text is left out: it may quote what was sent.
Error item_error(std::string_view code, const ErrorDetails& details);
/// The error of a whole call (SOAP fault, or the only response message).
Error call_error(std::string_view code, const ErrorDetails& details);

/// The error of an HTTP status that brought no SOAP; nothing for 200 and for 500, whose body has to be read.
/// `had_success`: these credentials worked before; `refusals`: 401 in a row, this one included. Exchange answers 401 and 302
/// when it is busy as well (exchange-protocols.md 1.2, P-45).
std::optional<Error> status_error(const HttpResponse& response, bool had_success, int refusals);

/// For a write: an error after which the effect may exist becomes `Unanswered`; its native code and text stay.
Error after_write(Error error);

}  // namespace liaison::ews
