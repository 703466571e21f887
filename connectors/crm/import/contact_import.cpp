#include "connectors/crm/import/contact_import.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "connectors/crm/embedded/crm_desk.hpp"
#include "connectors/crm/import/vcard_reader.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

constexpr std::string_view kCsvColumns = "number,type,display_name,email,email2,company,salesperson";

/// Which rows go first: users are named by companies and contacts, companies by contacts.
std::optional<DeskEntity> csv_entity(const std::string& type) {
    if (type == "salesperson") return DeskEntity::User;
    if (type == "company") return DeskEntity::Company;
    if (type == "contact" || type == "person" || type == "lead") return DeskEntity::Contact;
    return std::nullopt;
}

/// One import into one transaction; problems are collected, not thrown.
class CsvImport {
public:
    CsvImport(CrmDatabase& db, const CsvFile& file, Timestamp now)
        : db_(db), file_(file), desk_(db, now, "import") {}

    ImportReport run() {
        report_.problems = file_.problems;
        if (!read_header()) return std::move(report_);
        find_duplicates();
        for (const DeskEntity entity : {DeskEntity::User, DeskEntity::Company, DeskEntity::Contact})
            for (std::size_t i = 1; i < file_.rows.size(); ++i) put_row(file_.rows[i], entity);
        std::sort(report_.problems.begin(), report_.problems.end(), [](const ImportProblem& a, const ImportProblem& b) {
            return std::tie(a.line, a.column, a.message) < std::tie(b.line, b.column, b.message);
        });
        return std::move(report_);
    }

private:
    void problem(std::size_t line, std::string column, std::string message) {
        if (report_.problems.size() < kImportProblemsMax)
            report_.problems.push_back({line, std::move(column), std::move(message)});
    }

    bool read_header() {
        if (file_.rows.empty()) return false;
        const CsvRow& header = file_.rows.front();
        for (std::size_t i = 0; i < header.fields.size(); ++i) {
            const std::string name = to_lower_ascii(trim(header.fields[i]));
            const std::vector<std::string> ours = split(kCsvColumns, ',');
            const bool is_ours = std::find(ours.begin(), ours.end(), name) != ours.end();
            if (!is_ours && !find_desk_field(DeskEntity::Contact, name))
                problem(header.line, name, "no such column: the header is " + std::string(kCsvColumns) + " and contact fields");
            else if (!columns_.emplace(name, i).second)
                problem(header.line, name, "the column stands twice in the header");
        }
        for (const char* needed : {"number", "type", "display_name"})
            if (!columns_.contains(needed)) problem(header.line, needed, "the column is missing: the header is " + std::string(kCsvColumns));
        return report_.problems.empty();
    }

    std::string cell(const CsvRow& row, const std::string& column) const {
        const auto found = columns_.find(column);
        return found == columns_.end() || found->second >= row.fields.size() ? std::string()
                                                                              : std::string(trim(row.fields[found->second]));
    }

    std::optional<DeskEntity> entity_of(const CsvRow& row) const { return csv_entity(to_lower_ascii(cell(row, "type"))); }

    void find_duplicates() {
        std::map<std::pair<DeskEntity, std::string>, std::size_t> seen;
        for (std::size_t i = 1; i < file_.rows.size(); ++i) {
            const CsvRow& row = file_.rows[i];
            const auto entity = entity_of(row);
            const std::string number = to_lower_ascii(cell(row, "number"));
            if (!entity)
                problem(row.line, "type", desk_quote(cell(row, "type")) + " is none of: contact, person, lead, company, salesperson");
            if (number.empty()) problem(row.line, "number", "must not be empty");
            if (!entity || number.empty()) continue;
            const auto [first, is_new] = seen.emplace(std::pair(*entity, number), row.line);
            if (!is_new) problem(row.line, "number", desk_quote(number) + " stands in line " + std::to_string(first->second) + " already");
        }
    }

    void put_row(const CsvRow& row, DeskEntity entity) {
        if (entity_of(row) != entity || cell(row, "number").empty()) return;
        DeskInput input = entity == DeskEntity::User ? user_input(row) : entity == DeskEntity::Company ? company_input(row) : contact_input(row);
        if (entity != DeskEntity::User && !take_owner(row, input)) return;
        // A row is tried in a savepoint of its own, so that the problems of the rows behind it are found as well.
        Savepoint savepoint(db_.sqlite());
        auto change = desk_.put(entity, input);
        if (!change) db_.sqlite().fail_with(change.error());
        if (const auto kept = savepoint.release(); !kept) {
            report_problem(row, change ? kept.error() : change.error());
            return;
        }
        if (*change == CrmDesk::Change::Created) ++report_.created;
        if (*change == CrmDesk::Change::Updated) ++report_.updated;
        if (*change == CrmDesk::Change::Unchanged) ++report_.unchanged;
    }

    /// The desk's messages begin with the field's name.
    void report_problem(const CsvRow& row, const Error& error) {
        const std::size_t colon = error.message.find(": ");
        std::string column = error.message.substr(0, colon);
        if (column == "addresses") column = "email";
        const bool is_column = colon != std::string::npos && columns_.contains(column);
        problem(row.line, is_column ? column : std::string(), is_column ? error.message.substr(colon + 2) : error.message);
    }

    bool take_owner(const CsvRow& row, DeskInput& input) {
        const std::string salesperson = cell(row, "salesperson");
        if (!columns_.contains("salesperson")) return true;
        const auto alias = same_user_.find(to_lower_ascii(salesperson));
        input["owner"] = alias == same_user_.end() ? salesperson : alias->second;
        if (salesperson.empty()) return true;
        Query query(db_.sqlite(), "SELECT 1 FROM user WHERE number = ? AND deleted = 0");
        query.bind(input["owner"]);
        if (query.row()) return true;
        problem(row.line, "salesperson", "there is no salesperson with the number " + desk_quote(salesperson) +
                                             ": add a row of type salesperson, or leave the field empty");
        return false;
    }

    /// What a row is called when it has no name of its own.
    std::string name_of(const CsvRow& row) const {
        for (const char* column : {"display_name", "email", "number"})
            if (std::string text = cell(row, column); !text.empty()) return text;
        return {};
    }

    /// A salesperson whose number is new and whose address is a user's already is that user under another number.
    DeskInput user_input(const CsvRow& row) {
        const std::string given = cell(row, "number");
        std::string number = given;
        const std::string address = normal_address(cell(row, "email"));
        Query query(db_.sqlite(), "SELECT u.number FROM user_address a JOIN user u ON u.id = a.user_id WHERE a.address = ? "
                                  "AND u.deleted = 0 AND NOT EXISTS (SELECT 1 FROM user o WHERE o.number = ?)");
        query.bind(address).bind(given);
        if (query.row()) {
            number = query.text(0);
            same_user_[to_lower_ascii(given)] = number;
        }
        DeskInput input{{"number", number}, {"name", name_of(row)}};
        const std::string addresses = cell(row, "email") + ";" + cell(row, "email2");
        if (addresses.size() > 1) input["addresses"] = with_present_addresses(number, addresses);
        return input;
    }

    /// A list of contacts adds addresses to its salespeople and takes none away.
    std::string with_present_addresses(const std::string& number, std::string addresses) {
        Query query(db_.sqlite(), "SELECT a.address FROM user_address a JOIN user u ON u.id = a.user_id WHERE u.number = ? "
                                  "ORDER BY a.position, a.address");
        query.bind(number);
        std::string present;
        while (query.row()) present += query.text(0) + ";";
        return present + addresses;
    }

    DeskInput company_input(const CsvRow& row) const {
        DeskInput input{{"number", cell(row, "number")}, {"name", name_of(row)}};
        if (columns_.contains("email")) input["email"] = cell(row, "email");
        return input;
    }

    DeskInput contact_input(const CsvRow& row) {
        DeskInput input;
        for (const auto& [column, index] : columns_)
            if (find_desk_field(DeskEntity::Contact, column) && column != "company") input[column] = cell(row, column);
        input["display_name"] = name_of(row);
        input["type"] = to_lower_ascii(cell(row, "type")) == "lead" ? "lead" : "person";
        if (columns_.contains("email")) input["email1"] = cell(row, "email");
        if (columns_.contains("email2")) input["email2"] = cell(row, "email2");
        if (columns_.contains("company")) take_company(cell(row, "company"), input);
        return input;
    }

    /// A number or a name of a company, or any text.
    void take_company(const std::string& company, DeskInput& input) {
        input["company_name"] = company;
        input["company"] = "";
        if (company.empty()) return;
        Query query(db_.sqlite(), "SELECT id, name FROM company WHERE deleted = 0 AND (number = ?1 OR name = ?1 COLLATE NOCASE) "
                                  "ORDER BY number = ?1 DESC, id LIMIT 1");
        query.bind(company);
        if (!query.row()) return;
        input["company"] = query.text(0);
        input["company_name"] = query.text(1);
    }

    CrmDatabase& db_;
    const CsvFile& file_;
    CrmDesk desk_;
    std::map<std::string, std::size_t> columns_;
    std::map<std::string, std::string> same_user_;  ///< number in the file, lower case, to the user's own number
    ImportReport report_;
};

std::string vcard_number(const VCard& card) {
    std::string identity = card.uid;
    if (identity.empty()) {
        identity = std::string(card.contact.text(Field::DisplayName)) + "\n" + std::string(card.contact.text(Field::CompanyName)) +
                   "\n" + normal_address(card.contact.text(Field::Email1));
    }
    return "V-" + sha256_hex(identity).substr(0, 12);
}

DeskInput vcard_input(const VCard& card, const std::string& salesperson) {
    DeskInput input{{"number", vcard_number(card)}, {"owner", salesperson}};
    const Record stored = project_record(card.contact, {});
    for (const auto& [field, value] : stored.values()) input[std::string(info(field).name)] = to_text(value);
    return input;
}

}  // namespace

Result<ImportReport> import_contacts_csv(CrmDatabase& db, std::string_view bytes, Timestamp now) {
    const CsvFile file = read_csv(bytes);
    Transaction transaction(db.sqlite());
    if (!transaction.begun()) return std::unexpected(transaction.begun().error());
    ImportReport report = CsvImport(db, file, now).run();
    if (!report.ok()) return ImportReport{0, 0, 0, std::move(report.problems)};
    if (auto committed = transaction.commit(); !committed) return std::unexpected(committed.error());
    return report;
}

Result<ImportReport> import_contacts_vcard(CrmDatabase& db, std::string_view bytes, const std::string& salesperson,
                                           Timestamp now) {
    const VCardFile file = read_vcards(bytes);
    if (!file.problems.empty()) return ImportReport{0, 0, 0, file.problems};
    Transaction transaction(db.sqlite());
    if (!transaction.begun()) return std::unexpected(transaction.begun().error());
    CrmDesk desk(db, now, "import");
    ImportReport report;
    std::set<std::string> seen;
    for (const VCard& card : file.cards) {
        if (!seen.insert(vcard_number(card)).second) {
            ++report.unchanged;
            continue;
        }
        const auto change = desk.put(DeskEntity::Contact, vcard_input(card, salesperson));
        if (!change) {
            report.problems.push_back({card.line, {}, change.error().message});
            if (report.problems.size() >= kImportProblemsMax || db.sqlite().error()) break;
            continue;
        }
        if (*change == CrmDesk::Change::Created) ++report.created;
        if (*change == CrmDesk::Change::Updated) ++report.updated;
        if (*change == CrmDesk::Change::Unchanged) ++report.unchanged;
    }
    if (!report.ok()) return ImportReport{0, 0, 0, std::move(report.problems)};
    if (auto committed = transaction.commit(); !committed) return std::unexpected(committed.error());
    return report;
}

}  // namespace liaison::crm
