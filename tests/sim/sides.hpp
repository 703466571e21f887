#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connectors/crm/embedded/sqlite.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/sim/history.hpp"

namespace liaison::sim {

/// How one field stands on both sides. The simulator's own table: nothing of a connector is in it.
struct SideField {
    const char* name;      ///< the CRM's column
    const char* property;  ///< Exchange's
    enum class Form { Text, Subject, Word, Date, Number } form = Form::Text;
    std::vector<std::pair<const char*, const char*>> words =
        {};  ///< CRM's word and Exchange's; the first is the default
};
std::span<const SideField> side_fields(EntityKind kind);
const char* crm_table(EntityKind kind);
const char* exchange_folder(EntityKind kind);
std::string mailbox_address(std::size_t mailbox);

/// A write in the CRM's own change log.
struct CrmChange {
    std::int64_t sequence = 0;
    EntityKind kind = EntityKind::Task;
    std::optional<std::size_t> mailbox;
    std::string lineage;
    bool removed = false;
};
struct LoggedCount {
    std::string mark;
    std::string contact;
    std::int64_t count = 0;
    std::string template_code = {};  ///< of the one written last
};

/// The CRM as its users see it: SQL on its file.
class CrmSide {
public:
    explicit CrmSide(std::unique_ptr<crm::Sqlite> database) : database_(std::move(database)) {}
    void script(const std::string& sql);
    std::int64_t number(const std::string& sql);
    std::string text(const std::string& sql);
    /// Live rows of an owner; those that `where` selects.
    std::vector<Shown> items(EntityKind kind, std::size_t mailbox,
                             const std::string& where = "deleted = 0");
    Shown insert(EntityKind kind, std::size_t mailbox, Shown item);
    void update(const Shown& item, const std::string& field, const std::string& value);
    void erase(const Shown& item);
    /// What this writer did after `sequence`.
    std::vector<CrmChange> changes_by(const std::string& writer, std::int64_t sequence);
    /// Interactions by the mark of their mail and the number of their contact.
    std::vector<LoggedCount> interactions();
    std::set<std::string> contact_numbers();

private:
    std::unique_ptr<crm::Sqlite> database_;
};

/// Exchange as its users see it: the stand-in's own store.
class ExchangeSide {
public:
    explicit ExchangeSide(sandbox::MailboxStore& store) : store_(store) {}
    sandbox::MailboxStore& store() { return store_; }
    const std::string& folder(std::size_t mailbox, const std::string& distinguished);
    /// Items of a kind outside Deleted Items.
    std::vector<Shown> items(EntityKind kind, std::size_t mailbox);
    Shown show(EntityKind kind, const sandbox::Item& item) const;
    Shown insert(EntityKind kind, std::size_t mailbox, Shown item);
    void update(std::size_t mailbox, const Shown& item, const std::string& field,
                const std::string& value);
    void erase(std::size_t mailbox, const Shown& item);

private:
    sandbox::MailboxStore& store_;
    std::map<std::pair<std::size_t, std::string>, std::string> folders_;
};

}  // namespace liaison::sim
