#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox {

/// What clients asked of the faces: counters per operation and the last requests, without bodies.
class RequestLog {
public:
    struct Entry {
        std::uint64_t number = 0;  ///< from 1 on
        EpochMillis time = 0;
        std::string method;
        std::string path;  ///< without query
        std::string operation;
        int status = 0;  ///< 0: the connection was cut without an answer
        std::size_t bytes_in = 0;
        std::size_t bytes_out = 0;
    };
    struct Counter {
        std::uint64_t requests = 0;
        std::uint64_t bytes_in = 0;
        std::uint64_t bytes_out = 0;
        std::map<int, std::uint64_t> by_status;
    };

    explicit RequestLog(std::size_t entries_max = 1000) : entries_max_(entries_max) {}
    void note(const HttpRequest& request, std::string operation, const HttpResponse& response,
              EpochMillis time);
    void clear();
    const std::map<std::string, Counter, std::less<>>& counters() const { return counters_; }
    const std::deque<Entry>& entries() const { return entries_; }  ///< oldest first
    std::uint64_t total() const { return total_; }

private:
    std::size_t entries_max_;
    std::uint64_t total_ = 0;
    std::map<std::string, Counter, std::less<>> counters_;
    std::deque<Entry> entries_;
};

/// Name of the SOAP operation in an EWS request ("FindItem"), from its SOAPAction or its body;
/// "(none)" if there is none.
std::string ews_operation_name(const HttpRequest& request);

}  // namespace liaison::sandbox
