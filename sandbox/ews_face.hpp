#pragma once
#include <memory>

#include "core/http_message.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox {

/// What the server does with a request. `cut_connection`: send nothing (status 0) or only the
/// truncated body, then close.
struct Answer {
    HttpResponse response;
    bool cut_connection = false;
    int delay_ms = 0;  ///< wait so long before the first byte
};

/// The EWS face of a store: SOAP 1.1 at /EWS/Exchange.asmx (any letter case), Basic authentication,
/// impersonation. Whatever it does not implement is answered with the documented error, never
/// ignored.
class EwsFace {
public:
    /// Both must outlive the face.
    EwsFace(MailboxStore& store, Faults& faults);
    ~EwsFace();
    EwsFace(const EwsFace&) = delete;
    EwsFace& operator=(const EwsFace&) = delete;

    /// True for paths that this face answers.
    static bool owns_path(std::string_view url);
    Answer handle(const HttpRequest& request);

private:
    Answer answer_of(const HttpRequest& request);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace liaison::sandbox
