#include "tests/conformance/ews_world.hpp"

#include "core/text.hpp"
#include "sandbox/mail_delivery.hpp"

namespace liaison::conformance {

namespace {

Async<HttpResponse> answer_by(sandbox::EwsFace* face, HttpRequest request) {
    sandbox::Answer answer = face->handle(request);
    co_return std::move(answer.response);
}

std::string_view distinguished_of(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return "tasks";
        case EntityKind::Appointment:
            return "calendar";
        case EntityKind::Contact:
            return "contacts";
    }
    return "tasks";
}

constexpr std::string_view kAlice = "alice@example.test";

}  // namespace

SandboxExchange::SandboxExchange() {
    sandbox::StoreOptions options;
    options.now = [this] { return now_ += 1'000; };
    auto store = sandbox::MailboxStore::open(std::move(options));
    if (!store) throw std::runtime_error(store.error().message);
    store_ = std::move(*store);
    for (const char* name : {"alice", "bob", "carol"}) {
        const std::string address = std::string(name) + "@example.test";
        if (!store_->add_user({address, name, "sandbox", false}))
            throw std::runtime_error("no user");
    }
    if (!store_->add_user({"svc@example.test", "svc", "sandbox", true}))
        throw std::runtime_error("no user");
    face_ = std::make_unique<sandbox::EwsFace>(*store_, faults_);
    sandbox::EwsFace* face = face_.get();
    http_ = net::make_handler_client(
        [face](HttpRequest request) { return answer_by(face, std::move(request)); });
}

ews::EwsSettings SandboxExchange::settings(bool impersonated) const {
    ews::EwsSettings settings;
    settings.url = "http://127.0.0.1/EWS/Exchange.asmx";
    settings.mailbox = kAlice;
    settings.user = impersonated ? "svc@example.test" : std::string(kAlice);
    settings.password = "sandbox";
    settings.impersonate = impersonated;
    settings.time_zone = "Europe/Vienna";
    return settings;
}

EwsEndpointWorld::EwsEndpointWorld()
    : endpoint_(
          ews::make_ews_endpoint(exchange_.http(), exchange_.clock(), exchange_.settings(true))),
      outsider_(
          ews::make_ews_endpoint(exchange_.http(), exchange_.clock(), exchange_.settings(false))) {}

bool EwsEndpointWorld::expire_cursors(EntityKind kind) {
    const sandbox::Folder* folder =
        exchange_.store().find_distinguished(kAlice, distinguished_of(kind));
    return folder && exchange_.store().reset_sync(kAlice, folder->id);
}

EwsMailWorld::EwsMailWorld()
    : source_(ews::make_ews_mail_source(exchange_.http(), exchange_.settings(true))) {}

void EwsMailWorld::deliver(const std::string& folder_path, const std::string& eml) {
    const std::vector<std::string> segments = split(folder_path, '/');
    const sandbox::Folder* folder = exchange_.store().find_distinguished(kAlice, "inbox");
    for (std::size_t i = 1; folder && i < segments.size(); ++i)
        folder = exchange_.store().find_child(kAlice, folder->id, segments[i]);
    if (!folder) throw std::runtime_error("no folder " + folder_path);
    sandbox::MailDelivery delivery(exchange_.store(), kAlice, folder->id);
    const std::string key = std::to_string(exchange_.store().sequence(kAlice));
    if (!delivery.deliver(key, eml)) throw std::runtime_error("the mail was not delivered");
}

bool EwsMailWorld::delete_folder(const FolderId& folder) {
    return exchange_.store().delete_folder(kAlice, folder.str()).has_value();
}

std::string EwsMailWorld::shared_mailbox() {
    const std::string carol = "carol@example.test";
    sandbox::MailboxStore& store = exchange_.store();
    static_cast<void>(store.grant_access(carol, kAlice));
    const sandbox::Folder* inbox = store.find_distinguished(carol, "inbox");
    if (store.find_child(carol, inbox->id, "Shared") == nullptr)
        static_cast<void>(store.create_folder(carol, inbox->id, "Shared", ""));
    return carol;
}

void EwsMailWorld::deliver_shared(const std::string& eml) {
    const std::string carol = shared_mailbox();
    sandbox::MailboxStore& store = exchange_.store();
    const sandbox::Folder* folder =
        store.find_child(carol, store.find_distinguished(carol, "inbox")->id, "Shared");
    sandbox::MailDelivery delivery(store, carol, folder->id);
    if (!delivery.deliver(std::to_string(store.sequence(carol)), eml))
        throw std::runtime_error("the mail was not delivered");
}

void EwsMailWorld::deliver_public(const std::string& eml) {
    sandbox::MailboxStore& store = exchange_.store();
    const std::string_view home = sandbox::public_folders_address;
    const sandbox::Folder* folder =
        store.find_child(home, store.find_distinguished(home, "publicfoldersroot")->id, "Queue");
    if (folder == nullptr) throw std::runtime_error("no public folder Queue");
    sandbox::MailDelivery delivery(store, home, folder->id);
    if (!delivery.deliver(std::to_string(store.sequence(home)), eml))
        throw std::runtime_error("the mail was not delivered");
}

bool EwsMailWorld::expire_cursors(const FolderId& folder) {
    return exchange_.store().reset_sync(kAlice, folder.str()).has_value();
}

}  // namespace liaison::conformance
