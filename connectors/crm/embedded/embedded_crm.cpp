#include "connectors/crm/embedded/embedded_crm.hpp"

#include <array>

#include "connectors/crm/embedded/feed.hpp"
#include "connectors/crm/embedded/mail_log.hpp"
#include "connectors/crm/embedded/mail_made.hpp"
#include "connectors/crm/embedded/party_book.hpp"
#include "connectors/crm/embedded/party_filter.hpp"
#include "connectors/crm/embedded/record_rows.hpp"
#include "connectors/crm/embedded/schema.hpp"
#include "connectors/crm/embedded/writes.hpp"

namespace liaison::crm {

/// Every verb: a job that owns the database and its arguments, run on the worker. The time is read
/// here, on the control thread.
class EmbeddedCrm::Ports final : public SyncEndpoint, public InteractionSink, public AddressBook {
public:
    Ports(std::shared_ptr<CrmDatabase> db, Worker& worker, const Clock& clock)
        : db_(std::move(db)),
          filter_(std::make_shared<PartyFilter>(
              static_cast<std::uint64_t>(clock.now().time_since_epoch().count()))),
          worker_(worker),
          clock_(clock),
          capabilities_{
              embedded_capabilities(EntityKind::Task, db_->default_task_type()),
              embedded_capabilities(EntityKind::Appointment, db_->default_appointment_type()),
              embedded_capabilities(EntityKind::Contact, {})} {}

    const EndpointCapabilities& capabilities(EntityKind kind) const override {
        return capabilities_.at(static_cast<std::size_t>(kind));
    }
    CollectionId collection(EntityKind kind, MailboxId mailbox) const override {
        return make_collection_id(kind, mailbox);
    }

    Async<Result<ProbeReport>> probe(CollectionId collection) override;
    Async<Result<ChangePage>> pull_changes(CollectionId collection, Cursor cursor) override;
    Async<std::vector<Result<Observation>>> get_items(CollectionId collection,
                                                      std::vector<ItemKey> keys) override;
    Async<Result<KeyPage>> list_keys(CollectionId collection, Cursor page) override;
    Async<std::vector<Result<Observation>>> create_items(CollectionId collection,
                                                         std::vector<NewItem> items) override;
    Async<std::vector<Result<Observation>>> update_items(CollectionId collection,
                                                         std::vector<ItemUpdate> updates) override;
    Async<std::vector<Result<void>>> delete_items(CollectionId collection,
                                                  std::vector<ItemRemoval> removals) override;
    Async<Result<std::optional<Observation>>> find_by_token(CollectionId collection,
                                                            CorrelationToken token) override;

    Async<std::vector<Result<LoggedMessage>>> log_messages(
        std::vector<MessageLog> messages) override;
    Async<Result<std::vector<LoggedMessage>>> find_logged(
        std::vector<MessageIdentity> identities) override;
    Async<Result<void>> set_message_link(MessageIdentity identity, std::string link_url) override;

    Async<Result<Party>> create_party(NewParty party) override;
    Async<Result<void>> add_address(PartyKind kind, std::string id, std::string address) override;
    Async<Result<std::string>> create_task(NewMailTask task) override;
    Async<Result<std::size_t>> withdraw(MessageWithdrawal withdrawal) override;

    Async<Result<PartyMap>> resolve(std::vector<std::string> addresses) override;
    Async<Result<std::vector<Party>>> find_parties(PartyQuery query) override;
    Async<Result<std::vector<CrmUser>>> users() override;
    Async<Result<std::vector<OpenOpportunity>>> open_opportunities(std::string user_id) override;
    Async<Result<std::string>> revision() override;

private:
    std::shared_ptr<CrmDatabase> db_;
    std::shared_ptr<PartyFilter> filter_;  ///< used on the worker's thread
    Worker& worker_;
    const Clock& clock_;
    std::array<EndpointCapabilities, 3> capabilities_;
};

Async<Result<SyncEndpoint::ProbeReport>> EmbeddedCrm::Ports::probe(CollectionId collection) {
    std::function<Result<RepCollection>()> job = [db = db_, collection = std::move(collection)] {
        return find_collection(*db, collection);
    };
    const auto found = co_await run_on<Result<RepCollection>>(worker_, std::move(job));
    if (!found) co_return std::unexpected(found.error());
    ProbeReport report;
    report.server = "Liaison embedded CRM, schema " + std::to_string(kSchemaVersion);
    report.server_time = clock_.now();
    co_return report;
}

Async<Result<ChangePage>> EmbeddedCrm::Ports::pull_changes(CollectionId collection, Cursor cursor) {
    std::function<Result<ChangePage>()> job = [db = db_, collection = std::move(collection),
                                               cursor = std::move(cursor)] {
        return crm::pull_changes(*db, collection, cursor);
    };
    co_return co_await run_on<Result<ChangePage>>(worker_, std::move(job));
}

Async<std::vector<Result<Observation>>> EmbeddedCrm::Ports::get_items(CollectionId collection,
                                                                      std::vector<ItemKey> keys) {
    using Answer = std::vector<Result<Observation>>;
    std::function<Answer()> job = [db = db_, collection = std::move(collection),
                                   keys = std::move(keys)] {
        return crm::get_items(*db, collection, keys);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<Result<SyncEndpoint::KeyPage>> EmbeddedCrm::Ports::list_keys(CollectionId collection,
                                                                   Cursor page) {
    std::function<Result<KeyPage>()> job = [db = db_, collection = std::move(collection),
                                            page = std::move(page)] {
        return crm::list_keys(*db, collection, page);
    };
    co_return co_await run_on<Result<KeyPage>>(worker_, std::move(job));
}

Async<std::vector<Result<Observation>>> EmbeddedCrm::Ports::create_items(
    CollectionId collection, std::vector<NewItem> items) {
    using Answer = std::vector<Result<Observation>>;
    std::function<Answer()> job = [db = db_, now = clock_.now(), collection = std::move(collection),
                                   items = std::move(items)] {
        return crm::create_items(*db, collection, items, now);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<std::vector<Result<Observation>>> EmbeddedCrm::Ports::update_items(
    CollectionId collection, std::vector<ItemUpdate> updates) {
    using Answer = std::vector<Result<Observation>>;
    std::function<Answer()> job = [db = db_, now = clock_.now(), collection = std::move(collection),
                                   updates = std::move(updates)] {
        return crm::update_items(*db, collection, updates, now);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<std::vector<Result<void>>> EmbeddedCrm::Ports::delete_items(
    CollectionId collection, std::vector<ItemRemoval> removals) {
    using Answer = std::vector<Result<void>>;
    std::function<Answer()> job = [db = db_, now = clock_.now(), collection = std::move(collection),
                                   removals = std::move(removals)] {
        return crm::delete_items(*db, collection, removals, now);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<Result<std::optional<Observation>>> EmbeddedCrm::Ports::find_by_token(
    CollectionId collection, CorrelationToken token) {
    using Answer = Result<std::optional<Observation>>;
    std::function<Answer()> job = [db = db_, collection = std::move(collection),
                                   token = std::move(token)] {
        return crm::find_by_token(*db, collection, token);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<std::vector<Result<LoggedMessage>>> EmbeddedCrm::Ports::log_messages(
    std::vector<MessageLog> messages) {
    using Answer = std::vector<Result<LoggedMessage>>;
    std::function<Answer()> job = [db = db_, now = clock_.now(), messages = std::move(messages)] {
        return crm::log_messages(*db, messages, now);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<Result<std::vector<LoggedMessage>>> EmbeddedCrm::Ports::find_logged(
    std::vector<MessageIdentity> identities) {
    using Answer = Result<std::vector<LoggedMessage>>;
    std::function<Answer()> job = [db = db_, identities = std::move(identities)] {
        return crm::find_logged(*db, identities);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<Result<void>> EmbeddedCrm::Ports::set_message_link(MessageIdentity identity,
                                                         std::string link_url) {
    std::function<Result<void>()> job = [db = db_, identity = std::move(identity),
                                         link_url = std::move(link_url)] {
        return crm::set_message_link(*db, identity, link_url);
    };
    co_return co_await run_on<Result<void>>(worker_, std::move(job));
}

Async<Result<Party>> EmbeddedCrm::Ports::create_party(NewParty party) {
    std::function<Result<Party>()> job = [db = db_, now = clock_.now(), party = std::move(party)] {
        return crm::create_party(*db, party, now);
    };
    co_return co_await run_on<Result<Party>>(worker_, std::move(job));
}

Async<Result<void>> EmbeddedCrm::Ports::add_address(PartyKind kind, std::string id,
                                                    std::string address) {
    std::function<Result<void>()> job = [db = db_, now = clock_.now(), kind, id = std::move(id),
                                         address = std::move(address)] {
        return crm::add_party_address(*db, kind, id, address, now);
    };
    co_return co_await run_on<Result<void>>(worker_, std::move(job));
}

Async<Result<std::string>> EmbeddedCrm::Ports::create_task(NewMailTask task) {
    std::function<Result<std::string>()> job = [db = db_, now = clock_.now(),
                                                task = std::move(task)] {
        return crm::create_mail_task(*db, task, now);
    };
    co_return co_await run_on<Result<std::string>>(worker_, std::move(job));
}

Async<Result<std::size_t>> EmbeddedCrm::Ports::withdraw(MessageWithdrawal withdrawal) {
    std::function<Result<std::size_t>()> job = [db = db_, now = clock_.now(),
                                                withdrawal = std::move(withdrawal)] {
        return crm::withdraw_message(*db, withdrawal, now);
    };
    co_return co_await run_on<Result<std::size_t>>(worker_, std::move(job));
}

Async<Result<std::vector<Party>>> EmbeddedCrm::Ports::find_parties(PartyQuery query) {
    using Answer = Result<std::vector<Party>>;
    std::function<Answer()> job = [db = db_, query = std::move(query)] {
        return crm::find_parties(*db, query);
    };
    co_return co_await run_on<Answer>(worker_, std::move(job));
}

Async<Result<PartyMap>> EmbeddedCrm::Ports::resolve(std::vector<std::string> addresses) {
    std::function<Result<PartyMap>()> job = [db = db_, filter = filter_,
                                             addresses = std::move(addresses)] {
        Result<std::vector<std::string>> known = filter->known(*db, addresses);
        if (!known) return Result<PartyMap>(std::unexpected(known.error()));
        return resolve_parties(*db, *known);
    };
    co_return co_await run_on<Result<PartyMap>>(worker_, std::move(job));
}

Async<Result<std::vector<CrmUser>>> EmbeddedCrm::Ports::users() {
    std::function<Result<std::vector<CrmUser>>()> job = [db = db_] { return list_users(*db); };
    co_return co_await run_on<Result<std::vector<CrmUser>>>(worker_, std::move(job));
}

Async<Result<std::vector<OpenOpportunity>>> EmbeddedCrm::Ports::open_opportunities(
    std::string user_id) {
    std::function<Result<std::vector<OpenOpportunity>>()> job =
        [db = db_, user_id = std::move(user_id)] { return list_open_opportunities(*db, user_id); };
    co_return co_await run_on<Result<std::vector<OpenOpportunity>>>(worker_, std::move(job));
}

Async<Result<std::string>> EmbeddedCrm::Ports::revision() {
    std::function<Result<std::string>()> job = [db = db_] { return party_revision(*db); };
    co_return co_await run_on<Result<std::string>>(worker_, std::move(job));
}

EmbeddedCrm::EmbeddedCrm(std::unique_ptr<Ports> ports) : ports_(std::move(ports)) {}
EmbeddedCrm::~EmbeddedCrm() = default;

Result<std::unique_ptr<EmbeddedCrm>> EmbeddedCrm::open(const std::filesystem::path& path,
                                                       Worker& worker, const Clock& clock) {
    auto db = CrmDatabase::open(path);
    if (!db) return std::unexpected(db.error());
    auto ports = std::make_unique<Ports>(std::move(*db), worker, clock);
    return std::unique_ptr<EmbeddedCrm>(new EmbeddedCrm(std::move(ports)));
}

SyncEndpoint& EmbeddedCrm::endpoint() {
    return *ports_;
}
InteractionSink& EmbeddedCrm::interactions() {
    return *ports_;
}
AddressBook& EmbeddedCrm::addresses() {
    return *ports_;
}

}  // namespace liaison::crm
