#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/import/csv_reader.hpp"
#include "core/time.hpp"

namespace liaison::crm {

/// What an import did. With problems nothing was done at all.
struct ImportReport {
    std::size_t created = 0;
    std::size_t updated = 0;
    std::size_t unchanged = 0;
    std::vector<ImportProblem> problems;
    bool ok() const { return problems.empty(); }
};

/// CSV of contacts: `number,type,display_name,email,email2,company,salesperson`, further columns by canonical field name. `type` is
/// `contact` (or `person`), `lead`, `company` or `salesperson`. Rows are known by their number: importing twice changes nothing.
/// An empty salesperson: in the address book only, mirrored to nobody. `company` is a company's number or name, or any
/// text. One transaction; all problems of the file are reported at once, each with its line and column.
Result<ImportReport> import_contacts_csv(CrmDatabase& db, std::string_view bytes, Timestamp now);

/// vCards 2.1 to 4.0. Cards are known by UID, or by name, company and first address without one. `salesperson` (number, may be
/// empty) becomes the owner of all.
Result<ImportReport> import_contacts_vcard(CrmDatabase& db, std::string_view bytes, const std::string& salesperson,
                                           Timestamp now);

}  // namespace liaison::crm
