#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace liaison::sandbox::ews {

/// An EWS error: goes into a response message, or into a SOAP fault when it concerns the whole
/// request. `values` are the t:Value elements of MessageXml (BackOffMilliseconds, LineNumber, ...).
struct EwsError {
    std::string code;  ///< of m:ResponseCodeType
    std::string text;
    std::vector<std::pair<std::string, std::string>> values = {};
};

template <class T>
using Outcome = std::expected<T, EwsError>;

inline std::unexpected<EwsError> ews_fail(std::string_view code, std::string_view text) {
    return std::unexpected(EwsError{std::string(code), std::string(text), {}});
}

}  // namespace liaison::sandbox::ews
