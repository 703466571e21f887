#include "storage/migrate.hpp"

namespace liaison::storage {

// What explains a mail and what people decide about it. `backfill` is 1 for a mail that lay in its
// folder before Liaison looked at the folder for the first time: it waits for those that arrive.
// `search_due`: a logged mail has left its folder and is looked for (0: it is not). Address and
// domain rows are the external participants of a mail, domains with their labels reversed
// ("example.customer."), so that a domain and everything below it is one range.
static constexpr std::string_view kSchemaMail = R"sql(
ALTER TABLE intake ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
ALTER TABLE intake ADD COLUMN raw_message_id TEXT NOT NULL DEFAULT '';
ALTER TABLE intake ADD COLUMN message_hash BIGINT NOT NULL DEFAULT 0;
ALTER TABLE intake ADD COLUMN choice TEXT NOT NULL DEFAULT '';
ALTER TABLE intake ADD COLUMN backfill SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE intake ADD COLUMN open_question SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE intake ADD COLUMN search_due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE intake ADD COLUMN search_count BIGINT NOT NULL DEFAULT 0;
CREATE INDEX intake_by_message ON intake (message_hash) WHERE message_hash <> 0;
CREATE INDEX intake_waiting ON intake (mailbox, state, backfill, id);
CREATE INDEX intake_open_question ON intake (id) WHERE open_question <> 0;
CREATE INDEX intake_searched ON intake (mailbox, search_due) WHERE search_due <> 0;
CREATE INDEX intake_identity_text ON intake (identity) WHERE identity_hash <> 0;

CREATE TABLE intake_event (
    id ROW_ID,
    intake BIGINT NOT NULL REFERENCES intake(id),
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX intake_event_by_row ON intake_event (intake, id);

CREATE TABLE intake_thread (
    thread_key TEXT NOT NULL,
    tie SMALLINT NOT NULL,
    intake BIGINT NOT NULL REFERENCES intake(id),
    PRIMARY KEY (thread_key, tie, intake)
);
CREATE INDEX intake_thread_by_row ON intake_thread (intake);

CREATE TABLE intake_address (
    intake BIGINT NOT NULL REFERENCES intake(id),
    address TEXT NOT NULL,
    domain TEXT NOT NULL,
    PRIMARY KEY (intake, address)
);
CREATE INDEX intake_address_by_address ON intake_address (address, intake);
CREATE INDEX intake_address_by_domain ON intake_address (domain, intake);

CREATE TABLE withdrawal (
    id ROW_ID,
    intake BIGINT NOT NULL REFERENCES intake(id),
    contacts TEXT NOT NULL,
    erase_content SMALLINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    done_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX withdrawal_open ON withdrawal (intake) WHERE done_at = 0;
)sql";

std::string_view schema_mail() {
    return kSchemaMail;
}

}  // namespace liaison::storage
