#include "service/crm_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "connectors/crm/embedded/crm_desk.hpp"
#include "connectors/crm/import/contact_import.hpp"
#include "core/text.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

using crm::DeskEntity;

constexpr std::size_t kTableCellChars = 48;
constexpr std::size_t kImportBytesMax = 256u << 20;

/// What the command line said, and where to answer.
struct CrmVerb {
    std::string database;
    std::string entity;
    std::string reference;
    std::string import_file;
    std::string salesperson;
    crm::DeskInput input;
    crm::DeskFilter filter;
    bool json = false;
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
    const Clock* clock = nullptr;
};

int crm_failed(const CrmVerb& verb, const std::string& message) {
    *verb.err << "liaison crm: " << message << "\n";
    return 1;
}

/// An existing CRM only: a mistyped path must not become an empty CRM.
Result<std::shared_ptr<crm::CrmDatabase>> open_existing_crm(const CrmVerb& verb) {
    if (verb.database.empty())
        return fail(ErrorKind::InvalidRequest, "which CRM? Give --database FILE, or set LIAISON_CRM");
    if (!std::filesystem::exists(verb.database)) {
        return fail(ErrorKind::NotFound, "there is no CRM at " + verb.database +
                                             ": check the path; `crm import` and `crm add user` make a new one");
    }
    return crm::CrmDatabase::open(verb.database);
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t chars = count_chars(text);
    return chars >= width ? text : text + std::string(width - chars, ' ');
}

void print_crm_table(const crm::DeskTable& table, std::ostream& out) {
    std::vector<std::vector<std::string>> cells{table.columns};
    for (const auto& row : table.rows) cells.push_back(row);
    std::vector<std::size_t> widths(table.columns.size(), 0);
    for (auto& row : cells) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = normal_line(row[i]);
            if (count_chars(row[i]) > kTableCellChars) row[i] = truncate_chars(row[i], kTableCellChars - 1) + "…";
            widths[i] = std::max(widths[i], count_chars(row[i]));
        }
    }
    for (const auto& row : cells) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) line += (i ? "  " : "") + padded(row[i], widths[i]);
        out << trim(line) << "\n";
    }
}

void print_crm_json(const crm::DeskTable& table, std::ostream& out) {
    boost::json::array rows;
    for (const auto& row : table.rows) {
        boost::json::object object;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (!row[i].empty()) object[table.columns[i]] = row[i];
        rows.push_back(std::move(object));
    }
    out << boost::json::serialize(rows) << "\n";
}

int crm_list(const CrmVerb& verb) {
    auto db = open_existing_crm(verb);
    if (!db) return crm_failed(verb, db.error().message);
    crm::CrmDesk desk(**db, verb.clock->now(), "crm");
    const auto entity = crm::parse_desk_entity(verb.entity);
    const auto table = entity ? desk.list(*entity, verb.filter) : desk.list_interactions(verb.filter);
    if (!table) return crm_failed(verb, table.error().message);
    if (verb.json) {
        print_crm_json(*table, *verb.out);
        return 0;
    }
    print_crm_table(*table, *verb.out);
    if (table->rows.size() == verb.filter.rows_max) *verb.out << "(the first " << table->rows.size() << "; --limit shows more)\n";
    return 0;
}

int crm_show(const CrmVerb& verb) {
    auto db = open_existing_crm(verb);
    if (!db) return crm_failed(verb, db.error().message);
    crm::CrmDesk desk(**db, verb.clock->now(), "crm");
    const auto table = desk.show(*crm::parse_desk_entity(verb.entity), verb.reference);
    if (!table) return crm_failed(verb, table.error().message);
    if (!verb.json) {
        print_crm_table(*table, *verb.out);
        return 0;
    }
    boost::json::object object;
    for (const auto& row : table->rows) object[row[0]] = row[1];
    *verb.out << boost::json::serialize(object) << "\n";
    return 0;
}

/// One change in one transaction; `work` answers the row's name.
template <class Work>
int crm_change(const CrmVerb& verb, bool may_create_file, const char* done, Work work) {
    auto db = may_create_file && !verb.database.empty() ? crm::CrmDatabase::open(verb.database) : open_existing_crm(verb);
    if (!db) return crm_failed(verb, db.error().message);
    crm::Transaction transaction((*db)->sqlite());
    if (!transaction.begun()) return crm_failed(verb, transaction.begun().error().message);
    crm::CrmDesk desk(**db, verb.clock->now(), "crm");
    const Result<std::string> name = work(desk, *crm::parse_desk_entity(verb.entity));
    if (!name) return crm_failed(verb, name.error().message);
    if (const auto committed = transaction.commit(); !committed) return crm_failed(verb, committed.error().message);
    if (verb.json)
        *verb.out << boost::json::serialize(boost::json::object{{verb.entity, *name}, {"result", done}}) << "\n";
    else
        *verb.out << verb.entity << " " << *name << " " << done << "\n";
    return 0;
}

Result<std::string> named(Result<void> done, const std::string& name) {
    if (!done) return std::unexpected(done.error());
    return name;
}

int crm_add(const CrmVerb& verb) {
    return crm_change(verb, verb.entity == "user", "added",
                      [&](crm::CrmDesk& desk, DeskEntity entity) { return desk.add(entity, verb.input); });
}

int crm_edit(const CrmVerb& verb) {
    if (verb.input.empty()) return crm_failed(verb, "nothing to edit: give fields, see `crm edit " + verb.entity + " --help`");
    return crm_change(verb, false, "edited", [&](crm::CrmDesk& desk, DeskEntity entity) {
        return named(desk.edit(entity, verb.reference, verb.input), verb.reference);
    });
}

int crm_complete(const CrmVerb& verb) {
    return crm_change(verb, false, "completed", [&](crm::CrmDesk& desk, DeskEntity entity) {
        return named(desk.complete(entity, verb.reference, verb.input), verb.reference);
    });
}

int crm_delete(const CrmVerb& verb) {
    return crm_change(verb, false, "deleted", [&](crm::CrmDesk& desk, DeskEntity entity) {
        return named(desk.remove(entity, verb.reference), verb.reference);
    });
}

Result<std::string> read_import_file(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return fail(ErrorKind::NotFound, "cannot read " + path + ": " + error.message());
    if (size > kImportBytesMax) return fail(ErrorKind::TooLarge, path + " is larger than 256 MiB");
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.good() && !in.eof()) return fail(ErrorKind::NotFound, "cannot read " + path);
    return bytes;
}

bool looks_like_vcard(const std::string& path, const std::string& bytes) {
    const std::string extension = to_lower_ascii(std::filesystem::path(path).extension().string());
    if (extension == ".vcf" || extension == ".vcard") return true;
    return extension != ".csv" && icontains(std::string_view(bytes).substr(0, 200), "BEGIN:VCARD");
}

int crm_import(const CrmVerb& verb) {
    const auto bytes = read_import_file(verb.import_file);
    if (!bytes) return crm_failed(verb, bytes.error().message);
    if (verb.database.empty()) return crm_failed(verb, "which CRM? Give --database FILE, or set LIAISON_CRM");
    const bool is_vcard = looks_like_vcard(verb.import_file, *bytes);
    if (!is_vcard && !verb.salesperson.empty())
        return crm_failed(verb, "--salesperson is for vCards; a CSV has a column salesperson");
    auto db = crm::CrmDatabase::open(verb.database);
    if (!db) return crm_failed(verb, db.error().message);
    const auto report = is_vcard ? crm::import_contacts_vcard(**db, *bytes, verb.salesperson, verb.clock->now())
                                 : crm::import_contacts_csv(**db, *bytes, verb.clock->now());
    if (!report) return crm_failed(verb, report.error().message);
    for (const crm::ImportProblem& problem : report->problems) *verb.err << format_problem(verb.import_file, problem) << "\n";
    if (!report->ok()) return crm_failed(verb, "nothing was imported: repair the file and import it again");
    if (verb.json) {
        *verb.out << boost::json::serialize(boost::json::object{
                         {"created", report->created}, {"updated", report->updated}, {"unchanged", report->unchanged}}) << "\n";
    } else {
        *verb.out << report->created << " created, " << report->updated << " updated, " << report->unchanged << " unchanged\n";
    }
    return 0;
}

std::vector<std::string> entity_names(bool with_interactions) {
    std::vector<std::string> names;
    for (const DeskEntity entity : crm::kDeskEntities) names.emplace_back(crm::to_string(entity));
    if (with_interactions) names.emplace_back("interaction");
    return names;
}

using SharedVerb = std::shared_ptr<CrmVerb>;

/// `--due_date` and `--due-date` are the same.
void add_field_options(CLI::App& command, const SharedVerb& verb, DeskEntity entity) {
    for (const crm::DeskField& field : crm::desk_fields(entity)) {
        const std::string name(field.name);
        std::string flags = "--" + name;
        std::string dashed = name;
        std::replace(dashed.begin(), dashed.end(), '_', '-');
        if (dashed != name) flags += ",--" + dashed;
        command.add_option_function<std::string>(
            flags, [verb, name](const std::string& text) { verb->input[name] = text; }, crm::desk_field_hint(field));
    }
}

CLI::App* add_crm_verb(CLI::App& crm, const char* name, const char* description) {
    CLI::App* command = crm.add_subcommand(name, description);
    command->fallthrough();
    return command;
}

/// `add task ...`, `edit task 17 ...`: one subcommand per entity, so that --help lists its fields.
void add_crm_field_verb(CLI::App& crm, const SharedVerb& verb, int& exit_code, const char* name, const char* description,
                        bool with_reference, int (*action)(const CrmVerb&)) {
    CLI::App* command = add_crm_verb(crm, name, description);
    command->require_subcommand(1);
    for (const DeskEntity entity : crm::kDeskEntities) {
        const std::string entity_name(crm::to_string(entity));
        CLI::App* one = command->add_subcommand(entity_name, "fields of a " + entity_name);
        one->fallthrough();
        if (with_reference) one->add_option("reference", verb->reference, "number or id")->required();
        add_field_options(*one, verb, entity);
        one->callback([verb, entity_name, action, &exit_code] {
            verb->entity = entity_name;
            exit_code = action(*verb);
        });
    }
}

void add_crm_reference_verb(CLI::App& crm, const SharedVerb& verb, int& exit_code, const char* name, const char* description,
                            std::vector<std::string> entities, int (*action)(const CrmVerb&)) {
    CLI::App* command = add_crm_verb(crm, name, description);
    command->add_option("entity", verb->entity, "what")->required()->check(CLI::IsMember(std::move(entities)));
    command->add_option("reference", verb->reference, "number or id")->required();
    if (action == crm_complete) {
        for (const char* field : {"time_worked_minutes", "distance", "completed_on"}) {
            command->add_option_function<std::string>(
                std::string("--") + field, [verb, field](const std::string& text) { verb->input[field] = text; },
                crm::desk_field_hint(*crm::find_desk_field(DeskEntity::Task, field)));
        }
    }
    command->callback([verb, action, &exit_code] { exit_code = action(*verb); });
}

void add_crm_list(CLI::App& crm, const SharedVerb& verb, int& exit_code) {
    CLI::App* list = add_crm_verb(crm, "list", "Tables of what there is");
    list->add_option("entity", verb->entity, "what")->required()->check(CLI::IsMember(entity_names(true)));
    list->add_option("--owner", verb->filter.owner, "only this user's: number or id");
    list->add_option("--search", verb->filter.search, "part of the name or subject");
    list->add_flag("--closed", verb->filter.closed, "completed and canceled ones, too");
    list->add_option("--limit", verb->filter.rows_max, "rows at most")->check(CLI::Range(1, 1'000'000));
    list->callback([verb, &exit_code] { exit_code = crm_list(*verb); });
}

void add_crm_to(CLI::App& app, const SharedVerb& verb, int& exit_code) {
    CLI::App* crm = app.add_subcommand("crm", "Work in the embedded CRM by hand");
    crm->require_subcommand(1);
    crm->add_option("--database", verb->database, "The CRM's file ([crm] database in the configuration)")->envname("LIAISON_CRM");
    crm->add_flag("--json", verb->json, "Answer in JSON");
    crm->footer("Examples:\n"
                "  liaison crm --database crm.sqlite list task --owner ALICE\n"
                "  liaison crm --database crm.sqlite add task --subject \"Call Contoso\" --owner ALICE --due_date 2026-12-01\n"
                "  liaison crm --database crm.sqlite edit task 17 --priority high\n"
                "  liaison crm --database crm.sqlite complete task 17 --time_worked_minutes 30\n"
                "  liaison crm --database crm.sqlite import contacts.csv");
    add_crm_list(*crm, verb, exit_code);
    add_crm_reference_verb(*crm, verb, exit_code, "show", "All fields of one", entity_names(false), crm_show);
    add_crm_field_verb(*crm, verb, exit_code, "add", "Add something", false, crm_add);
    add_crm_field_verb(*crm, verb, exit_code, "edit", "Change fields; an empty text clears one", true, crm_edit);
    add_crm_reference_verb(*crm, verb, exit_code, "complete", "Close a task or an appointment", {"task", "appointment"}, crm_complete);
    add_crm_reference_verb(*crm, verb, exit_code, "delete", "Delete something (the row stays, marked)", entity_names(false), crm_delete);
    CLI::App* import = add_crm_verb(*crm, "import", "Contacts from CSV or vCard");
    import->add_option("file", verb->import_file,
                       "CSV with number,type,display_name,email,email2,company,salesperson, or vCards (.vcf)")->required();
    import->add_option("--salesperson", verb->salesperson, "owner of all contacts of a vCard file: a user's number");
    import->callback([verb, &exit_code] { exit_code = crm_import(*verb); });
}

}  // namespace

void add_crm_commands(CLI::App& app, int& exit_code) {
    static const SystemClock clock;
    auto verb = std::make_shared<CrmVerb>();
    verb->out = &std::cout;
    verb->err = &std::cerr;
    verb->clock = &clock;
    add_crm_to(app, verb, exit_code);
}

int run_crm_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err, const Clock& clock) {
    CLI::App app("liaison", "liaison");
    int exit_code = 0;
    auto verb = std::make_shared<CrmVerb>();
    verb->out = &out;
    verb->err = &err;
    verb->clock = &clock;
    add_crm_to(app, verb, exit_code);
    arguments.insert(arguments.begin(), "crm");
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err);
    }
    return exit_code;
}

}  // namespace liaison::service
