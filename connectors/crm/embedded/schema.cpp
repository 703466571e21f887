#include "connectors/crm/embedded/schema.hpp"

#include "core/text.hpp"

namespace liaison::crm {

// The embedded CRM's tables are the canonical model one to one (crm-connectors 5 and 6.4), so that
// a person with a SQL shell finds what he expects. Three rules make every writer safe, ours and
// foreign ones:
//
//   version   rises with every change of a row. Our own statements raise it; when a foreign UPDATE
//   does not, the *_touch trigger does. feed      every new version writes a row of change_log for
//   each user concerned (owner, previous owner, participants).
//             SQLite has one writer at a time, so the order of seq is the order of commits and "seq
//             > cursor" is complete.
//   deleted   rows stay with deleted = 1; a foreign DELETE is logged as well.
//
// What an item shows to Outlook also depends on other rows (its type's flag, its participants, its
// company's name). When those change, triggers raise the item's own version: whoever compares
// versions sees it.

namespace {

constexpr std::string_view kCrmTables = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('product', 'liaison-crm'), ('incarnation', lower(hex(randomblob(8)))),
  ('default_task_type', 'TASK'), ('default_appointment_type', 'MEETING'), ('default_mail_type', 'EMAIL');

CREATE TABLE user(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1 CHECK(active IN (0,1)), time_zone TEXT NOT NULL DEFAULT 'UTC', $ENVELOPE);
CREATE TABLE user_address(
  address TEXT PRIMARY KEY COLLATE NOCASE, user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  position INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
CREATE INDEX user_address_user ON user_address(user_id, position);

CREATE TABLE company(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  email TEXT, phone TEXT, url TEXT, street TEXT, city TEXT, state TEXT, postal_code TEXT, country TEXT, notes TEXT,
  owner_id INTEGER REFERENCES user(id), parent_id INTEGER REFERENCES company(id),
  privacy_blocked INTEGER NOT NULL DEFAULT 0 CHECK(privacy_blocked IN (0,1)), categories TEXT, $ENVELOPE);

CREATE TABLE activity_type(
  code TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL,
  register_in_outlook INTEGER NOT NULL DEFAULT 1 CHECK(register_in_outlook IN (0,1)),
  outlook_kind TEXT NOT NULL DEFAULT 'task' CHECK(outlook_kind IN ('task','appointment','none')),
  log_mail INTEGER NOT NULL DEFAULT 0 CHECK(log_mail IN (0,1)), direction TEXT NOT NULL DEFAULT 'none',
  default_duration_minutes INTEGER, default_reminder_minutes INTEGER, category TEXT, $ENVELOPE) WITHOUT ROWID;
INSERT INTO activity_type(code, name, register_in_outlook, outlook_kind, log_mail) VALUES
  ('TASK', 'Task', 1, 'task', 0), ('MEETING', 'Meeting', 1, 'appointment', 0), ('EMAIL', 'E-mail', 0, 'none', 1);

CREATE TABLE campaign(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'planned' CHECK(status IN ('planned','running','finished','canceled')),
  start_date TEXT, end_date TEXT,
  owner_id INTEGER REFERENCES user(id),
  notes TEXT, $ENVELOPE);

CREATE TABLE contact(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE,
  type TEXT NOT NULL DEFAULT 'person' CHECK(type IN ('person','lead')),
  given_name TEXT, middle_name TEXT, family_name TEXT, display_name TEXT, salutation TEXT, initials TEXT,
  company_name TEXT,
  job_title TEXT, department TEXT, email1 TEXT, email2 TEXT, email3 TEXT, phone_business TEXT,
  phone_mobile TEXT, phone_home TEXT,
  fax TEXT, url TEXT, business_street TEXT, business_city TEXT, business_state TEXT, business_postal_code TEXT,
  business_country TEXT, other_street TEXT, other_city TEXT, other_state TEXT, other_postal_code TEXT,
  other_country TEXT,
  birthday TEXT, notes TEXT, categories TEXT, is_private INTEGER NOT NULL DEFAULT 0,
  privacy_blocked INTEGER NOT NULL DEFAULT 0 CHECK(privacy_blocked IN (0,1)),
  owner_id INTEGER REFERENCES user(id), company_id INTEGER REFERENCES company(id), $ENVELOPE);
CREATE INDEX contact_owner ON contact(owner_id, id) WHERE deleted = 0;
CREATE INDEX contact_company ON contact(company_id) WHERE company_id IS NOT NULL;
CREATE INDEX contact_email1 ON contact(lower(email1)) WHERE email1 IS NOT NULL;
CREATE INDEX contact_email2 ON contact(lower(email2)) WHERE email2 IS NOT NULL;
CREATE INDEX contact_email3 ON contact(lower(email3)) WHERE email3 IS NOT NULL;
CREATE INDEX company_email ON company(lower(email)) WHERE email IS NOT NULL;

CREATE TABLE opportunity(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open' CHECK(status IN ('open','won','lost')), stage TEXT, value INTEGER,
  probability INTEGER CHECK(probability BETWEEN 0 AND 100), close_date TEXT,
  company_id INTEGER REFERENCES company(id), contact_id INTEGER REFERENCES contact(id),
  owner_id INTEGER REFERENCES user(id),
  campaign_id INTEGER REFERENCES campaign(id), notes TEXT, $ENVELOPE);
CREATE INDEX opportunity_contact ON opportunity(contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX opportunity_company ON opportunity(company_id) WHERE company_id IS NOT NULL;

CREATE TABLE task(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE,
  type_code TEXT NOT NULL DEFAULT 'TASK' REFERENCES activity_type(code) ON UPDATE CASCADE,
  register_in_outlook INTEGER CHECK(register_in_outlook IN (0,1)), owner_id INTEGER NOT NULL REFERENCES user(id),
  subject TEXT, body TEXT, status TEXT NOT NULL DEFAULT 'not_started' CHECK(status IN
    ('not_started','in_progress','waiting','deferred','completed','canceled')),
  priority TEXT NOT NULL DEFAULT 'normal' CHECK(priority IN ('low','normal','high')),
  start_date TEXT, due_date TEXT, percent_complete INTEGER CHECK(percent_complete BETWEEN 0 AND 100),
  completed_on TEXT,
  reminder_at TEXT, is_private INTEGER NOT NULL DEFAULT 0, time_worked_minutes INTEGER, distance TEXT,
  recurrence_rule TEXT,
  contact_id INTEGER REFERENCES contact(id), company_id INTEGER REFERENCES company(id),
  opportunity_id INTEGER REFERENCES opportunity(id), campaign_id INTEGER REFERENCES campaign(id), $ENVELOPE);
CREATE INDEX task_owner ON task(owner_id, id) WHERE deleted = 0;
CREATE INDEX task_type ON task(type_code);

CREATE TABLE appointment(
  id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE COLLATE NOCASE,
  type_code TEXT NOT NULL DEFAULT 'MEETING' REFERENCES activity_type(code) ON UPDATE CASCADE,
  register_in_outlook INTEGER CHECK(register_in_outlook IN (0,1)), owner_id INTEGER NOT NULL REFERENCES user(id),
  subject TEXT, body TEXT, status TEXT NOT NULL DEFAULT 'not_started' CHECK(status IN
    ('not_started','in_progress','waiting','deferred','completed','canceled')),
  priority TEXT NOT NULL DEFAULT 'normal' CHECK(priority IN ('low','normal','high')),
  start_at TEXT, start_zone TEXT NOT NULL DEFAULT '', end_at TEXT, end_zone TEXT NOT NULL DEFAULT '',
  all_day INTEGER NOT NULL DEFAULT 0, location TEXT,
  show_as TEXT NOT NULL DEFAULT 'busy' CHECK(show_as IN ('free','tentative','busy','oof','elsewhere')),
  reminder_minutes INTEGER, is_private INTEGER NOT NULL DEFAULT 0, organizer TEXT, ical_uid TEXT,
  recurrence_rule TEXT,
  contact_id INTEGER REFERENCES contact(id), company_id INTEGER REFERENCES company(id),
  opportunity_id INTEGER REFERENCES opportunity(id), campaign_id INTEGER REFERENCES campaign(id), $ENVELOPE);
CREATE INDEX appointment_owner ON appointment(owner_id, id) WHERE deleted = 0;
CREATE INDEX appointment_type ON appointment(type_code);
CREATE UNIQUE INDEX appointment_ical_uid ON appointment(ical_uid) WHERE ical_uid IS NOT NULL AND deleted = 0;
-- A role of 'copy' is the mailbox of a rep who holds a copy without being on the list of attendees (a
-- distribution list invited him); mirrored = 0: that rep removed his copy, the meeting goes on.
CREATE TABLE appointment_participant(
  appointment_id INTEGER NOT NULL REFERENCES appointment(id) ON DELETE CASCADE, address TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL DEFAULT '', role TEXT NOT NULL DEFAULT 'required' CHECK(role IN
  ('required','optional','resource','copy')),
  response TEXT NOT NULL DEFAULT 'none' CHECK(response IN ('none','tentative','accepted','declined')),
  mirrored INTEGER NOT NULL DEFAULT 1 CHECK(mirrored IN (0,1)),
  PRIMARY KEY(appointment_id, address, name)) WITHOUT ROWID;
CREATE INDEX appointment_participant_address ON appointment_participant(address);

-- The marks that Liaison leaves, one per rep: a meeting of two reps carries one for each. external_key is
-- the token without the CRM's own id and makes creates idempotent; token is what was given.
CREATE TABLE external_link(
  kind TEXT NOT NULL, item_id INTEGER NOT NULL, user_id INTEGER NOT NULL, external_key TEXT NOT NULL UNIQUE,
  token TEXT NOT NULL,
  PRIMARY KEY(kind, item_id, user_id)) WITHOUT ROWID;

-- Hot tables (performance 4): integer row ids, the identity as 32 raw bytes, appended in order.
CREATE TABLE message(
  id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, internet_message_id TEXT, subject TEXT,
  text_body TEXT, at TEXT NOT NULL,
  mailbox TEXT NOT NULL, link_url TEXT, logged_at TEXT NOT NULL);
CREATE TABLE message_original(message_id INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
  eml BLOB NOT NULL);
CREATE TABLE message_participant(
  message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE, position INTEGER NOT NULL, role TEXT NOT NULL,
  address TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY(message_id, position)) WITHOUT ROWID;
CREATE TABLE interaction(
  id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL REFERENCES message(id),
  contact_id INTEGER REFERENCES contact(id), company_id INTEGER REFERENCES company(id), address TEXT NOT NULL,
  user_id INTEGER REFERENCES user(id), direction TEXT NOT NULL CHECK(direction IN ('none','inbound','outbound')),
  channel TEXT NOT NULL DEFAULT 'email', template_code TEXT NOT NULL, campaign_id INTEGER REFERENCES campaign(id),
  opportunity_id INTEGER REFERENCES opportunity(id), at TEXT NOT NULL,
  canceled INTEGER NOT NULL DEFAULT 0, CHECK(contact_id IS NOT NULL OR company_id IS NOT NULL));
CREATE UNIQUE INDEX interaction_once_per_contact ON interaction(message_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX interaction_once_per_company ON interaction(message_id, company_id) WHERE contact_id IS NULL;

-- user_id 0: nobody's collection (an address book entry).
CREATE TABLE change_log(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id INTEGER NOT NULL, op TEXT NOT NULL,
  version INTEGER NOT NULL,
  user_id INTEGER NOT NULL, at TEXT NOT NULL, origin TEXT NOT NULL DEFAULT '');
CREATE INDEX change_log_feed ON change_log(kind, user_id, seq);
CREATE INDEX change_log_parties ON change_log(seq) WHERE kind IN ('contact','company','user');
)sql";

constexpr std::string_view kCrmEnvelope =
    "version INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL DEFAULT ($NOW), "
    "modified_at TEXT NOT NULL DEFAULT ($NOW), modified_by TEXT NOT NULL DEFAULT '', "
    "deleted INTEGER NOT NULL DEFAULT 0 CHECK(deleted IN (0,1))";

// $T table, $K its key column.
constexpr std::string_view kTouchTrigger = R"sql(
CREATE TRIGGER $T_touch AFTER UPDATE ON $T WHEN NEW.version = OLD.version BEGIN
  UPDATE $T SET version = OLD.version + 1, modified_by = '', modified_at = max(NEW.modified_at, OLD.modified_at, $NOW)
  WHERE $K = NEW.$K; END;
)sql";

// $O the column of the user concerned, 0 where there is none.
constexpr std::string_view kLogTriggers = R"sql(
CREATE TRIGGER $T_log_insert AFTER INSERT ON $T BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at, origin)
  VALUES('$T', NEW.id, 'I', NEW.version, ifnull(NEW.$O, 0), NEW.modified_at, NEW.modified_by); END;
CREATE TRIGGER $T_log_update AFTER UPDATE ON $T WHEN NEW.version <> OLD.version BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at, origin)
  VALUES('$T', NEW.id, CASE WHEN NEW.deleted THEN 'D' ELSE 'U' END, NEW.version, ifnull(NEW.$O, 0),
  NEW.modified_at, NEW.modified_by); END;
CREATE TRIGGER $T_log_leave AFTER UPDATE OF $O ON $T WHEN OLD.$O IS NOT NULL AND OLD.$O IS NOT NEW.$O BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at, origin)
  VALUES('$T', NEW.id, 'U', NEW.version, OLD.$O, NEW.modified_at, NEW.modified_by); END;
CREATE TRIGGER $T_log_delete AFTER DELETE ON $T BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at, origin)
  VALUES('$T', OLD.id, 'D', OLD.version + 1, ifnull(OLD.$O, 0), $NOW, ''); END;
)sql";

constexpr std::string_view kCrmScopeTriggers = R"sql(
CREATE TRIGGER appointment_log_participants AFTER UPDATE ON appointment WHEN NEW.version <> OLD.version BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at, origin)
  SELECT DISTINCT 'appointment', NEW.id, 'U', NEW.version, u.user_id, NEW.modified_at, NEW.modified_by
  FROM appointment_participant p JOIN user_address u ON u.address = p.address
  WHERE p.appointment_id = NEW.id AND u.user_id <> NEW.owner_id; END;
CREATE TRIGGER participant_insert AFTER INSERT ON appointment_participant BEGIN
  UPDATE appointment SET version = version + 1 WHERE id = NEW.appointment_id; END;
CREATE TRIGGER participant_update AFTER UPDATE ON appointment_participant BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at)
  SELECT 'appointment', a.id, 'U', a.version + 1, u.user_id, a.modified_at
  FROM appointment a JOIN user_address u ON u.address = OLD.address
  WHERE a.id = OLD.appointment_id AND OLD.address <> NEW.address;
  UPDATE appointment SET version = version + 1 WHERE id IN (OLD.appointment_id, NEW.appointment_id); END;
CREATE TRIGGER participant_delete AFTER DELETE ON appointment_participant BEGIN
  INSERT INTO change_log(kind, id, op, version, user_id, at)
  SELECT 'appointment', OLD.appointment_id, 'U',
  ifnull((SELECT version + 1 FROM appointment WHERE id = OLD.appointment_id), 0),
    u.user_id, ifnull((SELECT modified_at FROM appointment WHERE id = OLD.appointment_id), $NOW)
  FROM user_address u WHERE u.address = OLD.address;
  UPDATE appointment SET version = version + 1 WHERE id = OLD.appointment_id; END;

CREATE TRIGGER user_address_insert AFTER INSERT ON user_address BEGIN
  UPDATE user SET version = version + 1 WHERE id = NEW.user_id;
  UPDATE appointment SET version = version + 1
  WHERE id IN (SELECT appointment_id FROM appointment_participant WHERE address = NEW.address); END;
CREATE TRIGGER user_address_update AFTER UPDATE ON user_address BEGIN
  UPDATE user SET version = version + 1 WHERE id IN (OLD.user_id, NEW.user_id);
  INSERT INTO change_log(kind, id, op, version, user_id, at)
  SELECT 'appointment', a.id, 'U', a.version + 1, OLD.user_id, a.modified_at FROM appointment a
  WHERE a.id IN (SELECT appointment_id FROM appointment_participant WHERE address = OLD.address);
  UPDATE appointment SET version = version + 1
  WHERE id IN (SELECT appointment_id FROM appointment_participant WHERE address IN (OLD.address, NEW.address)); END;
CREATE TRIGGER user_address_delete AFTER DELETE ON user_address BEGIN
  UPDATE user SET version = version + 1 WHERE id = OLD.user_id;
  INSERT INTO change_log(kind, id, op, version, user_id, at)
  SELECT 'appointment', a.id, 'U', a.version + 1, OLD.user_id, a.modified_at FROM appointment a
  WHERE a.id IN (SELECT appointment_id FROM appointment_participant WHERE address = OLD.address);
  UPDATE appointment SET version = version + 1
  WHERE id IN (SELECT appointment_id FROM appointment_participant WHERE address = OLD.address); END;

CREATE TRIGGER activity_type_scope AFTER UPDATE OF register_in_outlook ON activity_type
WHEN NEW.register_in_outlook <> OLD.register_in_outlook BEGIN
  UPDATE task SET version = version + 1, modified_at = max(modified_at, NEW.modified_at)
  WHERE type_code = NEW.code AND register_in_outlook IS NULL;
  UPDATE appointment SET version = version + 1, modified_at = max(modified_at, NEW.modified_at)
  WHERE type_code = NEW.code AND register_in_outlook IS NULL; END;
CREATE TRIGGER company_rename AFTER UPDATE OF name ON company WHEN NEW.name <> OLD.name BEGIN
  UPDATE contact SET company_name = NEW.name, version = version + 1, modified_at = max(modified_at, NEW.modified_at)
  WHERE company_id = NEW.id AND company_name = OLD.name; END;
)sql";

std::string replace_each(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string trigger_text(std::string_view pattern, std::string_view table, std::string_view key,
                         std::string_view owner) {
    std::string out = replace_each(std::string(pattern), "$T", table);
    out = replace_each(std::move(out), "$K", key);
    return replace_each(std::move(out), "$O", owner);
}

std::string first_schema() {
    std::string out = replace_each(std::string(kCrmTables), "$ENVELOPE", kCrmEnvelope);
    for (const std::string_view table :
         {"user", "company", "contact", "task", "appointment", "opportunity", "campaign"})
        out += trigger_text(kTouchTrigger, table, "id", "");
    out += trigger_text(kTouchTrigger, "activity_type", "code", "");
    for (const std::string_view table : {"company", "contact", "task", "appointment"})
        out += trigger_text(kLogTriggers, table, "id", "owner_id");
    out += trigger_text(kLogTriggers, "user", "id", "id");
    out += kCrmScopeTriggers;
    return replace_each(std::move(out), "$NOW", "strftime('%Y-%m-%dT%H:%M:%fZ','now')");
}

}  // namespace

std::string schema_script(std::int64_t version) {
    if (version == 2) return mail_schema_script();
    return version == 1 ? first_schema() : std::string();
}

Result<void> migrate_schema(Sqlite& db) {
    Transaction transaction(db);
    if (!transaction.begun()) return transaction.begun();
    std::int64_t present = 0;
    bool is_empty = true;
    {
        Query tables(
            db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        bool has_versions = false;
        while (tables.row()) {
            is_empty = false;
            has_versions = has_versions || tables.text(0) == "schema_version";
        }
        if (has_versions) {
            Query newest(db, "SELECT max(version) FROM schema_version");
            if (newest.row()) present = newest.integer(0);
        } else if (!is_empty) {
            return fail(ErrorKind::InvalidRequest,
                        "the file is a database of another program: give the embedded CRM a file "
                        "of its own");
        }
    }
    if (present > kSchemaVersion) {
        return fail(ErrorKind::InvalidRequest,
                    "the CRM's file has schema " + std::to_string(present) +
                        ", this Liaison knows " + std::to_string(kSchemaVersion) +
                        ": use the newer Liaison that wrote it");
    }
    if (is_empty)
        db.script(
            "CREATE TABLE schema_version(version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)");
    for (std::int64_t version = present + 1; version <= kSchemaVersion; ++version) {
        db.script(schema_script(version));
        Query note(db,
                   "INSERT INTO schema_version VALUES(?, strftime('%Y-%m-%dT%H:%M:%fZ','now'))");
        note.bind(version).run();
    }
    return transaction.commit();
}

}  // namespace liaison::crm
