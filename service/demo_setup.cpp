#include "service/demo_setup.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "service/demo_data.hpp"

namespace liaison::service {

namespace {

namespace fs = std::filesystem;

Result<void> write_private_file(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return fail(ErrorKind::Internal, "cannot write " + path.string());
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
    return {};
}

std::string random_hex(Entropy& entropy) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (int i = 0; i < 2; ++i) {
        std::uint64_t bits = entropy.next();
        for (int j = 0; j < 16; ++j, bits >>= 4) out += kHex[bits & 15];
    }
    return out;
}

/// The sandbox' tenant and the application that a fresh one knows (docs/sandbox.md).
std::string demo_exchange(const DemoOptions& options) {
    const std::string origin = "http://127.0.0.1:" + std::to_string(options.sandbox_port);
    if (options.graph)
        return "[exchange]\nkind = \"graph\"\ntime_zone = \"Europe/Berlin\"\n\n"
               "[graph]\ntenant = \"example.test\"\n"
               "client_id = \"3f0e7c52-8d1b-4a63-b0f4-6c9d2e5a7b18\"\n"
               "client_secret = \"file:exchange.password\"\nurl = \"" +
               origin + "\"\nlogin_url = \"" + origin + "\"\n\n";
    return "[exchange]\nurl = \"" + origin +
           "/EWS/Exchange.asmx\"\n"
           "user = \"svc@example.test\"\npassword = \"file:exchange.password\"\nimpersonate = "
           "true\ntime_zone = \"Europe/Berlin\"\nowa_url = \"" +
           origin + "/\"\n\n";
}

std::string demo_configuration(const DemoOptions& options) {
    return "# Made by `liaison demo`. A real one has https, a token of its own and a longer "
           "interval.\n"
           "[service]\ndata_directory = \"store\"\npoll_interval_seconds = 2\n\n"
           "[log]\nlevel = \"info\"\n\n"
           "[api]\naddress = \"127.0.0.1\"\nport = " +
           std::to_string(options.api_port) +
           "\ntoken = \"file:api.token\"\n\n"
           "[crm]\nkind = \"embedded\"\nsystem = \"demo\"\ndatabase = \"crm.sqlite\"\n\n" +
           demo_exchange(options) +
           "[policy]\nskip_private_mail = false\n\n"
           "[[mailbox]]\naddress = \"alice@example.test\"\nmail_folders = [\"Inbox/CRM\"]\n\n"
           "[[mailbox]]\naddress = \"bob@example.test\"\n\n"
           "[[mailbox]]\naddress = \"carol@example.test\"\n";
}

std::string file_text(const std::string& path, Result<void>& result) {
    std::ifstream in(path, std::ios::binary);
    if (!in || fs::is_directory(path)) {
        result = fail(ErrorKind::NotFound, "cannot read " + path);
        return {};
    }
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

}  // namespace

Result<PreparedDemo> prepare_demo(const DemoOptions& options, const Clock& clock,
                                  Entropy& entropy) {
    PreparedDemo out;
    fs::path directory =
        options.data_directory.empty()
            ? fs::temp_directory_path() / ("liaison-demo-" + random_hex(entropy).substr(0, 8))
            : fs::absolute(options.data_directory);
    std::error_code error;
    fs::create_directories(directory / "store", error);
    fs::create_directories(directory / "sandbox", error);
    if (error)
        return fail(ErrorKind::Internal,
                    "cannot make the folder " + directory.string() + ": " + error.message());
    directory = fs::canonical(directory);
    fs::permissions(directory, fs::perms::owner_all, error);
    out.directory = directory.string();

    Result<void> done;
    if (!fs::exists(directory / "api.token")) {
        done = write_private_file(directory / "api.token", random_hex(entropy));
        if (!done) return std::unexpected(done.error());
    }
    out.token = file_text((directory / "api.token").string(), done);
    if (done) done = write_private_file(directory / "exchange.password", "sandbox");
    if (done) done = write_private_file(directory / "liaison.toml", demo_configuration(options));
    if (!done) return std::unexpected(done.error());

    const fs::path choice = directory / "samples";
    if (!fs::exists(choice)) {
        done = write_private_file(choice, std::string(options.mail_paths.empty() ? "mail " : "") +
                                              (options.contacts_file.empty() ? "contacts" : ""));
        if (!done) return std::unexpected(done.error());
    }
    const std::string chosen = file_text(choice.string(), done);
    out.sample_mail = chosen.find("mail") != std::string::npos;
    out.sample_contacts = chosen.find("contacts") != std::string::npos;

    const std::string database = (directory / "crm.sqlite").string();
    const Date today = date_of(clock.now());
    if (!options.contacts_file.empty()) {
        const std::string csv = file_text(options.contacts_file, done);
        if (done) done = import_demo_contacts(database, options.contacts_file, csv);
        if (!done) return std::unexpected(done.error());
    }
    // The contacts of a file take the place of the sample ones; activities need somebody who owns
    // them either way.
    done = load_demo_data(database, today, out.sample_contacts);
    if (!done) return std::unexpected(done.error());
    return out;
}

namespace {

struct SampleMail {
    const char* id;
    const char* from;
    const char* to;
    const char* subject;
    const char* text;
};

// Every outcome once: customers in and out, several contacts, a stranger, salespeople among
// themselves, a copy.
constexpr SampleMail kSampleMails[] = {
    {"offer-1", "\"Nora Lindqvist\" <nora.lindqvist@fjordtech.example>", "alice@example.test",
     "Question about the offer",
     "Dear Alice,\r\n\r\nbefore we decide: does the price hold until the end of the "
     "year?\r\n\r\nBest regards\r\nNora"},
    {"offer-2", "\"Alice Berger\" <alice@example.test>", "nora.lindqvist@fjordtech.example",
     "Re: Question about the offer", "Dear Nora,\r\n\r\nyes, it does.\r\n\r\nAlice"},
    {"visit-1", "\"Alice Berger\" <alice@example.test>",
     "nora.lindqvist@fjordtech.example, \"Tomasz Zieli\xC5\x84ski\" "
     "<tomasz.zielinski@baltica.example>",
     "Visit next week", "Hello,\r\n\r\nI would like to visit you both next Tuesday.\r\n\r\nAlice"},
    {"stranger-1", "\"Sam Unknown\" <sam@nowhere.example>", "alice@example.test", "Hello",
     "Do you sell to private persons?"},
    {"internal-1", "\"Bob Keller\" <bob@example.test>", "alice@example.test", "Lunch?",
     "Noon as usual?"},
};

std::string sample_mime(const SampleMail& mail, Date day) {
    return std::string("Message-ID: <") + mail.id + "@sample.example>\r\nFrom: " + mail.from +
           "\r\nTo: " + mail.to + "\r\nSubject: " + mail.subject +
           "\r\nDate: " + std::to_string(static_cast<unsigned>(day.day())) +
           " Jan 2026 09:30:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
           "charset=utf-8\r\n\r\n" +
           mail.text + "\r\n";
}

std::string base64_of(std::string_view bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t k) -> std::uint32_t {
            return i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0u;
        };
        const std::uint32_t bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out += kDigits[bits >> 18];
        out += kDigits[bits >> 12 & 63];
        out += i + 1 < bytes.size() ? kDigits[bits >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? kDigits[bits & 63] : '=';
    }
    return out;
}

}  // namespace

Result<void> load_sample_outlook(DemoClient& client, const std::string& sandbox_url, Date today) {
    boost::json::array mails;
    const Date day{std::chrono::year(2026), std::chrono::month(1), std::chrono::day(12)};
    for (const SampleMail& mail : kSampleMails)
        mails.push_back(boost::json::object{{"key", std::string("sample:") + mail.id},
                                            {"mime_base64", base64_of(sample_mime(mail, day))}});
    // the same mail once more, as if another rule had copied it into the folder
    mails.push_back(
        boost::json::object{{"key", "sample:offer-1-copy"},
                            {"mime_base64", base64_of(sample_mime(kSampleMails[0], day))}});
    const boost::json::object body{{"folder", "Inbox/CRM"}, {"mails", std::move(mails)}};
    const std::string alice = sandbox_url + "/sandbox/mailboxes/alice%40example.test";
    auto sent = client.call("POST", alice + "/mail", serialize(body));
    if (!sent) return std::unexpected(sent.error());
    if (sent->at("added").to_number<std::int64_t>() == 0)
        return {};  // the folder was filled before

    const auto on = [&](int days, const char* time) {
        return format_date(Date{std::chrono::sys_days{today} + std::chrono::days(days)}) + "T" +
               time;
    };
    const boost::json::object items[] = {
        {{"kind", "task"},
         {"subject", "Send brochure to Fjordtech"},
         {"due", on(2, "00:00:00Z")},
         {"importance", "High"}},
        {{"kind", "appointment"},
         {"subject", "Coffee with Baltica"},
         {"start", on(1, "09:00:00Z")},
         {"end", on(1, "09:30:00Z")},
         {"location", "Harbour cafe"}},
        {{"kind", "contact"},
         {"given_name", "Ilse"},
         {"surname", "Brandt"},
         {"display_name", "Ilse Brandt"},
         {"email", "ilse.brandt@kontor.example"},
         {"company", "Kontor GmbH"}},
    };
    for (const auto& item : items)
        if (auto made = client.call("POST", alice + "/items", serialize(item)); !made)
            return std::unexpected(made.error());
    return {};
}

}  // namespace liaison::service
