#include "connectors/crm/import/vcard_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/text.hpp"
#include "core/time.hpp"

namespace liaison::crm {

namespace {

/// One content line: `group.NAME;PARAM=value:value`.
struct VCardProperty {
    std::string name;             ///< upper case
    std::set<std::string> types;  ///< TYPE values and bare parameters of 2.1, lower case
    std::string encoding;         ///< lower case
    std::string charset;          ///< lower case
    std::string value;            ///< decoded, escapes still in place
};

std::string to_upper_word(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

int vcard_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::string decode_quoted_printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool has_digits = text[i] == '=' && i + 2 < text.size() && vcard_hex_digit(text[i + 1]) >= 0 &&
                                vcard_hex_digit(text[i + 2]) >= 0;
        if (!has_digits) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(vcard_hex_digit(text[i + 1]) * 16 + vcard_hex_digit(text[i + 2]));
        i += 2;
    }
    return out;
}

void append_code_point(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// ISO-8859-1 and Windows-1252 (they differ in 0x80 to 0x9F only; unassigned bytes become U+FFFD).
std::string from_latin(std::string_view bytes) {
    constexpr std::array<unsigned, 32> upper{0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                             0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                             0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_code_point(out, byte >= 0x80 && byte < 0xA0 ? upper.at(byte - 0x80u) : byte);
    }
    return out;
}

/// Splits at an unescaped separator and undoes the escapes `\n \, \; \: \\`.
std::vector<std::string> split_escaped(std::string_view text, char separator) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char next = text[++i];
            out.back() += next == 'n' || next == 'N' ? '\n' : next;
        } else if (text[i] == separator) {
            out.emplace_back();
        } else {
            out.back() += text[i];
        }
    }
    return out;
}

/// The whole value without escapes.
std::string plain_text(std::string_view text) { return split_escaped(text, '\0').front(); }

void read_vcard_parameter(std::string_view text, VCardProperty& property) {
    const std::size_t equals = text.find('=');
    const std::string name = equals == std::string_view::npos ? std::string() : to_upper_word(trim(text.substr(0, equals)));
    std::string value = to_lower_ascii(trim(equals == std::string_view::npos ? text : text.substr(equals + 1)));
    std::erase(value, '"');
    if (name == "ENCODING") {
        property.encoding = value;
    } else if (name == "CHARSET") {
        property.charset = value;
    } else if (name == "TYPE" || name.empty()) {
        if (value == "quoted-printable" || value == "base64") property.encoding = value;
        for (const std::string& type : split(value, ',')) property.types.insert(std::string(trim(type)));
    } else if (name == "PREF") {
        property.types.insert("pref");
    }
}

std::optional<VCardProperty> parse_vcard_property(std::string_view line) {
    std::size_t colon = 0;
    bool is_quoted = false;
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (; colon < line.size(); ++colon) {
        const char c = line[colon];
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (c != ':' && c != ';') continue;
        parts.push_back(line.substr(begin, colon - begin));
        begin = colon + 1;
        if (c == ':') break;
    }
    if (colon >= line.size() || parts.empty()) return std::nullopt;
    VCardProperty property;
    const std::size_t dot = parts[0].rfind('.');
    property.name = to_upper_word(trim(dot == std::string_view::npos ? parts[0] : parts[0].substr(dot + 1)));
    for (std::size_t i = 1; i < parts.size(); ++i) read_vcard_parameter(parts[i], property);
    property.value = std::string(line.substr(colon + 1));
    if (property.encoding == "quoted-printable") property.value = decode_quoted_printable(property.value);
    if (property.charset == "iso-8859-1" || property.charset == "windows-1252" || property.charset == "latin1")
        property.value = from_latin(property.value);
    property.value = clean_utf8(property.value);
    return property;
}

/// A card's properties become a record; the first of several wins, preferred ones first.
class CardBuilder {
public:
    void take(const VCardProperty& property) {
        const std::string& name = property.name;
        if (property.encoding == "b" || property.encoding == "base64") return;
        if (name == "N") take_name(property.value);
        else if (name == "FN") set_once(Field::DisplayName, plain_text(property.value));
        else if (name == "NICKNAME") nickname_ = plain_text(property.value);
        else if (name == "ORG") take_organisation(property.value);
        else if (name == "TITLE") set_once(Field::JobTitle, plain_text(property.value));
        else if (name == "URL") set_once(Field::Url, plain_text(property.value));
        else if (name == "EMAIL") take_email(property);
        else if (name == "TEL") take_phone(property);
        else if (name == "ADR") take_address(property);
        else if (name == "BDAY") take_birthday(property.value);
        else if (name == "NOTE") notes_ += (notes_.empty() ? "" : "\n\n") + plain_text(property.value);
        else if (name == "CATEGORIES") take_categories(property.value);
        else if (name == "UID") card.uid = normal_line(plain_text(property.value));
        else if (name == "KIND" || name == "X-ADDRESSBOOKSERVER-KIND")
            is_group = to_lower_ascii(trim(property.value)) == "group";
    }

    /// True if anything names a person or a company.
    bool finish() {
        constexpr std::array emails{Field::Email1, Field::Email2, Field::Email3};
        preferred_emails_.insert(preferred_emails_.end(), emails_.begin(), emails_.end());
        for (std::size_t i = 0; i < std::min(preferred_emails_.size(), emails.size()); ++i)
            card.contact.set(emails.at(i), preferred_emails_[i]);
        card.contact.set(Field::Notes, notes_);
        card.contact.set(Field::Categories, categories_);
        if (card.contact.text(Field::DisplayName).empty()) card.contact.set(Field::DisplayName, name_for_want_of_one());
        return !card.contact.text(Field::DisplayName).empty();
    }

    VCard card;
    bool is_group = false;

private:
    void set_once(Field field, std::string text) {
        if (card.contact.text(field).empty()) card.contact.set(field, std::move(text));
    }

    void take_name(const std::string& value) {
        constexpr std::array fields{Field::FamilyName, Field::GivenName, Field::MiddleName, Field::Salutation};
        const std::vector<std::string> parts = split_escaped(value, ';');
        for (std::size_t i = 0; i < std::min(parts.size(), fields.size()); ++i) set_once(fields.at(i), parts[i]);
    }

    void take_organisation(const std::string& value) {
        const std::vector<std::string> parts = split_escaped(value, ';');
        set_once(Field::CompanyName, parts[0]);
        if (parts.size() > 1) set_once(Field::Department, parts[1]);
    }

    void take_email(const VCardProperty& property) {
        std::string address = normal_line(plain_text(property.value));
        if (to_lower_ascii(address).starts_with("mailto:")) address.erase(0, 7);
        if (address.empty() || !known_emails_.insert(normal_address(address)).second) return;
        (property.types.contains("pref") ? preferred_emails_ : emails_).push_back(std::move(address));
    }

    void take_phone(const VCardProperty& property) {
        std::string number = normal_line(plain_text(property.value));
        if (to_lower_ascii(number).starts_with("tel:")) number.erase(0, 4);
        const auto has = [&property](const char* type) { return property.types.contains(type); };
        if (has("pager")) return;
        const Field field = has("fax") ? Field::Fax : has("cell") ? Field::PhoneMobile
                          : has("home") ? Field::PhoneHome : Field::PhoneBusiness;
        if (has("pref")) card.contact.set(field, number);
        else set_once(field, std::move(number));
    }

    void take_address(const VCardProperty& property) {
        const bool is_home = property.types.contains("home") && !property.types.contains("work");
        const bool is_taken = !card.contact.text(Field::BusinessStreet).empty() || !card.contact.text(Field::BusinessCity).empty();
        constexpr std::array business{Field::BusinessStreet, Field::BusinessCity, Field::BusinessState,
                                      Field::BusinessPostalCode, Field::BusinessCountry};
        constexpr std::array other_place{Field::OtherStreet, Field::OtherCity, Field::OtherState, Field::OtherPostalCode,
                                         Field::OtherCountry};
        const auto& fields = is_home || is_taken ? other_place : business;
        std::vector<std::string> parts = split_escaped(property.value, ';');
        parts.resize(7);  // post box; extended; street; city; region; postal code; country
        std::string street;
        for (const std::size_t i : {std::size_t{2}, std::size_t{1}, std::size_t{0}}) {
            const std::string line = normal_lines(parts[i]);
            if (!line.empty()) street += (street.empty() ? "" : "\n") + line;
        }
        set_once(fields.at(0), street);
        for (std::size_t i = 1; i < fields.size(); ++i) set_once(fields.at(i), parts[i + 2]);
    }

    /// `1970-01-31`, `19700131`, either with a time behind it. A birthday without a year has no place in the model.
    void take_birthday(const std::string& value) {
        std::string text(trim(value.substr(0, value.find('T'))));
        if (text.size() == 8 && text.find('-') == std::string::npos) text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6);
        const auto date = parse_date(text);
        if (date && date->year() > std::chrono::year{1604}) card.contact.set(Field::Birthday, *date);
    }

    void take_categories(const std::string& value) {
        for (std::string& entry : split_escaped(value, ','))
            if (categories_.size() < 64) categories_.push_back(normal_line(entry));
    }

    std::string name_for_want_of_one() const {
        const std::string full = normal_line(std::string(card.contact.text(Field::GivenName)) + " " +
                                             std::string(card.contact.text(Field::FamilyName)));
        if (!full.empty()) return full;
        if (!nickname_.empty()) return nickname_;
        if (!card.contact.text(Field::CompanyName).empty()) return std::string(card.contact.text(Field::CompanyName));
        return std::string(card.contact.text(Field::Email1));
    }

    std::string nickname_;
    std::string notes_;
    TextList categories_;
    std::vector<std::string> preferred_emails_;
    std::vector<std::string> emails_;
    std::set<std::string> known_emails_;
};

/// Lines with their folds undone. A blank at the start continues the line before (RFC 6350 3.2); in quoted-printable of 2.1
/// a `=` at the end does.
class VCardLines {
public:
    explicit VCardLines(std::string_view bytes) : rest_(bytes) {}

    /// The next logical line and the number of its first physical line; nothing at the end.
    std::optional<std::string> next() {
        if (rest_.empty()) return std::nullopt;
        line = next_line_;
        std::string out(take_physical());
        const bool is_quoted_printable = icontains(std::string_view(out).substr(0, out.find(':')), "quoted-printable");
        while (!rest_.empty() && out.size() < kVCardLineBytesMax) {
            if (is_quoted_printable && out.ends_with('=')) {
                out.pop_back();
                out += take_physical();
            } else if (rest_.front() == ' ' || rest_.front() == '\t') {
                out += take_physical().substr(1);
            } else {
                break;
            }
        }
        return out;
    }

    std::size_t line = 1;

private:
    std::string_view take_physical() {
        const std::size_t end = std::min(rest_.size(), rest_.find_first_of("\r\n"));
        const std::string_view out = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (rest_.starts_with("\r\n")) rest_.remove_prefix(2);
        else if (!rest_.empty()) rest_.remove_prefix(1);
        ++next_line_;
        return out;
    }

    std::string_view rest_;
    std::size_t next_line_ = 1;
};

void finish_card(VCardFile& file, CardBuilder& builder) {
    if (builder.is_group) ++file.groups_skipped;
    else if (builder.finish()) file.cards.push_back(std::move(builder.card));
    else file.problems.push_back({builder.card.line, {}, "a card without name, company and address"});
}

}  // namespace

VCardFile read_vcards(std::string_view bytes) {
    VCardFile file;
    if (bytes.size() > kVCardBytesMax) {
        file.problems.push_back({1, {}, "the file is larger than " + std::to_string(kVCardBytesMax) + " bytes"});
        return file;
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    VCardLines lines(bytes);
    std::optional<CardBuilder> open;
    std::size_t depth = 0;  // cards inside cards (AGENT of 2.1) belong to nobody
    while (const auto line = lines.next()) {
        const std::string word = to_upper_word(trim(*line));
        if (word == "BEGIN:VCARD" || word.ends_with(":BEGIN:VCARD")) {
            if (++depth == 1) {
                open.emplace();
                open->card.line = lines.line;
            }
        } else if (word == "END:VCARD" && depth > 0) {
            if (--depth == 0) {
                finish_card(file, *open);
                open.reset();
            }
        } else if (depth == 1) {
            if (const auto property = parse_vcard_property(*line)) open->take(*property);
        }
        if (file.cards.size() > kVCardsMax || file.problems.size() >= kImportProblemsMax) break;
    }
    if (file.cards.size() > kVCardsMax)
        file.problems.push_back({lines.line, {}, "more than " + std::to_string(kVCardsMax) + " cards"});
    if (open) file.problems.push_back({open->card.line, {}, "the card that begins here never ends (END:VCARD)"});
    if (file.cards.empty() && file.problems.empty() && file.groups_skipped == 0)
        file.problems.push_back({1, {}, "there is no card in the file (BEGIN:VCARD)"});
    return file;
}

}  // namespace liaison::crm
