#pragma once
#include <functional>

#include "sandbox/graph/graph_call.hpp"

namespace liaison::sandbox::graph {

/// A JSON batch: at most 20 parts, each judged on its own; `dependsOn` orders them, a part behind a
/// failed one is 424. Answers come in another order than the parts, as Graph may give them
/// (GDC json-batching).
/// FaultKind::PartMissing leaves out the answer number `count`.
Outcome<Reply> run_batch(std::string_view body, const std::optional<Fault>& fault,
                         const std::function<HttpResponse(const HttpRequest&)>& run_part);

}  // namespace liaison::sandbox::graph
