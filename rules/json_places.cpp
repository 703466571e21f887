#include "rules/json_places.hpp"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

namespace liaison::rules {
namespace {

void append_pointer_step(std::string& pointer, std::string_view step) {
    pointer += '/';
    for (const char c : step) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

class JsonWalker {
public:
    JsonWalker(std::string_view text, const std::function<void(const JsonPlace&)>& report)
        : text_(text), report_(report) {}

    void value() {
        blank();
        report_({pointer_, at_, false, false});
        if (at_ >= text_.size()) return;
        if (text_[at_] == '{')
            object();
        else if (text_[at_] == '[')
            array();
        else if (text_[at_] == '"')
            string_token();
        else
            while (at_ < text_.size() &&
                   std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
                ++at_;
    }

private:
    void blank() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }
    bool take(char c) {
        blank();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string_view string_token() {
        const std::size_t start = at_++;
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        return text_.substr(start, at_ - start);
    }
    void object() {
        std::set<std::string> keys;
        ++at_;
        if (take('}')) return;
        do {
            blank();
            const std::size_t start = at_;
            const std::string_view token = string_token();
            std::string key(token.substr(1, token.size() - 2));
            if (key.find('\\') != std::string::npos)
                key = boost::json::parse(token).as_string().c_str();
            const std::size_t length = pointer_.size();
            append_pointer_step(pointer_, key);
            report_({pointer_, start, true, !keys.insert(std::move(key)).second});
            take(':');
            value();
            pointer_.resize(length);
        } while (take(','));
        take('}');
    }
    void array() {
        ++at_;
        if (take(']')) return;
        std::size_t index = 0;
        do {
            const std::size_t length = pointer_.size();
            pointer_ += '/' + std::to_string(index++);
            value();
            pointer_.resize(length);
        } while (take(','));
        take(']');
    }

    std::string_view text_;
    const std::function<void(const JsonPlace&)>& report_;
    std::string pointer_;
    std::size_t at_ = 0;
};

}  // namespace

void walk_json(std::string_view text, const std::function<void(const JsonPlace&)>& report) {
    JsonWalker(text, report).value();
}

std::string pointer_step(std::string_view pointer, std::string_view step) {
    std::string out(pointer);
    append_pointer_step(out, step);
    return out;
}

LineColumn line_column(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_start = before.rfind('\n');
    return {1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
            1 + (line_start == std::string_view::npos ? before.size()
                                                      : before.size() - line_start - 1)};
}

}  // namespace liaison::rules
