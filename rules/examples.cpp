#include "rules/examples.hpp"

#include <algorithm>
#include <map>

#include "core/limits.hpp"
#include "rules/evaluator.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {
namespace {

std::string names_in_order(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "\"" : ", \"") + name + "\"";
    return out.empty() ? "none" : out;
}

class ExampleCheck {
public:
    ExampleCheck(const CompiledRules& compiled, const Example& example,
                 std::vector<RuleError>& errors)
        : compiled_(compiled), example_(example), errors_(errors) {}

    void run() {
        Evaluator evaluator(compiled_, example_.message, example_.facts);
        if (example_.matched) check_obstacles(evaluator);
        const MailActions got = evaluator.run(TraceDetail::LookedAt);
        check_matched(got);
        check_logging(got);
        check_values(got);
        check_kinds(got);
        check_categories(got);
    }

private:
    void check_values(const MailActions& got) {
        check_value("moveToFolder", example_.move_to_folder,
                    first_of(got, MailActionKind::MoveToFolder).folder);
        check_value("markImportance", example_.importance,
                    first_of(got, MailActionKind::MarkImportance).importance);
        check_value("flagStatus", example_.flag_status,
                    first_of(got, MailActionKind::FlagMessage).flag_status);
        const MailAction regarding = first_of(got, MailActionKind::SetRegarding);
        check_value("setRegarding", example_.regarding,
                    regarding.regarding_id.empty()
                        ? ""
                        : regarding.regarding_kind + " " + regarding.regarding_id);
        check_field("activityType", example_.activity_type, got, &MailAction::activity_type);
        check_field("template", example_.template_code, got, &MailAction::template_code);
        check_field("campaign", example_.campaign_id, got, &MailAction::campaign_id);
        check_field("opportunity", example_.opportunity_id, got, &MailAction::opportunity_id);
    }

    void fail(const std::string& key, const std::string& message) {
        errors_.push_back({example_.pointer + "/expect/" + key, 0, 0,
                           "example \"" + example_.name + "\": " + message});
    }

    /// Names the condition that keeps an expected rule from matching.
    void check_obstacles(const Evaluator& evaluator) {
        for (const std::string& id : *example_.matched) {
            const auto at = std::ranges::find(
                compiled_.rules, id, [](const CompiledRule& rule) { return rule.rule.id; });
            bool by_exception = false;
            if (at == compiled_.rules.end()) continue;
            const std::string path(evaluator.obstacle(*at, by_exception));
            if (!at->rule.enabled)
                fail("matched", "rule \"" + id + "\" is switched off");
            else if (!path.empty())
                fail("matched", "rule \"" + id + "\" does not match: " + path +
                                    (by_exception ? " holds" : " does not hold"));
        }
    }

    void check_matched(const MailActions& got) {
        if (example_.matched && *example_.matched != got.matched)
            fail("matched", "the rules that match are " + names_in_order(got.matched));
    }

    void check_logging(const MailActions& got) {
        if (!example_.logging) return;
        std::string word = "default";
        for (const MailAction& action : got.actions) {
            if (action.kind == MailActionKind::SkipLogging) word = "skip";
            if (action.kind == MailActionKind::Hold) word = "hold";
            if (action.kind == MailActionKind::LogInteraction) word = "log";
        }
        if (word != *example_.logging) fail("logging", "logging is \"" + word + "\"");
    }

    void check_field(const char* key, const std::optional<std::string>& expected,
                     const MailActions& got, std::string MailAction::* field) {
        if (!expected) return;
        std::string value;
        for (const MailAction& action : got.actions)
            if (value.empty()) value = action.*field;
        check_value(key, expected, value);
    }

    void check_value(const char* key, const std::optional<std::string>& expected,
                     const std::string& value) {
        if (expected && value != *expected) fail(key, std::string(key) + " is \"" + value + "\"");
    }

    static MailAction first_of(const MailActions& got, MailActionKind kind) {
        const auto at = std::ranges::find(got.actions, kind, &MailAction::kind);
        return at == got.actions.end() ? MailAction{.kind = kind, .rule = ""} : *at;
    }

    void check_kinds(const MailActions& got) {
        const auto check = [&](const std::optional<bool>& expected, MailActionKind kind) {
            const bool is =
                std::ranges::find(got.actions, kind, &MailAction::kind) != got.actions.end();
            const std::string name(to_string(kind));
            if (expected && *expected != is)
                fail(name, "the rules ask for " + std::string(is ? "" : "no ") + name);
        };
        check(example_.read, MailActionKind::MarkAsRead);
        check(example_.contact, MailActionKind::CreateContact);
        check(example_.lead, MailActionKind::CreateLead);
        check(example_.task, MailActionKind::CreateTask);
        std::vector<std::string> copies;
        for (const MailAction& action : got.actions)
            if (action.kind == MailActionKind::CopyToFolder) copies.push_back(action.folder);
        if (example_.copy_to_folder && copies != *example_.copy_to_folder)
            fail("copyToFolder", "the copies go to " + names_in_order(copies));
    }

    void check_categories(const MailActions& got) {
        if (!example_.categories) return;
        std::vector<std::string> expected = *example_.categories;
        std::vector<std::string> names;
        for (const MailAction& action : got.actions)
            names.insert(names.end(), action.categories.begin(), action.categories.end());
        std::ranges::sort(expected);
        std::ranges::sort(names);
        if (names != expected) fail("categories", "the categories are " + names_in_order(names));
    }

    const CompiledRules& compiled_;
    const Example& example_;
    std::vector<RuleError>& errors_;
};

}  // namespace

std::vector<RuleError> check_examples(const CompiledRules& compiled,
                                      const std::vector<Example>& examples) {
    std::vector<RuleError> errors;
    for (const Example& example : examples) {
        ExampleCheck(compiled, example, errors).run();
        if (errors.size() >= limits::rule_errors_max) break;
    }
    if (errors.size() > limits::rule_errors_max) errors.resize(limits::rule_errors_max);
    return errors;
}

void locate(std::vector<RuleError>& errors, std::string_view text) {
    std::map<std::string, std::size_t, std::less<>> places;
    for (const RuleError& error : errors) places.emplace(error.pointer, 0);
    walk_json(text, [&](const JsonPlace& place) {
        const auto at = places.find(place.pointer);
        if (at != places.end() && !place.is_key) at->second = place.offset;
    });
    for (RuleError& error : errors) {
        const LineColumn place = line_column(text, places.find(error.pointer)->second);
        error.line = place.line;
        error.column = place.column;
    }
    std::ranges::sort(errors, {},
                      [](const RuleError& e) { return std::tuple(e.line, e.column, e.message); });
}

}  // namespace liaison::rules
