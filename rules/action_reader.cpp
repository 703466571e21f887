#include "rules/action_reader.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/action_list.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {
namespace {

/// Reads one member of `actions`. Each function fills `action` and tells whether it asks for
/// anything: `false` stands for leaving the member out.
class ActionReader {
public:
    ActionReader(JsonReader& json, MailAction& action) : json_(json), action_(action) {}

    bool read(const boost::json::value& value, const std::string& pointer) {
        switch (action_.kind) {
            case MailActionKind::MoveToFolder:
            case MailActionKind::CopyToFolder:
                return read_folder(value, pointer);
            case MailActionKind::AssignCategories:
                return read_categories(value, pointer);
            case MailActionKind::MarkImportance:
                action_.importance =
                    json_.token(value, pointer, kImportanceTokens).value_or("normal");
                return true;
            case MailActionKind::FlagMessage:
                return read_flag(value, pointer);
            case MailActionKind::LogInteraction:
                return read_log(value, pointer);
            case MailActionKind::SetRegarding:
                return read_regarding(value, pointer);
            case MailActionKind::CreateContact:
            case MailActionKind::CreateLead:
                return read_create(value, pointer);
            case MailActionKind::CreateTask:
                return read_task(value, pointer);
            case MailActionKind::MarkAsRead:
            case MailActionKind::SkipLogging:
            case MailActionKind::Hold:
                return json_.flag(value, pointer).value_or(false);
        }
        return false;
    }

private:
    bool read_folder(const boost::json::value& value, const std::string& pointer) {
        std::string path(trim(json_.label(value, pointer).value_or("")));
        if (path.empty()) return false;
        for (const std::string& step : split(path, '/'))
            if (trim(step).empty() || step == "." || step == "..") {
                json_.fail(pointer, "must be a folder path, such as Inbox/Done");
                return false;
            }
        action_.folder = std::move(path);
        return true;
    }

    bool read_categories(const boost::json::value& value, const std::string& pointer) {
        action_.categories = json_.labels(value, pointer);
        if (action_.categories.size() > limits::categories_max)
            json_.fail(pointer,
                       "holds more than " + std::to_string(limits::categories_max) + " categories");
        return !action_.categories.empty();
    }

    bool read_flag(const boost::json::value& value, const std::string& pointer) {
        action_.flag_status = "flagged";
        const auto* object = flag_or_object(value, pointer, flag_keys());
        if (object == nullptr) return value.is_bool() && value.as_bool();
        if (const auto* status = object->if_contains("flagStatus"))
            action_.flag_status =
                json_.token(*status, pointer_step(pointer, "flagStatus"), kFlagStatusTokens)
                    .value_or("flagged");
        action_.due_in_days = days(*object, pointer);
        if (action_.due_in_days && action_.flag_status != "flagged")
            json_.fail(pointer, "only a mail that is flagged can be due");
        return true;
    }

    bool read_log(const boost::json::value& value, const std::string& pointer) {
        const auto* object = flag_or_object(value, pointer, log_keys());
        if (object == nullptr) return value.is_bool() && value.as_bool();
        action_.template_code = label(*object, "template", pointer);
        action_.activity_type = label(*object, "activityType", pointer);
        action_.campaign_id = label(*object, "campaign", pointer);
        action_.opportunity_id = label(*object, "opportunity", pointer);
        return true;
    }

    bool read_regarding(const boost::json::value& value, const std::string& pointer) {
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return false;
        json_.check_keys(*object, pointer, regarding_keys());
        if (object->size() != 1) {
            json_.fail(pointer, "must name one record, such as {\"opportunity\": ID}");
            return false;
        }
        const auto key = object->begin()->key();
        action_.regarding_kind = std::string(key.data(), key.size());
        action_.regarding_id = label(*object, action_.regarding_kind.c_str(), pointer);
        return !action_.regarding_id.empty();
    }

    bool read_create(const boost::json::value& value, const std::string& pointer) {
        action_.create_for = "sender";
        const auto* object = flag_or_object(value, pointer, create_party_keys());
        if (object == nullptr) return value.is_bool() && value.as_bool();
        if (const auto* whom = object->if_contains("for"))
            action_.create_for = json_.token(*whom, pointer_step(pointer, "for"), kCreateForTokens)
                                     .value_or("sender");
        action_.company_id = label(*object, "company", pointer);
        action_.owner_id = label(*object, "owner", pointer);
        return true;
    }

    bool read_task(const boost::json::value& value, const std::string& pointer) {
        const auto* object = flag_or_object(value, pointer, create_task_keys());
        if (object == nullptr) return value.is_bool() && value.as_bool();
        action_.task_subject = label(*object, "subject", pointer);
        action_.owner_id = label(*object, "owner", pointer);
        action_.due_in_days = days(*object, pointer);
        return true;
    }

    /// Nothing for a boolean, or for something that is neither.
    const boost::json::object* flag_or_object(const boost::json::value& value,
                                              const std::string& pointer,
                                              std::span<const KeyInfo> keys) {
        if (value.is_bool()) return nullptr;
        const auto* object = json_.object(value, pointer);
        if (object != nullptr) json_.check_keys(*object, pointer, keys);
        return object;
    }

    std::string label(const boost::json::object& object, const char* name,
                      const std::string& pointer) {
        const auto* value = object.if_contains(name);
        return value == nullptr ? ""
                                : json_.label(*value, pointer_step(pointer, name)).value_or("");
    }

    std::optional<std::int64_t> days(const boost::json::object& object,
                                     const std::string& pointer) {
        const auto* value = object.if_contains("dueInDays");
        if (value == nullptr) return std::nullopt;
        return json_.whole_number(*value, pointer_step(pointer, "dueInDays"), 0, kDueInDaysMax);
    }

    JsonReader& json_;
    MailAction& action_;
};

constexpr MailActionKind kActionKinds[] = {MailActionKind::MoveToFolder,
                                           MailActionKind::CopyToFolder,
                                           MailActionKind::AssignCategories,
                                           MailActionKind::MarkAsRead,
                                           MailActionKind::MarkImportance,
                                           MailActionKind::FlagMessage,
                                           MailActionKind::LogInteraction,
                                           MailActionKind::SetRegarding,
                                           MailActionKind::CreateContact,
                                           MailActionKind::CreateLead,
                                           MailActionKind::CreateTask,
                                           MailActionKind::SkipLogging,
                                           MailActionKind::Hold};

}  // namespace

void read_actions(JsonReader& json, const boost::json::value& value, const std::string& pointer,
                  Rule& rule) {
    const auto* object = json.object(value, pointer);
    if (object == nullptr) return;
    const std::size_t errors_before = json.error_count();
    json.check_keys(*object, pointer, action_keys());
    for (const MailActionKind kind : kActionKinds) {
        const std::string_view name = to_string(kind);
        const auto* member =
            object->if_contains(boost::json::string_view(name.data(), name.size()));
        if (member == nullptr) continue;
        MailAction action{.kind = kind, .rule = rule.display_name};
        if (ActionReader(json, action).read(*member, pointer_step(pointer, name)))
            rule.actions.push_back(std::move(action));
    }
    if (const auto* stop = object->if_contains("stopProcessingRules"))
        rule.stop = json.flag(*stop, pointer_step(pointer, "stopProcessingRules")).value_or(false);
    if (json.error_count() != errors_before) return;
    if (rule.actions.empty() && !rule.stop) json.fail(pointer, "must hold at least one action");
    MailActions alone;
    for (const Contradiction& one : add_actions(rule, alone))
        json.fail(pointer_step(pointer, to_string(one.loser)),
                  std::string(to_string(one.winner)) + " of the same rule excludes it", true);
}

}  // namespace liaison::rules
