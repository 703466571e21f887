#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace liaison::crm {

/// Something that is wrong with a file, and where. `column` is a field's name or empty.
struct ImportProblem {
    std::size_t line = 0;  ///< from 1
    std::string column;
    std::string message;
    friend bool operator==(const ImportProblem&, const ImportProblem&) = default;
};
/// `contacts.csv:12: salesperson: there is no user "X"`
std::string format_problem(const std::string& file, const ImportProblem& problem);

struct CsvRow {
    std::size_t line = 0;  ///< where it begins
    std::vector<std::string> fields;
};
struct CsvFile {
    std::vector<CsvRow> rows;  ///< the header is the first
    std::vector<ImportProblem> problems;
};

inline constexpr std::size_t kCsvBytesMax = 256u << 20;
inline constexpr std::size_t kCsvColumnsMax = 200;
inline constexpr std::size_t kCsvRowsMax = 1'000'000;
inline constexpr std::size_t kCsvFieldBytesMax = 4u << 20;
inline constexpr std::size_t kImportProblemsMax = 100;  ///< more are not listed

/// RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF, CRLF and CR end a line. UTF-8, with or without byte order mark.
/// The separator is a comma; a semicolon if the header has one and no comma (what spreadsheets write in Germany). Empty lines are
/// skipped. Every row must have as many fields as the header.
CsvFile read_csv(std::string_view bytes);

}  // namespace liaison::crm
