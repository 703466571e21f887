#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/crm/import/csv_reader.hpp"
#include "core/record.hpp"

namespace liaison::crm {

/// One card as a contact.
struct VCard {
    std::size_t line = 0;  ///< of BEGIN:VCARD
    std::string uid;       ///< UID; empty if the card has none
    Record contact{EntityKind::Contact};
};
struct VCardFile {
    std::vector<VCard> cards;
    std::vector<ImportProblem> problems;
    std::size_t groups_skipped = 0;  ///< KIND:group, no person
};

inline constexpr std::size_t kVCardBytesMax = 256u << 20;
inline constexpr std::size_t kVCardLineBytesMax = 16u << 20;  ///< unfolded; photos stand in lines of base64
inline constexpr std::size_t kVCardsMax = 100'000;

/// vCard 2.1 (as phones and old Outlooks write it), 3.0 (RFC 2426) and 4.0 (RFC 6350): N, FN, NICKNAME for want of names, ORG,
/// TITLE, EMAIL, TEL, ADR, BDAY, URL, NOTE, CATEGORIES, UID, KIND; folded lines, quoted-printable, groups ("item1.EMAIL"),
/// CHARSET of UTF-8, ISO-8859-1 and Windows-1252. Photos, sounds, keys and unknown properties are passed over. A
/// property that makes no sense is left out; a card that never ends is a problem.
VCardFile read_vcards(std::string_view bytes);

}  // namespace liaison::crm
