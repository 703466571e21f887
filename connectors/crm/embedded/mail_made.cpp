#include "connectors/crm/embedded/mail_made.hpp"

#include "connectors/crm/embedded/party_book.hpp"
#include "connectors/crm/embedded/record_rows.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

constexpr std::string_view kMadeByMail = "liaison";


/// Whoever has the address already, users included; nothing: nobody.
std::optional<Party> holder_of(CrmDatabase& db, const std::string& address) {
    const Result<PartyMap> known = resolve_parties(db, {address});
    if (!known) {
        db.sqlite().fail_with(known.error());
        return std::nullopt;
    }
    const auto found = known->find(address);
    return found == known->end() ? std::nullopt : std::optional(found->second.front());
}

/// The one company that people at this domain belong to, or that has an address there itself.
SqlValue company_at(Sqlite& db, const std::string& domain) {
    if (domain.empty()) return std::monostate{};
    Query query(db,
                "SELECT id FROM company WHERE substr(lower(email), instr(email, '@') + 1) = ?1 AND "
                "email IS NOT NULL AND deleted = 0 UNION SELECT company_id FROM contact WHERE "
                "substr(lower(email1), instr(email1, '@') + 1) = ?1 AND email1 IS NOT NULL AND deleted "
                "= 0 AND company_id IS NOT NULL LIMIT 2");
    query.bind(domain);
    if (!query.row()) return std::monostate{};
    const SqlValue first = query.value(0);
    return query.row() ? SqlValue(std::monostate{}) : first;
}

SqlValue id_or_nothing(const std::string& id) {
    const std::int64_t number = row_id_of(id);
    return number == 0 ? SqlValue(std::monostate{}) : SqlValue(number);
}

}  // namespace

Result<Party> create_party(CrmDatabase& db, const NewParty& wanted, Timestamp now) {
    Sqlite& sqlite = db.sqlite();
    const std::string address = normal_address(wanted.address);
    if (address.find('@') == std::string::npos)
        return fail(ErrorKind::InvalidRequest, "a new contact needs a mail address");
    if (wanted.kind != PartyKind::Contact && wanted.kind != PartyKind::Lead)
        return fail(ErrorKind::InvalidRequest, "only contacts and leads are made of mails");
    {
        const std::optional<Party> holder = holder_of(db, address);
        if (const auto error = sqlite.take_error()) return std::unexpected(*error);
        if (holder && holder->kind != PartyKind::User) return *holder;
        if (holder) return fail(ErrorKind::InvalidRequest, "a user has this address");
    }
    Transaction transaction(sqlite);
    if (!transaction.begun()) return std::unexpected(transaction.begun().error());
    const std::string name = truncate_chars(normal_line(wanted.name), kLineCharsMax);
    const std::string at = format_timestamp(now);
    SqlValue company = id_or_nothing(wanted.company_id);
    if (wanted.company_id.empty()) company = company_at(sqlite, wanted.company_domain);
    const SqlValue owner = id_or_nothing(wanted.owner_id);
    {
        Query query(sqlite,
                    "INSERT INTO contact(type, display_name, email1, company_id, company_name, "
                    "owner_id, created_at, modified_at, modified_by) VALUES(?, ?, ?, ?, (SELECT name "
                    "FROM company WHERE id = ?), ?, ?, ?, ?)");
        query.bind(wanted.kind == PartyKind::Lead ? "lead" : "person");
        query.bind(name.empty() ? std::string_view(address) : std::string_view(name)).bind(address);
        query.bind_value(company).bind_value(company).bind_value(owner).bind(at).bind(at);
        query.bind(kMadeByMail).run();
    }
    if (auto committed = transaction.commit(); !committed)
        return std::unexpected(committed.error());
    std::optional<Party> made = holder_of(db, address);
    if (const auto error = sqlite.take_error()) return std::unexpected(*error);
    if (!made) return fail(ErrorKind::Internal, "the new contact is not there");
    return *made;
}

Result<void> add_party_address(CrmDatabase& db, PartyKind kind, const std::string& id,
                               const std::string& given, Timestamp now) {
    Sqlite& sqlite = db.sqlite();
    const std::string address = normal_address(given);
    if (kind != PartyKind::Contact && kind != PartyKind::Lead)
        return fail(ErrorKind::Unsupported, "only contacts and leads have further addresses");
    if (address.find('@') == std::string::npos)
        return fail(ErrorKind::InvalidRequest, "this is no mail address");
    {
        const Result<PartyMap> known = resolve_parties(db, {address});
        if (!known) return std::unexpected(known.error());
        if (const auto found = known->find(address); found != known->end()) {
            for (const Party& party : found->second)
                if (party.id == id && party.kind != PartyKind::User &&
                    party.kind != PartyKind::Company)
                    return {};
            return fail(ErrorKind::AlreadyExists, "somebody else has this address");
        }
    }
    Transaction transaction(sqlite);
    if (!transaction.begun()) return transaction.begun();
    const std::string at = format_timestamp(now);
    bool is_known = false;
    bool has_room = false;
    std::string_view sql;
    {
        Query query(sqlite,
                    "SELECT email1 IS NULL, email2 IS NULL, email3 IS NULL FROM contact WHERE id = ? "
                    "AND deleted = 0");
        query.bind(row_id_of(id));
        is_known = query.row();
        constexpr std::string_view kWrites[] = {
            "UPDATE contact SET email1 = ?, version = version + 1, modified_at = ?, modified_by = ? "
            "WHERE id = ?",
            "UPDATE contact SET email2 = ?, version = version + 1, modified_at = ?, modified_by = ? "
            "WHERE id = ?",
            "UPDATE contact SET email3 = ?, version = version + 1, modified_at = ?, modified_by = ? "
            "WHERE id = ?"};
        for (int slot = 0; is_known && !has_room && slot < 3; ++slot) {
            has_room = query.integer(slot) != 0;
            sql = kWrites[slot];
        }
    }
    if (!is_known) return fail(ErrorKind::NotFound, "the CRM has no such contact");
    if (!has_room) return fail(ErrorKind::TooLarge, "the contact has three addresses already");
    {
        Query query(sqlite, sql);
        query.bind(address).bind(at).bind(kMadeByMail).bind(row_id_of(id)).run();
    }
    return transaction.commit();
}

Result<std::string> create_mail_task(CrmDatabase& db, const NewMailTask& wanted, Timestamp now) {
    Sqlite& sqlite = db.sqlite();
    if (wanted.key.empty()) return fail(ErrorKind::InvalidRequest, "a task of a mail needs a key");
    Transaction transaction(sqlite);
    if (!transaction.begun()) return std::unexpected(transaction.begun().error());
    {
        Query query(sqlite, "SELECT item_id FROM mail_made WHERE key = ? AND kind = 'task'");
        query.bind(wanted.key);
        if (query.row()) return query.text(0);
    }
    const SqlValue owner = id_or_nothing(wanted.owner_id);
    if (std::holds_alternative<std::monostate>(owner))
        return fail(ErrorKind::InvalidRequest, "a task needs an owner");
    const std::string subject = truncate_chars(normal_line(wanted.subject), kLineCharsMax);
    const std::string due = wanted.due_on ? format_date(*wanted.due_on) : std::string();
    const std::string at = format_timestamp(now);
    const SqlValue contact = id_or_nothing(wanted.contact_id);
    {
        Query query(sqlite,
                    "INSERT INTO task(type_code, owner_id, subject, due_date, contact_id, created_at, "
                    "modified_at, modified_by) VALUES(?, ?, ?, nullif(?, ''), ?, ?, ?, ?)");
        query.bind(db.default_task_type()).bind_value(owner).bind(subject).bind(due);
        query.bind_value(contact).bind(at).bind(at).bind(kMadeByMail).run();
    }
    const std::int64_t id = sqlite.last_insert_id();
    {
        Query query(sqlite, "INSERT INTO mail_made VALUES(?, 'task', ?, ?)");
        query.bind(wanted.key).bind(id).bind(at).run();
    }
    if (auto committed = transaction.commit(); !committed)
        return std::unexpected(committed.error());
    return std::to_string(id);
}

}  // namespace liaison::crm
