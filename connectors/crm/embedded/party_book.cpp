#include "connectors/crm/embedded/party_book.hpp"

#include "core/text.hpp"

namespace liaison::crm {

namespace {

constexpr std::string_view kUserParties =
    "SELECT u.id, u.number, u.name, NULL, NULL, u.id, 0, 0, NULL, 'user', a.position - 1 FROM user_address a "
    "JOIN user u ON u.id = a.user_id WHERE a.address = ?1 AND u.deleted = 0";

// Each address column has its own index on lower(...); SQLite takes a partial index only when the
// query repeats its condition.
// Columns: id, number, name, company, its name, owner, privacy, open opportunity, categories, kind,
// rank of the address ?1.
constexpr std::string_view kContactColumns =
    "SELECT c.id, c.number, coalesce(c.display_name, trim(ifnull(c.given_name, '') || ' ' || "
    "ifnull(c.family_name, ''))), "
    "c.company_id, coalesce(o.name, c.company_name), c.owner_id, c.privacy_blocked, EXISTS(SELECT "
    "1 FROM opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.contact_id = c.id) OR EXISTS(SELECT 1 FROM "
    "opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.company_id = c.company_id), c.categories, "
    "c.type, CASE ?1 WHEN lower(ifnull(c.email1, '')) THEN 0 WHEN lower(ifnull(c.email2, '')) THEN 1 "
    "ELSE 2 END "
    "FROM contact c LEFT JOIN company o ON o.id = c.company_id WHERE c.deleted = 0 AND ";

constexpr std::string_view kContactByAddress =
    "c.id IN ("
    "SELECT id FROM contact WHERE lower(email1) = ?1 AND email1 IS NOT NULL UNION "
    "SELECT id FROM contact WHERE lower(email2) = ?1 AND email2 IS NOT NULL UNION "
    "SELECT id FROM contact WHERE lower(email3) = ?1 AND email3 IS NOT NULL) ORDER BY "
    "c.modified_at DESC, c.id";

constexpr std::string_view kCompanyColumns =
    "SELECT o.id, o.number, o.name, o.id, o.name, o.owner_id, o.privacy_blocked, EXISTS(SELECT 1 "
    "FROM opportunity p "
    "WHERE p.status = 'open' AND p.deleted = 0 AND p.company_id = o.id), o.categories, 'company', 0 "
    "FROM company o WHERE o.deleted = 0 AND ";

constexpr std::string_view kCompanyByAddress =
    "lower(o.email) = ?1 AND o.email IS NOT NULL ORDER BY "
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
    party.address_rank = row.integer(10);
    return party;
}

/// Campaigns and open opportunities of a party, for rules that ask for them.
void read_party_facts(Sqlite& db, Party& party) {
    const std::int64_t id = row_id_of(party.id);
    if (party.kind == PartyKind::User) return;
    if (party.kind != PartyKind::Company) {
        Query campaigns(db,
                        "SELECT m.campaign_id FROM campaign_member m JOIN campaign k ON k.id = "
                        "m.campaign_id WHERE m.contact_id = ? AND k.deleted = 0 ORDER BY 1");
        campaigns.bind(id);
        while (campaigns.row()) party.campaign_ids.push_back(campaigns.text(0));
    }
    if (!party.has_open_opportunity) return;
    const std::int64_t contact = party.kind == PartyKind::Company ? 0 : id;
    const std::int64_t company = row_id_of(party.company_id);
    Query open(db,
               "SELECT id FROM opportunity WHERE status = 'open' AND deleted = 0 AND contact_id = ? "
               "UNION SELECT id FROM opportunity WHERE status = 'open' AND deleted = 0 AND "
               "company_id = ? ORDER BY 1");
    open.bind(contact).bind(company);
    while (open.row()) party.open_opportunity_ids.push_back(open.text(0));
}

const std::string& contact_by_address() {
    static const std::string sql = std::string(kContactColumns) + std::string(kContactByAddress);
    return sql;
}
const std::string& company_by_address() {
    static const std::string sql = std::string(kCompanyColumns) + std::string(kCompanyByAddress);
    return sql;
}

/// ?1 is no address here: the rank of the found ones says nothing.
std::string contact_search(const PartyQuery& query) {
    std::string sql(kContactColumns);
    if (!query.number.empty()) {
        sql += "c.number = ?1";
    } else if (!query.id.empty()) {
        sql += "c.id = CAST(?1 AS INTEGER)";
    } else if (!query.domain.empty()) {
        std::string ids;
        for (const std::string column : {"email1", "email2", "email3"})
            ids += (ids.empty() ? "" : " UNION ") + ("SELECT id FROM contact WHERE substr(lower(" +
                   column + "), instr(" + column + ", '@') + 1) = ?1 AND " + column + " IS NOT NULL");
        sql += "c.id IN (" + ids + ")";
    } else {
        sql += "(c.display_name = ?1 COLLATE NOCASE AND c.display_name IS NOT NULL OR c.family_name "
               "= ?2 COLLATE NOCASE AND c.family_name IS NOT NULL AND (c.given_name = ?3 COLLATE "
               "NOCASE OR ?3 = ''))";
    }
    return sql + " ORDER BY c.modified_at DESC, c.id LIMIT " + std::to_string(query.max);
}

std::string company_search(const PartyQuery& query) {
    std::string sql(kCompanyColumns);
    if (!query.number.empty())
        sql += "o.number = ?1";
    else if (!query.id.empty())
        sql += "o.id = CAST(?1 AS INTEGER)";
    else if (!query.domain.empty())
        sql += "substr(lower(o.email), instr(o.email, '@') + 1) = ?1 AND o.email IS NOT NULL";
    else
        sql += "o.name = ?1 COLLATE NOCASE";
    return sql + " ORDER BY o.modified_at DESC, o.id LIMIT " + std::to_string(query.max);
}

}  // namespace

Result<PartyMap> resolve_parties(CrmDatabase& db, const std::vector<std::string>& addresses) {
    Reading reading(db.sqlite());
    PartyMap out;
    for (const std::string& given : addresses) {
        const std::string address = normal_address(given);
        if (address.empty() || out.contains(address)) continue;
        std::vector<Party> hits;
        for (const std::string_view sql :
             {kUserParties, std::string_view(contact_by_address()),
              std::string_view(company_by_address())}) {
            Query query(db.sqlite(), sql);
            query.bind(address);
            while (query.row()) hits.push_back(read_party(query));
        }
        for (Party& party : hits) read_party_facts(db.sqlite(), party);
        if (!hits.empty()) out.emplace(address, std::move(hits));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return out;
}

Result<std::vector<Party>> find_parties(CrmDatabase& db, const PartyQuery& query) {
    Reading reading(db.sqlite());
    std::vector<Party> out;
    std::string what = normal_line(query.number);
    if (what.empty() && row_id_of(query.id) != 0) what = query.id;
    const bool by_id = query.number.empty() && !query.id.empty();
    if (what.empty() && !by_id) what = to_lower_ascii(trim(query.domain));
    const std::string name = normal_line(query.name);
    const bool by_name = query.number.empty() && query.id.empty() && query.domain.empty();
    if (by_name) what = name;
    // "Lindqvist, Nora" and "Nora Lindqvist": family name and given name for the second way to match.
    std::string family = name.substr(name.rfind(' ') == std::string::npos ? 0 : name.rfind(' ') + 1);
    std::string given = name.substr(0, std::min(name.find(' '), name.size()));
    if (const std::size_t comma = name.find(','); comma != std::string::npos) {
        family = std::string(trim(std::string_view(name).substr(0, comma)));
        given = std::string(trim(std::string_view(name).substr(comma + 1)));
    }
    if (given == family) given.clear();
    if (!what.empty() && query.max > 0) {
        const std::string contacts_sql = contact_search(query);
        Query contacts(db.sqlite(), contacts_sql);
        contacts.bind(what);
        if (by_name) contacts.bind(family).bind(given);
        while (contacts.row()) out.push_back(read_party(contacts));
        if (by_id)
            std::erase_if(out, [&](const Party& party) { return party.kind != query.kind; });
        const std::string companies_sql = company_search(query);
        Query companies(db.sqlite(), companies_sql);
        companies.bind(what);
        while (companies.row() && out.size() < query.max &&
               (!by_id || query.kind == PartyKind::Company))
            out.push_back(read_party(companies));
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

Result<std::vector<OpenOpportunity>> list_open_opportunities(CrmDatabase& db,
                                                             const std::string& user_id) {
    Reading reading(db.sqlite());
    std::vector<OpenOpportunity> out;
    Query query(db.sqlite(),
                "SELECT id, ifnull(number, ''), name FROM opportunity WHERE deleted = 0 AND "
                "status = 'open' AND CAST(owner_id AS TEXT) = ? ORDER BY number, id");
    query.bind(user_id);
    while (query.row()) out.push_back({query.text(0), query.text(1), query.text(2)});
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
