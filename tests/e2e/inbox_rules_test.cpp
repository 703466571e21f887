// The same decision twice: by the stand-in Exchange, which carries out inbox rules with code of its
// own when a mail arrives, and by the daemon's evaluator over the facts of the same mail.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/inbox_compile.hpp"
#include "rules/inbox_plan.hpp"
#include "rules/rule_set.hpp"
#include "sandbox/mail_delivery.hpp"
#include "sandbox/mail_loader.hpp"
#include "tests/e2e/world.hpp"

namespace liaison::test {
namespace {

const std::string kOwner = "jeff.skilling@enron.com";

/// Conditions (and exceptions, behind a bar) of fifty rules; each gives its own category.
const std::vector<std::string> kFifty = {
    "'subjectContains': ['re:']",
    "'subjectContains': ['usrp', 'gnuradio']",
    "'subjectContains': ['hyperv', 'hyper-v'] | 'subjectContains': ['re:']",
    "'subjectContains': ['meeting', 'conference call', 'offer']",
    "'subjectContains': ['free', 'money', 'gr\xC3\xBC\xC3\x9F\x65']",
    "'bodyContains': ['unsubscribe']",
    "'bodyContains': ['click here', 'click below'] | 'headerContains': ['list-id']",
    "'bodyContains': ['thanks', 'thank you'], 'hasAttachments': false",
    "'bodyContains': ['signed-off-by']",
    "'bodyContains': ['california', 'houston', 'power']",
    "'bodyOrSubjectContains': ['invoice', 'agreement', 'contract']",
    "'bodyOrSubjectContains': ['b210', 'x310', 'n210'], 'withinSizeRange': {'minimumSize': 8, "
    "'maximumSize': 64}",
    "'bodyOrSubjectContains': ['perl', 'python'] | 'bodyContains': ['java']",
    "'headerContains': ['list-id:']",
    "'headerContains': ['x-mailer: microsoft outlook']",
    "'headerContains': ['precedence: bulk', 'precedence: list']",
    "'headerContains': ['x-ms-exchange'], 'hasAttachments': true",
    "'headerContains': ['user-agent: mutt', 'user-agent: mozilla']",
    "'headerContains': ['mime-version: 1.0'] | 'headerContains': ['content-type: text/html']",
    "'fromAddresses': ['jeff.skilling@enron.com', 'alice@example.test']",
    "'fromAddresses': ['sherri.sera@enron.com', 'joannie.williamson@enron.com', "
    "'zoe@customer.test']",
    "'sentToAddresses': ['usrp-users@lists.ettus.com']",
    "'sentToAddresses': ['jeff.skilling@enron.com'] | 'fromAddresses': ['sherri.sera@enron.com']",
    "'sentToAddresses': ['linux-hyperv@vger.kernel.org', "
    "'spamassassin-talk@lists.sourceforge.net']",
    "'senderContains': ['@enron.com']",
    "'senderContains': ['@vger.kernel.org', '@lists.'] ",
    "'recipientContains': ['@enron.com'] | 'senderContains': ['@enron.com']",
    "'recipientContains': ['@lists.ettus.com', '@microsoft.com']",
    "'importance': ['high']",
    "'importance': ['high', 'low']",
    "'sensitivity': ['private', 'confidential', 'personal']",
    "'hasAttachments': true",
    "'hasAttachments': false, 'importance': ['normal']",
    "'withinSizeRange': {'minimumSize': 0, 'maximumSize': 2}",
    "'withinSizeRange': {'minimumSize': 3, 'maximumSize': 10}",
    "'withinSizeRange': {'minimumSize': 100, 'maximumSize': 100000}",
    "'sentToMe': true",
    "'sentCcMe': true",
    "'sentToOrCcMe': true, 'subjectContains': ['a']",
    "'sentOnlyToMe': true",
    "'notSentToMe': true | 'headerContains': ['list-id']",
    "'sentToMe': false, 'senderContains': ['@']",
    "'isMeetingRequest': true",
    "'isMeetingResponse': true",
    "'isNonDeliveryReport': true",
    "'isReadReceipt': true",
    "'isSigned': true",
    "'isEncrypted': true",
    "'not': {'subjectContains': ['re:', 'fw:', 'fwd:']}",
    "'anyOf': [{'subjectContains': ['linux']}, {'subjectContains': ['windows']}], 'folder': "
    "['Inbox']",
};

std::string with_quotes(std::string text) {
    for (char& c : text)
        if (c == '\'') c = '"';
    return text;
}

/// The fifty as a document. Some move, copy, mark or end the looking as well, so that the order
/// matters.
std::string fifty_rules() {
    std::string out = "{\"rules\": [";
    for (std::size_t i = 0; i < kFifty.size(); ++i) {
        const std::string number = (i + 1 < 10 ? "0" : "") + std::to_string(i + 1);
        const std::size_t bar = kFifty[i].find(" | ");
        std::string rule = "{'displayName': 'Rule " + number +
                           "', 'sequence': " + std::to_string(i + 1) + ", 'conditions': {" +
                           kFifty[i].substr(0, bar) + "}";
        if (bar != std::string::npos) rule += ", 'exceptions': {" + kFifty[i].substr(bar + 3) + "}";
        rule += ", 'actions': {'assignCategories': ['R" + number + "']";
        if (i == 4) rule += ", 'moveToFolder': 'Inbox/Offers', 'stopProcessingRules': true";
        if (i == 6) rule += ", 'stopProcessingRules': true";
        if (i == 13) rule += ", 'copyToFolder': 'Inbox/Lists'";
        if (i == 19) rule += ", 'markAsRead': true";
        if (i == 31) rule += ", 'moveToFolder': 'Inbox/Attachments'";
        if (i == 40) rule += ", 'stopProcessingRules': true";
        if (i == 43) rule += ", 'markImportance': 'low', 'stopProcessingRules': true";
        out += (i == 0 ? "" : ", ") + with_quotes(rule + "}}");
    }
    return out + "]}";
}

std::string own_mail(int n) {
    const auto pick = [n](std::initializer_list<const char*> list, int shift) {
        return std::string(
            list.begin()[static_cast<std::size_t>((n >> shift) % static_cast<int>(list.size()))]);
    };
    std::string mail = "From: " +
                       pick({"Zo\xC3\xAB <zoe@customer.test>", "Jeff <Jeff.Skilling@ENRON.com>",
                             "bulk@lists.test"},
                            0) +
                       "\r\n";
    mail += "To: " +
            pick({"jeff.skilling@enron.com",
                  "usrp-users@lists.ettus.com, Jeff <jeff.skilling@enron.com>",
                  "Team <team@enron.com>"},
                 1) +
            "\r\n";
    if (n % 4 == 1) mail += "Cc: JEFF.SKILLING@enron.com\r\n";
    mail += "Subject: " +
            pick({"Re: offer & <meeting>", "GR\xC3\x9C\xC3\x9F\x65 free", "linux on hyper-v",
                  "Fw: quarterly"},
                 0) +
            "\r\n";
    if (n % 3 == 0) mail += "Importance: " + pick({"high", "low"}, 2) + "\r\n";
    if (n % 5 == 0)
        mail += "Sensitivity: " + pick({"private", "personal", "company-confidential"}, 1) + "\r\n";
    if (n % 2 == 0) mail += "List-Id: <news.test>\r\nPrecedence: bulk\r\n";
    mail += "Message-ID: <own-" + std::to_string(n) +
            "@x.test>\r\nDate: Wed, 25 Nov 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n";
    const std::string body = pick({"Thanks, click here to unsubscribe",
                                   "Power in California & Houston", "see the CONTRACT (b210)"},
                                  0);
    switch (n % 7) {
        case 0:
            return mail +
                   "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
                   "text/plain\r\n\r\n" +
                   body +
                   "\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: "
                   "attachment; filename=a.pdf\r\n\r\nx\r\n--b--\r\n";
        case 1:
            return mail + "Content-Type: text/html\r\n\r\n<p>" + body + "</p>\r\n";
        case 2:
            return mail +
                   "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; "
                   "boundary=b\r\n\r\n--b\r\n\r\n" +
                   body +
                   "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n";
        case 3:
            return mail +
                   "Content-Type: text/calendar; "
                   "method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:"
                   "1\r\n"
                   "DTSTART:20261125T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        case 4:
            return mail +
                   "Content-Type: multipart/report; report-type=delivery-status; "
                   "boundary=b\r\n\r\n--b\r\n\r\n" +
                   body +
                   "\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "
                   "x\r\n\r\nAction: failed\r\n--b--\r\n";
        default:
            return mail + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n" +
                   std::string(static_cast<std::size_t>(n) * 400, 'x') + "\r\n";
    }
}

class InboxRulesAtArrival : public World {
protected:
    void SetUp() override {
        World::SetUp();
        ASSERT_TRUE(exchange->store().add_user({kOwner, "Jeff", "sandbox", false}));
        source = ews::make_ews_mail_source(*http, settings(kOwner));
        inbox_rules = ews::make_ews_inbox_rules(*http, settings(kOwner));
    }

    FolderId folder_of(const std::string& path) {
        const auto folder = net::run_to_end(loop, source->open_folder(path, true));
        return folder ? folder->id : FolderId();
    }

    /// Compiles, pushes through EWS and checks that what stands there is what was wanted.
    void push(const std::string& document) {
        const auto read = rules::read_document(document);
        ASSERT_TRUE(read) << (read ? "" : rules::to_text(read.error().front()));
        rules::InboxCompilation compiled = rules::compile_inbox_rules(*read, {kOwner, {}});
        for (const rules::DaemonOnlyRule& rule : compiled.staying)
            ADD_FAILURE() << rule.display_name << ": " << rule.reasons.front();
        ASSERT_EQ(compiled.drafts.size(), read->rules.size());
        std::vector<rules::WantedInboxRule> wanted;
        for (rules::InboxDraft& draft : compiled.drafts) {
            rules::WantedInboxRule one{draft.rule_id, draft.display_name, draft.rule};
            if (!draft.move_path.empty()) one.rule.actions.move_to = folder_of(draft.move_path);
            if (!draft.copy_path.empty()) one.rule.actions.copy_to = folder_of(draft.copy_path);
            wanted.push_back(std::move(one));
        }
        for (int round = 0; round < 2; ++round) {
            const auto standing = net::run_to_end(loop, inbox_rules->read_rules());
            ASSERT_TRUE(standing) << standing.error().message;
            rules::InboxPlan plan = rules::plan_inbox_rules(wanted, *standing);
            EXPECT_EQ(plan.change.create.size(), round == 0 ? wanted.size() : 0U);
            EXPECT_EQ(plan.in_step(), round == 1) << "what was pushed is read back as it was";
            const auto written = net::run_to_end(loop, inbox_rules->write_rules(plan.change));
            ASSERT_TRUE(written) << written.error().message;
        }
    }

    void deliver(const std::string& folder, const std::string& prefix,
                 const std::vector<std::string>& mails) {
        sandbox::MailDelivery delivery(exchange->store(), kOwner, folder);
        for (std::size_t i = 0; i < mails.size(); ++i)
            ASSERT_TRUE(delivery.deliver(prefix + std::to_string(i), mails[i]));
    }

    std::string load_key(const sandbox::Item& item) const {
        const auto found = item.extended.find(sandbox::load_key_property());
        return found == item.extended.end() ? "" : found->second.values.front();
    }

    /// The facts of each mail, from a folder where no rule touched it.
    std::vector<MailMessage> facts_of(const std::string& folder, std::size_t count) {
        std::vector<MailMessage> out(count);
        std::vector<ItemKey> keys;
        for (const sandbox::Item* item : exchange->store().items(kOwner, folder))
            keys.emplace_back(item->id);
        for (std::size_t from = 0; from < keys.size(); from += limits::message_batch) {
            std::vector<ItemKey> part(
                keys.begin() + static_cast<std::ptrdiff_t>(from),
                keys.begin() + static_cast<std::ptrdiff_t>(
                                   std::min(keys.size(), from + limits::message_batch)));
            for (auto& message : net::run_to_end(loop, source->get_messages(part, true))) {
                if (!message) {
                    ADD_FAILURE() << message.error().message;
                    continue;
                }
                const sandbox::Item* item = exchange->store().find_item(kOwner, message->key.str());
                out.at(std::stoul(load_key(*item).substr(4))) = std::move(*message);
            }
        }
        return out;
    }

    static std::string line(const std::set<std::string>& folders,
                            const std::set<std::string>& categories, std::string_view importance,
                            bool read) {
        std::string out;
        for (const std::string& folder : folders) out += folder + " ";
        for (const std::string& category : categories) out += "[" + category + "]";
        return out + " " + std::string(importance) + (read ? " read" : "");
    }

    std::string by_exchange(const std::vector<const sandbox::Item*>& copies) const {
        std::set<std::string> folders, categories;
        for (const sandbox::Item* item : copies) {
            folders.insert(exchange->store().find_folder(kOwner, item->folder_id)->display_name);
            categories.insert(item->categories.begin(), item->categories.end());
        }
        return line(folders, categories,
                    to_lower_ascii(copies.front()->properties.text("item:Importance")),
                    copies.front()->properties.text("message:IsRead") == "true");
    }

    static std::string by_daemon(const rules::RuleSet& set, const MailMessage& mail) {
        rules::Facts facts;
        facts.mailbox = kOwner;
        facts.owner_addresses = {kOwner};
        facts.folder = "Inbox";
        std::set<std::string> folders{"Inbox"}, categories;
        std::string importance = mail.importance;
        bool read = false;
        for (const MailAction& action : set.evaluate(mail, facts).actions) {
            const std::string name = action.folder.substr(action.folder.find('/') + 1);
            if (action.kind == MailActionKind::MoveToFolder) folders.erase("Inbox");
            if (!action.folder.empty()) folders.insert(name);
            categories.insert(action.categories.begin(), action.categories.end());
            if (action.kind == MailActionKind::MarkImportance) importance = action.importance;
            read = read || action.kind == MailActionKind::MarkAsRead;
        }
        return line(folders, categories, importance, read);
    }

    /// How often each rule matched, by its category.
    std::map<std::string, std::size_t> compare(const std::vector<std::string>& mails) {
        std::map<std::string, std::size_t> matches;
        const std::string document = fifty_rules();
        push(document);
        const auto set = rules::RuleSet::load(document);
        EXPECT_TRUE(set);
        const std::string raw = folder_of("Untouched").str();
        deliver(raw, "raw-", mails);
        deliver(exchange->store().find_distinguished(kOwner, "inbox")->id, "in--", mails);
        const std::vector<MailMessage> facts = facts_of(raw, mails.size());
        std::vector<std::vector<const sandbox::Item*>> arrived(mails.size());
        for (const sandbox::Folder* folder : exchange->store().folders(kOwner))
            for (const sandbox::Item* item : exchange->store().items(kOwner, folder->id))
                if (load_key(*item).starts_with("in--"))
                    arrived.at(std::stoul(load_key(*item).substr(4))).push_back(item);
        std::size_t different = 0;
        for (std::size_t i = 0; i < mails.size(); ++i) {
            EXPECT_FALSE(arrived[i].empty()) << "mail " << i << " is gone";
            if (arrived[i].empty()) continue;
            for (const std::string& category : arrived[i].front()->categories) ++matches[category];
            const std::string exchange_says = by_exchange(arrived[i]);
            const std::string daemon_says = by_daemon(*set, facts[i]);
            if (exchange_says == daemon_says) continue;
            if (++different <= 10)
                ADD_FAILURE() << "mail " << i << " <" << facts[i].internet_message_id
                              << ">\nExchange: " << exchange_says << "\nLiaison:  " << daemon_says;
        }
        EXPECT_EQ(different, 0U) << "of " << mails.size();
        EXPECT_TRUE(exchange->store().sent().empty());
        return matches;
    }

    std::unique_ptr<MailSource> source;
    std::unique_ptr<InboxRules> inbox_rules;
};

TEST_F(InboxRulesAtArrival, ExchangeAndLiaisonDecideAlikeOnOwnSamples) {
    std::vector<std::string> mails;
    for (int n = 0; n < 120; ++n) mails.push_back(own_mail(n));
    const auto matches = compare(mails);
    EXPECT_GE(matches.size(), 35U) << "the samples exercise most rules";
}

TEST_F(InboxRulesAtArrival, ExchangeAndLiaisonDecideAlikeOnAllOrdinaryMails) {
    namespace fs = std::filesystem;
    const char* elsewhere = std::getenv("LIAISON_SHARED_DATA");
    const fs::path data =
        elsewhere ? fs::path(elsewhere) : fs::path(LIAISON_SOURCE_DIR) / "../shared/data";
    const fs::path archive = data / "mail-ordinary.tar.zst";
    if (!fs::exists(archive)) GTEST_SKIP() << "no ordinary mails beside the checkout";
    const fs::path folder =
        fs::path(testing::TempDir()) / ("liaison-ordinary-" + std::to_string(std::rand()));
    fs::create_directories(folder);
    const std::string command =
        "tar --zstd -xf '" + archive.string() + "' -C '" + folder.string() + "' 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << "tar cannot unpack the archive";
    std::vector<std::string> mails;
    sandbox::MailLoader loader([&](const sandbox::FoundMail& found) {
        mails.emplace_back(found.bytes);
        return Result<void>{};
    });
    ASSERT_TRUE(loader.load(folder.string()));
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ASSERT_GE(mails.size(), 7'513U);
    const auto matches = compare(mails);
    std::size_t total = 0;
    for (const auto& [category, count] : matches) total += count;
    std::cout << mails.size() << " mails, " << matches.size() << " of " << kFifty.size()
              << " rules matched, " << total << " matches\n";
    EXPECT_GE(matches.size(), 40U);
}

}  // namespace
}  // namespace liaison::test
