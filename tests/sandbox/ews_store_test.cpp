#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

class StoreFolder {
public:
    StoreFolder()
        : path_(std::filesystem::temp_directory_path() /
                ("liaison-store-" + std::to_string(getpid()))) {
        std::filesystem::remove_all(path_);
    }
    ~StoreFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    StoreFolder(const StoreFolder&) = delete;
    StoreFolder& operator=(const StoreFolder&) = delete;
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST(MailboxStore, ARestartServesTheSameIdsKeysAndSyncStates) {
    const StoreFolder folder;
    std::string id, key, state, mail, attachment;
    {
        EwsLab lab(folder.path());
        id = lab.create_task(
            "<t:Subject>kept</t:Subject><t:Companies><t:String>A</t:String></t:Companies>" +
            std::string());
        mail = lab.add_mail("inbox", "From: a@example.org\r\nSubject: m\r\n\r\nbody\r\n");
        state = lab.sync("tasks", "").text("SyncState");
        attachment = lab.call("<m:CreateAttachment><m:ParentItemId Id=\"" + id +
                              "\"/><m:Attachments><t:FileAttachment><t:Name>n"
                              "</t:Name><t:Content>QUJD</t:Content></t:FileAttachment></"
                              "m:Attachments></m:CreateAttachment>")
                         .attribute("AttachmentId", "Id");
        key = lab.change_key(id);
    }
    EwsLab lab(folder.path());
    EXPECT_EQ(lab.change_key(id), key);
    EXPECT_EQ(lab.get(id).text("Subject"), "kept");
    EXPECT_EQ(lab.get(mail).text("Body"), "body\r\n");
    EXPECT_EQ(lab.sync("tasks", state).count("Update"), 1u);
    EXPECT_EQ(lab.call("<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"" + attachment +
                       "\"/></m:AttachmentIds></m:GetAttachment>")
                  .text("Content"),
              "QUJD");
    const std::string next = lab.create_task("<t:Subject>new</t:Subject>");
    EXPECT_NE(next, id);
    EXPECT_EQ(lab.store->item_count("alice@example.test", lab.folder("tasks")), 2u);
    EXPECT_EQ(lab.store->unread_count("alice@example.test", lab.folder("inbox")), 1u);
}

TEST(MailboxStore, TombstonesOutliveARestart) {
    const StoreFolder folder;
    std::string id, state;
    {
        EwsLab lab(folder.path());
        id = lab.create_task("<t:Subject>gone</t:Subject>");
        state = lab.sync("tasks", "").text("SyncState");
        ASSERT_TRUE(lab.store->delete_item("alice@example.test", id).has_value());
    }
    EwsLab lab(folder.path());
    EXPECT_EQ(lab.sync("tasks", state).attribute("ItemId", "Id"), id);
}

TEST(MailboxStore, AKilledProcessLeavesAStoreThatOpensWithWholeBatches) {
    const StoreFolder folder;
    {
        EwsLab lab(folder.path());
    }
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        EwsLab lab(folder.path());
        for (;;) {
            {
                const MailboxStore::Batch together(*lab.store);
                for (int i = 0; i < 7; ++i) {
                    Item task;
                    task.kind = ItemKind::Task;
                    task.item_class = "IPM.Task";
                    if (!lab.store->create_item("alice@example.test", lab.folder("tasks"), task))
                        _exit(1);
                }
            }
            if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
        }
    }
    char byte = 0;
    for (int i = 0; i < 50; ++i) ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    EwsLab lab(folder.path());
    const std::size_t count = lab.store->item_count("alice@example.test", lab.folder("tasks"));
    EXPECT_GE(count, 50u * 7u);
    EXPECT_EQ(count % 7, 0u);
}

TEST(MailboxStore, IsDeterministicForASeed) {
    EwsLab one;
    EwsLab two;
    EXPECT_EQ(one.create_task("<t:Subject>x</t:Subject>"),
              two.create_task("<t:Subject>x</t:Subject>"));
    EXPECT_EQ(one.folder("inbox"), two.folder("inbox"));
    EXPECT_EQ(one.folder("inbox").size(), 120u);
    EXPECT_EQ(one.create_task("<t:Subject>x</t:Subject>").size(), 152u);
}

TEST(MailboxStore, IdsDifferingInLetterCaseOnlyAreDifferentItems) {
    EwsLab lab;
    std::map<std::string, std::string> by_lower;
    std::size_t pairs = 0;
    for (int i = 0; i < 200; ++i) {
        const std::string id = lab.create_task("<t:Subject>" + std::to_string(i) + "</t:Subject>");
        std::string lower = id;
        for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const auto [at, fresh] = by_lower.emplace(lower, id);
        if (fresh) continue;
        ++pairs;
        EXPECT_NE(lab.get(at->second).text("Subject"), lab.get(id).text("Subject"));
    }
    EXPECT_GT(pairs, 0u);
}

TEST(MailboxStore, RefusesWhatMakesNoSense) {
    EwsLab lab;
    EXPECT_EQ(lab.store->add_user({"alice@example.test", "x", "y", false}).error().kind,
              ErrorKind::AlreadyExists);
    EXPECT_EQ(lab.store->create_folder("alice@example.test", "nowhere", "x", "").error().kind,
              ErrorKind::NotFound);
    EXPECT_EQ(
        lab.store->create_folder("alice@example.test", lab.folder("msgfolderroot"), "INBOX", "")
            .error()
            .kind,
        ErrorKind::AlreadyExists);
    EXPECT_EQ(lab.store->delete_folder("alice@example.test", lab.folder("inbox")).error().kind,
              ErrorKind::Forbidden);
    EXPECT_EQ(lab.store->move_item("alice@example.test", "x", lab.folder("inbox")).error().kind,
              ErrorKind::NotFound);
    EXPECT_FALSE(MailboxStore::open({}).has_value());
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
