// The faults beyond the first nine: each does what sandbox/faults.hpp says, and nothing more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class StrangeFaults : public testing::Test {
protected:
    void strike(Fault fault) { ASSERT_TRUE(lab.faults.add(std::move(fault))); }
    void strike(FaultKind kind, std::uint32_t count = 1) {
        Fault fault;
        fault.kind = kind;
        fault.count = count;
        strike(fault);
    }
    /// Not recorded for the schema check: what a fault makes of a reply may break it.
    EwsReply ask(const std::string& body) { return EwsReply(lab.post(EwsLab::envelope("", body))); }
    EwsReply sync(const std::string& state) {
        std::string body =
            "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
            "<m:SyncFolderId><t:DistinguishedFolderId Id=\"tasks\"/></m:SyncFolderId>";
        if (!state.empty()) body += "<m:SyncState>" + state + "</m:SyncState>";
        return ask(body + "<m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>");
    }
    std::string create_three() {
        std::string body = "<m:CreateItem><m:Items>";
        for (int i = 0; i < 3; ++i) body += "<t:Task><t:Subject>x</t:Subject></t:Task>";
        return body + "</m:Items></m:CreateItem>";
    }
    std::string get(const std::vector<std::string>& ids) {
        std::string body =
            "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>";
        for (const std::string& id : ids) body += "<t:ItemId Id=\"" + id + "\"/>";
        return body + "</m:ItemIds></m:GetItem>";
    }
    std::size_t tasks() { return lab.store->item_count("alice@example.test", lab.folder("tasks")); }
    EwsLab lab;
};

TEST_F(StrangeFaults, AnyStatusAndAnyRetryAfter) {
    Fault fault;
    fault.kind = FaultKind::HttpStatus;
    fault.status = 429;
    fault.text = "soon";
    strike(fault);
    const EwsReply refused = ask(create_three());
    EXPECT_EQ(refused.status(), 429);
    EXPECT_EQ(refused.answer().response.fields.get("Retry-After"), "soon");
    EXPECT_EQ(tasks(), 0u);
    fault.status = 200;
    EXPECT_FALSE(lab.faults.add(fault));
    fault.status = 500;
    fault.code = "NoError";
    EXPECT_FALSE(lab.faults.add(fault));
}

TEST_F(StrangeFaults, ASoapFaultOfAnyCodeWithOrWithoutBackOff) {
    Fault fault;
    fault.kind = FaultKind::SoapFault;
    fault.code = "ErrorImpersonateUserDenied";
    strike(fault);
    const EwsReply plain = ask(create_three());
    EXPECT_EQ(plain.status(), 500);
    EXPECT_EQ(plain.code(), "ErrorImpersonateUserDenied");
    EXPECT_THAT(plain.raw(), Not(HasSubstr("BackOffMilliseconds")));
    fault.milliseconds = 70;
    strike(fault);
    EXPECT_THAT(ask(create_three()).raw(), HasSubstr("BackOffMilliseconds"));
    EXPECT_EQ(tasks(), 0u);
}

TEST_F(StrangeFaults, ABatchIsJudgedPartByPart) {
    Fault fault;
    fault.kind = FaultKind::MixedBatch;
    fault.code = "ErrorTimeoutExpired";
    fault.mask = 0b101;
    strike(fault);
    EXPECT_THAT(ask(create_three()).codes(),
                ElementsAre("ErrorTimeoutExpired", "NoError", "ErrorTimeoutExpired"));
    EXPECT_EQ(tasks(), 1u) << "refused parts are not carried out";
}

TEST_F(StrangeFaults, ABatchStopsHalfWayWithAWarning) {
    strike(FaultKind::BatchStopped, 1);
    const EwsReply stopped = ask(create_three());
    EXPECT_THAT(stopped.codes(), ElementsAre("NoError", "ErrorBatchProcessingStopped",
                                             "ErrorBatchProcessingStopped"));
    EXPECT_THAT(stopped.attributes("CreateItemResponseMessage", "ResponseClass"),
                ElementsAre("Success", "Warning", "Warning"));
    EXPECT_EQ(tasks(), 1u);
}

TEST_F(StrangeFaults, APartThatWasCarriedOutHasNoAnswer) {
    strike(FaultKind::PartMissing, 1);
    EXPECT_THAT(ask(create_three()).codes(), ElementsAre("NoError", "NoError"));
    EXPECT_EQ(tasks(), 3u);
}

TEST_F(StrangeFaults, OneCorruptItemFailsEveryBatchThatItIsIn) {
    const std::string good = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string bad = lab.create_task("<t:Subject>b</t:Subject>");
    strike(FaultKind::PoisonedItem, 1);
    EXPECT_EQ(ask(get({good, bad})).status(), 500);
    EXPECT_EQ(ask(get({good, bad})).status(), 500) << "for good";
    EXPECT_EQ(ask(get({good})).code(), "NoError");
    EXPECT_EQ(ask(get({bad})).code(), "ErrorItemCorrupt");
    lab.faults.clear();
    EXPECT_EQ(ask(get({bad})).code(), "NoError");
}

TEST_F(StrangeFaults, AnEmptyPageMovesOnAndALoopDoesNot) {
    lab.create_task("<t:Subject>a</t:Subject>");
    const std::string state = sync("").text("SyncState");
    lab.create_task("<t:Subject>b</t:Subject>");
    strike(FaultKind::LoopingFeed);
    const EwsReply loop = sync(state);
    EXPECT_EQ(loop.text("SyncState"), state);
    EXPECT_EQ(loop.text("IncludesLastItemInRange"), "false");
    strike(FaultKind::EmptyPageMore);
    const EwsReply empty = sync(state);
    EXPECT_NE(empty.text("SyncState"), state);
    EXPECT_EQ(empty.text("IncludesLastItemInRange"), "false");
    EXPECT_EQ(empty.count("Create"), 0u);
    EXPECT_EQ(sync(empty.text("SyncState")).count("Create"), 1u) << "nothing is lost by it";
}

TEST_F(StrangeFaults, OldChangesAreRepeatedAndLateOnesComeLater) {
    lab.create_task("<t:Subject>a</t:Subject>");
    const std::string state = sync("").text("SyncState");
    strike(FaultKind::OldGeneration, 50);
    EXPECT_EQ(sync(state).count("Create"), 1u);
    lab.create_task("<t:Subject>b</t:Subject>");
    lab.create_task("<t:Subject>c</t:Subject>");
    strike(FaultKind::HiddenChanges, 1);
    const EwsReply first = sync(state);
    EXPECT_EQ(first.count("Create"), 1u);
    EXPECT_EQ(first.text("IncludesLastItemInRange"), "true");
    EXPECT_EQ(sync(first.text("SyncState")).count("Create"), 1u);
}

TEST_F(StrangeFaults, ADeletionThatIsNoneAndAChangeThatIsTwo) {
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string state = sync("").text("SyncState");
    strike(FaultKind::FalseRemoval);
    EXPECT_THAT(sync(state).xml("Delete"), HasSubstr(id));
    EXPECT_EQ(ask(get({id})).code(), "NoError");
    Item changed = *lab.store->find_item("alice@example.test", id);
    changed.properties.set("item:Subject", std::string("b"));
    ASSERT_TRUE(lab.store->update_item("alice@example.test", changed));
    strike(FaultKind::TwiceInPage);
    const EwsReply twice = sync(state);
    const auto keys = twice.attributes("ItemId", "ChangeKey");
    ASSERT_EQ(twice.count("Update"), 2u);
    EXPECT_EQ(keys[0], lab.change_key(id));
    EXPECT_NE(keys[1], keys[0]);
}

TEST_F(StrangeFaults, AFindIsCutShort) {
    for (int i = 0; i < 3; ++i) lab.create_task("<t:Subject>a</t:Subject>");
    strike(FaultKind::ShortPage, 2);
    const EwsReply page = lab.call(
        "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
        "</m:ItemShape><m:IndexedPageItemView MaxEntriesReturned=\"100\" Offset=\"0\" "
        "BasePoint=\"Beginning\"/><m:ParentFolderIds><t:DistinguishedFolderId Id=\"tasks\"/>"
        "</m:ParentFolderIds></m:FindItem>");
    EXPECT_EQ(page.count("ItemId"), 2u);
    EXPECT_EQ(page.attribute("RootFolder", "IncludesLastItemInRange"), "false");
}

TEST_F(StrangeFaults, UnknownElementsAndRawCharacters) {
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    strike(FaultKind::UnknownElements);
    EXPECT_EQ(ask(get({id})).count("FutureShape"), 1u);
    Item changed = *lab.store->find_item("alice@example.test", id);
    changed.properties.set("item:Subject", std::string("a\x1F b"));
    ASSERT_TRUE(lab.store->update_item("alice@example.test", changed));
    strike(FaultKind::RawCharacters);
    const Answer answer = lab.post(EwsLab::envelope(
        "",
        "<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds>"
        "<t:ItemId Id=\"" +
            id + "\"/></m:ItemIds></m:GetItem>"));
    EXPECT_THAT(answer.response.body, HasSubstr("a&#x1F; b"));
}

TEST_F(StrangeFaults, ARequestIdComesBackWhenItIsAskedFor) {
    HttpRequest request;
    request.method = "POST";
    request.url = "/EWS/Exchange.asmx";
    request.fields.set("Authorization", "Basic YWxpY2VAZXhhbXBsZS50ZXN0OnNhbmRib3g=");
    request.fields.set("client-request-id", "one");
    EXPECT_FALSE(lab.face->handle(request).response.fields.has("client-request-id"));
    request.fields.set("return-client-request-id", "true");
    const Answer answer = lab.face->handle(request);
    EXPECT_EQ(answer.response.fields.get("client-request-id"), "one");
    EXPECT_EQ(answer.response.fields.get("Date"), "Fri, 15 Jan 2027 08:00:00 GMT");
}

TEST_F(StrangeFaults, AFolderGoesBackToWhatItWas) {
    const std::string kept = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string deleted = lab.create_task("<t:Subject>b</t:Subject>");
    const std::string key = lab.change_key(kept);
    const auto backup = lab.store->back_up("alice@example.test", lab.folder("tasks"));
    ASSERT_TRUE(backup);
    const std::string state = sync("").text("SyncState");
    Item changed = *lab.store->find_item("alice@example.test", kept);
    changed.properties.set("item:Subject", std::string("later"));
    ASSERT_TRUE(lab.store->update_item("alice@example.test", changed));
    ASSERT_TRUE(lab.store->move_item("alice@example.test", deleted, lab.folder("deleteditems")));
    const std::string later = lab.create_task("<t:Subject>c</t:Subject>");
    ASSERT_TRUE(lab.store->restore("alice@example.test", lab.folder("tasks"), *backup));
    EXPECT_EQ(tasks(), 2u);
    EXPECT_EQ(lab.change_key(kept), key);
    EXPECT_NE(lab.store->find_item("alice@example.test", deleted), nullptr);
    EXPECT_EQ(lab.store->find_item("alice@example.test", later), nullptr);
    EXPECT_EQ(sync(state).code(), "ErrorInvalidSyncStateData");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
