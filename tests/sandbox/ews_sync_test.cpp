#include <gtest/gtest.h>

#include <set>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

const char* const plain_mail =
    "From: a@example.org\r\nTo: alice@example.test\r\nSubject: s\r\n\r\nx\r\n";

TEST(EwsSync, FirstRoundPagesNewestFirstAndEndsWithTheLastItem) {
    EwsLab lab;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(lab.create_task("<t:Subject>t</t:Subject>"));
    const EwsReply first = lab.sync("tasks", "", 2);
    EXPECT_EQ(first.attributes("ItemId", "Id"), (std::vector<std::string>{ids[4], ids[3]}));
    EXPECT_EQ(first.text("IncludesLastItemInRange"), "false");
    const EwsReply second = lab.sync("tasks", first.text("SyncState"), 2);
    EXPECT_EQ(second.attributes("ItemId", "Id"), (std::vector<std::string>{ids[2], ids[1]}));
    const EwsReply third = lab.sync("tasks", second.text("SyncState"), 2);
    EXPECT_EQ(third.attributes("ItemId", "Id"), std::vector<std::string>{ids[0]});
    EXPECT_EQ(third.text("IncludesLastItemInRange"), "true");
    const EwsReply last = lab.sync("tasks", third.text("SyncState"), 2);
    EXPECT_EQ(last.count("ItemId"), 0u);
    EXPECT_EQ(last.text("IncludesLastItemInRange"), "true");
}

TEST(EwsSync, AnExactlyFullLastPageSaysSo) {
    EwsLab lab;
    for (int i = 0; i < 4; ++i) lab.create_task("<t:Subject>t</t:Subject>");
    const EwsReply first = lab.sync("tasks", "", 4);
    EXPECT_EQ(first.count("Create"), 4u);
    EXPECT_EQ(first.text("IncludesLastItemInRange"), "true");
}

TEST(EwsSync, ChangesDuringTheFirstRoundAreNotLost) {
    EwsLab lab;
    std::vector<std::string> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(lab.create_task("<t:Subject>t</t:Subject>"));
    const EwsReply first = lab.sync("tasks", "", 2);
    const std::string late = lab.create_task("<t:Subject>late</t:Subject>");
    ASSERT_TRUE(lab.store->delete_item("alice@example.test", ids[3]).has_value());
    Item changed = *lab.store->find_item("alice@example.test", ids[2]);
    changed.properties.set("item:Subject", std::string("changed"));
    ASSERT_TRUE(lab.store->update_item("alice@example.test", changed).has_value());
    const EwsReply second = lab.sync("tasks", first.text("SyncState"), 512);
    EXPECT_EQ(second.attributes("ItemId", "Id"), (std::vector<std::string>{ids[1], ids[0]}));
    const EwsReply third = lab.sync("tasks", second.text("SyncState"), 512);
    EXPECT_EQ(third.attributes("ItemId", "Id"), (std::vector<std::string>{late, ids[3], ids[2]}));
    EXPECT_EQ(third.count("Create"), 1u);
    EXPECT_EQ(third.count("Delete"), 1u);
    EXPECT_EQ(third.count("Update"), 1u);
}

TEST(EwsSync, AnItemThatChangesBetweenPagesIsCreatedOnceAndThenUpdated) {
    EwsLab lab;
    const EwsReply empty = lab.sync("tasks", "");
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(lab.create_task("<t:Subject>t</t:Subject>"));
    const EwsReply page = lab.sync("tasks", empty.text("SyncState"), 2);
    EXPECT_EQ(page.attributes("ItemId", "Id"), (std::vector<std::string>{ids[0], ids[1]}));
    EXPECT_EQ(page.text("IncludesLastItemInRange"), "false");
    Item changed = *lab.store->find_item("alice@example.test", ids[0]);
    changed.categories.push_back("x");
    ASSERT_TRUE(lab.store->update_item("alice@example.test", changed).has_value());
    const EwsReply rest = lab.sync("tasks", page.text("SyncState"));
    EXPECT_EQ(rest.count("Create"), 1u);
    EXPECT_EQ(rest.count("Update"), 1u);
    EXPECT_EQ(rest.attributes("ItemId", "Id"), (std::vector<std::string>{ids[2], ids[0]}));
}

TEST(EwsSync, AnItemThatCameAndWentBetweenTwoRoundsIsNotMentioned) {
    EwsLab lab;
    const EwsReply empty = lab.sync("tasks", "");
    const std::string id = lab.create_task("<t:Subject>t</t:Subject>");
    ASSERT_TRUE(lab.store->delete_item("alice@example.test", id).has_value());
    const EwsReply next = lab.sync("tasks", empty.text("SyncState"));
    EXPECT_EQ(next.count("ItemId"), 0u);
    EXPECT_NE(next.text("SyncState"), "");
}

TEST(EwsSync, MarkingAMailReadIsAReadFlagChangeUntilSomethingElseChanges) {
    EwsLab lab;
    const std::string id = lab.add_mail("inbox", plain_mail);
    const std::string state = lab.sync("inbox", "").text("SyncState");
    Item read = *lab.store->find_item("alice@example.test", id);
    read.properties.set("message:IsRead", std::string("true"));
    ASSERT_TRUE(lab.store->update_item("alice@example.test", read).has_value());
    const EwsReply flag = lab.sync("inbox", state);
    EXPECT_EQ(flag.count("ReadFlagChange"), 1u);
    EXPECT_EQ(flag.text("IsRead"), "true");
    Item category = *lab.store->find_item("alice@example.test", id);
    category.categories.push_back("logged");
    ASSERT_TRUE(lab.store->update_item("alice@example.test", category).has_value());
    EXPECT_EQ(lab.sync("inbox", state).count("Update"), 1u);
    EXPECT_EQ(lab.sync("inbox", state).count("ReadFlagChange"), 0u);
}

TEST(EwsSync, AMoveIsADeleteThereAndACreateHereUnderANewId) {
    EwsLab lab;
    const std::string id = lab.add_mail("inbox", plain_mail);
    const std::string inbox_state = lab.sync("inbox", "").text("SyncState");
    const std::string junk_state = lab.sync("junkemail", "").text("SyncState");
    const EwsReply moved = lab.call(
        "<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id=\"junkemail\"/></m:ToFolderId>"
        "<m:ItemIds><t:ItemId Id=\"" +
        id + "\"/></m:ItemIds></m:MoveItem>");
    const std::string new_id = moved.attribute("ItemId", "Id");
    EXPECT_NE(new_id, id);
    EXPECT_EQ(lab.get(id).code(), "ErrorItemNotFound");
    const EwsReply source = lab.sync("inbox", inbox_state);
    EXPECT_EQ(source.count("Delete"), 1u);
    EXPECT_EQ(source.attribute("ItemId", "Id"), id);
    EXPECT_EQ(lab.sync("junkemail", junk_state).attribute("ItemId", "Id"), new_id);
}

TEST(EwsSync, StatesOfAnotherFolderOrOperationOrCutOnesAreInvalid) {
    EwsLab lab;
    lab.create_task("<t:Subject>t</t:Subject>");
    const std::string state = lab.sync("tasks", "").text("SyncState");
    EXPECT_EQ(lab.sync("tasks", state).code(), "NoError");
    EXPECT_EQ(lab.sync("inbox", state).code(), "ErrorInvalidSyncStateData");
    EXPECT_EQ(lab.sync("tasks", state.substr(0, state.size() - 4)).code(),
              "ErrorInvalidSyncStateData");
    EXPECT_EQ(lab.sync("tasks", "QUJD").code(), "ErrorInvalidSyncStateData");
    std::string altered = state;
    altered[20] = altered[20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(lab.sync("tasks", altered).code(), "ErrorInvalidSyncStateData");
    const EwsReply hierarchy = lab.call(
        "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></"
        "m:FolderShape><m:SyncFolderId>"
        "<t:DistinguishedFolderId Id=\"tasks\"/></m:SyncFolderId><m:SyncState>" +
        state + "</m:SyncState></m:SyncFolderHierarchy>");
    EXPECT_EQ(hierarchy.code(), "ErrorInvalidSyncStateData");
    ASSERT_TRUE(lab.store->reset_sync("alice@example.test", lab.folder("tasks")).has_value());
    EXPECT_EQ(lab.sync("tasks", state).code(), "ErrorInvalidSyncStateData");
}

TEST(EwsSync, IgnoredItemsAreLeftOutAndTheLimitsOfTheSchemaHold) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>t</t:Subject>");
    const std::string other = lab.create_task("<t:Subject>t</t:Subject>");
    const std::string head =
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:SyncFolderId><t:DistinguishedFolderId Id=\"tasks\"/></m:SyncFolderId>";
    const EwsReply reply = lab.call(
        head + "<m:Ignore><t:ItemId Id=\"" + id +
        "\"/></m:Ignore><m:MaxChangesReturned>512"
        "</m:MaxChangesReturned><m:SyncScope>NormalItems</m:SyncScope></m:SyncFolderItems>");
    EXPECT_EQ(reply.attributes("ItemId", "Id"), std::vector<std::string>{other});
    const EwsReply much = lab.call_raw(
        "", head + "<m:MaxChangesReturned>513</m:MaxChangesReturned></m:SyncFolderItems>");
    EXPECT_EQ(much.status(), 500);
    EXPECT_EQ(much.code(), "ErrorSchemaValidation");
}

TEST(EwsSync, TheHierarchyTellsOfNewRenamedAndDeletedFolders) {
    EwsLab lab;
    const auto hierarchy = [&](const std::string& state) {
        return lab.call(
            "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></"
            "m:FolderShape>"
            "<m:SyncFolderId><t:DistinguishedFolderId Id=\"msgfolderroot\"/></m:SyncFolderId>" +
            (state.empty() ? "" : "<m:SyncState>" + state + "</m:SyncState>") +
            "</m:SyncFolderHierarchy>");
    };
    const EwsReply all = hierarchy("");
    EXPECT_EQ(all.count("Create"), 11u);
    const auto made =
        lab.store->create_folder("alice@example.test", lab.folder("inbox"), "CRM", "");
    ASSERT_TRUE(made.has_value());
    const std::string id = (*made)->id;
    const EwsReply created = hierarchy(all.text("SyncState"));
    EXPECT_EQ(created.count("Create"), 1u);
    EXPECT_EQ(created.text("FolderClass"), "IPF.Note");
    ASSERT_TRUE(lab.store->rename_folder("alice@example.test", id, "CRM2").has_value());
    const EwsReply renamed = hierarchy(created.text("SyncState"));
    EXPECT_EQ(renamed.count("Update"), 1u);
    EXPECT_EQ(renamed.attribute("FolderId", "Id"), id);
    ASSERT_TRUE(lab.store->delete_folder("alice@example.test", id).has_value());
    const EwsReply gone = hierarchy(renamed.text("SyncState"));
    EXPECT_EQ(gone.count("Delete"), 1u);
    EXPECT_EQ(hierarchy(all.text("SyncState")).count("FolderId"), 0u);
    EXPECT_EQ(hierarchy(gone.text("SyncState")).count("Changes"), 1u);
}

// A client that keeps applying pages must end with what the folder holds, whatever happened in
// between.
TEST(EwsSync, AMirrorKeptByRandomPagesEqualsTheFolder) {
    EwsLab lab;
    std::uint64_t random = 99;
    const auto draw = [&](std::uint64_t below) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        return (random >> 33) % below;
    };
    std::map<std::string, std::string> mirror;
    std::string state;
    std::vector<std::string> live;
    const auto pull = [&](int max) {
        const EwsReply page = lab.sync("tasks", state, max);
        ASSERT_EQ(page.code(), "NoError");
        state = page.text("SyncState");
        const std::string changes = page.xml("Changes");
        for (std::size_t at = 0; (at = changes.find("<t:ItemId Id=\"", at)) != std::string::npos;
             ++at) {
            const std::string id = changes.substr(at + 14, changes.find('"', at + 14) - at - 14);
            const std::size_t opened = changes.rfind("<t:", at - 1);
            const bool deleted = changes.compare(opened, 10, "<t:Delete>") == 0;
            if (deleted) {
                mirror.erase(id);
            } else {
                const std::size_t key = changes.find("ChangeKey=\"", at) + 11;
                mirror[id] = changes.substr(key, changes.find('"', key) - key);
            }
        }
    };
    for (int step = 0; step < 400; ++step) {
        const auto what = draw(10);
        if (what < 4 || live.empty()) {
            Item task;
            task.kind = ItemKind::Task;
            task.item_class = "IPM.Task";
            live.push_back(
                (*lab.store->create_item("alice@example.test", lab.folder("tasks"), task))->id);
        } else if (what < 6) {
            Item changed = *lab.store->find_item("alice@example.test", live[draw(live.size())]);
            changed.properties.set("item:Subject", std::to_string(step));
            ASSERT_TRUE(lab.store->update_item("alice@example.test", changed).has_value());
        } else if (what < 8) {
            const std::size_t at = draw(live.size());
            ASSERT_TRUE(lab.store->delete_item("alice@example.test", live[at]).has_value());
            live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
        } else {
            pull(static_cast<int>(draw(4)) + 1);
        }
    }
    for (int i = 0; i < 300; ++i) pull(5);
    std::map<std::string, std::string> truth;
    for (const auto& id : live) truth[id] = lab.change_key(id);
    EXPECT_EQ(mirror, truth);
    EXPECT_GT(truth.size(), 20u);
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
