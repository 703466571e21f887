#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace liaison::sandbox::graph {

/// An error as Graph answers it: HTTP status, `error.code`, `error.message`.
struct GraphError {
    int status = 400;
    std::string code;
    std::string message;
    std::vector<std::pair<std::string, std::string>> headers = {};
};

template <class T>
using Outcome = std::expected<T, GraphError>;

inline std::unexpected<GraphError> graph_fail(int status, std::string_view code,
                                              std::string_view message) {
    return std::unexpected(GraphError{status, std::string(code), std::string(message), {}});
}

}  // namespace liaison::sandbox::graph
