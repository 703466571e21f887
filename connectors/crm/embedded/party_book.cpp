#include "connectors/crm/embedded/party_book.hpp"

#include "core/text.hpp"

namespace liaison::crm {

namespace {

constexpr std::string_view kUserParties =
    "SELECT u.id, u.number, u.name, NULL, NULL, u.id, 0, 0, NULL, 'user' FROM user_address a "
    "JOIN user u ON u.id = a.user_id WHERE a.address = ?1 AND u.deleted = 0";

// Each address column has its own index on lower(...); SQLite takes a partial index only when the
// query repeats its condition.
constexpr std::string_view kContactParties =
    "SELECT c.id, c.number, coalesce(c.display_name, trim(ifnull(c.given_name, '') || ' ' || "
    "ifnull(c.family_name, ''))), "
    "c.company_id, coalesce(o.name, c.company_name), c.owner_id, c.privacy_blocked, EXISTS(SELECT "
    "1 FROM opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.contact_id = c.id) OR EXISTS(SELECT 1 FROM "
    "opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.company_id = c.company_id), c.categories, "
    "c.type "
    "FROM contact c LEFT JOIN company o ON o.id = c.company_id WHERE c.deleted = 0 AND c.id IN ("
    "SELECT id FROM contact WHERE lower(email1) = ?1 AND email1 IS NOT NULL UNION "
    "SELECT id FROM contact WHERE lower(email2) = ?1 AND email2 IS NOT NULL UNION "
    "SELECT id FROM contact WHERE lower(email3) = ?1 AND email3 IS NOT NULL) ORDER BY "
    "c.modified_at DESC, c.id";

constexpr std::string_view kCompanyParties =
    "SELECT o.id, o.number, o.name, o.id, o.name, o.owner_id, o.privacy_blocked, EXISTS(SELECT 1 "
    "FROM opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.company_id = o.id), o.categories, 'company' "
    "FROM company o WHERE lower(o.email) = ?1 AND o.email IS NOT NULL AND o.deleted = 0 ORDER BY "
    "o.modified_at DESC, o.id";

PartyKind party_kind_of(const std::string& word) {
    if (word == "user") return PartyKind::User;
    if (word == "company") return PartyKind::Company;
    return word == "lead" ? PartyKind::Lead : PartyKind::Contact;
}

Party read_party(const Query& row) {
    Party party;
    party.id = row.text(0);
    party.number = row.text(1);
    party.name = row.text(2);
    party.company_id = row.text(3);
    party.company_name = row.text(4);
    party.owner_id = row.text(5);
    party.privacy_blocked = row.integer(6) != 0;
    party.has_open_opportunity = row.integer(7) != 0;
    if (const std::string categories = row.text(8); !categories.empty())
        party.categories = split(categories, '\n');
    party.kind = party_kind_of(row.text(9));
    return party;
}

}  // namespace

Result<PartyMap> resolve_parties(CrmDatabase& db, const std::vector<std::string>& addresses) {
    Reading reading(db.sqlite());
    PartyMap out;
    for (const std::string& given : addresses) {
        const std::string address = normal_address(given);
        if (address.empty() || out.contains(address)) continue;
        std::vector<Party> hits;
        for (const std::string_view sql : {kUserParties, kContactParties, kCompanyParties}) {
            Query query(db.sqlite(), sql);
            query.bind(address);
            while (query.row()) hits.push_back(read_party(query));
        }
        if (!hits.empty()) out.emplace(address, std::move(hits));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return out;
}

Result<std::vector<CrmUser>> list_users(CrmDatabase& db) {
    Reading reading(db.sqlite());
    std::vector<CrmUser> out;
    Query query(db.sqlite(),
                "SELECT id, number, name, active FROM user WHERE deleted = 0 ORDER BY number");
    while (query.row()) {
        CrmUser user{query.text(0), query.text(1), query.text(2), {}, query.integer(3) != 0};
        Query addresses(
            db.sqlite(),
            "SELECT address FROM user_address WHERE user_id = ? ORDER BY position, address");
        addresses.bind(query.integer(0));
        while (addresses.row()) user.addresses.push_back(normal_address(addresses.text(0)));
        out.push_back(std::move(user));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return out;
}

Result<std::string> party_revision(CrmDatabase& db) {
    Reading reading(db.sqlite());
    Query query(
        db.sqlite(),
        "SELECT ifnull(max(seq), 0) FROM change_log WHERE kind IN ('contact','company','user')");
    const std::string revision = query.row() ? query.text(0) : std::string();
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return revision;
}

}  // namespace liaison::crm
