#pragma once
#include <chrono>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"

namespace liaison {

/// How long one exchange may take and how much it may bring.
struct HttpLimits {
    std::chrono::milliseconds deadline{60'000};  ///< the whole exchange, connecting included
    std::size_t body_bytes_max = 64u << 20;  ///< of the decoded body; more is ErrorKind::TooLarge
};

/// Sends one request and brings its answer. All I/O of a connector goes through here, so the same
/// connector runs over sockets, over an in-process handler and over the simulator's byte streams.
///
/// Errors: `Transient` when nothing can have reached the server (resolve, connect, TLS);
/// `Unanswered` once a byte of the request was written and no complete answer came, whatever the
/// reason (deadline included); `TooLarge`; `CorruptReply` when the answer is no HTTP; `Cancelled`.
/// A status such as 503 is no error here: it is an answer.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    virtual Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits limits) = 0;
};

}  // namespace liaison
