// CSV files and vCards.
#include "connectors/crm/import/csv_reader.hpp"
#include "connectors/crm/import/vcard_reader.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace liaison::crm;
    using liaison::fuzz::require;
    if (size > 64u << 10) return 0;
    const std::string_view text = liaison::fuzz::text_of(data, size);
    const CsvFile csv = read_csv(text);
    require(csv.problems.size() <= kImportProblemsMax, "problems are bounded");
    if (csv.problems.empty())
        for (const CsvRow& row : csv.rows)
            require(row.fields.size() == csv.rows.front().fields.size(), "rows are equally wide");
    const VCardFile cards = read_vcards(text);
    require(cards.problems.size() <= kImportProblemsMax, "problems are bounded");
    for (const VCard& card : cards.cards)
        for (const auto& [field, value] : card.contact.values())
            require(liaison::normal_form(field, value) == value, "values are in normal form");
    return 0;
}
