#include "tests/sim/scenarios.hpp"

#include <stdexcept>

namespace liaison::sim {

namespace {

/// Words of a line; quotes hold blanks together, also behind a '='.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> out;
    std::string word;
    bool quoted = false;
    bool any = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (c == ' ' && !quoted) {
            if (any) out.push_back(std::exchange(word, {}));
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (quoted) throw std::runtime_error("a quote is not closed");
    if (any) out.push_back(std::move(word));
    return out;
}

ScenarioLine line_of(const std::vector<std::string>& words, std::string_view text) {
    ScenarioLine out;
    out.text = std::string(text.substr(text.find_first_not_of(' ')));
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::size_t equals = words[i].find('=');
        if (equals == std::string::npos)
            out.words.push_back(words[i]);
        else
            out.values[words[i].substr(0, equals)] = words[i].substr(equals + 1);
    }
    return out;
}

void add_line(std::vector<Scenario>& out, std::string_view text) {
    const std::vector<std::string> words = words_of(text);
    if (words.empty() || words.front().starts_with('#')) return;
    if (words.front() == "scenario") {
        if (words.size() != 2) throw std::runtime_error("a scenario has one name");
        out.push_back({words[1], {}, {}, {}});
        return;
    }
    if (out.empty()) throw std::runtime_error("a line before the first scenario");
    ScenarioLine line = line_of(words, text);
    if (words.front() == "before")
        out.back().before.push_back(std::move(line));
    else if (words.front() == "event")
        out.back().events.push_back(std::move(line));
    else if (words.front() == "after")
        out.back().after.push_back(std::move(line));
    else
        throw std::runtime_error("neither before, event nor after");
}

}  // namespace

const std::string& ScenarioLine::word(std::size_t i) const {
    if (i >= words.size()) throw std::runtime_error("a word is missing: " + text);
    return words[i];
}

std::vector<Scenario> read_scenarios(std::string_view table) {
    std::vector<Scenario> out;
    std::size_t number = 1;
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        try {
            add_line(out, table.substr(0, end));
        } catch (const std::exception& e) {
            throw std::runtime_error("line " + std::to_string(number) + ": " + e.what());
        }
        table.remove_prefix(std::min(end + 1, table.size()));
        ++number;
    }
    return out;
}

const std::vector<Scenario>& all_scenarios() {
    static const std::vector<Scenario> all = [] {
        std::vector<Scenario> out;
        for (const std::string_view table :
             {task_scenarios(), appointment_scenarios(), contact_scenarios(), mail_scenarios()})
            for (Scenario& scenario : read_scenarios(table)) out.push_back(std::move(scenario));
        return out;
    }();
    return all;
}

}  // namespace liaison::sim
