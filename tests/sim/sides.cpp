#include "tests/sim/sides.hpp"

#include <stdexcept>

namespace liaison::sim {

namespace {

using Form = SideField::Form;

const std::vector<std::pair<const char*, const char*>> kPriorities{
    {"normal", "Normal"}, {"low", "Low"}, {"high", "High"}};
const std::vector<std::pair<const char*, const char*>> kStates{{"not_started", "NotStarted"},
                                                               {"in_progress", "InProgress"},
                                                               {"waiting", "WaitingOnOthers"},
                                                               {"deferred", "Deferred"},
                                                               {"completed", "Completed"}};
const std::vector<std::pair<const char*, const char*>> kBusy{{"busy", "Busy"},
                                                             {"free", "Free"},
                                                             {"tentative", "Tentative"},
                                                             {"oof", "OOF"},
                                                             {"elsewhere", "WorkingElsewhere"}};

const std::vector<SideField> kTaskFields{
    {"subject", "item:Subject", Form::Subject},
    {"body", "item:Body"},
    {"distance", "task:Mileage"},
    {"due_date", "task:DueDate", Form::Date},
    {"priority", "item:Importance", Form::Word, kPriorities},
    {"status", "task:Status", Form::Word, kStates},
    {"time_worked_minutes", "task:ActualWork", Form::Number},
};
const std::vector<SideField> kAppointmentFields{
    {"subject", "item:Subject", Form::Subject},
    {"body", "item:Body"},
    {"location", "calendar:Location"},
    {"priority", "item:Importance", Form::Word, kPriorities},
    {"show_as", "calendar:LegacyFreeBusyStatus", Form::Word, kBusy},
};
const std::vector<SideField> kContactFields{
    {"given_name", "contacts:GivenName"},
    {"family_name", "contacts:Surname"},
    {"company_name", "contacts:CompanyName"},
    {"job_title", "contacts:JobTitle"},
    {"department", "contacts:Department"},
    {"email1", "contacts:EmailAddress/EmailAddress1"},
    {"phone_mobile", "contacts:PhoneNumber/MobilePhone"},
    {"notes", "item:Body"},
};

/// The first 255 characters (code points), as Exchange keeps a subject.
std::string cut_subject(const std::string& text) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++characters > 255)
            return text.substr(0, i);
    return text;
}

std::string normal_crm(const SideField& field, std::string text) {
    if (field.form == Form::Word) return text.empty() ? field.words.front().first : text;
    if (field.form == Form::Number) return text == "0" ? std::string() : text;
    if (field.form == Form::Subject) return cut_subject(normal_text(text));
    return normal_text(text);
}

std::string normal_exchange(const SideField& field, std::string_view text) {
    if (field.form == Form::Date) return std::string(text.substr(0, 10));
    if (field.form != Form::Word) return normal_crm(field, std::string(text));
    for (const auto& [crm, exchange] : field.words)
        if (text == exchange) return crm;
    return text.empty() ? field.words.front().first : "?" + std::string(text);
}

std::string exchange_text(const SideField& field, const std::string& value) {
    if (field.form == Form::Date && !value.empty()) return value + "T00:00:00Z";
    if (field.form != Form::Word) return value;
    for (const auto& [crm, exchange] : field.words)
        if (value == crm) return exchange;
    return value;
}

std::string mark_in(EntityKind kind, const std::map<std::string, std::string>& fields) {
    const auto found = fields.find(kind == EntityKind::Contact ? "given_name" : "subject");
    if (found == fields.end()) return {};
    return found->second.substr(0, found->second.find(' '));
}

std::string sql_quoted(const std::string& text) {
    if (text.empty()) return "NULL";
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

/// The CRM's id in Liaison's mark on an item: `system|kind|crm_id|nonce`.
std::string crm_id_of(const sandbox::Item& item) {
    for (const auto& [key, value] : item.extended) {
        if (key.find("CrmKey") == std::string::npos || value.values.empty()) continue;
        const std::string& token = value.values.front();
        const std::size_t first = token.find('|');
        const std::size_t second = token.find('|', first + 1);
        const std::size_t third = token.find('|', second + 1);
        if (third != std::string::npos) return token.substr(second + 1, third - second - 1);
    }
    return {};
}

template <class T>
T must(Result<T> result, const char* what) {
    if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().message);
    return std::move(*result);
}

}  // namespace

std::span<const SideField> side_fields(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return kTaskFields;
        case EntityKind::Appointment:
            return kAppointmentFields;
        case EntityKind::Contact:
            return kContactFields;
    }
    return {};
}

const char* crm_table(EntityKind kind) {
    return kind == EntityKind::Task          ? "task"
           : kind == EntityKind::Appointment ? "appointment"
                                             : "contact";
}

const char* exchange_folder(EntityKind kind) {
    return kind == EntityKind::Task          ? "tasks"
           : kind == EntityKind::Appointment ? "calendar"
                                             : "contacts";
}

std::string mailbox_address(std::size_t mailbox) {
    return "m" + std::to_string(mailbox) + "@example.test";
}

void CrmSide::script(const std::string& sql) {
    database_->script(sql);
    if (const auto error = database_->take_error())
        throw std::runtime_error(error->message + ": " + sql);
}

std::int64_t CrmSide::number(const std::string& sql) {
    crm::Query query(*database_, sql);
    return query.row() ? query.integer(0) : 0;
}

std::string CrmSide::text(const std::string& sql) {
    crm::Query query(*database_, sql);
    return query.row() ? query.text(0) : std::string();
}

std::vector<Shown> CrmSide::items(EntityKind kind, std::size_t mailbox, const std::string& where) {
    std::string sql = "SELECT id";
    for (const SideField& field : side_fields(kind))
        sql += std::string(", ifnull(") + field.name + ", '')";
    sql += std::string(" FROM ") + crm_table(kind) +
           " WHERE owner_id = " + std::to_string(mailbox + 1) + " AND " + where + " ORDER BY id";
    std::vector<Shown> out;
    crm::Query query(*database_, sql);
    while (query.row()) {
        Shown item;
        item.kind = kind;
        item.id = std::to_string(query.integer(0));
        int column = 0;
        for (const SideField& field : side_fields(kind))
            item.fields[field.name] = normal_crm(field, query.text(++column));
        item.lineage = mark_in(kind, item.fields);
        out.push_back(std::move(item));
    }
    return out;
}

Shown CrmSide::insert(EntityKind kind, std::size_t mailbox, Shown item) {
    std::string columns = "owner_id";
    std::string values = std::to_string(mailbox + 1);
    for (const auto& [name, value] : item.fields) {
        columns += ", " + name;
        values += ", " + sql_quoted(value);
    }
    if (kind == EntityKind::Appointment) {
        columns += ", start_at, start_zone, end_at, end_zone";
        values +=
            ", '2027-03-01T09:00:00', 'Europe/Berlin', '2027-03-01T10:00:00', 'Europe/Berlin'";
    }
    if (kind == EntityKind::Contact) {
        columns += ", display_name";
        values += ", " + sql_quoted(item.fields["given_name"]);
    }
    script(std::string("INSERT INTO ") + crm_table(kind) + "(" + columns + ") VALUES(" + values +
           ")");
    item.id = std::to_string(database_->last_insert_id());
    item.lineage = mark_in(kind, item.fields);
    return item;
}

void CrmSide::update(const Shown& item, const std::string& field, const std::string& value) {
    script(std::string("UPDATE ") + crm_table(item.kind) + " SET " + field + " = " +
           sql_quoted(value) + " WHERE id = " + item.id);
}

void CrmSide::erase(const Shown& item) {
    script(std::string("UPDATE ") + crm_table(item.kind) +
           " SET deleted = 1 WHERE id = " + item.id);
}

std::vector<CrmChange> CrmSide::changes_by(const std::string& writer, std::int64_t sequence) {
    std::vector<CrmChange> out;
    crm::Query query(*database_,
                     "SELECT l.seq, l.kind, l.user_id, l.op, coalesce(t.subject, a.subject, "
                     "c.given_name, '') FROM change_log l "
                     "LEFT JOIN task t ON l.kind = 'task' AND t.id = l.id "
                     "LEFT JOIN appointment a ON l.kind = 'appointment' AND a.id = l.id "
                     "LEFT JOIN contact c ON l.kind = 'contact' AND c.id = l.id WHERE l.seq > ? "
                     "AND l.origin = ? ORDER BY l.seq");
    query.bind(sequence).bind(writer);
    while (query.row()) {
        CrmChange change;
        change.sequence = query.integer(0);
        const auto kind = parse_entity_kind(query.text(1));
        if (!kind) continue;
        change.kind = *kind;
        if (query.integer(2) > 0) change.mailbox = static_cast<std::size_t>(query.integer(2) - 1);
        change.removed = query.text(3) == "D";
        const std::string subject = query.text(4);
        change.lineage = subject.substr(0, subject.find(' '));
        out.push_back(std::move(change));
    }
    return out;
}

std::vector<LoggedCount> CrmSide::interactions() {
    std::vector<LoggedCount> out;
    crm::Query query(*database_,
                     "SELECT coalesce(m.subject, m.internet_message_id), coalesce(c.number, ''), "
                     "count(*), i.template_code, max(i.id) FROM interaction i JOIN message m ON m.id = i.message_id "
                     "LEFT JOIN contact c ON c.id = i.contact_id GROUP BY 1, 2 ORDER BY 1, 2");
    while (query.row()) {
        const std::string subject = query.text(0);
        out.push_back({subject.substr(0, subject.find(' ')), query.text(1), query.integer(2),
                       query.text(3)});
    }
    return out;
}

std::set<std::string> CrmSide::contact_numbers() {
    std::set<std::string> out;
    crm::Query query(*database_,
                     "SELECT number FROM contact WHERE number IS NOT NULL AND deleted = 0");
    while (query.row()) out.insert(query.text(0));
    return out;
}

const std::string& ExchangeSide::folder(std::size_t mailbox, const std::string& distinguished) {
    std::string& id = folders_[{mailbox, distinguished}];
    if (id.empty()) id = store_.find_distinguished(mailbox_address(mailbox), distinguished)->id;
    return id;
}

Shown ExchangeSide::show(EntityKind kind, const sandbox::Item& item) const {
    Shown out;
    out.kind = kind;
    out.id = item.id;
    out.folder = item.folder_id;
    for (const SideField& field : side_fields(kind))
        out.fields[field.name] = normal_exchange(field, item.properties.text(field.property));
    out.lineage = mark_in(kind, out.fields);
    out.crm_id = crm_id_of(item);
    for (const auto& [key, value] : item.extended)
        out.marked = out.marked || key.find("CrmKey") != std::string::npos;
    out.is_private = item.properties.text("item:Sensitivity") == "Private";
    return out;
}

std::vector<Shown> ExchangeSide::items(EntityKind kind, std::size_t mailbox) {
    const std::string address = mailbox_address(mailbox);
    const std::string& root = folder(mailbox, exchange_folder(kind));
    std::vector<Shown> out;
    for (const sandbox::Item* item : store_.items(address, root)) out.push_back(show(kind, *item));
    for (const sandbox::Folder* below : store_.children(address, root))
        for (const sandbox::Item* item : store_.items(address, below->id))
            out.push_back(show(kind, *item));
    return out;
}

Shown ExchangeSide::insert(EntityKind kind, std::size_t mailbox, Shown shown) {
    sandbox::Item item;
    item.kind = kind == EntityKind::Task          ? sandbox::ItemKind::Task
                : kind == EntityKind::Appointment ? sandbox::ItemKind::Appointment
                                                  : sandbox::ItemKind::Contact;
    item.item_class = kind == EntityKind::Task          ? "IPM.Task"
                      : kind == EntityKind::Appointment ? "IPM.Appointment"
                                                        : "IPM.Contact";
    item.properties.set("item:Importance", std::string("Normal"));
    item.properties.set("item:Sensitivity", std::string(shown.is_private ? "Private" : "Normal"));
    item.properties.set("item:ReminderIsSet", std::string("false"));
    if (kind == EntityKind::Task) item.properties.set("task:Status", std::string("NotStarted"));
    if (kind == EntityKind::Appointment) {
        for (const auto& [key, value] : {std::pair{"calendar:Start", "2027-03-01T08:00:00Z"},
                                         {"calendar:End", "2027-03-01T09:00:00Z"},
                                         {"calendar:StartTimeZone", "W. Europe Standard Time"},
                                         {"calendar:EndTimeZone", "W. Europe Standard Time"},
                                         {"calendar:IsAllDayEvent", "false"},
                                         {"calendar:LegacyFreeBusyStatus", "Busy"},
                                         {"calendar:CalendarItemType", "Single"}})
            item.properties.set(key, std::string(value));
        item.properties.set("calendar:UID", "UID-" + shown.lineage);
    }
    for (const SideField& field : side_fields(kind)) {
        const auto value = shown.fields.find(field.name);
        if (value != shown.fields.end() && !value->second.empty())
            item.properties.set(field.property, exchange_text(field, value->second));
    }
    const auto made =
        must(store_.create_item(mailbox_address(mailbox), folder(mailbox, exchange_folder(kind)),
                                std::move(item)),
             "create");
    return show(kind, *made);
}

void ExchangeSide::update(std::size_t mailbox, const Shown& shown, const std::string& name,
                          const std::string& value) {
    const sandbox::Item* found = store_.find_item(mailbox_address(mailbox), shown.id);
    if (!found) return;
    sandbox::Item changed = *found;
    for (const SideField& field : side_fields(shown.kind)) {
        if (name != field.name) continue;
        if (value.empty())
            changed.properties.erase(field.property);
        else
            changed.properties.set(field.property, exchange_text(field, value));
    }
    if (name == "status" && value == "completed") {
        changed.properties.set("task:PercentComplete", std::string("100"));
        changed.properties.set("task:IsComplete", std::string("true"));
        changed.properties.set("task:CompleteDate", std::string("2026-11-25T00:00:00Z"));
    }
    must(store_.update_item(mailbox_address(mailbox), std::move(changed)), "update");
}

void ExchangeSide::erase(std::size_t mailbox, const Shown& item) {
    must(store_.move_item(mailbox_address(mailbox), item.id, folder(mailbox, "deleteditems")),
         "delete");
}

}  // namespace liaison::sim
