#pragma once
#include <string_view>

#include "core/http_message.hpp"

namespace liaison::sandbox {

/// The page on which one sees and edits a rep's calendar, tasks, contacts and folders: plain files
/// from sandbox/web, built into the program. It talks to the control API only.
///
/// True for `/`, `/sandbox/view` and the files below `/sandbox/web/`.
bool page_owns_path(std::string_view url);

/// 200, 304 when the browser has it, 404 or 405. Every answer carries a Content-Security-Policy
/// that allows nothing but files of this server.
HttpResponse page_answer(const HttpRequest& request);

}  // namespace liaison::sandbox
