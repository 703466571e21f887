#include <gtest/gtest.h>

#include "connectors/ews/base64.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "core/limits.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

std::string task_xml(std::string_view id, std::string_view key = "K1",
                     std::string_view inner = "") {
    return "<m:Items><t:Task><t:ItemId Id=\"" + std::string(id) + "\" ChangeKey=\"" +
           std::string(key) + "\"/>" + std::string(inner) + "</t:Task></m:Items>";
}

std::string fetched(std::string_view id, std::string_view key = "K1", std::string_view inner = "") {
    return ok_message("GetItem", task_xml(id, key, inner));
}

std::string created(int n) {
    return "<t:Create><t:Task><t:ItemId Id=\"I" + std::to_string(n) + "\"/></t:Task></t:Create>";
}

std::string sync_reply(std::string_view changes, std::string_view state = "STATE",
                       bool last = true) {
    return response("SyncFolderItems",
                    {ok_message("SyncFolderItems",
                                "<m:SyncState>" + std::string(state) + "</m:SyncState>" +
                                    "<m:IncludesLastItemInRange>" + (last ? "true" : "false") +
                                    "</m:IncludesLastItemInRange><m:Changes>" +
                                    std::string(changes) + "</m:Changes>")});
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + part.size()))
        ++n;
    return n;
}

class EwsEndpointTest : public testing::Test {
protected:
    ScriptedExchange exchange;
    StillClock clock;
    net::RunLoop loop;
    std::unique_ptr<SyncEndpoint> endpoint = make_ews_endpoint(exchange, clock, test_settings());
    std::unique_ptr<MailSource> mail = make_ews_mail_source(exchange, test_settings());
    CollectionId tasks = endpoint->collection(EntityKind::Task, MailboxId("alice@example.test"));
    CollectionId calendar =
        endpoint->collection(EntityKind::Appointment, MailboxId("alice@example.test"));

    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(loop, std::move(work));
    }
    Result<ChangePage> pull(Cursor cursor = Cursor("D:OLD")) {
        return run(endpoint->pull_changes(tasks, cursor));
    }
    std::string request(std::size_t n) const { return body_of(exchange.requests().at(n)); }

    SyncEndpoint::ItemUpdate update(std::string key, Patch patch) {
        SyncEndpoint::ItemUpdate out;
        out.key = ItemKey(std::move(key));
        out.expected_version = Version("K1");
        out.patch = std::move(patch);
        return out;
    }
    std::vector<SyncEndpoint::NewItem> new_tasks(int count) {
        std::vector<SyncEndpoint::NewItem> items;
        for (int n = 0; n < count; ++n) {
            Record record(EntityKind::Task);
            record.set(Field::Subject, "task " + std::to_string(n));
            items.push_back({record, CorrelationToken{"crm", "task", std::to_string(n), "e-1"}});
        }
        return items;
    }
};

}  // namespace

TEST_F(EwsEndpointTest, TheLastWordOnAnItemCounts) {
    exchange.answer_body(sync_reply(
        created(1) + created(2) +
        "<t:Delete><t:ItemId Id=\"I1\"/></t:Delete>"
        "<t:ReadFlagChange><t:ItemId Id=\"I2\"/><t:IsRead>true</t:IsRead></t:ReadFlagChange>"));
    exchange.answer_body(deleted_items_reply());
    exchange.answer_body(response(
        "GetItem", {fetched("I2"), error_message("GetItem", "ErrorItemNotFound")}));
    const auto page = pull();
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->observations.size(), 2U);
    EXPECT_TRUE(page->observations[0].record());
    EXPECT_TRUE(page->observations[1].gone());
    EXPECT_FALSE(std::get<Tombstone>(page->observations[1].content).confirmed);
    EXPECT_EQ(page->next.str(), "D:STATE");
    EXPECT_EQ(count_of(request(2), "<t:ItemId "), 2U) << "what came and went in one page is read";
}

TEST_F(EwsEndpointTest, ASnapshotIsOneUntilItsLastPage) {
    exchange.answer_body(sync_reply("", "S1", false));
    const auto first = pull(Cursor());
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->is_snapshot);
    EXPECT_EQ(first->next.str(), "S:S1");
    exchange.answer_body(sync_reply("", "S2", true));
    const auto second = pull(first->next);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->is_snapshot);
    EXPECT_EQ(second->next.str(), "D:S2");
    EXPECT_NE(request(1).find("<m:SyncState>S1</m:SyncState>"), std::string::npos);
    exchange.answer_body(sync_reply("", "S3", true));
    const auto third = pull(second->next);
    ASSERT_TRUE(third);
    EXPECT_FALSE(third->is_snapshot);
}

TEST_F(EwsEndpointTest, AnItemThatWentMeanwhileIsAnUnconfirmedTombstone) {
    exchange.answer_body(sync_reply(created(1) + created(2)));
    exchange.answer_body(deleted_items_reply());
    exchange.answer_body(
        response("GetItem", {error_message("GetItem", "ErrorItemNotFound"),
                             fetched("I2", "K1", "<t:ParentFolderId Id=\"DELETED\"/>")}));
    const auto page = pull();
    ASSERT_TRUE(page);
    ASSERT_EQ(page->observations.size(), 2U);
    for (const Observation& seen : page->observations) EXPECT_TRUE(seen.gone());
}

TEST_F(EwsEndpointTest, AStoppedBatchIsAskedAgainInSmallerParts) {
    std::string changes;
    for (int n = 1; n <= 4; ++n) changes += created(n);
    exchange.answer_body(sync_reply(changes));
    exchange.answer_body(deleted_items_reply());
    const std::string stopped = error_message("GetItem", "ErrorBatchProcessingStopped", "Warning");
    exchange.answer_body(response("GetItem", {fetched("I1"), stopped, stopped, stopped}));
    exchange.answer_body(response("GetItem", {fetched("I2"), fetched("I3")}));
    exchange.answer_body(response("GetItem", {fetched("I4")}));
    const auto page = pull();
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->observations.size(), 4U);
    for (std::size_t n = 0; n < 4; ++n)
        EXPECT_EQ(page->observations[n].key.str(), "I" + std::to_string(n + 1));
    EXPECT_TRUE(exchange.used_up());
}

TEST_F(EwsEndpointTest, ATimeOutHalvesTheBatchAndThePage) {
    exchange.answer_http(500, ScriptedExchange::envelope(fault("ErrorTimeoutExpired")));
    exchange.answer_body(sync_reply(created(1) + created(2)));
    exchange.answer_body(deleted_items_reply());
    exchange.answer_http(500, ScriptedExchange::envelope(fault("ErrorTimeoutExpired")));
    exchange.answer_body(response("GetItem", {fetched("I1")}));
    exchange.answer_body(response("GetItem", {fetched("I2")}));
    const auto page = pull();
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->observations.size(), 2U);
    EXPECT_NE(request(0).find("<m:MaxChangesReturned>512<"), std::string::npos);
    EXPECT_NE(request(1).find("<m:MaxChangesReturned>256<"), std::string::npos);
}

TEST_F(EwsEndpointTest, AServerThatAlwaysTimesOutIsLeftAlone) {
    for (int i = 0; i < 20; ++i)
        exchange.answer_http(500, ScriptedExchange::envelope(fault("ErrorTimeoutExpired")));
    const auto page = pull();
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::Transient);
    EXPECT_LE(exchange.requests().size(), 8U);
}

TEST_F(EwsEndpointTest, AnItemThatBreaksItsReplyIsParkedAndTheOthersAreRead) {
    exchange.answer_body(sync_reply(created(1) + created(2)));
    exchange.answer_body(deleted_items_reply());
    exchange.answer_http(200, "<broken");                              // both
    exchange.answer_body(response("GetItem", {fetched("I1")}));        // the first alone
    exchange.answer_http(200, "<broken");                              // the second alone
    exchange.answer_body(response("GetItem", {fetched("I2", "K7")}));  // its id alone
    exchange.answer_http(200, "<broken");                              // the whole once more
    const auto page = pull();
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->observations.size(), 2U);
    EXPECT_TRUE(page->observations[0].record());
    const auto* parked = std::get_if<Unreadable>(&page->observations[1].content);
    ASSERT_TRUE(parked);
    EXPECT_EQ(parked->reason_code, "corrupt");
    EXPECT_EQ(page->observations[1].version.str(), "K7");
}

TEST_F(EwsEndpointTest, AServerThatAnswersNonsenseParksNothing) {
    exchange.answer_body(sync_reply(created(1)));
    exchange.answer_body(deleted_items_reply());
    for (int i = 0; i < 2; ++i)
        exchange.answer_http(200, "<html><body>Please log in</body></html>");
    const auto page = pull();
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::CorruptReply);
}

TEST_F(EwsEndpointTest, ErrorsOfItemsAreParkedAndErrorsOfTheScopeFailThePage) {
    exchange.answer_body(sync_reply(created(1) + created(2) + created(3)));
    exchange.answer_body(deleted_items_reply());
    exchange.answer_body(response("GetItem", {error_message("GetItem", "ErrorItemCorrupt"),
                                              error_message("GetItem", "ErrorMessageSizeExceeded"),
                                              error_message("GetItem", "ErrorAccessDenied")}));
    const auto page = pull();
    ASSERT_TRUE(page);
    std::vector<std::string> reasons;
    for (const Observation& seen : page->observations)
        reasons.push_back(std::get<Unreadable>(seen.content).reason_code);
    EXPECT_EQ(reasons, (std::vector<std::string>{"corrupt", "too_large", "corrupt"}));

    exchange.answer_body(sync_reply(created(1) + created(2)));
    exchange.answer_body(response(
        "GetItem", {fetched("I1"), error_message("GetItem", "ErrorMailboxStoreUnavailable")}));
    const auto failed = pull();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
}

TEST_F(EwsEndpointTest, ItemsAreReadInBatches) {
    std::string changes;
    for (int n = 1; n <= 120; ++n) changes += created(n);
    exchange.answer_body(sync_reply(changes));
    exchange.answer_body(deleted_items_reply());
    int next = 1;
    for (const int size : {50, 50, 20}) {
        std::string messages;
        for (int i = 0; i < size; ++i) messages += fetched("I" + std::to_string(next++));
        exchange.answer_body(response("GetItem", {messages}));
    }
    const auto page = pull();
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->observations.size(), 120U);
    EXPECT_TRUE(exchange.used_up());
}

TEST_F(EwsEndpointTest, CreatesAreCutIntoBatchesAndAnsweredPerItem) {
    std::string messages;
    std::string reads;
    for (int n = 0; n < 20; ++n) {
        messages += n == 3 ? error_message("CreateItem", "ErrorQuotaExceeded")
                           : ok_message("CreateItem", task_xml("I" + std::to_string(n)));
        if (n != 3) reads += fetched("I" + std::to_string(n));
    }
    exchange.answer_body(response("CreateItem", {messages}));
    exchange.answer_body(response("GetItem", {reads}));
    exchange.answer_http(503, "");
    const auto results = run(endpoint->create_items(tasks, new_tasks(25)));
    ASSERT_EQ(results.size(), 25U);
    EXPECT_EQ(results[2]->key.str(), "I2");
    ASSERT_FALSE(results[3]);
    EXPECT_EQ(results[3].error().kind, ErrorKind::Forbidden);
    EXPECT_EQ(results[4]->key.str(), "I4");
    for (std::size_t n = 20; n < 25; ++n) {
        ASSERT_FALSE(results[n]);
        EXPECT_EQ(results[n].error().kind, ErrorKind::Throttled);
    }
}

TEST_F(EwsEndpointTest, WhatCannotBeCreatedIsNotSent) {
    auto items = new_tasks(1);
    items[0].token = {};
    EXPECT_EQ(run(endpoint->create_items(tasks, items)).at(0).error().kind,
              ErrorKind::InvalidRequest);
    EXPECT_EQ(run(endpoint->create_items(calendar, new_tasks(1))).at(0).error().kind,
              ErrorKind::InvalidRequest);
    EXPECT_EQ(
        run(endpoint->create_items(CollectionId("nonsense"), new_tasks(1))).at(0).error().kind,
        ErrorKind::InvalidRequest);
    EXPECT_TRUE(exchange.requests().empty());
}

TEST_F(EwsEndpointTest, AnUpdateThatCannotBeReadBackIsUnanswered) {
    exchange.answer_body(response("UpdateItem", {ok_message("UpdateItem", task_xml("I1", "K2"))}));
    exchange.answer_http(503, "");
    const auto results = run(
        endpoint->update_items(tasks, {update("I1", {{Field::Subject, Value(std::string("x"))}})}));
    ASSERT_FALSE(results.at(0));
    EXPECT_EQ(results[0].error().kind, ErrorKind::Unanswered);
}

TEST_F(EwsEndpointTest, TimesAreWrittenTogetherOrNotAtAll) {
    const Value start(ZonedTime{*parse_wall("2027-07-01T09:00:00"), "UTC"});
    for (const Patch& patch : {Patch{{Field::Start, start}}, Patch{{Field::End, start}},
                               Patch{{Field::AllDay, Value(true)}},
                               Patch{{Field::Start, std::nullopt}, {Field::End, start}}}) {
        const auto results = run(endpoint->update_items(calendar, {update("I1", patch)}));
        ASSERT_FALSE(results.at(0));
        EXPECT_EQ(results[0].error().kind, ErrorKind::InvalidRequest);
    }
    EXPECT_TRUE(exchange.requests().empty());
}

TEST_F(EwsEndpointTest, TheBodyOfAnOnlineMeetingIsNeverOverwritten) {
    const auto meeting = [](std::string_view inner) {
        return ok_message("GetItem",
                          "<m:Items><t:CalendarItem><t:ItemId Id=\"I1\" ChangeKey=\"K1\"/>" +
                              std::string(inner) + "</t:CalendarItem></m:Items>");
    };
    exchange.answer_body(
        response("GetItem", {meeting("<t:IsOnlineMeeting>true</t:IsOnlineMeeting>")}));
    exchange.answer_body(
        response("UpdateItem", {ok_message("UpdateItem",
                                           "<m:Items><t:CalendarItem><t:ItemId Id=\"I1\"/>"
                                           "</t:CalendarItem></m:Items>")}));
    exchange.answer_body(response("GetItem", {meeting("<t:Start>2027-07-01T07:00:00Z</t:Start>")}));
    const Patch patch{{Field::Body, Value(std::string("from the CRM"))},
                      {Field::Location, Value(std::string("Wien"))}};
    const auto results = run(endpoint->update_items(calendar, {update("I1", patch)}));
    ASSERT_TRUE(results.at(0)) << results[0].error().message;
    EXPECT_NE(request(1).find("Wien"), std::string::npos);
    EXPECT_EQ(request(1).find("from the CRM"), std::string::npos);
}

TEST_F(EwsEndpointTest, AUidIsNotWrittenAfterTheCreation) {
    exchange.answer_body(response(
        "GetItem",
        {ok_message("GetItem",
                    "<m:Items><t:CalendarItem><t:ItemId Id=\"I1\" ChangeKey=\"K1\"/>"
                    "<t:Start>2027-07-01T07:00:00Z</t:Start></t:CalendarItem></m:Items>")}));
    const auto results = run(endpoint->update_items(
        calendar, {update("I1", {{Field::ICalUid, Value(std::string("uid"))}})}));
    ASSERT_TRUE(results.at(0)) << results[0].error().message;
    EXPECT_EQ(exchange.requests().size(), 1U) << "nothing is left to write: the item is only read";
}

TEST_F(EwsEndpointTest, ADeletionLooksAtTheVersionFirst) {
    exchange.answer_body(deleted_items_reply());
    exchange.answer_body(response(
        "GetItem",
        {fetched("I1", "K1"), fetched("I2", "K2"), error_message("GetItem", "ErrorItemNotFound"),
         fetched("I4", "K1", "<t:ParentFolderId Id=\"DELETED\"/>")}));
    exchange.answer_body(response("DeleteItem", {ok_message("DeleteItem", "")}));
    std::vector<SyncEndpoint::ItemRemoval> removals;
    for (const char* id : {"I1", "I2", "I3", "I4"})
        removals.push_back({ItemKey(id), Version("K1")});
    const auto results = run(endpoint->delete_items(tasks, removals));
    ASSERT_EQ(results.size(), 4U);
    EXPECT_TRUE(results[0]);
    EXPECT_EQ(results[1].error().kind, ErrorKind::VersionConflict);
    EXPECT_EQ(results[2].error().kind, ErrorKind::NotFound);
    EXPECT_EQ(results[3].error().kind, ErrorKind::NotFound);
    EXPECT_EQ(count_of(request(2), "<t:ItemId "), 1U);
    EXPECT_NE(request(2).find(
                  "DeleteType=\"MoveToDeletedItems\" SendMeetingCancellations=\"SendToNone\""),
              std::string::npos);
}

TEST_F(EwsEndpointTest, ATokenIsComparedToTheLetter) {
    exchange.answer_body(deleted_items_reply());
    exchange.answer_body(
        response("FindFolder",
                 {ok_message("FindFolder",
                             "<m:RootFolder IncludesLastItemInRange=\"true\"><t:Folders>"
                             "<t:TasksFolder><t:FolderId Id=\"T\"/><t:ParentFolderId "
                             "Id=\"R\"/><t:FolderClass>IPF.Task</t:FolderClass></t:TasksFolder>"
                             "<t:TasksFolder><t:FolderId Id=\"D2\"/><t:ParentFolderId "
                             "Id=\"D1\"/><t:FolderClass>IPF.Task</t:FolderClass></t:TasksFolder>"
                             "<t:Folder><t:FolderId Id=\"D1\"/><t:ParentFolderId "
                             "Id=\"DELETED\"/><t:FolderClass>IPF.Note</t:FolderClass></t:Folder>"
                             "</t:Folders></m:RootFolder>")}));
    exchange.answer_body(response(
        "FindItem", {ok_message("FindItem",
                                "<m:RootFolder IncludesLastItemInRange=\"true\"><t:Items>"
                                "<t:Task><t:ItemId Id=\"I1\"/></t:Task><t:Task><t:ItemId "
                                "Id=\"I2\"/></t:Task><t:Task><t:ItemId Id=\"I3\"/></t:Task>"
                                "</t:Items></m:RootFolder>")}));
    const auto carrying = [](std::string_view token, std::string_view when) {
        return "<t:ExtendedProperty><t:ExtendedFieldURI PropertyName=\"CrmKey\"/><t:Value>" +
               std::string(token) + "</t:Value></t:ExtendedProperty><t:DateTimeCreated>" +
               std::string(when) + "</t:DateTimeCreated>";
    };
    exchange.answer_body(response(
        "GetItem", {fetched("I1", "K", carrying("crm|task|a7|E-1", "2026-01-01T00:00:00Z")),
                    fetched("I2", "K", carrying("crm|task|A7|e-1", "2026-03-01T00:00:00Z")),
                    fetched("I3", "K", carrying("crm|task|A7|e-1", "2026-02-01T00:00:00Z"))}));
    const auto found =
        run(endpoint->find_by_token(tasks, CorrelationToken{"crm", "task", "A7", "e-1"}));
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->key.str(), "I3") << "of two copies the one that was there first";
    EXPECT_EQ(count_of(request(2), "<t:FolderId "), 1U) << "not below Deleted Items";
}

TEST_F(EwsEndpointTest, AProbeTellsRightsAndClocks) {
    exchange.answer_http(
        200,
        ScriptedExchange::envelope(response(
            "GetFolder",
            {ok_message("GetFolder",
                        "<m:Folders><t:TasksFolder><t:FolderId "
                        "Id=\"T\"/><t:EffectiveRights><t:CreateContents>false</t:CreateContents>"
                        "<t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read></"
                        "t:EffectiveRights></t:TasksFolder></m:Folders>")})),
        "Date", "Wed, 25 Nov 2026 08:15:00 GMT");
    const auto report = run(endpoint->probe(tasks));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->server, "Exchange 15.2.2562");
    EXPECT_EQ(report->server_time, parse_timestamp("2026-11-25T08:15:00Z"));
    ASSERT_EQ(report->warnings.size(), 2U);
    EXPECT_NE(report->warnings[0].find("clocks"), std::string::npos);
    EXPECT_NE(report->warnings[1].find("create"), std::string::npos);
}

TEST_F(EwsEndpointTest, OriginalsAreFetchedInRepliesOfABoundedSize) {
    std::string sizes;
    std::vector<ItemKey> keys;
    for (int n = 0; n < 5; ++n) {
        keys.emplace_back("I" + std::to_string(n));
        const int megabytes = n == 4 ? 60 : 5;
        sizes += ok_message("GetItem", "<m:Items><t:Message><t:ItemId Id=\"I" + std::to_string(n) +
                                           "\"/><t:Size>" + std::to_string(megabytes << 20) +
                                           "</t:Size></t:Message></m:Items>");
    }
    const auto original = [](int n) {
        return ok_message("GetItem", "<m:Items><t:Message><t:MimeContent CharacterSet=\"UTF-8\">" +
                                         encode_base64("mail " + std::to_string(n)) +
                                         "</t:MimeContent><t:ItemId Id=\"I" + std::to_string(n) +
                                         "\"/></t:Message></m:Items>");
    };
    exchange.answer_body(response("GetItem", {sizes}));
    exchange.answer_body(response("GetItem", {original(0), original(1)}));
    exchange.answer_body(response("GetItem", {original(2), original(3)}));
    const auto originals = run(mail->fetch_mime(keys));
    ASSERT_EQ(originals.size(), 5U);
    for (std::size_t n = 0; n < 4; ++n)
        EXPECT_EQ(originals[n].value_or("failed"), "mail " + std::to_string(n));
    ASSERT_FALSE(originals[4]);
    EXPECT_EQ(originals[4].error().kind, ErrorKind::TooLarge);
    EXPECT_LE(exchange.largest_reply_allowed(), 100u << 20);
}

TEST_F(EwsEndpointTest, AMoveWithoutANewIdIsUnanswered) {
    exchange.answer_body(response("MoveItem", {ok_message("MoveItem", "<m:Items/>")}));
    const auto moved = run(mail->move_message(ItemKey("M1"), FolderId("F2")));
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().kind, ErrorKind::Unanswered);
}

TEST_F(EwsEndpointTest, AMarkChoosesHowConflictsAreResolved) {
    exchange.answer_body(response(
        "GetItem", {ok_message("GetItem",
                               "<m:Items><t:Message><t:ItemId Id=\"M1\" "
                               "ChangeKey=\"K1\"/><t:Categories><t:String>CRM logged</t:String>"
                               "</t:Categories></t:Message></m:Items>"),
                    ok_message("GetItem",
                               "<m:Items><t:MeetingRequest><t:ItemId Id=\"M2\" "
                               "ChangeKey=\"K1\"/></t:MeetingRequest></m:Items>")}));
    for (const char* id : {"M2", "M1"})  // one request per element: MeetingRequest before Message
        exchange.answer_body(response(
            "UpdateItem",
            {ok_message("UpdateItem", "<m:Items><t:Message><t:ItemId Id=\"" + std::string(id) +
                                          "\" ChangeKey=\"K2\"/></t:Message></m:Items>")}));
    std::vector<MailMark> marks;
    for (const char* id : {"M1", "M2"})
        marks.push_back({ItemKey(id), {"CRM logged"}, {}, "logged"});
    const auto results = run(mail->mark_messages(marks));
    ASSERT_EQ(results.size(), 2U);
    for (const auto& result : results) EXPECT_EQ(result.value_or(Version()).str(), "K2");
    EXPECT_NE(request(1).find("ConflictResolution=\"AutoResolve\""), std::string::npos);
    EXPECT_NE(request(1).find("<t:MeetingRequest><t:Categories>"), std::string::npos);
    EXPECT_NE(request(2).find("ConflictResolution=\"AlwaysOverwrite\""), std::string::npos);
    EXPECT_EQ(request(2).find("Categories"), std::string::npos);
    for (const std::size_t n : {1U, 2U})
        EXPECT_NE(request(n).find("SuppressReadReceipts=\"true\""), std::string::npos);
}

TEST_F(EwsEndpointTest, LinksNeedTheAddressOfOutlookOnTheWeb) {
    EXPECT_EQ(mail->link_url(ItemKey("AA+/=")), "");
    EwsSettings settings = test_settings();
    settings.owa_url = "https://mail.example.test/owa";
    const auto linked = make_ews_mail_source(exchange, settings);
    EXPECT_EQ(
        linked->link_url(ItemKey("AA+/=")),
        "https://mail.example.test/owa/?ItemID=AA%2B%2F%3D&exvsurl=1&viewmodel=ReadMessageItem");
}

TEST_F(EwsEndpointTest, EverythingThatWasSentIsValidBySchema) {
    if (schema_folder().empty()) GTEST_SKIP() << "no schema beside the checkout";
    // Nonsense from people and CRMs must not make an invalid request.
    const std::string bad = "\x01\xFF<&>\"'\xEF\xBF\xBF]]>\r\n";
    auto items = new_tasks(1);
    for (const Field field : {Field::Subject, Field::Body, Field::Distance})
        items[0].record.set(field, bad);
    items[0].record.set(Field::Categories, TextList{bad, std::string(300, 'x')});
    (void)run(endpoint->create_items(tasks, items));
    Record person(EntityKind::Contact);
    for (const FieldInfo& about : all_fields())
        if (about.in_contact && about.type == ValueType::Text) person.set(about.field, bad);
    std::vector<SyncEndpoint::NewItem> people{{person, CorrelationToken{bad, bad, bad, bad}}};
    const CollectionId contacts =
        endpoint->collection(EntityKind::Contact, MailboxId("o'hara&co@example.test"));
    (void)run(endpoint->create_items(contacts, people));
    (void)run(endpoint->update_items(
        tasks, {update(bad, {{Field::Body, Value(bad)}, {Field::Categories, std::nullopt}})}));
    (void)run(endpoint->get_items(tasks, {ItemKey(bad)}));
    (void)run(endpoint->list_keys(tasks, Cursor("1000")));
    (void)run(endpoint->find_by_token(tasks, CorrelationToken{bad, bad, bad, bad}));
    (void)run(mail->open_folder("Inbox/" + bad, true));
    (void)run(mail->get_messages({ItemKey(bad)}, true));
    (void)run(mail->fetch_mime({ItemKey("M1")}));
    (void)run(mail->pull_messages(FolderId(bad), Cursor("D:" + bad)));
    std::vector<std::string> bodies;
    for (const HttpRequest& sent : exchange.requests()) bodies.push_back(body_of(sent));
    EXPECT_GE(bodies.size(), 9U);
    EXPECT_EQ(schema_complaints(bodies), "");
}

}  // namespace liaison::ews
