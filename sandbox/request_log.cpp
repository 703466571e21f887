#include "sandbox/request_log.hpp"

#include <algorithm>

namespace liaison::sandbox {
namespace {

constexpr std::size_t operation_names_max = 500;

bool is_operation_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

/// Local name of the first element at or after `at`.
std::string_view element_name_after(std::string_view xml, std::size_t at) {
    const auto open = xml.find('<', at);
    if (open == std::string_view::npos) return {};
    const auto end = xml.find_first_of(" \t\r\n/>", open + 1);
    std::string_view name =
        xml.substr(open + 1, end == std::string_view::npos ? end : end - open - 1);
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

void RequestLog::note(const HttpRequest& request, std::string operation,
                      const HttpResponse& response, EpochMillis time) {
    if (counters_.size() >= operation_names_max && !counters_.contains(operation))
        operation = "(other)";
    Counter& counter = counters_[operation];
    ++counter.requests;
    counter.bytes_in += request.body.size();
    counter.bytes_out += response.body.size();
    ++counter.by_status[response.status];
    Entry entry;
    entry.number = ++total_;
    entry.time = time;
    entry.method = request.method.substr(0, 32);
    entry.path = request.url.substr(0, std::min<std::size_t>(request.url.find('?'), 200));
    entry.operation = std::move(operation);
    entry.status = response.status;
    entry.bytes_in = request.body.size();
    entry.bytes_out = response.body.size();
    entries_.push_back(std::move(entry));
    if (entries_.size() > entries_max_) entries_.pop_front();
}

void RequestLog::clear() {
    total_ = 0;
    counters_.clear();
    entries_.clear();
}

std::string ews_operation_name(const HttpRequest& request) {
    std::string_view action = request.fields.get("SOAPAction");
    while (action.ends_with('"') || action.ends_with(' ')) action.remove_suffix(1);
    action = action.substr(
        action.find_last_of("/\"") == std::string_view::npos ? 0 : action.find_last_of("/\"") + 1);
    if (is_operation_name(action)) return std::string(action);
    for (const std::string_view tag : {":Body", "<Body"}) {
        const auto body = request.body.find(tag);
        const auto close = body == std::string::npos ? body : request.body.find('>', body);
        if (close == std::string::npos) continue;
        const std::string_view name = element_name_after(request.body, close);
        if (is_operation_name(name)) return std::string(name);
    }
    return "(none)";
}

}  // namespace liaison::sandbox
