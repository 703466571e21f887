#include "tests/rules/reference_deeds.hpp"

#include <algorithm>

#include "tests/rules/reference_evaluator.hpp"

namespace liaison::reference {
namespace {

namespace json = boost::json;

std::string member_or_empty(const json::value& object, const char* key) {
    if (!object.is_object() || !object.as_object().contains(key)) return "";
    const json::value& value = object.at(key);
    return value.is_int64() ? std::to_string(value.as_int64()) : str(value);
}

}  // namespace

std::string str(const boost::json::value& value) {
    return value.as_string().c_str();
}

std::string strip_blanks(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
        text.erase(text.begin());
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text;
}
std::string plain_path(std::string text) {
    text = lower_letters(strip_blanks(text));
    while (!text.empty() && text.front() == '/') text.erase(0, 1);
    while (!text.empty() && text.back() == '/') text.pop_back();
    return text;
}
void Deeds::add(const json::object& actions) {
    places(actions);
    marks(actions);
    logging(actions);
    records(actions);
}

bool Deeds::in_copies(const std::string& path) const {
    return std::ranges::any_of(
        copies_, [&](const auto& one) { return plain_path(one) == plain_path(path); });
}

bool Deeds::claim(const std::string& word) {
    if (family_.empty()) family_ = word;
    return family_ == word;
}

void Deeds::places(const json::object& actions) {
    if (actions.contains("moveToFolder")) {
        const std::string to = str(actions.at("moveToFolder"));
        if (move_.empty() && !in_copies(to)) move_ = to;
    }
    if (actions.contains("copyToFolder")) {
        const std::string to = str(actions.at("copyToFolder"));
        if (plain_path(to) != plain_path(move_) && !in_copies(to) && copies_.size() < 8)
            copies_.push_back(to);
    }
}

void Deeds::marks(const json::object& actions) {
    if (actions.contains("assignCategories"))
        for (const auto& c : actions.at("assignCategories").as_array())
            if (std::ranges::find(categories_, str(c)) == categories_.end() &&
                categories_.size() < 64)
                categories_.push_back(str(c));
    if (actions.contains("markAsRead")) read_ |= actions.at("markAsRead").as_bool();
    if (actions.contains("markImportance") && importance_.empty())
        importance_ = str(actions.at("markImportance"));
    if (actions.contains("flagMessage") && flag_.empty()) {
        const auto& f = actions.at("flagMessage");
        const std::string status = lower_letters(member_or_empty(f, "flagStatus"));
        if (!f.is_bool() || f.as_bool())
            flag_ = (status.empty() ? "flagged" : status) + "|" + member_or_empty(f, "dueInDays");
    }
}

void Deeds::logging(const json::object& actions) {
    const auto asked = [&](const char* key) {
        return actions.contains(key) && (!actions.at(key).is_bool() || actions.at(key).as_bool());
    };
    if (asked("logInteraction") && claim("log")) {
        log_ = true;
        for (const char* key : {"template", "activityType", "campaign", "opportunity"}) {
            const std::string value = member_or_empty(actions.at("logInteraction"), key);
            const bool other_record = std::string(key) == "opportunity" &&
                                      regarding_.starts_with("opportunity|") &&
                                      regarding_ != "opportunity|" + value;
            if (!value.empty() && log_fields_[key].empty() && !other_record)
                log_fields_[key] = value;
        }
    }
    if (asked("setRegarding") && claim("log") && regarding_.empty()) {
        const auto& one = *actions.at("setRegarding").as_object().begin();
        const std::string opportunity = log_fields_["opportunity"];
        if (one.key() != "opportunity" || opportunity.empty() || opportunity == str(one.value()))
            regarding_ = std::string(one.key()) + "|" + str(one.value());
    }
    for (const char* word : {"skipLogging", "hold"})
        if (asked(word)) claim(word);
}

void Deeds::records(const json::object& actions) {
    for (const char* kind : {"createContact", "createLead"}) {
        if (!actions.contains(kind)) continue;
        const auto& what = actions.at(kind);
        if (what.is_bool() && !what.as_bool()) continue;
        std::string whom = lower_letters(member_or_empty(what, "for"));
        if (whom.empty()) whom = "sender";
        const bool taken = std::ranges::any_of(people_, [&](const auto& one) {
            return one[1] == whom || one[1] == "everybody" || whom == "everybody";
        });
        if (!taken)
            people_.push_back(
                {kind, whom, member_or_empty(what, "company"), member_or_empty(what, "owner")});
    }
    if (actions.contains("createTask")) {
        const auto& what = actions.at("createTask");
        if (what.is_bool() && !what.as_bool()) return;
        const std::string task = member_or_empty(what, "subject") + "|" +
                                 member_or_empty(what, "owner") + "|" +
                                 member_or_empty(what, "dueInDays");
        if (std::ranges::find(tasks_, task) == tasks_.end() && tasks_.size() < 8)
            tasks_.push_back(task);
    }
}

std::set<std::string> Deeds::lines() const {
    std::set<std::string> out;
    if (!move_.empty()) out.insert("moveToFolder|" + move_);
    for (const auto& one : copies_) out.insert("copyToFolder|" + one);
    for (const auto& one : categories_) out.insert("assignCategories|" + one);
    if (read_) out.insert("markAsRead");
    if (!importance_.empty()) out.insert("markImportance|" + importance_);
    if (!flag_.empty()) out.insert("flagMessage|" + flag_);
    if (log_) out.insert("logInteraction");
    for (const auto& [key, value] : log_fields_)
        if (!value.empty()) out.insert("logInteraction|" + key + "|" + value);
    if (!regarding_.empty()) out.insert("setRegarding|" + regarding_);
    for (const auto& one : people_) out.insert(one[0] + "|" + one[1] + "|" + one[2] + "|" + one[3]);
    for (const auto& one : tasks_) out.insert("createTask|" + one);
    if (family_ == "skipLogging" || family_ == "hold") out.insert(family_);
    return out;
}

}  // namespace liaison::reference
