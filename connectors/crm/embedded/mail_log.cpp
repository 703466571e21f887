#include "connectors/crm/embedded/mail_log.hpp"

#include <algorithm>

#include "connectors/crm/embedded/record_rows.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

int identity_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// A SHA-256 in hex is stored as its 32 bytes; any other identity as it is.
std::string identity_bytes(const MessageIdentity& identity) {
    const std::string& hex = identity.str();
    if (hex.size() != 64) return hex;
    std::string bytes;
    bytes.reserve(32);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = identity_hex_digit(hex[i]);
        const int low = identity_hex_digit(hex[i + 1]);
        if (high < 0 || low < 0) return hex;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// At most `bytes_max` bytes of valid UTF-8, not cut inside a code point.
std::string cut_bytes(const std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return clean_utf8(text);
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return clean_utf8(std::string_view(text).substr(0, end));
}

/// An optional reference: nothing for an empty id, and a failure for one that is no id.
SqlValue reference_of(Sqlite& db, const std::string& id, const char* what) {
    if (id.empty()) return std::monostate{};
    const std::int64_t number = row_id_of(id);
    if (number == 0)
        db.fail_with(Error{ErrorKind::InvalidRequest,
                           std::string("the CRM has no such ") + what,
                           {},
                           std::nullopt});
    return number;
}

std::int64_t find_message(Sqlite& db, const std::string& identity) {
    Query query(db, "SELECT id FROM message WHERE identity = ?");
    query.bind_blob(identity);
    return query.row() ? query.integer(0) : 0;
}

void insert_attachments(Sqlite& db, std::int64_t message_id,
                        const std::vector<AttachmentInfo>& attachments) {
    std::int64_t position = 0;
    for (const AttachmentInfo& one : attachments) {
        const std::string name = truncate_chars(normal_line(one.name), kLineCharsMax);
        const std::string type = truncate_chars(normal_line(one.content_type), kLineCharsMax);
        Query query(db, "INSERT INTO message_attachment VALUES(?, ?, ?, ?, ?, ?)");
        query.bind(message_id).bind(position++).bind(name).bind(type).bind(one.size);
        query.bind(std::int64_t{one.is_inline}).run();
    }
}

std::int64_t insert_message(Sqlite& db, const MessageLog& message, const std::string& identity,
                            const std::string& now) {
    const std::string subject = truncate_chars(normal_line(message.subject), kLineCharsMax);
    const std::string text = cut_bytes(message.text_body, limits::mail_text_bytes_max);
    const std::string message_id =
        truncate_chars(normal_line(message.internet_message_id), kLineCharsMax);
    const std::string at = format_timestamp(message.at);
    Query query(db,
                "INSERT INTO message(identity, internet_message_id, subject, text_body, at, "
                "mailbox, link_url, "
                "logged_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    query.bind_blob(identity).bind(message_id).bind(subject).bind(text).bind(at);
    query.bind(message.mailbox.str()).bind(message.link_url).bind(now).run();
    const std::int64_t id = db.last_insert_id();
    std::int64_t position = 0;
    for (const auto& [role, person] : message.participants) {
        if (position == static_cast<std::int64_t>(limits::recipients_max)) break;
        const std::string address = normal_address(person.address);
        const std::string name = normal_line(person.name);
        Query participant(db, "INSERT INTO message_participant VALUES(?, ?, ?, ?, ?)");
        participant.bind(id).bind(position++).bind(role).bind(address).bind(name).run();
    }
    insert_attachments(db, id, message.attachments);
    return id;
}

void insert_original(Sqlite& db, std::int64_t message_id, const std::string& eml) {
    if (eml.empty()) return;
    Query query(
        db, "INSERT INTO message_original(message_id, eml) VALUES(?, ?) ON CONFLICT DO NOTHING");
    query.bind(message_id).bind_blob(eml).run();
}

struct InteractionParty {
    SqlValue contact;
    SqlValue company;
};

InteractionParty party_of(Sqlite& db, const InteractionDraft& draft) {
    switch (draft.contact_kind) {
        case PartyKind::Contact:
        case PartyKind::Lead:
            return {reference_of(db, draft.contact_id, "contact"),
                    reference_of(db, draft.company_id, "company")};
        case PartyKind::Company:
            return {std::monostate{}, reference_of(db, draft.contact_id, "company")};
        case PartyKind::User:
            break;
    }
    db.fail_with(Error{ErrorKind::InvalidRequest,
                       "an interaction needs a contact, a lead or a company",
                       {},
                       std::nullopt});
    return {};
}

std::int64_t find_interaction(Sqlite& db, std::int64_t message_id, const InteractionParty& party) {
    const bool has_contact = !std::holds_alternative<std::monostate>(party.contact);
    Query query(db, has_contact
                        ? "SELECT id FROM interaction WHERE message_id = ? AND contact_id = ?"
                        : "SELECT id FROM interaction WHERE message_id = ? AND contact_id IS NULL "
                          "AND company_id = ?");
    query.bind(message_id).bind_value(has_contact ? party.contact : party.company);
    return query.row() ? query.integer(0) : 0;
}

/// Who stands behind an opportunity, for a mail that names it and nobody else.
InteractionParty party_of_opportunity(Sqlite& db, const std::string& opportunity) {
    Query query(db, "SELECT contact_id, company_id FROM opportunity WHERE id = ? AND deleted = 0");
    query.bind(row_id_of(opportunity));
    if (!query.row() || (query.null(0) && query.null(1))) {
        db.fail_with(Error{ErrorKind::InvalidRequest,
                           "the opportunity is not there or names neither contact nor company",
                           {},
                           std::nullopt});
        return {};
    }
    return {query.value(0), query.value(1)};
}

/// The interaction's id; `is_new` says whether this call wrote it.
std::int64_t put_interaction(CrmDatabase& db, std::int64_t message_id, const MessageLog& message,
                             const InteractionDraft& draft, bool& is_new) {
    Sqlite& sqlite = db.sqlite();
    const bool by_opportunity = draft.contact_id.empty() && !draft.opportunity_id.empty();
    const InteractionParty party = by_opportunity
                                       ? party_of_opportunity(sqlite, draft.opportunity_id)
                                       : party_of(sqlite, draft);
    if (const std::int64_t present = find_interaction(sqlite, message_id, party); present != 0)
        return present;
    const std::string address = normal_address(draft.contact_address);
    const std::string at = format_timestamp(message.at);
    const std::string& template_code =
        draft.template_code.empty() ? db.default_mail_type() : draft.template_code;
    const SqlValue user = reference_of(sqlite, draft.user_id, "user");
    const SqlValue campaign = reference_of(sqlite, draft.campaign_id, "campaign");
    const SqlValue opportunity = reference_of(sqlite, draft.opportunity_id, "opportunity");
    Query query(
        sqlite,
        "INSERT INTO interaction(message_id, contact_id, company_id, address, user_id, direction, "
        "template_code, campaign_id, opportunity_id, at, channel, regarding_kind, regarding_id) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''))");
    query.bind(message_id)
        .bind_value(party.contact)
        .bind_value(party.company)
        .bind(address)
        .bind_value(user);
    query.bind(to_string(draft.direction))
        .bind(template_code)
        .bind_value(campaign)
        .bind_value(opportunity)
        .bind(at)
        .bind(message.channel)
        .bind(draft.regarding_kind)
        .bind(draft.regarding_id)
        .run();
    is_new = true;
    return sqlite.last_insert_id();
}

Result<LoggedMessage> log_one(CrmDatabase& db, const MessageLog& message, const std::string& now) {
    Sqlite& sqlite = db.sqlite();
    if (message.identity.empty())
        return fail(ErrorKind::InvalidRequest, "a message without identity");
    if (message.drafts.empty())
        return fail(ErrorKind::InvalidRequest, "a message without anybody to log it for");
    if (message.original_eml.size() > limits::mail_bytes_max)
        return fail(ErrorKind::TooLarge, "the original is larger than " +
                                             std::to_string(limits::mail_bytes_max) + " bytes");
    const std::string identity = identity_bytes(message.identity);
    std::int64_t id = find_message(sqlite, identity);
    LoggedMessage logged{message.identity, {}, id != 0};
    if (id == 0) id = insert_message(sqlite, message, identity, now);
    insert_original(sqlite, id, message.original_eml);
    bool is_new = false;
    for (const InteractionDraft& draft : message.drafts)
        logged.interaction_ids.push_back(
            std::to_string(put_interaction(db, id, message, draft, is_new)));
    logged.was_there = logged.was_there && !is_new;
    if (sqlite.error()) return std::unexpected(*sqlite.error());
    return logged;
}

}  // namespace

std::vector<Result<LoggedMessage>> log_messages(CrmDatabase& db,
                                                const std::vector<MessageLog>& messages,
                                                Timestamp now) {
    Transaction transaction(db.sqlite());
    const auto all_fail = [&messages](const Error& error) {
        return std::vector<Result<LoggedMessage>>(messages.size(), std::unexpected(error));
    };
    if (!transaction.begun()) return all_fail(transaction.begun().error());
    const std::string at = format_timestamp(now);
    std::vector<Result<LoggedMessage>> out;
    out.reserve(messages.size());
    for (const MessageLog& message : messages) {
        Savepoint savepoint(db.sqlite());
        Result<LoggedMessage> logged = log_one(db, message, at);
        if (!logged) db.sqlite().fail_with(logged.error());
        if (const auto kept = savepoint.release(); !kept) logged = std::unexpected(kept.error());
        out.push_back(std::move(logged));
    }
    if (const auto committed = transaction.commit(); !committed) return all_fail(committed.error());
    return out;
}

Result<std::vector<LoggedMessage>> find_logged(CrmDatabase& db,
                                               const std::vector<MessageIdentity>& identities) {
    Reading reading(db.sqlite());
    std::vector<LoggedMessage> out;
    for (const MessageIdentity& identity : identities) {
        const std::string bytes = identity_bytes(identity);
        LoggedMessage logged{identity, {}, false};
        Query query(db.sqlite(),
                    "SELECT i.id FROM message m JOIN interaction i ON i.message_id = m.id "
                    "WHERE m.identity = ? AND i.canceled = 0 ORDER BY i.id");
        query.bind_blob(bytes);
        while (query.row()) logged.interaction_ids.push_back(query.text(0));
        logged.was_there = !logged.interaction_ids.empty();
        out.push_back(std::move(logged));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return out;
}

/// Text, original and people of a message go once nothing live refers to it; that it was there, and
/// what was withdrawn by whom, stays.
static void erase_message(Sqlite& db, std::int64_t message_id) {
    for (const std::string_view sql :
         {"DELETE FROM message_original WHERE message_id = ?",
          "DELETE FROM message_participant WHERE message_id = ?",
          "DELETE FROM message_attachment WHERE message_id = ?",
          "UPDATE message SET subject = NULL, text_body = NULL, link_url = NULL WHERE id = ?"}) {
        Query query(db, sql);
        query.bind(message_id).run();
    }
}

Result<std::size_t> withdraw_message(CrmDatabase& db, const MessageWithdrawal& wanted,
                                     Timestamp now) {
    Sqlite& sqlite = db.sqlite();
    Transaction transaction(sqlite);
    if (!transaction.begun()) return std::unexpected(transaction.begun().error());
    const std::string identity = identity_bytes(wanted.identity);
    const std::int64_t message = find_message(sqlite, identity);
    if (message == 0) return fail(ErrorKind::NotFound, "the CRM has no such message");
    std::vector<std::int64_t> ids;
    std::size_t live = 0;
    {
        Query query(sqlite, "SELECT id, ifnull(contact_id, company_id) FROM interaction WHERE "
                            "message_id = ? AND canceled = 0 ORDER BY id");
        query.bind(message);
        while (query.row()) {
            const bool meant = wanted.contact_ids.empty() ||
                               std::ranges::find(wanted.contact_ids, query.text(1)) !=
                                   wanted.contact_ids.end();
            if (meant)
                ids.push_back(query.integer(0));
            else
                ++live;
        }
    }
    const std::string at = format_timestamp(now);
    for (const std::int64_t id : ids) {
        Query query(sqlite, "UPDATE interaction SET canceled = 1, canceled_at = ?, canceled_by = ?, "
                            "canceled_why = ? WHERE id = ?");
        query.bind(at).bind(wanted.who).bind(wanted.why).bind(id).run();
    }
    if (wanted.erase_content && live == 0) erase_message(sqlite, message);
    std::size_t canceled = 0;
    {
        Query query(sqlite,
                    "SELECT count(*) FROM interaction WHERE message_id = ? AND canceled = 1");
        query.bind(message);
        if (query.row()) canceled = static_cast<std::size_t>(query.integer(0));
    }
    if (auto committed = transaction.commit(); !committed)
        return std::unexpected(committed.error());
    return canceled;
}

Result<void> set_message_link(CrmDatabase& db, const MessageIdentity& identity,
                              const std::string& link_url) {
    Transaction transaction(db.sqlite());
    if (!transaction.begun()) return transaction.begun();
    const std::string bytes = identity_bytes(identity);
    {
        Query query(db.sqlite(), "UPDATE message SET link_url = ? WHERE identity = ?");
        query.bind(link_url).bind_blob(bytes).run();
        if (!db.sqlite().error() && db.sqlite().changes() == 0)
            return fail(ErrorKind::NotFound, "the CRM has no such message");
    }
    return transaction.commit();
}

}  // namespace liaison::crm
