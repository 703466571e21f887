#include "connectors/crm/import/csv_reader.hpp"

#include "core/text.hpp"

namespace liaison::crm {

namespace {

/// True if the bytes are UTF-8 (RFC 3629).
bool is_utf8(std::string_view bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3
                                 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
        if (length == 0 || i + length > bytes.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(bytes[i + k]) & 0xC0) != 0x80) return false;
        const auto second = length > 1 ? static_cast<unsigned char>(bytes[i + 1]) : 0;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
            (lead == 0xF4 && second > 0x8F))
            return false;
        i += length;
    }
    return true;
}

class CsvParser {
public:
    explicit CsvParser(std::string_view bytes) : rest_(bytes) {}

    CsvFile run() {
        separator_ = choose_separator();
        while (!at_end() && file_.rows.size() <= kCsvRowsMax && file_.problems.size() < kImportProblemsMax) read_row();
        if (file_.rows.size() > kCsvRowsMax) problem("more than " + std::to_string(kCsvRowsMax) + " rows");
        return std::move(file_);
    }

private:
    bool at_end() const { return at_ >= rest_.size(); }
    char here() const { return rest_[at_]; }
    void problem(std::string message) { file_.problems.push_back({line_, {}, std::move(message)}); }

    char choose_separator() const {
        const std::string_view header = rest_.substr(0, rest_.find_first_of("\r\n"));
        return header.find(',') == std::string_view::npos && header.find(';') != std::string_view::npos ? ';' : ',';
    }

    /// Steps over the end of a line, if there is one.
    bool take_line_end() {
        if (at_end() || (here() != '\n' && here() != '\r')) return false;
        if (here() == '\r' && at_ + 1 < rest_.size() && rest_[at_ + 1] == '\n') ++at_;
        ++at_;
        ++line_;
        return true;
    }

    void read_row() {
        if (take_line_end()) return;
        CsvRow row{line_, {}};
        while (true) {
            row.fields.push_back(read_field());
            if (row.fields.size() > kCsvColumnsMax) {
                problem("more than " + std::to_string(kCsvColumnsMax) + " fields");
                skip_line();
                return;
            }
            if (!at_end() && here() == separator_) {
                ++at_;
                continue;
            }
            take_line_end();
            break;
        }
        check_width(row);
        file_.rows.push_back(std::move(row));
    }

    void check_width(const CsvRow& row) {
        if (file_.rows.empty() || row.fields.size() == file_.rows.front().fields.size()) return;
        file_.problems.push_back({row.line, {}, "the row has " + std::to_string(row.fields.size()) + " fields, the header " +
                                                    std::to_string(file_.rows.front().fields.size())});
    }

    std::string read_field() {
        std::string field;
        if (!at_end() && here() == '"') {
            read_quoted(field);
        } else {
            const std::size_t end = std::min(rest_.size(), rest_.find_first_of(separator_ == ',' ? ",\r\n" : ";\r\n", at_));
            field = rest_.substr(at_, end - at_);
            at_ = end;
            if (field.find('"') != std::string::npos)
                problem("a quote inside a field: put the field in quotes and double the quote");
        }
        if (field.size() > kCsvFieldBytesMax) {
            problem("a field is longer than " + std::to_string(kCsvFieldBytesMax) + " bytes");
            field.clear();
        }
        return field;
    }

    void read_quoted(std::string& field) {
        const std::size_t opened = line_;
        ++at_;
        while (true) {
            if (at_end()) {
                file_.problems.push_back({opened, {}, "a quote that opens here is never closed"});
                return;
            }
            const char c = here();
            if (c == '"') {
                ++at_;
                if (at_end() || here() != '"') break;
            }
            if (c == '\n' || (c == '\r' && (at_ + 1 >= rest_.size() || rest_[at_ + 1] != '\n'))) ++line_;
            field += c;
            ++at_;
        }
        if (at_end() || here() == separator_ || here() == '\n' || here() == '\r') return;
        problem("text after a closing quote");
        at_ = std::min(rest_.size(), rest_.find_first_of(separator_ == ',' ? ",\r\n" : ";\r\n", at_));
    }

    void skip_line() {
        at_ = std::min(rest_.size(), rest_.find_first_of("\r\n", at_));
        take_line_end();
    }

    std::string_view rest_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    char separator_ = ',';
    CsvFile file_;
};

}  // namespace

std::string format_problem(const std::string& file, const ImportProblem& problem) {
    std::string out = file + ":" + std::to_string(problem.line) + ": ";
    if (!problem.column.empty()) out += problem.column + ": ";
    return out + problem.message;
}

CsvFile read_csv(std::string_view bytes) {
    const auto refuse = [](std::string message) { return CsvFile{{}, {{1, {}, std::move(message)}}}; };
    if (bytes.size() > kCsvBytesMax) return refuse("the file is larger than " + std::to_string(kCsvBytesMax) + " bytes");
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return refuse("the file is UTF-16: save it as CSV in UTF-8");
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (!is_utf8(bytes)) {
        std::size_t line = 1;
        std::string_view rest = bytes;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.size(), rest.find('\n'));
            if (!is_utf8(rest.substr(0, end))) break;
            rest.remove_prefix(std::min(rest.size(), end + 1));
            ++line;
        }
        return CsvFile{{}, {{line, {}, "this is not UTF-8: save the file as CSV in UTF-8"}}};
    }
    CsvFile file = CsvParser(bytes).run();
    if (file.rows.empty() && file.problems.empty()) return refuse("the file is empty: its first line must name the columns");
    return file;
}

}  // namespace liaison::crm
