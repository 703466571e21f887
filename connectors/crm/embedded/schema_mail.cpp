#include "connectors/crm/embedded/schema.hpp"

namespace liaison::crm {

// A withdrawn interaction stays, cancelled, with who and why: nothing is taken back silently.
// mail_made says what was made of which mail, so that making is idempotent. The domain indexes serve
// proposals for the unmatched tray. log_meeting: meetings of this type that have ended become
// interactions; meeting_template is the code that those carry.
static constexpr std::string_view kMailSchema = R"sql(
ALTER TABLE interaction ADD COLUMN regarding_kind TEXT;
ALTER TABLE interaction ADD COLUMN regarding_id TEXT;
ALTER TABLE interaction ADD COLUMN canceled_at TEXT;
ALTER TABLE interaction ADD COLUMN canceled_by TEXT;
ALTER TABLE interaction ADD COLUMN canceled_why TEXT;
CREATE INDEX interaction_contact ON interaction(contact_id, at) WHERE contact_id IS NOT NULL;

CREATE TABLE message_attachment(
  message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, size INTEGER NOT NULL, is_inline INTEGER NOT NULL, PRIMARY KEY(message_id, position))
  WITHOUT ROWID;
CREATE TABLE mail_made(key TEXT PRIMARY KEY, kind TEXT NOT NULL, item_id INTEGER NOT NULL, at TEXT NOT NULL)
  WITHOUT ROWID;

CREATE TABLE campaign_member(
  campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE, PRIMARY KEY(campaign_id, contact_id)) WITHOUT ROWID;
CREATE INDEX campaign_member_contact ON campaign_member(contact_id);

CREATE INDEX contact_domain1 ON contact(substr(lower(email1), instr(email1, '@') + 1)) WHERE email1 IS NOT NULL;
CREATE INDEX contact_domain2 ON contact(substr(lower(email2), instr(email2, '@') + 1)) WHERE email2 IS NOT NULL;
CREATE INDEX contact_domain3 ON contact(substr(lower(email3), instr(email3, '@') + 1)) WHERE email3 IS NOT NULL;
CREATE INDEX company_domain ON company(substr(lower(email), instr(email, '@') + 1)) WHERE email IS NOT NULL;
CREATE INDEX contact_display_name ON contact(display_name COLLATE NOCASE) WHERE display_name IS NOT NULL;
CREATE INDEX contact_family_name ON contact(family_name COLLATE NOCASE) WHERE family_name IS NOT NULL;

ALTER TABLE activity_type ADD COLUMN log_meeting INTEGER NOT NULL DEFAULT 0 CHECK(log_meeting IN (0,1));
CREATE INDEX appointment_ended ON appointment(end_at) WHERE deleted = 0;
)sql";

std::string mail_schema_script() {
    return std::string(kMailSchema);
}

}  // namespace liaison::crm
