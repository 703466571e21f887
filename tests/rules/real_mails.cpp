#include "tests/rules/real_mails.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "sandbox/mime.hpp"

namespace liaison::reference {
namespace {

namespace fs = std::filesystem;

fs::path shared_data_folder() {
    if (const char* path = std::getenv("LIAISON_SHARED_DATA")) return path;
    return fs::path(LIAISON_SOURCE_DIR) / ".." / "shared" / "data";
}

/// FNV-1a: the same everywhere.
std::size_t hash_of(const std::string& text, const std::string& purpose) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : purpose + "/" + text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return static_cast<std::size_t>(hash >> 7);
}

std::string chosen(const std::string& text, const std::string& purpose,
                   const std::vector<std::string>& from) {
    return from[hash_of(text, purpose) % from.size()];
}

/// What a made-up CRM knows of an address: nothing of every third one.
std::vector<Party> parties_of(const std::string& address) {
    std::vector<Party> out;
    if (address.empty() || hash_of(address, "known") % 3 == 0) return out;
    Party party;
    party.kind = address.ends_with("@enron.com")
                     ? PartyKind::User
                     : static_cast<PartyKind>(1 + hash_of(address, "kind") % 3);
    const std::string company = std::to_string(hash_of(address, "company") % 6);
    party.id = "P" + std::to_string(hash_of(address, "id"));
    party.company_id = "K" + company;
    party.company_name = "Company " + company;
    party.owner_id = chosen(address, "owner", {"ANNA", "BERT", "CARL", "DORA", ""});
    party.has_open_opportunity = hash_of(address, "opportunity") % 4 == 0;
    party.privacy_blocked = hash_of(address, "privacy") % 9 == 0;
    party.categories = {
        chosen(address, "category", {"Key account", "Prospect", "Partner", "Press"})};
    party.campaign_ids = {chosen(address, "campaign", {"SPRING", "SUMMER", "AUTUMN", "WINTER"})};
    out.push_back(std::move(party));
    return out;
}

MailAddress plain(const sandbox::MailAddress& one) {
    return {one.address, one.name};
}

std::vector<MailAddress> plain(const std::vector<sandbox::MailAddress>& list) {
    std::vector<MailAddress> out;
    for (const auto& one : list) out.push_back(plain(one));
    return out;
}

MailMessage message_of(const std::string& bytes) {
    const sandbox::ParsedMessage parsed = sandbox::parse_mime(bytes);
    static const char* const kImportance[] = {"low", "normal", "high"};
    static const char* const kSensitivity[] = {"normal", "personal", "private", "confidential"};
    MailMessage mail;
    mail.internet_message_id = parsed.message_id;
    if (parsed.from) mail.from = plain(*parsed.from);
    if (parsed.sender) mail.sender = plain(*parsed.sender);
    mail.to = plain(parsed.to);
    mail.cc = plain(parsed.cc);
    mail.subject = parsed.subject;
    mail.text_body = parsed.text_body.substr(0, limits::mail_text_bytes_max);
    mail.item_class = parsed.item_class;
    mail.importance = kImportance[static_cast<int>(parsed.importance)];
    mail.sensitivity = kSensitivity[static_cast<int>(parsed.sensitivity)];
    mail.size = static_cast<std::int64_t>(bytes.size());
    for (const auto& one : parsed.attachments)
        mail.attachments.push_back(
            {one.name, one.content_type, static_cast<std::int64_t>(one.size), one.is_inline});
    mail.headers = parsed.headers;
    return mail;
}

ReferenceInput facts_of_file(const std::string& file, const std::string& bytes) {
    ReferenceInput in;
    in.mail = message_of(bytes);
    const std::string sender = in.mail.from ? normal_address(in.mail.from->address) : std::string();
    in.mailbox = chosen(file, "mailbox",
                        {"alice@example.test", "bob@example.test", "carol@example.test",
                         "jeff.skilling@enron.com", "jeff.skilling@enron.com"});
    in.me = {in.mailbox};
    if (in.mailbox.ends_with("enron.com"))
        in.me = {in.mailbox, "skilling@enron.com", "usrp-users@lists.ettus.com"};
    in.folder = chosen(file, "folder",
                       {"Inbox", "Inbox/CRM", "Inbox/CRM/Offers", "Sent Items", "Archive/Old"});
    in.sender = parties_of(sender);
    if (!in.sender.empty())
        in.direction = in.sender.front().kind == PartyKind::User ? "outbound" : "inbound";
    for (const auto* list : {&in.mail.to, &in.mail.cc})
        for (const MailAddress& one : *list)
            for (Party& party : parties_of(normal_address(one.address)))
                in.recipients.push_back(std::move(party));
    in.conversation_logged = hash_of(in.mail.subject, "conversation") % 3 == 0;
    if (hash_of(file, "categorised") % 3 == 0)
        in.mail.categories = {chosen(file, "category", {"Red", "Green", "Blue", "Key account"})};
    if (hash_of(file, "flagged") % 5 == 0)
        in.mail.flag_request =
            chosen(file, "flag", {"Follow up", "Call", "Reply", "Review", "For Your Information"});
    // No mail of the collection is one of these, so some are said to be.
    static const std::vector<std::string> kRareClasses = {"IPM.Note.Microsoft.Voicemail.UM",
                                                          "IPM.Note.Microsoft.Approval.Request",
                                                          "IPM.Note.rpmsg",
                                                          "REPORT.IPM.Note.IPNRN",
                                                          "IPM.Schedule.Meeting.Resp.Neg",
                                                          "IPM.Note.SMIME", "IPM.Schedule.Meeting.Request",
                                                          "REPORT.IPM.Note.NDR"};
    if (hash_of(file, "rare") % 40 == 0) in.mail.item_class = chosen(file, "class", kRareClasses);
    if (hash_of(file, "sensitive") % 40 == 0)
        in.mail.sensitivity = chosen(file, "sensitivity", {"private", "personal", "confidential"});
    if (hash_of(file, "rare header") % 40 == 0)
        in.mail.headers.emplace_back(
            "Auto-Submitted", chosen(file, "header", {"auto-replied", "auto-forwarded"}));
    return in;
}

}  // namespace

bool have_real_mails(const std::string& archive) {
    return fs::exists(shared_data_folder() / archive);
}

void for_each_real_mail(
    const std::string& archive,
    const std::function<void(const std::string&, const ReferenceInput&)>& take) {
    const fs::path folder =
        fs::temp_directory_path() /
        ("liaison_rules_mails_" + std::to_string(hash_of(archive + LIAISON_BINARY_DIR, "folder")));
    fs::remove_all(folder);
    fs::create_directories(folder);
    const std::string command = "tar --zstd -xf '" + (shared_data_folder() / archive).string() +
                                "' -C '" + folder.string() + "'";
    if (std::system(command.c_str()) == 0) {
        std::vector<fs::path> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file() && entry.path().extension() != ".tsv" &&
                entry.path().extension() != ".jsonl")
                files.push_back(entry.path());
        std::ranges::sort(files);
        for (const fs::path& path : files) {
            std::ifstream file(path, std::ios::binary);
            const std::string bytes((std::istreambuf_iterator<char>(file)), {});
            const std::string name = fs::relative(path, folder).string();
            take(name, facts_of_file(name, bytes));
        }
    }
    fs::remove_all(folder);
}

}  // namespace liaison::reference
