#include <gtest/gtest.h>

#include "sandbox/mailbox_ids.hpp"
#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

const char* const get_inbox =
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
    "<t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>";

std::string impersonate(const std::string& address) {
    return "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>" + address +
           "</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>";
}

TEST(EwsFace, AsksForBasicCredentialsAndTakesAnyLetterCase) {
    EwsLab lab;
    HttpRequest request;
    request.method = "POST";
    request.url = "/ews/exchange.asmx";
    request.body = EwsLab::envelope("", get_inbox);
    const Answer refused = lab.face->handle(request);
    EXPECT_EQ(refused.response.status, 401);
    EXPECT_EQ(refused.response.fields.get("WWW-Authenticate").substr(0, 11), "Basic realm");
    request.fields.set("Authorization", "Basic " + base64_encode("alice@example.test:wrong"));
    EXPECT_EQ(lab.face->handle(request).response.status, 401);
    request.fields.set("Authorization", "Basic " + base64_encode("Alice@Example.test:sandbox"));
    const Answer answer = lab.face->handle(request);
    EXPECT_EQ(answer.response.status, 200);
    EXPECT_EQ(answer.response.fields.get("Content-Type"), "text/xml; charset=utf-8");
    EXPECT_NE(answer.response.body.find("ServerVersionInfo"), std::string::npos);
    request.method = "GET";
    EXPECT_EQ(lab.face->handle(request).response.status, 200);
    request.method = "PUT";
    EXPECT_EQ(lab.face->handle(request).response.status, 405);
    EXPECT_TRUE(EwsFace::owns_path("/EWS/Exchange.asmx"));
    EXPECT_FALSE(EwsFace::owns_path("/v1.0/me"));
}

TEST(EwsFace, OnlyTheServiceAccountMayImpersonate) {
    EwsLab lab;
    const EwsReply alice = lab.call(get_inbox);
    const EwsReply svc =
        lab.call_raw(impersonate("alice@example.test"), get_inbox, "svc@example.test");
    EXPECT_EQ(svc.attribute("FolderId", "Id"), alice.attribute("FolderId", "Id"));
    const EwsReply denied =
        lab.call_raw(impersonate("alice@example.test"), get_inbox, "bob@example.test");
    EXPECT_EQ(denied.status(), 500);
    EXPECT_EQ(denied.code(), "ErrorImpersonateUserDenied");
    EXPECT_EQ(lab.call_raw(impersonate("ghost@example.test"), get_inbox, "svc@example.test").code(),
              "ErrorNonExistentMailbox");
    EXPECT_NE(lab.call(get_inbox, "bob@example.test").attribute("FolderId", "Id"),
              alice.attribute("FolderId", "Id"));
}

TEST(EwsFace, ItemsOfAnotherMailboxAreNotFound) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>alice's</t:Subject>");
    const EwsReply reply = lab.call(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>"
        "<t:ItemId Id=\"" +
            id + "\"/></m:ItemIds></m:GetItem>",
        "bob@example.test");
    EXPECT_EQ(reply.code(), "ErrorItemNotFound");
}

TEST(EwsFace, SchemaViolationsNameLineAndPosition) {
    EwsLab lab;
    const EwsReply reply =
        lab.call_raw("",
                     "<m:CreateItem><m:Items><t:Task><t:Importance>High</t:Importance>"
                     "\n<t:Subject>wrong order</t:Subject></t:Task></m:Items></m:CreateItem>");
    EXPECT_EQ(reply.status(), 500);
    EXPECT_EQ(reply.code(), "ErrorSchemaValidation");
    EXPECT_EQ(reply.text("faultcode"), "a:ErrorSchemaValidation");
    EXPECT_EQ(reply.attributes("Value", "Name"),
              (std::vector<std::string>{"LineNumber", "LinePosition", "Violation"}));
    const auto bad = [&](const char* body) { return lab.call_raw("", body).code(); };
    EXPECT_EQ(bad("<m:DeleteItem DeleteType=\"Burn\"><m:ItemIds><t:ItemId "
                  "Id=\"x\"/></m:ItemIds></m:DeleteItem>"),
              "ErrorSchemaValidation");
    EXPECT_EQ(bad("<m:DeleteItem DeleteType=\"HardDelete\" Extra=\"1\"><m:ItemIds><t:ItemId "
                  "Id=\"x\"/></m:ItemIds>"
                  "</m:DeleteItem>"),
              "ErrorSchemaValidation");
    EXPECT_EQ(bad("<m:DeleteItem DeleteType=\"HardDelete\"><m:ItemIds/></m:DeleteItem>"),
              "ErrorSchemaValidation");
    EXPECT_EQ(bad("<m:DeleteItem DeleteType=\"HardDelete\"><t:ItemIds><t:ItemId "
                  "Id=\"x\"/></t:ItemIds></m:DeleteItem>"),
              "ErrorSchemaValidation");
    EXPECT_EQ(bad("<m:DeleteItem DeleteType=\"HardDelete\">text<m:ItemIds><t:ItemId "
                  "Id=\"x\"/></m:ItemIds></m:DeleteItem>"),
              "ErrorSchemaValidation");
}

TEST(EwsFace, WhatIsNotImplementedIsRefusedByName) {
    EwsLab lab;
    const auto code = [&](const char* headers, const char* body) {
        return lab.call_raw(headers, body).code();
    };
    EXPECT_EQ(code("", "<m:Subscribe/>"), "ErrorInvalidOperation");
    EXPECT_EQ(code("", "<m:MakeCoffee/>"), "ErrorInvalidRequest");
    EXPECT_EQ(code("", "<t:GetFolder/>"), "ErrorInvalidRequest");
    EXPECT_EQ(code("<t:ManagementRole/>", get_inbox), "ErrorInvalidRequest");
    EXPECT_EQ(code("<x:Odd xmlns:x=\"urn:x\"/>", get_inbox), "ErrorInvalidRequest");
    EXPECT_EQ(code("<t:RequestServerVersion Version=\"Exchange1997\"/>", get_inbox),
              "ErrorInvalidServerVersion");
    EXPECT_EQ(code("<t:RequestServerVersion Version=\"Exchange2016\"/><t:RequestServerVersion "
                   "Version=\"Exchange2016\"/>",
                   get_inbox),
              "ErrorDuplicateSOAPHeader");
    EXPECT_EQ(code("<t:DateTimePrecision>Milliseconds</t:DateTimePrecision>", get_inbox),
              "ErrorInvalidRequest");
    EXPECT_EQ(code("<t:MailboxCulture>en-US</t:MailboxCulture>", get_inbox), "NoError");
    EXPECT_EQ(code("", "<m:CreateItem><m:Items><t:DistributionList/></m:Items></m:CreateItem>"),
              "ErrorInvalidRequest");
}

TEST(EwsFace, DangerousXmlIsRefused) {
    EwsLab lab;
    const auto code = [&](const std::string& text) { return EwsReply(lab.post(text)).code(); };
    const std::string good = EwsLab::envelope("", get_inbox);
    EXPECT_EQ(code(good), "NoError");
    std::string doctype = good;
    doctype.insert(doctype.find("<s:Envelope"), "<!DOCTYPE s [<!ENTITY a \"b\">]>");
    EXPECT_EQ(code(doctype), "ErrorInvalidRequest");
    EXPECT_EQ(code("not xml"), "ErrorInvalidRequest");
    EXPECT_EQ(code(good.substr(0, good.size() - 20)), "ErrorInvalidRequest");
    for (const char* subject :
         {"&undefined;", "&#x1F;", "&#0;", "\x01", "\xff", "\xEF\xBF\xBE", "& "}) {
        EXPECT_EQ(code(EwsLab::envelope("", "<m:CreateItem><m:Items><t:Task><t:Subject>" +
                                                std::string(subject) +
                                                "</t:Subject></t:Task></m:Items></m:CreateItem>")),
                  "ErrorInvalidRequest")
            << subject;
    }
    std::string deep =
        "<m:FindItem "
        "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:Restriction>";
    for (int i = 0; i < 5'000; ++i) deep += "<t:Not>";
    deep += "<t:Exists><t:FieldURI FieldURI=\"item:Subject\"/></t:Exists>";
    for (int i = 0; i < 5'000; ++i) deep += "</t:Not>";
    deep +=
        "</m:Restriction><m:ParentFolderIds><t:DistinguishedFolderId "
        "Id=\"tasks\"/></m:ParentFolderIds></m:FindItem>";
    EXPECT_EQ(code(EwsLab::envelope("", deep)), "ErrorSchemaValidation");
}

TEST(EwsFace, OtherPrefixesAndADefaultNamespaceAreUnderstood) {
    EwsLab lab;
    const std::string text =
        "<soap:Envelope "
        "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><CreateItem "
        "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><Items><Task "
        "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/types\"><Subject><![CDATA[a "
        "<b>]]></Subject></Task>"
        "</Items></CreateItem></soap:Body></soap:Envelope>";
    const EwsReply made(lab.post(text));
    ASSERT_EQ(made.code(), "NoError") << made.raw();
    EXPECT_EQ(lab.get(made.attribute("ItemId", "Id")).text("Subject"), "a <b>");
}

TEST(EwsFaults, DropsHappenBeforeOrAfterTheCommit) {
    EwsLab lab;
    const std::string create =
        "<m:CreateItem><m:Items><t:Task><t:Subject>x</t:Subject></t:Task></m:Items></m:CreateItem>";
    const auto count = [&] {
        return lab.store->item_count("alice@example.test", lab.folder("tasks"));
    };
    Fault fault;
    fault.kind = FaultKind::DropBeforeCommit;
    fault.operation = "CreateItem";
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    EXPECT_EQ(lab.call(get_inbox).code(), "NoError");
    EXPECT_TRUE(lab.call(create).answer().cut_connection);
    EXPECT_EQ(count(), 0u);
    fault.kind = FaultKind::DropAfterCommit;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    const EwsReply dropped = lab.call(create);
    EXPECT_TRUE(dropped.answer().cut_connection);
    EXPECT_EQ(dropped.status(), 0);
    EXPECT_EQ(count(), 1u);
    EXPECT_EQ(lab.call(create).code(), "NoError");
    EXPECT_EQ(lab.faults.hits(), 2u);
}

TEST(EwsFaults, BusyUnavailableSlowAndTruncatedAnswers) {
    EwsLab lab;
    Fault fault;
    fault.kind = FaultKind::ServerBusy;
    fault.milliseconds = 1'500;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    const EwsReply busy = lab.call(get_inbox);
    EXPECT_EQ(busy.status(), 500);
    EXPECT_EQ(busy.code(), "ErrorServerBusy");
    EXPECT_EQ(busy.attribute("Value", "Name"), "BackOffMilliseconds");
    EXPECT_EQ(busy.text("Value"), "1500");
    fault.kind = FaultKind::HttpUnavailable;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    const EwsReply unavailable = lab.call(get_inbox);
    EXPECT_EQ(unavailable.status(), 503);
    EXPECT_EQ(unavailable.answer().response.fields.get("Retry-After"), "2");
    fault.kind = FaultKind::Slow;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    EXPECT_EQ(lab.call(get_inbox).answer().delay_ms, 1'500);
    fault.kind = FaultKind::TruncatedReply;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    const EwsReply cut = lab.call(get_inbox);
    EXPECT_TRUE(cut.answer().cut_connection);
    EXPECT_GT(std::stoul(std::string(cut.answer().response.fields.get("Content-Length"))),
              cut.raw().size());
}

TEST(EwsFaults, SyncAndListingFaultsWaitForTheirOperations) {
    EwsLab lab;
    lab.create_task("<t:Subject>x</t:Subject>");
    Fault fault;
    fault.kind = FaultKind::InvalidSyncState;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    EXPECT_EQ(lab.call(get_inbox).code(), "NoError");
    EXPECT_EQ(lab.sync("tasks", "").code(), "ErrorInvalidSyncStateData");
    fault.kind = FaultKind::EmptyListing;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    const EwsReply empty = lab.sync("tasks", "");
    EXPECT_EQ(empty.count("ItemId"), 0u);
    EXPECT_EQ(lab.sync("tasks", empty.text("SyncState")).count("Create"), 1u);
    fault.kind = FaultKind::InternalServerError;
    ASSERT_TRUE(lab.faults.add(fault).has_value());
    EXPECT_EQ(lab.call("<m:CreateItem><m:Items><t:Task/></m:Items></m:CreateItem>").code(),
              "ErrorInternalServerError");
    EXPECT_EQ(lab.store->item_count("alice@example.test", lab.folder("tasks")), 1u);
}

TEST(EwsFaults, AreCheckedAndCountedDown) {
    Faults faults(3);
    Fault fault;
    fault.probability = 1.5;
    EXPECT_FALSE(faults.add(fault).has_value());
    fault.probability = 0.5;
    fault.times = 0;
    fault.after = 2;
    ASSERT_TRUE(faults.add(fault).has_value());
    int hits = 0;
    for (int i = 0; i < 1'000; ++i) hits += faults.next("GetItem", "a@b") ? 1 : 0;
    EXPECT_GT(hits, 400);
    EXPECT_LT(hits, 600);
    for (const FaultKind kind :
         {FaultKind::Slow, FaultKind::DropAfterCommit, FaultKind::EmptyListing}) {
        EXPECT_EQ(parse_fault_kind(to_string(kind)), kind);
    }
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
