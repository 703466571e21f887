// Designated folders of every kind, from Outlook to the CRM, in one process.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/text.hpp"
#include "sandbox/mail_delivery.hpp"
#include "tests/e2e/world.hpp"

namespace liaison::test {
namespace {

const std::string kCarol = "carol@example.test";

class Folders : public World {
protected:
    void SetUp() override {
        World::SetUp();
        sql("INSERT INTO contact(number, display_name, email1) VALUES('C1', 'Nora', "
            "'nora@customer.example')");
        source = ews::make_ews_mail_source(*http, settings(kAlice));
        spec.mailbox = MailboxId(kAlice);
    }

    sandbox::MailboxStore& store() { return exchange->store(); }

    /// The folder at a path below a distinguished one, made if it is missing.
    std::string place(const std::string& mailbox, const std::string& path, bool create = true) {
        const bool is_public = mailbox == sandbox::public_folders_address;
        const sandbox::Folder* at =
            store().find_distinguished(mailbox, is_public ? "publicfoldersroot" : "msgfolderroot");
        for (const std::string& step : split(path, '/')) {
            const sandbox::Folder* next = store().find_child(mailbox, at->id, step);
            if (next == nullptr && create)
                next = *store().create_folder(mailbox, at->id, step, "IPF.Note");
            if (next == nullptr) return {};
            at = next;
        }
        return at->id;
    }

    void deliver(const std::string& mailbox, const std::string& folder_id, const std::string& key,
                 const std::string& from = "nora@customer.example",
                 const std::string& to = kAlice) {
        sandbox::MailDelivery delivery(store(), mailbox, folder_id);
        ASSERT_TRUE(
            delivery.deliver(key, "Message-ID: <" + key + "@sample.example>\r\nFrom: " + from +
                                      "\r\nTo: " + to + "\r\nSubject: " + key +
                                      "\r\nDate: Mon, 12 Jan 2026 10:00:00 +0000\r\n\r\nText\r\n"));
    }

    void cycles() {
        if (!logger)
            logger = std::make_unique<daemon::MailLogger>(
                *source, crm->interactions(), crm->addresses(), *stores.mail, clock, log);
        for (int i = 0; i < 8; ++i) {
            clock.advance(std::chrono::minutes(6));
            const auto report = net::run_to_end(loop, logger->run_cycle(spec, rules::RuleSet()));
            ASSERT_TRUE(report) << report.error().message;
            if (!report->moved()) return;
        }
        FAIL() << "no rest";
    }

    /// A new process: nothing but the store is left.
    void restart() {
        logger.reset();
        source = ews::make_ews_mail_source(*http, settings(kAlice));
    }

    std::string logged() {
        return sql_text(
            "SELECT group_concat(subject) FROM (SELECT m.subject FROM message m JOIN interaction i "
            "ON i.message_id = m.id ORDER BY 1)");
    }
    std::size_t mails_in(const std::string& mailbox, const std::string& folder_id) {
        return store().items(mailbox, folder_id).size();
    }
    std::vector<std::string> names_below(const std::string& path) {
        std::vector<std::string> out;
        for (const sandbox::Folder* folder : store().children(kAlice, place(kAlice, path)))
            out.push_back(folder->display_name);
        std::sort(out.begin(), out.end());
        return out;
    }
    daemon::FolderStatus status(const std::string& path) {
        for (const daemon::FolderStatus& one : logger->folders())
            if (one.path == path) return one;
        ADD_FAILURE() << "no status of " << path;
        return {};
    }

    daemon::MailboxSpec spec;
    std::unique_ptr<MailSource> source;
    std::unique_ptr<daemon::MailLogger> logger;
};

TEST_F(Folders, ARenamedFolderIsFollowedByItsIdAlsoAfterARestart) {
    spec.folders = {"Inbox/CRM"};
    cycles();
    const std::string id = place(kAlice, "Inbox/CRM", false);
    ASSERT_FALSE(id.empty());
    deliver(kAlice, id, "one");
    ASSERT_TRUE(store().rename_folder(kAlice, id, "Kunden"));
    cycles();
    restart();
    deliver(kAlice, id, "two");
    cycles();
    EXPECT_EQ(logged(), "one,two");
    EXPECT_EQ(place(kAlice, "Inbox/CRM", false), "") << "no second folder is made";
    EXPECT_EQ(status("Inbox/CRM").path_now, "Inbox/Kunden");
    EXPECT_EQ(status("Inbox/CRM").state, daemon::FolderState::Watched);
    // Somebody else's new folder under the old name is not designated: scope is by id.
    deliver(kAlice, place(kAlice, "Inbox/CRM"), "foreign");
    cycles();
    EXPECT_EQ(logged(), "one,two");
}

TEST_F(Folders, AFolderThatVanishesIsMadeAgainOrLeftOutAndTakesNothingWithIt) {
    daemon::FolderSpec kept("Inbox/Kept");
    daemon::FolderSpec other("Inbox/Other");
    other.create = false;
    place(kAlice, "Inbox/Other");
    spec.folders = {kept, other};
    cycles();
    deliver(kAlice, place(kAlice, "Inbox/Kept", false), "one");
    deliver(kAlice, place(kAlice, "Inbox/Other", false), "two");
    cycles();
    ASSERT_TRUE(store().delete_folder(kAlice, place(kAlice, "Inbox/Kept", false)));
    ASSERT_TRUE(store().delete_folder(kAlice, place(kAlice, "Inbox/Other", false)));
    cycles();
    cycles();
    EXPECT_NE(place(kAlice, "Inbox/Kept", false), "") << "made again";
    EXPECT_EQ(place(kAlice, "Inbox/Other", false), "") << "not asked for";
    EXPECT_EQ(status("Inbox/Other").state, daemon::FolderState::Missing);
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "2") << "what was logged stays";
    deliver(kAlice, place(kAlice, "Inbox/Kept", false), "three");
    cycles();
    EXPECT_EQ(logged(), "one,three,two");
}

TEST_F(Folders, SubFoldersCountUnlessTheyAreNotMeantAndSentItemsAreOutbound) {
    daemon::FolderSpec flat("Inbox/Flat");
    flat.subfolders = false;
    spec.folders = {flat, "Inbox/Deep", "Sent Items"};
    deliver(kAlice, place(kAlice, "Inbox/Flat"), "a");
    deliver(kAlice, place(kAlice, "Inbox/Flat/Below"), "b");
    deliver(kAlice, place(kAlice, "Inbox/Deep/Below/More"), "c");
    deliver(kAlice, store().find_distinguished(kAlice, "sentitems")->id, "d", kAlice,
            "nora@customer.example");
    cycles();
    EXPECT_EQ(logged(), "a,c,d");
    EXPECT_EQ(sql_text("SELECT i.direction FROM interaction i JOIN message m ON m.id = "
                       "i.message_id WHERE m.subject = 'd'"),
              "outbound");
    EXPECT_EQ(status("Inbox/Deep").watched, 3u);
}

TEST_F(Folders, ASharedMailboxIsOpenedByDelegateAccessAndOneWithoutTheRightKeepsNobodyBack) {
    spec.folders = {kCarol + ":Inbox/Desk", "Inbox/CRM"};
    deliver(kCarol, place(kCarol, "Inbox/Desk"), "shared");
    deliver(kAlice, place(kAlice, "Inbox/CRM"), "own");
    cycles();
    EXPECT_EQ(logged(), "own") << "without the right";
    EXPECT_NE(status(kCarol + ":Inbox/Desk").state, daemon::FolderState::Watched);
    ASSERT_TRUE(store().grant_access(kCarol, kAlice));
    cycles();
    EXPECT_EQ(logged(), "own,shared");
    EXPECT_EQ(status(kCarol + ":Inbox/Desk").state, daemon::FolderState::Watched);
    EXPECT_EQ(store().items(kCarol, place(kCarol, "Inbox/Desk")).front()->categories,
              std::vector<std::string>{"CRM logged"});
}

TEST_F(Folders, AQueueIsEmptiedIntoItsStorageOnceTheCrmHasTheMailAndKeepsWhatFoundNobody) {
    const std::string home(sandbox::public_folders_address);
    const std::string queue = place(home, "Sales/Queue");
    daemon::FolderSpec spec_queue("public:Sales/Queue");
    spec_queue.storage = "public:Sales/Queue/Storage";
    spec.folders = {spec_queue};
    for (int n = 0; n < 7; ++n) deliver(home, queue, "m" + std::to_string(n));
    deliver(home, queue, "stranger", "nobody@elsewhere.example");
    // The CRM's answer is what counts: while the original cannot be had, nothing is logged or
    // moved.
    sandbox::Fault fault;
    fault.kind = sandbox::FaultKind::HttpUnavailable;
    fault.operation = "GetItem";
    ASSERT_TRUE(exchange->faults().add(fault));
    logger = std::make_unique<daemon::MailLogger>(*source, crm->interactions(), crm->addresses(),
                                                  *stores.mail, clock, log);
    EXPECT_FALSE(net::run_to_end(loop, logger->run_cycle(spec, rules::RuleSet())));
    EXPECT_EQ(mails_in(home, queue), 8u) << "nothing moves before it is in the CRM";
    cycles();
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "7");
    const std::string storage = place(home, "Sales/Queue/Storage", false);
    ASSERT_FALSE(storage.empty());
    EXPECT_EQ(mails_in(home, storage), 7u);
    EXPECT_EQ(mails_in(home, queue), 1u) << "unmatched mail is never taken away";
    EXPECT_EQ(status("public:Sales/Queue").role, "queue");
    sql("INSERT INTO contact(number, display_name, email1) VALUES('C2', 'Found', "
        "'nobody@elsewhere.example')");
    cycles();
    EXPECT_EQ(mails_in(home, queue), 0u);
    EXPECT_EQ(mails_in(home, storage), 8u);
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "8")
        << "the storage folder is no queue";
    // A copy of a logged mail comes to the queue again: it goes to the storage, too, and is no
    // second interaction.
    deliver(home, queue, "m1");
    deliver(home, queue, "again");
    cycles();
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "9");
    EXPECT_EQ(mails_in(home, queue), 0u);
}

TEST_F(Folders, AStorageFolderThatIsRenamedIsFollowed) {
    daemon::FolderSpec queue("Inbox/Queue");
    queue.storage = "Archive/Logged";
    spec.folders = {queue};
    deliver(kAlice, place(kAlice, "Inbox/Queue"), "one");
    cycles();
    const std::string storage = place(kAlice, "Archive/Logged", false);
    ASSERT_FALSE(storage.empty());
    ASSERT_TRUE(store().rename_folder(kAlice, storage, "Erledigt"));
    restart();
    deliver(kAlice, place(kAlice, "Inbox/Queue"), "two");
    cycles();
    EXPECT_EQ(mails_in(kAlice, storage), 2u);
    EXPECT_EQ(place(kAlice, "Archive/Logged", false), "");
}

TEST_F(Folders, MailInAFolderOfARecordIsFiledUnderIt) {
    sql("INSERT INTO opportunity(number, name, owner_id) VALUES('O-1', 'Big deal', 1)");
    daemon::FolderSpec bound("Inbox/CRM/Big deal");
    bound.regarding_kind = "opportunity";
    bound.regarding_id = sql_text("SELECT id FROM opportunity WHERE number = 'O-1'");
    spec.folders = {bound, "Inbox/CRM"};
    deliver(kAlice, place(kAlice, "Inbox/CRM"), "plain");
    deliver(kAlice, place(kAlice, "Inbox/CRM/Big deal/Details"), "filed");
    cycles();
    EXPECT_EQ(logged(), "filed,plain");
    const std::string of =
        "SELECT o.number FROM interaction i JOIN message m ON m.id = i.message_id LEFT JOIN "
        "opportunity o ON o.id = "
        "i.opportunity_id WHERE m.subject = ";
    EXPECT_EQ(sql_text(of + "'filed'"), "O-1");
    EXPECT_EQ(sql_text(of + "'plain'"), "NULL");
    EXPECT_EQ(status("Inbox/CRM/Big deal").regarding, "opportunity " + bound.regarding_id);
}

TEST_F(Folders, OpenOpportunitiesHaveFoldersThatAreRenamedWithThemAndNeverDeleted) {
    sql("INSERT INTO opportunity(number, name, owner_id) VALUES('O-1', 'Pumps / valves', 1), "
        "('O-2', 'Of Bob', 2), ('O-3', 'Pipes', 1)");
    spec.opportunity_root = "Inbox/Opportunities";
    cycles();
    EXPECT_EQ(names_below("Inbox/Opportunities"),
              (std::vector<std::string>{"Pipes (O-3)", "Pumps - valves (O-1)"}));
    const std::string pumps = place(kAlice, "Inbox/Opportunities/Pumps - valves (O-1)", false);
    const std::string pipes = place(kAlice, "Inbox/Opportunities/Pipes (O-3)", false);
    deliver(kAlice, pumps, "for pumps");
    cycles();
    const std::string opportunities =
        "SELECT group_concat(o.number) FROM interaction i JOIN opportunity o ON o.id = "
        "i.opportunity_id";
    EXPECT_EQ(sql_text(opportunities), "O-1");
    // Renamed with the record; a name that a person gave stays.
    ASSERT_TRUE(store().rename_folder(kAlice, pipes, "My pipes"));
    sql("UPDATE opportunity SET name = 'Pumps only' WHERE number = 'O-1'; UPDATE opportunity SET "
        "name = 'Tubes' WHERE number = 'O-3'");
    restart();
    cycles();
    EXPECT_EQ(names_below("Inbox/Opportunities"),
              (std::vector<std::string>{"My pipes", "Pumps only (O-1)"}));
    EXPECT_EQ(place(kAlice, "Inbox/Opportunities/Pumps only (O-1)", false), pumps);
    deliver(kAlice, pipes, "for pipes");
    // Won: the folder and its mail stay, and what is dropped there is still about it.
    sql("UPDATE opportunity SET status = 'won' WHERE number = 'O-1'");
    cycles();
    deliver(kAlice, pumps, "late");
    cycles();
    EXPECT_EQ(mails_in(kAlice, pumps), 2u);
    EXPECT_EQ(sql_text("SELECT group_concat(n) FROM (SELECT o.number AS n FROM interaction i JOIN "
                       "opportunity o ON o.id = "
                       "i.opportunity_id ORDER BY n)"),
              "O-1,O-1,O-3");
    EXPECT_TRUE(store().sent().empty());
}

TEST_F(Folders, AListOfFoldersThatLacksABoundOneIsNoProofThatItWent) {
    spec.folders = {"Inbox/CRM"};
    cycles();
    const std::string id = place(kAlice, "Inbox/CRM", false);
    ASSERT_TRUE(store().rename_folder(kAlice, id, "Kunden"));
    restart();
    sandbox::Fault fault;
    fault.kind = sandbox::FaultKind::EmptyListing;
    fault.operation = "SyncFolderHierarchy";
    ASSERT_TRUE(exchange->faults().add(fault));
    logger = std::make_unique<daemon::MailLogger>(*source, crm->interactions(), crm->addresses(),
                                                  *stores.mail, clock, log);
    EXPECT_FALSE(net::run_to_end(loop, logger->run_cycle(spec, rules::RuleSet())));
    EXPECT_EQ(place(kAlice, "Inbox/CRM", false), "") << "no second folder";
    restart();
    cycles();
    EXPECT_EQ(status("Inbox/CRM").id.str(), id);
}

TEST_F(Folders, AMailboxWithoutAnswersChangesNothingAboutItsFolders) {
    sql("INSERT INTO opportunity(number, name, owner_id) VALUES('O-1', 'Pumps', 1)");
    spec.opportunity_root = "Inbox/Opportunities";
    spec.folders = {"Inbox/CRM"};
    cycles();
    const auto before = store().folders(kAlice).size();
    for (const char* operation :
         {"GetFolder", "SyncFolderHierarchy", "FindFolder", "UpdateFolder"}) {
        for (const auto kind :
             {sandbox::FaultKind::HttpUnavailable, sandbox::FaultKind::TruncatedReply,
              sandbox::FaultKind::EmptyListing, sandbox::FaultKind::InternalServerError}) {
            sandbox::Fault fault;
            fault.kind = kind;
            fault.operation = operation;
            ASSERT_TRUE(exchange->faults().add(fault));
            restart();
            logger = std::make_unique<daemon::MailLogger>(
                *source, crm->interactions(), crm->addresses(), *stores.mail, clock, log);
            static_cast<void>(net::run_to_end(loop, logger->run_cycle(spec, rules::RuleSet())));
            exchange->faults().clear();
        }
    }
    restart();
    cycles();
    EXPECT_EQ(store().folders(kAlice).size(), before)
        << "an answer that is empty or broken makes no folder";
    EXPECT_EQ(status("Inbox/CRM").state, daemon::FolderState::Watched);
}

}  // namespace
}  // namespace liaison::test
