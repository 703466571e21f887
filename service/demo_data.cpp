#include "service/demo_data.hpp"

#include <algorithm>

#include "connectors/crm/embedded/crm_desk.hpp"
#include "connectors/crm/import/contact_import.hpp"
#include "core/text.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

using crm::DeskEntity;
using crm::DeskInput;

struct DemoUser {
    const char *number, *name, *address;
};
constexpr DemoUser kDemoUsers[] = {{"ALICE", "Alice Berger", "alice@example.test"},
                                   {"BOB", "Bob Keller", "bob@example.test"},
                                   {"CAROL", "Carol Novak", "carol@example.test"}};

struct DemoType {
    const char *code, *name, *kind, *registered;
};
constexpr DemoType kDemoTypes[] = {{"CALL", "Phone call", "task", "true"},
                                   {"OFFER", "Offer", "task", "true"},
                                   {"COMPLAINT", "Complaint", "task", "true"},
                                   {"REPORT", "Internal report", "task", "false"},
                                   {"VISIT", "Visit at the customer's", "appointment", "true"},
                                   {"DEMO", "Product demonstration", "appointment", "true"}};

struct DemoCompany {
    const char *number, *name, *email, *phone, *street, *city, *postal_code, *country, *owner;
};
constexpr DemoCompany kDemoCompanies[] = {
    {"CO-101", "Fjord Tech AS", "post@fjordtech.example", "+47 22 55 01 00", "Havnegata 12", "Oslo",
     "0150", "Norway", "ALICE"},
    {"CO-102", "Baltica Logistics", "biuro@baltica.example", "+48 58 555 02 00", "ul. Portowa 7",
     "Gdańsk", "80-001", "Poland", "ALICE"},
    {"CO-103", "Müller Feinmechanik GmbH", "info@mueller-feinmechanik.example", "+49 711 555 03 00",
     "Werkstraße 3", "Stuttgart", "70173", "Germany", "BOB"},
    {"CO-104", "Atelier Lumière", "contact@lumiere.example", "+33 1 55 55 04 00", "18 rue des Arts",
     "Lyon", "69002", "France", "CAROL"}};

struct DemoContact {
    const char *number, *given, *family, *title, *department, *email, *phone, *mobile, *company,
        *owner, *birthday, *categories;
};
constexpr DemoContact kDemoContacts[] = {
    {"CT-1001", "Nora", "Lindqvist", "Head of Purchasing", "Purchasing",
     "nora.lindqvist@fjordtech.example", "+47 22 55 01 11", "+47 900 55 111", "CO-101", "ALICE",
     "1981-04-17", "VIP; Key account"},
    {"CT-1002", "Erik", "Haugen", "Plant Manager", "Production", "erik.haugen@fjordtech.example",
     "+47 22 55 01 12", "", "CO-101", "ALICE", "", ""},
    {"CT-1003", "Tomasz", "Zieliński", "Managing Director", "", "tomasz.zielinski@baltica.example",
     "+48 58 555 02 01", "+48 600 555 201", "CO-102", "ALICE", "1974-09-02", "Key account"},
    {"CT-1004", "Agnieszka", "Wójcik", "Accountant", "Finance", "agnieszka.wojcik@baltica.example",
     "+48 58 555 02 04", "", "CO-102", "ALICE", "", ""},
    {"CT-1005", "Jörg", "Müller", "Owner", "", "joerg@mueller-feinmechanik.example",
     "+49 711 555 03 01", "+49 170 555 0301", "CO-103", "BOB", "1968-12-24", "VIP"},
    {"CT-1006", "Sabine", "Groß", "Buyer", "Purchasing",
     "sabine.gross@mueller-feinmechanik.example", "+49 711 555 03 05", "", "CO-103", "BOB", "", ""},
    {"CT-1007", "Mehmet", "Yılmaz", "Quality Manager", "Quality",
     "mehmet.yilmaz@mueller-feinmechanik.example", "+49 711 555 03 07", "", "CO-103", "BOB", "",
     "Reference customer"},
    {"CT-1008", "Claire", "Dubois", "Creative Director", "", "claire.dubois@lumiere.example",
     "+33 1 55 55 04 01", "+33 6 55 55 04 01", "CO-104", "CAROL", "1985-07-14", "Key account"},
    {"CT-1009", "Hugo", "Lefèvre", "Office Manager", "", "hugo.lefevre@lumiere.example",
     "+33 1 55 55 04 09", "", "CO-104", "CAROL", "", ""},
    {"CT-1010", "Ingrid", "Sørensen", "Consultant", "", "ingrid@sorensen.example", "",
     "+45 20 55 55 10", "", "CAROL", "", "Partner"},
    {"CT-1011", "Kenji", "Tanaka (田中)", "Trade Attaché", "", "kenji.tanaka@trade.example",
     "+81 3 5555 0111", "", "", "BOB", "", ""},
    {"CT-1012", "Ana", "García", "Journalist", "", "ana.garcia@press.example", "",
     "+34 600 555 112", "", "", "", "Press"}};

struct DemoNamed {
    const char *number, *name, *status, *company, *owner, *value;
    int close_in_days;
};
constexpr DemoNamed kDemoOpportunities[] = {
    {"OP-201", "Packaging line, phase two", "open", "CO-101", "ALICE", "184000", 45},
    {"OP-202", "Framework contract transport racks", "open", "CO-102", "ALICE", "72500", 20},
    {"OP-203", "Calibration benches", "open", "CO-103", "BOB", "96000", 60},
    {"OP-204", "Gallery lighting", "won", "CO-104", "CAROL", "31000", -10}};
constexpr DemoNamed kDemoCampaigns[] = {
    {"CA-301", "Winter service weeks", "running", "", "CAROL", "", 35},
    {"CA-302", "Spring trade fair", "planned", "", "BOB", "", 120}};

constexpr int kNever = 9999;
struct DemoTask {
    const char *number, *owner, *type, *subject, *body, *priority, *status, *contact, *opportunity,
        *campaign;
    int start_in_days, due_in_days, percent;
};
constexpr DemoTask kDemoTasks[] = {
    {"T-401", "ALICE", "OFFER", "Send revised offer to Fjord Tech",
     "Nora asked for a price with installation and two years of service.", "high", "in_progress",
     "CT-1001", "OP-201", "", -3, 1, 60},
    {"T-402", "ALICE", "CALL", "Call Tomasz about the framework contract",
     "Open points: volume rebate, delivery on Saturdays.", "high", "not_started", "CT-1003",
     "OP-202", "", kNever, -2, 0},
    {"T-403", "ALICE", "COMPLAINT", "Late delivery at Baltica: find out why",
     "Two racks arrived four days late.", "normal", "waiting", "CT-1004", "", "", -6, -1, 25},
    {"T-404", "ALICE", "CALL", "Ask Erik for photos of the old line", "", "low", "not_started",
     "CT-1002", "OP-201", "", kNever, 6, 0},
    {"T-405", "ALICE", "TASK", "Prepare the quarterly review",
     "Figures are in the reporting folder.", "normal", "not_started", "", "", "", 2, 9, 0},
    {"T-406", "ALICE", "OFFER", "Offer for spare parts, Fjord Tech", "Sent by mail and by post.",
     "normal", "completed", "CT-1001", "", "", -12, -5, 100},
    {"T-407", "ALICE", "REPORT", "Weekly figures for the head office",
     "Stays in the CRM: its type is not registered in Outlook.", "low", "not_started", "", "", "",
     kNever, 2, 0},
    {"T-411", "BOB", "CALL", "Call Sabine: delivery date of the benches", "", "high", "not_started",
     "CT-1006", "OP-203", "", kNever, 0, 0},
    {"T-412", "BOB", "OFFER", "Offer calibration benches, variant B",
     "With granite plate, 1200 × 800 mm.", "normal", "in_progress", "CT-1005", "OP-203", "", -2, 4,
     40},
    {"T-413", "BOB", "COMPLAINT", "Protocol missing in last shipment",
     "Mehmet needs it for the audit.", "high", "not_started", "CT-1007", "", "", -4, -3, 0},
    {"T-414", "BOB", "TASK", "Book the stand for the spring trade fair", "", "normal", "completed",
     "", "", "CA-302", -20, -8, 100},
    {"T-415", "BOB", "CALL", "Introduce ourselves to the trade attaché", "", "low", "deferred",
     "CT-1011", "", "CA-302", kNever, 14, 0},
    {"T-421", "CAROL", "CALL", "Thank Claire for the order",
     "And ask whether we may name them as a reference.", "normal", "not_started", "CT-1008",
     "OP-204", "", kNever, 1, 0},
    {"T-422", "CAROL", "TASK", "Mailing for the winter service weeks",
     "List of recipients is approved.", "normal", "in_progress", "", "", "CA-301", -1, 3, 50},
    {"T-423", "CAROL", "OFFER", "Service contract for Atelier Lumière", "", "low", "waiting",
     "CT-1009", "", "CA-301", -10, -1, 0},
    {"T-424", "CAROL", "CALL", "Answer Ana's questions for the article", "", "normal", "canceled",
     "CT-1012", "", "", kNever, -4, 0}};

struct DemoAppointment {
    const char *number, *owner, *type, *subject, *body, *location, *contact, *attendees;
    int weekday;            ///< 0 Monday of this week
    const char *from, *to;  ///< wall times; empty: all day
    const char* show_as;
};
constexpr DemoAppointment kDemoAppointments[] = {
    {"A-501", "ALICE", "VISIT", "Visit Fjord Tech: walk through the hall", "Bring safety shoes.",
     "Havnegata 12, Oslo", "CT-1001", "", 1, "10:00", "12:30", "oof"},
    {"A-502", "ALICE", "MEETING", "Offer review with Bob", "", "Room Kepler", "", "", 2, "09:00",
     "09:45", "busy"},
    {"A-503", "ALICE", "DEMO", "Online demonstration for Baltica", "Link follows.", "online",
     "CT-1003", "", 3, "14:00", "15:00", "busy"},
    {"A-504", "ALICE", "MEETING", "Possible slot: follow-up Oslo", "", "", "CT-1002", "", 4,
     "11:00", "11:30", "tentative"},
    {"A-511", "BOB", "VISIT", "Müller Feinmechanik: measure the site", "",
     "Werkstraße 3, Stuttgart", "CT-1005", "", 2, "13:00", "16:00", "oof"},
    {"A-512", "BOB", "MEETING", "Trade fair: kick-off", "", "Room Faraday", "", "", 0, "10:00",
     "11:00", "busy"},
    {"A-521", "CAROL", "VISIT", "Hand-over at Atelier Lumière", "Photographer comes at 15:00.",
     "18 rue des Arts, Lyon", "CT-1008", "", 4, "14:00", "16:30", "oof"},
    {"A-522", "CAROL", "MEETING", "Training day", "", "", "", "", 3, "", "", "oof"}};

class DemoLoader {
public:
    DemoLoader(crm::CrmDatabase& db, Date today, Timestamp now, bool with_contacts)
        : db_(db), desk_(db, now, "demo"), today_(today), with_contacts_(with_contacts) {}

    Result<void> run() {
        for (const DemoUser& user : kDemoUsers) ensure_user(user);
        for (const DemoType& type : kDemoTypes)
            add_once(DeskEntity::Type, {{"code", type.code},
                                        {"name", type.name},
                                        {"outlook_kind", type.kind},
                                        {"register_in_outlook", type.registered}});
        if (with_contacts_) add_parties();
        add_pipeline();
        for (const DemoTask& task : kDemoTasks) add_task(task);
        for (const DemoAppointment& appointment : kDemoAppointments) add_appointment(appointment);
        return result_;
    }

    Result<void> add_salespeople() {
        for (const DemoUser& user : kDemoUsers) ensure_user(user);
        return result_;
    }

private:
    /// The user with this address, under whatever number; else the one with this number; else a new
    /// one.
    void ensure_user(const DemoUser& user) {
        crm::Query query(db_.sqlite(),
                         "SELECT u.number FROM user_address a JOIN user u ON u.id = a.user_id "
                         "WHERE a.address = ?");
        query.bind(user.address);
        if (query.row()) {
            numbers_[user.number] = query.text(0);
            return;
        }
        numbers_[user.number] = user.number;
        const auto known = desk_.knows(DeskEntity::User, user.number);
        if (known && *known) {
            crm::Query address(db_.sqlite(),
                               "INSERT INTO user_address(address, user_id) SELECT ?, id FROM user "
                               "WHERE number = ?");
            address.bind(user.address).bind(user.number).run();
            return;
        }
        add_once(DeskEntity::User, {{"number", user.number},
                                    {"name", user.name},
                                    {"addresses", user.address},
                                    {"time_zone", "Europe/Berlin"}});
    }

    /// Rows that are or were there stay as people left them.
    void add_once(DeskEntity entity, DeskInput input) {
        if (!result_) return;
        std::erase_if(input, [](const auto& entry) { return entry.second.empty(); });
        const auto known =
            desk_.knows(entity, input.at(std::string(crm::desk_number_column(entity))));
        if (!known) {
            result_ = std::unexpected(known.error());
            return;
        }
        if (*known) return;
        if (auto added = desk_.add(entity, input); !added) result_ = std::unexpected(added.error());
    }

    std::string owner(const char* number) const {
        const auto found = numbers_.find(number);
        return found == numbers_.end() ? std::string() : found->second;
    }
    /// A reference to a sample party, when there are any.
    std::string party(const char* number) const { return with_contacts_ ? number : ""; }
    std::string day(int from_today) const {
        return from_today == kNever ? ""
                                    : format_date(Date{std::chrono::sys_days(today_) +
                                                       std::chrono::days(from_today)});
    }

    void add_parties() {
        for (const DemoCompany& c : kDemoCompanies)
            add_once(DeskEntity::Company, {{"number", c.number},
                                           {"name", c.name},
                                           {"email", c.email},
                                           {"phone", c.phone},
                                           {"street", c.street},
                                           {"city", c.city},
                                           {"postal_code", c.postal_code},
                                           {"country", c.country},
                                           {"owner", owner(c.owner)}});
        for (const DemoContact& c : kDemoContacts) {
            DeskInput input{{"number", c.number},         {"given_name", c.given},
                            {"family_name", c.family},    {"job_title", c.title},
                            {"department", c.department}, {"email1", c.email},
                            {"phone_business", c.phone},  {"phone_mobile", c.mobile},
                            {"company", c.company},       {"owner", owner(c.owner)},
                            {"birthday", c.birthday},     {"categories", c.categories}};
            for (const DemoCompany& company : kDemoCompanies) {
                if (std::string_view(company.number) != c.company) continue;
                input["business_street"] = company.street;
                input["business_city"] = company.city;
                input["business_postal_code"] = company.postal_code;
                input["business_country"] = company.country;
            }
            add_once(DeskEntity::Contact, std::move(input));
        }
    }

    void add_pipeline() {
        for (const DemoNamed& c : kDemoCampaigns)
            add_once(DeskEntity::Campaign, {{"number", c.number},
                                            {"name", c.name},
                                            {"status", c.status},
                                            {"owner", owner(c.owner)},
                                            {"end_date", day(c.close_in_days)}});
        for (const DemoNamed& o : kDemoOpportunities)
            add_once(DeskEntity::Opportunity, {{"number", o.number},
                                               {"name", o.name},
                                               {"status", o.status},
                                               {"owner", owner(o.owner)},
                                               {"company", party(o.company)},
                                               {"value", o.value},
                                               {"close_date", day(o.close_in_days)}});
    }

    void add_task(const DemoTask& t) {
        DeskInput input{{"number", t.number},
                        {"owner", owner(t.owner)},
                        {"type", t.type},
                        {"subject", t.subject},
                        {"body", t.body},
                        {"priority", t.priority},
                        {"status", t.status},
                        {"contact", party(t.contact)},
                        {"opportunity", t.opportunity},
                        {"campaign", t.campaign},
                        {"start_date", day(t.start_in_days)},
                        {"due_date", day(t.due_in_days)},
                        {"percent_complete", std::to_string(t.percent)}};
        if (std::string_view(t.status) == "completed") {
            input["completed_on"] = day(t.due_in_days);
            input["time_worked_minutes"] = "45";
        }
        add_once(DeskEntity::Task, std::move(input));
    }

    void add_appointment(const DemoAppointment& a) {
        // Monday of this week; at the weekend, of the next one.
        const auto days = std::chrono::sys_days(today_);
        const int since_monday = static_cast<int>((std::chrono::weekday(days).iso_encoding()) - 1);
        const auto monday =
            days - std::chrono::days(since_monday) + std::chrono::days(since_monday > 4 ? 7 : 0);
        const std::string date = format_date(Date{monday + std::chrono::days(a.weekday)});
        const bool all_day = std::string_view(a.from).empty();
        const std::string next = format_date(Date{monday + std::chrono::days(a.weekday + 1)});
        add_once(DeskEntity::Appointment,
                 {{"number", a.number},
                  {"owner", owner(a.owner)},
                  {"type", a.type},
                  {"subject", a.subject},
                  {"body", a.body},
                  {"location", a.location},
                  {"contact", party(a.contact)},
                  {"attendees", a.attendees},
                  {"show_as", a.show_as},
                  {"all_day", all_day ? "true" : ""},
                  {"start", all_day ? date + "T00:00" : date + "T" + a.from + " Europe/Berlin"},
                  {"end", all_day ? next + "T00:00" : date + "T" + a.to + " Europe/Berlin"},
                  {"reminder_minutes", all_day ? "" : "15"}});
    }

    crm::CrmDatabase& db_;
    crm::CrmDesk desk_;
    Date today_;
    bool with_contacts_;
    std::map<std::string, std::string, std::less<>> numbers_;  ///< our number to the user's own
    Result<void> result_;
};

}  // namespace

namespace {

/// The file names salespeople of the demo without a row for them, and has no other problem.
bool lacks_only_demo_salespeople(const std::vector<crm::ImportProblem>& problems) {
    return std::all_of(problems.begin(), problems.end(), [](const crm::ImportProblem& problem) {
        return problem.column == "salesperson" &&
               std::any_of(std::begin(kDemoUsers), std::end(kDemoUsers), [&](const DemoUser& user) {
                   return icontains(problem.message, "\"" + std::string(user.number) + "\"");
               });
    });
}

Result<void> add_demo_salespeople(crm::CrmDatabase& db, Timestamp now) {
    crm::Transaction transaction(db.sqlite());
    if (!transaction.begun()) return transaction.begun();
    auto added = DemoLoader(db, date_of(now), now, false).add_salespeople();
    if (!added) return added;
    return transaction.commit();
}

}  // namespace

Result<void> load_demo_data(const std::string& database, Date today, bool with_contacts) {
    auto db = crm::CrmDatabase::open(database);
    if (!db) return std::unexpected(db.error());
    crm::Transaction transaction((*db)->sqlite());
    if (!transaction.begun()) return transaction.begun();
    auto loaded = DemoLoader(**db, today, SystemClock().now(), with_contacts).run();
    if (!loaded) return loaded;
    return transaction.commit();
}

Result<void> import_demo_contacts(const std::string& database, const std::string& file_name,
                                  const std::string& csv) {
    auto db = crm::CrmDatabase::open(database);
    if (!db) return std::unexpected(db.error());
    const Timestamp now = SystemClock().now();
    auto report = crm::import_contacts_csv(**db, csv, now);
    if (!report) return std::unexpected(report.error());
    if (!report->ok() && lacks_only_demo_salespeople(report->problems)) {
        if (auto added = add_demo_salespeople(**db, now); !added) return added;
        report = crm::import_contacts_csv(**db, csv, now);
        if (!report) return std::unexpected(report.error());
    }
    if (report->ok()) return {};
    std::string message = "the contacts cannot be imported:";
    for (const crm::ImportProblem& problem : report->problems)
        message += "\n  " + format_problem(file_name, problem);
    return fail(ErrorKind::InvalidRequest, std::move(message));
}

}  // namespace liaison::service
