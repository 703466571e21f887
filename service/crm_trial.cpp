#include "service/crm_trial.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/embedded/party_book.hpp"
#include "connectors/crm/import/contact_import.hpp"
#include "core/text.hpp"
#include "daemon/mail/parties.hpp"
#include "service/rule_mail.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {
namespace {

class ImportedCrm final : public TrialCrm {
public:
    Result<void> import(const std::string& contacts_file) {
        std::ifstream file(contacts_file, std::ios::binary);
        if (!file) return fail(ErrorKind::NotFound, "cannot read " + contacts_file);
        const std::string csv((std::istreambuf_iterator<char>(file)), {});
        auto opened = crm::CrmDatabase::open(folder_.path() / "crm.sqlite");
        if (!opened) return std::unexpected(opened.error());
        database_ = std::move(*opened);
        auto report = crm::import_contacts_csv(*database_, csv, SystemClock().now());
        if (!report) return std::unexpected(report.error());
        if (!report->ok())
            return fail(ErrorKind::InvalidRequest,
                        crm::format_problem(contacts_file, report->problems.front()));
        return {};
    }

    Result<PartyMap> parties_of(const MailMessage& message) override {
        if (!database_) return PartyMap{};
        return crm::resolve_parties(*database_, mail::addresses_of(message));
    }

    Result<daemon::MailPlace> place(const std::string& mailbox) override {
        daemon::MailPlace out;
        out.mailbox = normal_address(mailbox);
        out.owner_addresses = {out.mailbox};
        if (!database_) return out;
        auto users = crm::list_users(*database_);
        if (!users) return std::unexpected(users.error());
        for (const CrmUser& user : *users)
            if (std::ranges::find(user.addresses, out.mailbox) != user.addresses.end()) {
                out.owner_user_id = user.id;
                out.owner_addresses = user.addresses;
            }
        return out;
    }

private:
    TemporaryFolder folder_;
    std::shared_ptr<crm::CrmDatabase> database_;
};

}  // namespace

Result<std::unique_ptr<TrialCrm>> TrialCrm::open(const std::string& contacts_file) {
    auto crm = std::make_unique<ImportedCrm>();
    if (!contacts_file.empty())
        if (auto imported = crm->import(contacts_file); !imported)
            return std::unexpected(imported.error());
    return crm;
}

}  // namespace liaison::service
