#include "tests/conformance/mail_source_suite.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/limits.hpp"

namespace liaison::conformance {

std::string sample_mail(int n) {
    const std::string number = std::to_string(n);
    return "From: \"Zo\xC3\xAB M\" <zoe@customer.test>\r\nTo: Alice <alice@example.test>, "
           "bob@example.test\r\n"
           "Cc: carol@example.test\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?= " +
           number +
           "\r\nDate: Wed, 25 Nov 2026 07:00:00 +0100\r\n"
           "Message-ID: <mail-" +
           number +
           "@customer.test>\r\nIn-Reply-To: <root@customer.test>\r\n"
           "References: <root@customer.test>\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; "
           "charset=utf-8\r\n\r\n"
           "Hello " +
           number +
           " \xE2\x9C\x93\r\n--b\r\nContent-Type: application/pdf; name=\"offer.pdf\"\r\n"
           "Content-Disposition: attachment; filename=\"offer.pdf\"\r\nContent-Transfer-Encoding: "
           "base64\r\n\r\n"
           "QUJDREVG\r\n--b--\r\n";
}

MailFolder MailSourceSuite::open(const std::string& path, bool create) {
    auto folder = run(source().open_folder(path, create));
    if (!folder) ADD_FAILURE() << "open_folder: " << folder.error().message;
    return folder ? *folder : MailFolder{};
}

std::vector<MessagePage> MailSourceSuite::read_feed(const FolderId& folder, Cursor cursor) {
    std::vector<MessagePage> pages;
    for (int i = 0; i < 1'000; ++i) {
        auto page = run(source().pull_messages(folder, cursor));
        if (!page) {
            ADD_FAILURE() << "pull_messages: " << page.error().message;
            pages.emplace_back();
            return pages;
        }
        EXPECT_LE(page->changes.size(), limits::sync_page_items_max);
        cursor = page->next;
        pages.push_back(std::move(*page));
        if (pages.back().is_last) break;
    }
    return pages;
}

std::vector<ItemKey> MailSourceSuite::keys_in(const FolderId& folder) {
    std::vector<ItemKey> keys;
    for (const MessagePage& page : read_feed(folder, Cursor()))
        for (const MessageChange& change : page.changes)
            if (!change.gone) keys.push_back(change.key);
    return keys;
}

TEST_P(MailSourceSuite, AFolderIsOpenedByItsPathAndMadeWhenAskedFor) {
    const auto missing = run(source().open_folder("Inbox/CRM/Deep", false));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
    const MailFolder made = open("Inbox/CRM/Deep");
    EXPECT_FALSE(made.id.empty());
    EXPECT_EQ(made.path, "Inbox/CRM/Deep");
    EXPECT_EQ(open("Inbox/CRM/Deep", false).id, made.id);
    EXPECT_EQ(open("inbox/crm/deep", false).id, made.id) << "names compare without case";
    EXPECT_NE(open("Sent Items", false).id, open("Inbox", false).id);
    EXPECT_NE(open("Projekte & Ärger", true).id, made.id);
    for (const char* bad : {"", "/", "Inbox//x", "Inbox/"}) {
        const auto refused = run(source().open_folder(bad, true));
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().kind, ErrorKind::InvalidRequest) << bad;
    }
}

TEST_P(MailSourceSuite, TheTreeHasTheFolderAndAllBelow) {
    const MailFolder root = open("Inbox");
    open("Inbox/A/B");
    open("Inbox/C");
    const auto tree = run(source().folder_tree(root.id));
    ASSERT_TRUE(tree) << tree.error().message;
    std::set<std::string> paths;
    for (const MailFolder& folder : *tree) paths.insert(folder.path);
    EXPECT_EQ(paths, (std::set<std::string>{"Inbox", "Inbox/A", "Inbox/A/B", "Inbox/C"}));
    EXPECT_EQ(tree->front().id, root.id);
}

TEST_P(MailSourceSuite, AFolderIsFoundByItsIdWhateverItIsCalledNow) {
    const MailFolder folder = open("Inbox/CRM/Deep");
    const auto found = run(source().find_folder(folder.id));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->id, folder.id);
    EXPECT_EQ(found->path, "Inbox/CRM/Deep");
    ASSERT_TRUE(run(source().rename_folder(open("Inbox/CRM").id, "Kunden & mehr")));
    EXPECT_EQ(run(source().find_folder(folder.id))->path, "Inbox/Kunden & mehr/Deep");
    const auto tree = run(source().folder_tree(open("Inbox").id));
    ASSERT_TRUE(tree);
    EXPECT_TRUE(std::ranges::any_of(
        *tree, [&](const MailFolder& f) { return f.id == folder.id && f.path == "Inbox/Kunden & mehr/Deep"; }));
    EXPECT_FALSE(run(source().open_folder("Inbox/CRM/Deep", false))) << "the old path leads nowhere";
    open("Inbox/Taken");
    const auto taken = run(source().rename_folder(folder.id, "Deep"));
    EXPECT_TRUE(taken) << "its own name again is no change";
    const auto clash = run(source().rename_folder(open("Inbox/Kunden & mehr").id, "taken"));
    ASSERT_FALSE(clash);
    EXPECT_EQ(clash.error().kind, ErrorKind::AlreadyExists);
    EXPECT_EQ(run(source().find_folder(open("Sent Items").id))->path, "Sent Items");
    if (!world_->delete_folder(folder.id)) return;
    const auto gone = run(source().find_folder(folder.id));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, ErrorKind::NotFound);
    EXPECT_FALSE(run(source().folder_tree(folder.id)));
}

TEST_P(MailSourceSuite, AFolderOfAnotherMailboxIsAsGoodAsOurOwn) {
    const std::string other = world_->shared_mailbox();
    if (other.empty()) {
        const auto none = run(source().open_folder("bob@example.test:Inbox", false));
        ASSERT_FALSE(none) << "who cannot open other mailboxes says so";
        EXPECT_EQ(none.error().kind, ErrorKind::Unsupported) << none.error().message;
        return;
    }
    world_->deliver_shared(sample_mail(1));
    const MailFolder folder = open(other + ":Inbox/Shared", false);
    EXPECT_EQ(folder.path, other + ":Inbox/Shared");
    EXPECT_NE(open(other + ":Inbox").id, open("Inbox").id);
    EXPECT_EQ(run(source().find_folder(folder.id))->path, other + ":Inbox/Shared");
    const MailFolder done = open(other + ":Inbox/Shared/Done", true);
    const auto tree = run(source().folder_tree(folder.id));
    ASSERT_TRUE(tree) << tree.error().message;
    ASSERT_EQ(tree->size(), 2U);
    EXPECT_EQ(tree->back().path, other + ":Inbox/Shared/Done");
    const auto keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 1U);
    ASSERT_TRUE(run(source().mark_messages({MailMark{keys[0], {"CRM logged"}, {}, "logged"}})).at(0));
    EXPECT_TRUE(run(source().fetch_mime(keys)).at(0));
    const auto moved = run(source().move_message(keys[0], done.id));
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_EQ(keys_in(done.id), std::vector<ItemKey>{*moved});
    const auto refused = run(source().open_folder("bob@example.test:Inbox", true));
    EXPECT_FALSE(refused) << "without the right to open it";
}

TEST_P(MailSourceSuite, APublicFolderFeedsWithoutSynchronisation) {
    if (!world_->has_public_folders()) {
        EXPECT_EQ(run(source().open_folder("public:Queue", false)).error().kind, ErrorKind::Unsupported);
        return;
    }
    const MailFolder queue = open("public:Queue", true);
    const MailFolder storage = open("public:Queue/Storage", true);
    EXPECT_EQ(queue.path, "public:Queue");
    EXPECT_EQ(run(source().find_folder(storage.id))->path, "public:Queue/Storage");
    EXPECT_EQ(run(source().folder_tree(queue.id))->size(), 2U);
    auto feed = read_feed(queue.id, Cursor());
    EXPECT_TRUE(feed.back().changes.empty());
    constexpr int count = 260;
    for (int n = 0; n < count; ++n) world_->deliver_public(sample_mail(n));
    std::set<ItemKey> keys;
    const auto pages = read_feed(queue.id, feed.back().next);
    EXPECT_GE(pages.size(), 2U);
    for (const MessagePage& page : pages)
        for (const MessageChange& change : page.changes) EXPECT_TRUE(keys.insert(change.key).second);
    EXPECT_EQ(keys.size(), static_cast<std::size_t>(count));
    feed = read_feed(queue.id, pages.back().next);
    EXPECT_TRUE(feed.back().changes.empty()) << "nothing new";
    EXPECT_EQ(read_feed(queue.id, feed.back().next).back().next, feed.back().next) << "and at rest";
    world_->deliver_public(sample_mail(count));
    const auto more = read_feed(queue.id, feed.back().next);
    ASSERT_EQ(more.back().changes.size(), 1U);
    const ItemKey key = more.back().changes[0].key;
    ASSERT_TRUE(run(source().get_messages({key}, true)).at(0));
    const auto moved = run(source().move_message(key, storage.id));
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_FALSE(moved->empty()) << "found where the server does not tell";
    EXPECT_EQ(keys_in(storage.id), std::vector<ItemKey>{*moved});
    ASSERT_TRUE(run(source().rename_folder(queue.id, "Eingang")));
    EXPECT_EQ(run(source().find_folder(storage.id))->path, "public:Eingang/Storage");
    EXPECT_FALSE(run(source().pull_messages(queue.id, Cursor("S:foreign"))));
}

TEST_P(MailSourceSuite, MailThatArrivesIsInTheFeed) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto first = read_feed(folder.id, Cursor());
    EXPECT_TRUE(first.front().is_snapshot);
    ASSERT_EQ(first.back().changes.size(), 1U);
    world_->deliver("Inbox/CRM", sample_mail(2));
    const auto second = read_feed(folder.id, first.back().next);
    ASSERT_EQ(second.back().changes.size(), 1U);
    EXPECT_FALSE(second.back().is_snapshot);
    EXPECT_NE(second.back().changes[0].key, first.back().changes[0].key);
    EXPECT_FALSE(second.back().changes[0].gone);
}

TEST_P(MailSourceSuite, TheFactsOfAMailAreExchangesOwn) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 1U);
    const auto messages = run(source().get_messages(keys, true));
    ASSERT_TRUE(messages.size() == 1 && messages[0]) << messages.at(0).error().message;
    const MailMessage& mail = *messages[0];
    EXPECT_EQ(mail.key, keys[0]);
    EXPECT_FALSE(mail.version.empty());
    EXPECT_EQ(mail.internet_message_id, "<mail-1@customer.test>");
    EXPECT_EQ(mail.in_reply_to, "<root@customer.test>");
    EXPECT_EQ(mail.references, "<root@customer.test>");
    ASSERT_TRUE(mail.from);
    EXPECT_EQ(mail.from->address, "zoe@customer.test");
    EXPECT_EQ(mail.from->name, "Zoë M");
    ASSERT_EQ(mail.to.size(), 2U);
    EXPECT_EQ(mail.to[0].address, "alice@example.test");
    ASSERT_EQ(mail.cc.size(), 1U);
    EXPECT_EQ(mail.cc[0].address, "carol@example.test");
    EXPECT_EQ(mail.subject, "Grüße 1");
    EXPECT_NE(mail.text_body.find("Hello 1 ✓"), std::string::npos);
    EXPECT_EQ(mail.sent_at, parse_timestamp("2026-11-25T06:00:00Z"));
    EXPECT_FALSE(mail.is_draft);
    EXPECT_GT(mail.size, 100);
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].name, "offer.pdf");
    EXPECT_FALSE(mail.attachments[0].is_inline);
    EXPECT_TRUE(std::any_of(mail.headers.begin(), mail.headers.end(),
                            [](const auto& h) { return h.first == "Message-ID"; }));
}

TEST_P(MailSourceSuite, TheOriginalIsTheWholeMail) {
    const MailFolder folder = open("Inbox/CRM");
    for (int n = 0; n < 30; ++n) world_->deliver("Inbox/CRM", sample_mail(n));
    const auto keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 30U);
    const auto originals = run(source().fetch_mime(keys));
    const auto facts = run(source().get_messages(keys, false));
    ASSERT_EQ(originals.size(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ASSERT_TRUE(originals[i]) << originals[i].error().message;
        ASSERT_TRUE(facts[i]);
        EXPECT_NE(originals[i]->find(facts[i]->internet_message_id), std::string::npos)
            << "in order";
        EXPECT_NE(originals[i]->find("QUJDREVG"), std::string::npos);
    }
}

TEST_P(MailSourceSuite, AMarkIsIdempotentAndKeepsWhatPeopleSet) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 1U);
    std::vector<MailMark> marks{{keys[0], {"Mine"}, {}, ""}};
    ASSERT_TRUE(run(source().mark_messages(marks)).at(0));
    marks[0] = MailMark{keys[0], {"CRM logged"}, {"CRM unmatched"}, "logged"};
    const auto first = run(source().mark_messages(marks));
    ASSERT_TRUE(first.at(0)) << first[0].error().message;
    const auto again = run(source().mark_messages(marks));
    ASSERT_TRUE(again.at(0));
    EXPECT_EQ(*again[0], *first[0]) << "the second time changes nothing";
    const auto read = run(source().get_messages(keys, false));
    ASSERT_TRUE(read.at(0));
    EXPECT_EQ(read[0]->categories, (std::vector<std::string>{"Mine", "CRM logged"}));
    EXPECT_EQ(read[0]->mark, "logged");
    EXPECT_EQ(read[0]->version, *first[0]);
    EXPECT_FALSE(read[0]->is_read) << "marking is not reading";
    marks[0] = MailMark{keys[0], {}, {"crm LOGGED"}, "unmatched: no contact"};
    ASSERT_TRUE(run(source().mark_messages(marks)).at(0));
    const auto changed = run(source().get_messages(keys, false));
    EXPECT_EQ(changed.at(0)->categories, (std::vector<std::string>{"Mine"}));
    EXPECT_EQ(changed[0]->mark, "unmatched: no contact");
}

TEST_P(MailSourceSuite, AMarkSetsReadStateImportanceAndFlagAndSendsNoReceipt) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", "Disposition-Notification-To: zoe@customer.test\r\n" + sample_mail(1));
    const auto keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 1U);
    const auto before = run(source().get_messages(keys, false));
    ASSERT_TRUE(before.at(0));
    EXPECT_EQ(before[0]->flag, "notFlagged");
    EXPECT_EQ(before[0]->importance, "normal");
    EXPECT_FALSE(before[0]->is_read);
    MailMark mark{keys[0], {}, {}, "logged"};
    mark.is_read = true;
    mark.importance = "high";
    mark.flag = "flagged";
    const auto first = run(source().mark_messages({mark}));
    ASSERT_TRUE(first.at(0)) << first[0].error().message;
    const auto again = run(source().mark_messages({mark}));
    ASSERT_TRUE(again.at(0));
    EXPECT_EQ(*again[0], *first[0]) << "the second time changes nothing";
    auto read = run(source().get_messages(keys, false));
    ASSERT_TRUE(read.at(0));
    EXPECT_EQ(read[0]->is_read, world_->suppresses_receipts());
    EXPECT_EQ(read[0]->importance, "high");
    EXPECT_EQ(read[0]->flag, "flagged");
    EXPECT_EQ(read[0]->version, *first[0]);
    // A mark that says nothing of them leaves them.
    ASSERT_TRUE(run(source().mark_messages({MailMark{keys[0], {"Mine"}, {}, "logged"}})).at(0));
    read = run(source().get_messages(keys, false));
    EXPECT_EQ(read.at(0)->is_read, world_->suppresses_receipts());
    EXPECT_EQ(read[0]->importance, "high");
    EXPECT_EQ(read[0]->flag, "flagged");
    for (const char* flag : {"complete", "notFlagged"}) {
        mark.flag = flag;
        mark.importance = "low";
        mark.is_read = false;
        ASSERT_TRUE(run(source().mark_messages({mark})).at(0)) << flag;
        read = run(source().get_messages(keys, false));
        EXPECT_EQ(read.at(0)->flag, flag);
        EXPECT_EQ(read[0]->importance, "low");
        EXPECT_FALSE(read[0]->is_read);
    }
    EXPECT_EQ(world_->sent_count().value_or(0), 0U) << "no receipt leaves";
}

TEST_P(MailSourceSuite, AMailThatAsksForNoReceiptIsMarkedReadAndUnread) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto keys = keys_in(folder.id);
    MailMark mark{keys.at(0), {}, {}, "logged"};
    for (const bool is_read : {true, false}) {
        mark.is_read = is_read;
        ASSERT_TRUE(run(source().mark_messages({mark})).at(0));
        const auto read = run(source().get_messages(keys, false));
        EXPECT_EQ(read.at(0)->is_read, is_read);
    }
}

TEST_P(MailSourceSuite, AMarkWithUnknownWordsIsRefusedAndChangesNothing) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto keys = keys_in(folder.id);
    MailMark mark{keys.at(0), {"Mine"}, {}, "logged"};
    mark.flag = "urgent";
    auto refused = run(source().mark_messages({mark}));
    ASSERT_FALSE(refused.at(0));
    EXPECT_EQ(refused[0].error().kind, ErrorKind::InvalidRequest);
    mark.flag.reset();
    mark.importance = "High";
    refused = run(source().mark_messages({mark}));
    ASSERT_FALSE(refused.at(0));
    const auto read = run(source().get_messages(keys, false));
    EXPECT_TRUE(read.at(0)->categories.empty());
}

TEST_P(MailSourceSuite, ACopyLeavesTheOriginalAndIsMadeOnce) {
    const MailFolder from = open("Inbox/CRM");
    const MailFolder to = open("Inbox/Kopien");
    world_->deliver("Inbox/CRM", sample_mail(1));
    world_->deliver("Inbox/CRM", sample_mail(2));
    const auto keys = keys_in(from.id);
    ASSERT_EQ(keys.size(), 2U);
    const auto copy = run(source().copy_message(keys[0], to.id));
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_NE(*copy, keys[0]);
    const auto again = run(source().copy_message(keys[0], to.id));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *copy) << "a repeated copy is the copy that is there";
    EXPECT_EQ(keys_in(to.id), std::vector<ItemKey>{*copy});
    EXPECT_EQ(keys_in(from.id).size(), 2U) << "the original stays";
    const auto both = run(source().get_messages({keys[0], *copy}, false));
    ASSERT_TRUE(both.at(0) && both.at(1));
    EXPECT_EQ(both[0]->internet_message_id, both[1]->internet_message_id);
    EXPECT_EQ(both[0]->subject, both[1]->subject);
    ASSERT_TRUE(run(source().copy_message(keys[1], to.id)));
    EXPECT_EQ(keys_in(to.id).size(), 2U) << "another mail is copied too";
    const auto missing = run(source().copy_message(ItemKey("nonsense"), to.id));
    ASSERT_FALSE(missing);
    const auto nowhere = run(source().copy_message(keys[0], FolderId("nonsense")));
    EXPECT_FALSE(nowhere);
    EXPECT_EQ(world_->sent_count().value_or(0), 0U);
}

TEST_P(MailSourceSuite, AMovedMessageIsGoneWhereItWasAndThereByItsPresentKey) {
    const MailFolder from = open("Inbox/CRM");
    const MailFolder to = open("Inbox/Done");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto feed = read_feed(from.id, Cursor());
    const ItemKey key = feed.back().changes.at(0).key;
    const auto moved = run(source().move_message(key, to.id));
    ASSERT_TRUE(moved) << moved.error().message;
    const auto gone = read_feed(from.id, feed.back().next);
    ASSERT_EQ(gone.back().changes.size(), 1U);
    EXPECT_TRUE(gone.back().changes[0].gone);
    EXPECT_EQ(gone.back().changes[0].key, key);
    EXPECT_EQ(keys_in(to.id), std::vector<ItemKey>{*moved});
    const auto old = run(source().get_messages({key, *moved}, false));
    ASSERT_EQ(old.size(), 2U);
    EXPECT_TRUE(old[1]);
    if (*moved == key) return;  // immutable ids: there is no old key
    ASSERT_FALSE(old[0]);
    EXPECT_EQ(old[0].error().kind, ErrorKind::NotFound);
}

TEST_P(MailSourceSuite, AMessageIsFoundWhereverItLies) {
    const MailFolder folder = open("Inbox/CRM");
    const MailFolder archive = open("Filed/2026");
    world_->deliver("Inbox/CRM", sample_mail(1));
    world_->deliver("Inbox/CRM", sample_mail(2));
    const std::vector<ItemKey> keys = keys_in(folder.id);
    ASSERT_EQ(keys.size(), 2u);
    const auto moved = run(source().move_message(keys[0], archive.id));
    ASSERT_TRUE(moved) << moved.error().message;
    const auto facts = run(source().get_messages({*moved}, false));
    ASSERT_TRUE(facts.front());
    const auto found = run(source().find_messages(facts.front()->internet_message_id));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, std::vector<ItemKey>{*moved});
    const auto unknown = run(source().find_messages("<nobody@sent.this>"));
    ASSERT_TRUE(unknown);
    EXPECT_TRUE(unknown->empty());
}

TEST_P(MailSourceSuite, TheNewestMessagesAreAnsweredBeforeTheFolderWasRead) {
    const MailFolder folder = open("Inbox/CRM");
    for (int n = 1; n <= 5; ++n) world_->deliver("Inbox/CRM", sample_mail(n));
    const auto newest = run(source().recent_messages(folder.id, 3));
    ASSERT_TRUE(newest) << newest.error().message;
    EXPECT_EQ(newest->size(), 3u);
    const std::vector<ItemKey> all = keys_in(folder.id);
    for (const MessageChange& change : *newest) {
        EXPECT_NE(std::ranges::find(all, change.key), all.end());
        EXPECT_FALSE(change.version.empty());
    }
}

TEST_P(MailSourceSuite, AnExpiredCursorIsSaid) {
    const MailFolder folder = open("Inbox/CRM");
    world_->deliver("Inbox/CRM", sample_mail(1));
    const auto feed = read_feed(folder.id, Cursor());
    if (!world_->expire_cursors(folder.id)) GTEST_SKIP() << "this server cannot lose cursors";
    const auto page = run(source().pull_messages(folder.id, feed.back().next));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::CursorExpired);
    EXPECT_EQ(keys_in(folder.id).size(), 1U);
}

TEST_P(MailSourceSuite, MoreMailsThanAPageHoldsAreAllThere) {
    const MailFolder folder = open("Inbox/CRM");
    const std::size_t count = limits::sync_page_items_max + 20;
    for (std::size_t n = 0; n < count; ++n)
        world_->deliver("Inbox/CRM", sample_mail(static_cast<int>(n)));
    const auto pages = read_feed(folder.id, Cursor());
    EXPECT_GE(pages.size(), 2U);
    std::set<ItemKey> keys;
    for (const MessagePage& page : pages) {
        EXPECT_TRUE(page.is_snapshot);
        for (const MessageChange& change : page.changes) keys.insert(change.key);
    }
    EXPECT_EQ(keys.size(), count);
}

TEST_P(MailSourceSuite, ForeignKeysAndCursorsAreNoCrash) {
    const MailFolder folder = open("Inbox");
    EXPECT_FALSE(run(source().pull_messages(folder.id, Cursor("nonsense \xFF <&>"))));
    EXPECT_FALSE(run(source().pull_messages(FolderId("nonsense"), Cursor())));
    const auto read = run(source().get_messages({ItemKey("nonsense \xFF <&>")}, false));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_FALSE(read[0]);
    EXPECT_FALSE(run(source().fetch_mime({ItemKey("nonsense")})).at(0));
    EXPECT_FALSE(run(source().move_message(ItemKey("nonsense"), folder.id)));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MailSourceSuite);

}  // namespace liaison::conformance
