// The simple JSON fields by which a person edits an item, and the same fields when an item is
// shown.
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "sandbox/control_parts.hpp"
#include "sandbox/mail_item.hpp"

namespace liaison::sandbox::control {
namespace {

enum class FieldType { Text, DateTime, Flag, Number, Choice };

constexpr unsigned on_message = 1u;
constexpr unsigned on_task = 2u;
constexpr unsigned on_appointment = 4u;
constexpr unsigned on_contact = 8u;
constexpr unsigned on_all = 15u;

struct FieldRule {
    std::string_view name;
    std::string_view property;
    FieldType type;
    unsigned kinds;
    std::string_view choices = {};  ///< separated by blanks
};

constexpr std::array field_rules = {
    FieldRule{"subject", "item:Subject", FieldType::Text, on_all},
    FieldRule{"importance", "item:Importance", FieldType::Choice, on_all, "Low Normal High"},
    FieldRule{"sensitivity", "item:Sensitivity", FieldType::Choice, on_all,
              "Normal Personal Private Confidential"},
    FieldRule{"reminder", "item:ReminderIsSet", FieldType::Flag,
              on_task | on_appointment | on_message},
    FieldRule{"reminder_at", "item:ReminderDueBy", FieldType::DateTime, on_task | on_message},
    FieldRule{"reminder_minutes", "item:ReminderMinutesBeforeStart", FieldType::Number,
              on_appointment},
    FieldRule{"received", "item:DateTimeReceived", FieldType::DateTime, on_message},
    FieldRule{"sent", "item:DateTimeSent", FieldType::DateTime, on_message},
    FieldRule{"is_read", "message:IsRead", FieldType::Flag, on_message},
    FieldRule{"message_id", "message:InternetMessageId", FieldType::Text, on_message},
    FieldRule{"due", "task:DueDate", FieldType::DateTime, on_task},
    FieldRule{"start_date", "task:StartDate", FieldType::DateTime, on_task},
    FieldRule{"status", "task:Status", FieldType::Choice, on_task,
              "NotStarted InProgress Completed WaitingOnOthers Deferred"},
    FieldRule{"percent", "task:PercentComplete", FieldType::Number, on_task},
    FieldRule{"complete_date", "task:CompleteDate", FieldType::DateTime, on_task},
    FieldRule{"actual_work", "task:ActualWork", FieldType::Number, on_task},
    FieldRule{"total_work", "task:TotalWork", FieldType::Number, on_task},
    FieldRule{"mileage", "task:Mileage", FieldType::Text, on_task},
    FieldRule{"billing", "task:BillingInformation", FieldType::Text, on_task},
    FieldRule{"owner", "task:Owner", FieldType::Text, on_task},
    FieldRule{"start", "calendar:Start", FieldType::DateTime, on_appointment},
    FieldRule{"end", "calendar:End", FieldType::DateTime, on_appointment},
    FieldRule{"time_zone", "calendar:StartTimeZone", FieldType::Text, on_appointment},
    FieldRule{"end_time_zone", "calendar:EndTimeZone", FieldType::Text, on_appointment},
    FieldRule{"all_day", "calendar:IsAllDayEvent", FieldType::Flag, on_appointment},
    FieldRule{"location", "calendar:Location", FieldType::Text, on_appointment},
    FieldRule{"show_as", "calendar:LegacyFreeBusyStatus", FieldType::Choice, on_appointment,
              "Free Tentative Busy OOF WorkingElsewhere NoData"},
    FieldRule{"uid", "calendar:UID", FieldType::Text, on_appointment},
    FieldRule{"display_name", "contacts:DisplayName", FieldType::Text, on_contact},
    FieldRule{"file_as", "contacts:FileAs", FieldType::Text, on_contact},
    FieldRule{"given_name", "contacts:GivenName", FieldType::Text, on_contact},
    FieldRule{"middle_name", "contacts:MiddleName", FieldType::Text, on_contact},
    FieldRule{"surname", "contacts:Surname", FieldType::Text, on_contact},
    FieldRule{"nickname", "contacts:Nickname", FieldType::Text, on_contact},
    FieldRule{"company", "contacts:CompanyName", FieldType::Text, on_contact},
    FieldRule{"department", "contacts:Department", FieldType::Text, on_contact},
    FieldRule{"job_title", "contacts:JobTitle", FieldType::Text, on_contact},
    FieldRule{"email", "contacts:EmailAddress/EmailAddress1", FieldType::Text, on_contact},
    FieldRule{"email2", "contacts:EmailAddress/EmailAddress2", FieldType::Text, on_contact},
    FieldRule{"email3", "contacts:EmailAddress/EmailAddress3", FieldType::Text, on_contact},
    FieldRule{"business_phone", "contacts:PhoneNumber/BusinessPhone", FieldType::Text, on_contact},
    FieldRule{"home_phone", "contacts:PhoneNumber/HomePhone", FieldType::Text, on_contact},
    FieldRule{"mobile_phone", "contacts:PhoneNumber/MobilePhone", FieldType::Text, on_contact},
    FieldRule{"business_fax", "contacts:PhoneNumber/BusinessFax", FieldType::Text, on_contact},
    FieldRule{"street", "contacts:PhysicalAddress:Street/Business", FieldType::Text, on_contact},
    FieldRule{"city", "contacts:PhysicalAddress:City/Business", FieldType::Text, on_contact},
    FieldRule{"state", "contacts:PhysicalAddress:State/Business", FieldType::Text, on_contact},
    FieldRule{"postal_code", "contacts:PhysicalAddress:PostalCode/Business", FieldType::Text,
              on_contact},
    FieldRule{"country", "contacts:PhysicalAddress:CountryOrRegion/Business", FieldType::Text,
              on_contact},
    FieldRule{"web_page", "contacts:BusinessHomePage", FieldType::Text, on_contact},
    FieldRule{"birthday", "contacts:Birthday", FieldType::DateTime, on_contact},
};

unsigned kind_bit(ItemKind kind) {
    switch (kind) {
        case ItemKind::Task:
            return on_task;
        case ItemKind::Appointment:
            return on_appointment;
        case ItemKind::Contact:
            return on_contact;
        case ItemKind::Message:
        case ItemKind::Other:
            break;
    }
    return on_message;
}

bool is_choice(std::string_view choices, std::string_view word) {
    return !word.empty() && word.find(' ') == std::string_view::npos &&
           (" " + std::string(choices) + " ").find(" " + std::string(word) + " ") !=
               std::string::npos;
}

std::string number_text(double number) {
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%.10g", number);
    return out.data();
}

/// A date alone stands for its midnight in UTC, as Exchange keeps the dates of tasks.
Result<std::string> date_time_text(std::string_view name, std::string text) {
    if (text.size() == 10) text += "T00:00:00Z";
    const auto time = parse_utc_date_time(text);
    if (!time) {
        return fail(ErrorKind::InvalidRequest,
                    std::string(name) + " must be a date (2027-03-01) or a time with its offset");
    }
    return utc_date_time(*time);
}

Result<std::string> field_text(const FieldRule& rule, const boost::json::object& fields) {
    if (rule.type == FieldType::Flag) {
        const auto flag = bool_member(fields, rule.name);
        if (!flag) return std::unexpected(flag.error());
        return std::string(flag->value_or(false) ? "true" : "false");
    }
    if (rule.type == FieldType::Number) {
        const auto number = number_member(fields, rule.name);
        if (!number) return std::unexpected(number.error());
        const double value = number->value_or(0);
        const double most = rule.name == "percent" ? 100 : 2'147'483'647;
        const bool is_whole = rule.name == "percent" || std::floor(value) == value;
        if (!(value >= 0) || value > most || !is_whole) {
            return fail(ErrorKind::InvalidRequest, std::string(rule.name) + " is out of its range");
        }
        return number_text(value);
    }
    auto text = text_member(fields, rule.name);
    if (!text) return std::unexpected(text.error());
    if (rule.type == FieldType::DateTime) return date_time_text(rule.name, text->value_or(""));
    if (rule.type == FieldType::Choice && !is_choice(rule.choices, text->value_or(""))) {
        return fail(ErrorKind::InvalidRequest,
                    std::string(rule.name) + " must be one of: " + std::string(rule.choices));
    }
    return std::move(**text);
}

Result<std::vector<std::string>> text_list(const boost::json::value& value, std::string_view name) {
    std::vector<std::string> out;
    if (!value.is_array())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a list of strings");
    for (const auto& one : value.get_array()) {
        if (!one.is_string())
            return fail(ErrorKind::InvalidRequest,
                        std::string(name) + " must be a list of strings");
        out.emplace_back(one.get_string());
    }
    return out;
}

/// `extended`: canonical key to text, list of texts or null (removes it).
Result<void> apply_extended(Item& item, const boost::json::value& value) {
    if (!value.is_object()) return fail(ErrorKind::InvalidRequest, "extended must be an object");
    for (const auto& [key, one] : value.get_object()) {
        if (one.is_null()) {
            const auto found = item.extended.find(std::string_view(key));
            if (found != item.extended.end()) item.extended.erase(found);
        } else if (one.is_string()) {
            item.extended[std::string(key)] = ExtendedValue{{std::string(one.get_string())}};
        } else {
            auto list = text_list(one, "extended");
            if (!list) return std::unexpected(list.error());
            item.extended[std::string(key)] = ExtendedValue{std::move(*list)};
        }
    }
    return {};
}

/// Status, percentage and completion date hang together, as in Outlook and in UpdateItem.
void settle_task(Item& item, const boost::json::object& fields, EpochMillis now) {
    PropertyBag& bag = item.properties;
    const bool by_status = fields.contains("status") && bag.text("task:Status") == "Completed";
    const bool by_percent = fields.contains("percent") && bag.text("task:PercentComplete") == "100";
    if (by_status || by_percent) {
        const std::string date(fields.contains("complete_date") ? bag.text("task:CompleteDate")
                                                                : "");
        complete_task(item, now);
        if (!date.empty()) bag.set("task:CompleteDate", date);
    } else if (fields.contains("status")) {
        bag.erase("task:CompleteDate");
        const std::string_view percent = bag.text("task:PercentComplete");
        if (percent == "100" || bag.text("task:Status") == "NotStarted") {
            bag.set("task:PercentComplete", std::string("0"));
        }
    } else if (fields.contains("percent")) {
        bag.erase("task:CompleteDate");
        const bool is_started = bag.text("task:PercentComplete") != "0";
        bag.set("task:Status", std::string(is_started ? "InProgress" : "NotStarted"));
    }
}

void settle_contact(Item& item, const boost::json::object& fields) {
    PropertyBag& bag = item.properties;
    const bool names_changed = fields.contains("given_name") || fields.contains("surname") ||
                               fields.contains("middle_name");
    if (names_changed && !fields.contains("display_name")) {
        std::string name;
        for (const std::string_view key :
             {"contacts:GivenName", "contacts:MiddleName", "contacts:Surname"}) {
            const std::string_view part = bag.text(key);
            if (!part.empty()) name += (name.empty() ? "" : " ") + std::string(part);
        }
        if (!name.empty()) bag.set("contacts:DisplayName", name);
    }
    if (!fields.contains("subject") && !bag.text("contacts:DisplayName").empty()) {
        bag.set("item:Subject", std::string(bag.text("contacts:DisplayName")));
    }
}

Result<void> settle_appointment(Item& item) {
    PropertyBag& bag = item.properties;
    const auto start = parse_utc_date_time(bag.text("calendar:Start"));
    const auto end = parse_utc_date_time(bag.text("calendar:End"));
    if (!start || !end)
        return fail(ErrorKind::InvalidRequest, "an appointment needs start and end");
    if (*end < *start) return fail(ErrorKind::InvalidRequest, "the end is before the start");
    return {};
}

boost::json::value property_json(const PropertyValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return boost::json::value(*text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
        return boost::json::value_from(*list);
    return boost::json::object{{"xml", std::get<Fragment>(value).xml}};
}

void show_field(boost::json::object& out, const FieldRule& rule, const PropertyBag& bag) {
    const std::string_view text = bag.text(rule.property);
    if (text.empty()) return;
    if (rule.type == FieldType::Flag) {
        out[rule.name] = text == "true";
    } else if (rule.type == FieldType::Number) {
        out[rule.name] = std::strtod(std::string(text).c_str(), nullptr);
    } else {
        out[rule.name] = text;
    }
}

}  // namespace

std::string_view kind_name(ItemKind kind) {
    switch (kind) {
        case ItemKind::Message:
            return "message";
        case ItemKind::Task:
            return "task";
        case ItemKind::Appointment:
            return "appointment";
        case ItemKind::Contact:
            return "contact";
        case ItemKind::Other:
            break;
    }
    return "other";
}

std::optional<ItemKind> kind_by_name(std::string_view name) {
    for (const ItemKind kind : {ItemKind::Message, ItemKind::Task, ItemKind::Appointment,
                                ItemKind::Contact, ItemKind::Other}) {
        if (kind_name(kind) == name) return kind;
    }
    return std::nullopt;
}

void complete_task(Item& item, EpochMillis now) {
    PropertyBag& bag = item.properties;
    bag.set("task:Status", std::string("Completed"));
    bag.set("task:PercentComplete", std::string("100"));
    constexpr EpochMillis day = 86'400'000;
    bag.set("task:CompleteDate", utc_date_time(now - now % day));
}

Result<void> apply_fields(MailboxStore& store, Item& item, const boost::json::object& fields) {
    const unsigned kind = kind_bit(item.kind);
    for (const FieldRule& rule : field_rules) {
        const boost::json::value* value = fields.if_contains(rule.name);
        if (value == nullptr) continue;
        if ((rule.kinds & kind) == 0) {
            return fail(ErrorKind::InvalidRequest,
                        std::string(rule.name) + " does not belong to this kind of item");
        }
        if (value->is_null()) {
            item.properties.erase_tree(rule.property);
            continue;
        }
        auto text = field_text(rule, fields);
        if (!text) return std::unexpected(text.error());
        item.properties.set(rule.property, std::move(*text));
    }
    const auto body = text_member(fields, "body");
    if (!body) return std::unexpected(body.error());
    if (*body && !item.has_mime) {
        const auto type = text_member(fields, "body_type");
        if (!type) return std::unexpected(type.error());
        item.properties.set("item:Body", **body);
        item.properties.set("item:Body@BodyType", std::string(*type == "HTML" ? "HTML" : "Text"));
    }
    if (const boost::json::value* categories = fields.if_contains("categories")) {
        auto list = text_list(*categories, "categories");
        if (!list) return std::unexpected(list.error());
        item.categories = std::move(*list);
    }
    if (const boost::json::value* extended = fields.if_contains("extended")) {
        if (auto applied = apply_extended(item, *extended); !applied) return applied;
    }
    if (item.kind == ItemKind::Task) settle_task(item, fields, store.now());
    if (item.kind == ItemKind::Contact) settle_contact(item, fields);
    return item.kind == ItemKind::Appointment ? settle_appointment(item) : Result<void>();
}

boost::json::object item_json(const MailboxStore& store, std::string_view mailbox,
                              const Item& item) {
    boost::json::object out = {{"id", item.id},
                               {"change_key", item.change_key},
                               {"folder_id", item.folder_id},
                               {"kind", kind_name(item.kind)},
                               {"item_class", item.item_class},
                               {"created", item.created},
                               {"modified", item.modified},
                               {"size", item.size},
                               {"has_mime", item.has_mime}};
    if (const Folder* folder = store.find_folder(mailbox, item.folder_id)) {
        out["folder"] = folder_path(store, mailbox, *folder);
    }
    for (const FieldRule& rule : field_rules) {
        if ((rule.kinds & kind_bit(item.kind)) != 0) show_field(out, rule, item.properties);
    }
    out["categories"] = boost::json::value_from(item.categories);
    boost::json::object extended;
    for (const auto& [key, value] : item.extended)
        extended[key] = boost::json::value_from(value.values);
    out["extended"] = std::move(extended);
    boost::json::object properties;
    for (const auto& [key, value] : item.properties.entries())
        properties[key] = property_json(value);
    out["properties"] = std::move(properties);
    boost::json::array attachments;
    for (const Attachment& attachment : item.attachments) {
        attachments.push_back(boost::json::object{{"id", attachment.id},
                                                  {"name", attachment.name},
                                                  {"content_type", attachment.content_type},
                                                  {"size", attachment.size},
                                                  {"is_inline", attachment.is_inline}});
    }
    out["attachments"] = std::move(attachments);
    return out;
}

}  // namespace liaison::sandbox::control
