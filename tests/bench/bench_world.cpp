#include "tests/bench/bench_world.hpp"

#include <array>

#include "sandbox/mail_delivery.hpp"

namespace liaison::bench {

ScratchDirectory::ScratchDirectory() {
    static int count = 0;
    do {
        path_ = std::filesystem::temp_directory_path() /
                ("liaison-bench-" + std::to_string(++count));
    } while (!std::filesystem::create_directories(path_));
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

BenchWorld::BenchWorld(std::size_t contacts) : contacts_(contacts) {
    sandbox::SandboxOptions options;
    options.now = [this] { return clock.now().time_since_epoch().count(); };
    exchange = must(sandbox::Sandbox::open(std::move(options)));
    http = net::make_handler_client(exchange->handler());
    const std::filesystem::path file = directory.path() / "crm.sqlite";
    crm = must(crm::EmbeddedCrm::open(file, worker, clock));
    desk_ = must(crm::Sqlite::open(file));
    sql("INSERT INTO user(number, name) VALUES('ALICE', 'Alice Berger');"
        "INSERT INTO user_address(address, user_id) VALUES('alice@example.test', 1)");
    sql("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " +
        std::to_string(contacts) +
        ") INSERT INTO contact(number, display_name, email1) "
        "SELECT 'C-' || i, 'Person ' || i, 'person' || i || '@host' || i || '.example' FROM n");
    stores = must(open_stores((directory.path() / "data").string(), worker, entropy, clock));
}

ews::EwsSettings BenchWorld::settings() const {
    ews::EwsSettings out;
    out.url = "http://127.0.0.1/EWS/Exchange.asmx";
    out.mailbox = kAlice;
    out.user = "svc@example.test";
    out.password = "sandbox";
    out.impersonate = true;
    out.time_zone = "Europe/Berlin";
    return out;
}

void BenchWorld::deliver_mails(std::size_t count) {
    sandbox::MailboxStore& store = exchange->store();
    const sandbox::Folder* inbox = store.find_distinguished(kAlice, "inbox");
    const sandbox::Folder* folder = store.find_child(kAlice, inbox->id, "CRM");
    if (!folder) folder = must(store.create_folder(kAlice, inbox->id, "CRM", "IPF.Note"));
    sandbox::MailDelivery delivery(store, kAlice, folder->id);
    Words words(11);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string n = std::to_string(words.roll(contacts_));
        const bool known = i % 4 != 3;
        const std::string sender =
            known ? "person" + n + "@host" + n + ".example" : "stranger" + n + "@other.example";
        must(delivery.deliver(std::to_string(i), made_up_mail(words, i, sender)));
    }
}

void BenchWorld::sql(const std::string& statements) {
    desk_->script(statements);
    if (const auto error = desk_->take_error()) throw std::runtime_error(error->message);
}

std::size_t Words::roll(std::size_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>((state_ >> 11) % below);
}

std::string Words::word() {
    static constexpr std::array<const char*, 12> kSyllables = {
        "ka", "ri", "mo", "ten", "sul", "ver", "pla", "non", "the", "ing", "er", "st"};
    std::string out;
    for (std::size_t i = 1 + roll(3); i > 0; --i) out += kSyllables[roll(kSyllables.size())];
    return out;
}

std::string Words::text(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += word() + (roll(12) == 0 ? "\r\n" : " ");
    return out;
}

std::string made_up_mail(Words& words, std::size_t number, const std::string& sender) {
    const std::string n = std::to_string(number);
    std::string out = "Message-ID: <bench-" + n + "@mail.example>\r\n";
    out += "From: Somebody <" + sender + ">\r\n";
    out += "To: Alice Berger <alice@example.test>\r\n";
    out += "Subject: " + words.word() + " " + words.word() + " " + words.word() + " " + n + "\r\n";
    out += "Date: Tue, 24 Nov 2026 08:15:00 +0100\r\n";
    for (int i = 0; i < 15; ++i)
        out += "X-Field-" + std::to_string(i) + ": " + words.word() + " " + words.word() + "\r\n";
    out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    return out + words.text(6'000) + "\r\n";
}

std::string rule_document(std::size_t rules) {
    Words words(99);
    const auto phrase = [&words] {
        return words.word() + " " + words.word() + words.word() + " " + words.word() + "x";
    };
    const auto list = [](std::string_view key, const std::string& value) {
        return "\"" + std::string(key) + "\":[\"" + value + "\"]";
    };
    std::string out = "{\"rules\":[";
    for (std::size_t i = 0; i < rules; ++i) {
        const std::string n = std::to_string(i);
        const std::size_t kind = i % 20;
        std::string condition;
        if (kind < 7)
            condition = list("fromAddresses", "person" + n + "@host" + n + ".example");
        else if (kind < 10)
            condition = list("fromDomains", "host" + n + ".example");
        else if (kind < 12)
            condition = list("sentToAddresses", "desk" + n + "@example.test");
        else if (kind < 16)
            condition = list("subjectContains", phrase());
        else if (kind < 18)
            condition = list("bodyContains", phrase());
        else if (kind == 18)
            condition = list("fromDomains", "host" + n + ".example") + "," +
                        list("subjectContains", words.word());
        else
            condition = "\"withinSizeRange\":{\"minimumSize\":100,\"maximumSize\":9999}," +
                        list("headerContains", phrase());
        out += std::string(i > 0 ? "," : "") + "{\"displayName\":\"R" + n + "\",\"conditions\":{" +
               condition + "},\"actions\":{\"assignCategories\":[\"F" + n + "\"]}}";
    }
    return out + "]}";
}

}  // namespace liaison::bench
