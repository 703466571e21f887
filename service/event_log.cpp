#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "core/text.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warning:
            return spdlog::level::warn;
        case LogLevel::Error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

class SpdlogEventLog final : public EventLog {
public:
    SpdlogEventLog(std::shared_ptr<spdlog::logger> logger, bool json)
        : logger_(std::move(logger)), json_(json) {}

    void write(LogLevel level, std::string_view event,
               std::initializer_list<Entry> entries) override {
        if (!logger_->should_log(spdlog_level(level))) return;
        logger_->log(spdlog_level(level), "{}",
                     json_ ? as_json(event, entries) : as_text(event, entries));
    }

private:
    static std::string as_text(std::string_view event, std::initializer_list<Entry> entries) {
        std::string line(event);
        // normal_line: a value from outside cannot begin a new line of the log
        for (const auto& [key, value] : entries)
            line += " " + std::string(key) + "=\"" + normal_line(value) + "\"";
        return line;
    }
    static std::string as_json(std::string_view event, std::initializer_list<Entry> entries) {
        boost::json::object object;
        object["event"] = std::string(event);
        for (const auto& [key, value] : entries) object[std::string(key)] = clean_utf8(value);
        return boost::json::serialize(object);
    }

    std::shared_ptr<spdlog::logger> logger_;
    bool json_;
};

}  // namespace

std::unique_ptr<EventLog> make_event_log(const std::string& level, const std::string& format,
                                         const std::string& file) {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (file.empty())
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    auto logger = std::make_shared<spdlog::logger>("liaison", std::move(sink));
    const bool json = format == "json";
    logger->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","entry":%v})"
                             : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::info);
    return std::make_unique<SpdlogEventLog>(std::move(logger), json);
}

}  // namespace liaison::service
