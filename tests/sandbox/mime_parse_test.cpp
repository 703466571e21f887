#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "sandbox/mime.hpp"

namespace liaison::sandbox {
namespace {

std::string mime_sample(const std::string& name) {
    std::ifstream in(std::filesystem::path(LIAISON_SOURCE_DIR) / "tests/sandbox/samples" / name,
                     std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> only_addresses(const std::vector<MailAddress>& list) {
    std::vector<std::string> out;
    for (const auto& one : list) out.push_back(one.address);
    return out;
}

using Strings = std::vector<std::string>;

TEST(MimeParse, HeadersOfAnOrdinaryMailAreWhatExchangeWouldTell) {
    const auto mail = parse_mime(mime_sample("order.eml"));
    EXPECT_EQ(mail.message_id, "<order-4711@shop.example.test>");
    EXPECT_EQ(mail.in_reply_to, "<quote-12@example.test>");
    EXPECT_EQ(mail.references, (Strings{"<first@example.test>", "<quote-12@example.test>"}));
    ASSERT_TRUE(mail.from && mail.sender);
    EXPECT_EQ(*mail.from, (MailAddress{"Jürgen Müller", "j..mueller@shop.example.test"}));
    EXPECT_EQ(*mail.sender, (MailAddress{"Shop, Orders", "orders@shop.example.test"}));
    EXPECT_EQ(only_addresses(mail.to),
              (Strings{"alice@example.test", "bob@example.test", "carol@example.test"}));
    EXPECT_EQ(mail.to[2].name, "Carol \"C\"");
    EXPECT_EQ(only_addresses(mail.cc), (Strings{"dave@example.test", "erin@example.test"}));
    EXPECT_EQ(only_addresses(mail.reply_to), (Strings{"answers@shop.example.test"}));
    EXPECT_EQ(mail.subject, "日本語 order");
    EXPECT_EQ(mail.sent_ms, 1772529300000);
    EXPECT_EQ(mail.received_ms, 1772529342000);
    EXPECT_EQ(mail.importance, MailImportance::High);
    EXPECT_EQ(mail.sensitivity, MailSensitivity::Confidential);
    EXPECT_EQ(mail.item_class, "IPM.Note");
    EXPECT_FALSE(mail.is_draft);
    ASSERT_GE(mail.headers.size(), 5u);
    EXPECT_EQ(mail.headers[4].first, "References");
    EXPECT_EQ(mail.headers[4].second, "<first@example.test> <quote-12@example.test>");
}

TEST(MimeParse, BodiesAndAttachmentsAreSorted) {
    const auto bytes = mime_sample("order.eml");
    const auto mail = parse_mime(bytes);
    EXPECT_EQ(mail.text_body, "Price: 5 €\r\nThanks");
    EXPECT_TRUE(mail.has_html);
    EXPECT_NE(mail.html_body.find("<b>5 €</b>"), std::string::npos);
    ASSERT_EQ(mail.attachments.size(), 3u);
    EXPECT_TRUE(mail.attachments[0].is_inline);
    EXPECT_EQ(mail.attachments[0].content_id, "logo");
    EXPECT_EQ(mail.attachments[0].size, 8u);
    EXPECT_EQ(mail.attachments[1].name, "Übersicht_2026.pdf");
    EXPECT_FALSE(mail.attachments[1].is_inline);
    EXPECT_TRUE(mail.attachments[2].is_message);
    EXPECT_EQ(mail.attachments[2].name, "the enclosed one");
    EXPECT_EQ(mime_attachment_content(bytes, 1), "%PDF-1.4\n");
    EXPECT_EQ(parse_mime(mime_attachment_content(bytes, 2).value()).subject, "the enclosed one");
    EXPECT_EQ(mime_attachment_content(bytes, 3).error().kind, ErrorKind::NotFound);
    EXPECT_EQ(mime_attachment_content(bytes, 1, 4).error().kind, ErrorKind::TooLarge);
}

TEST(MimeParse, BouncesAndInvitationsHaveTheirItemClass) {
    const auto bounce = parse_mime(mime_sample("bounce.eml"));
    EXPECT_EQ(bounce.item_class, "REPORT.IPM.Note.NDR");
    EXPECT_EQ(bounce.from->address, "MAILER-DAEMON@mx.example.test");
    const auto invitation = parse_mime(mime_sample("invitation.eml"));
    EXPECT_EQ(invitation.item_class, "IPM.Schedule.Meeting.Request");
    EXPECT_TRUE(invitation.attachments.empty());
    EXPECT_EQ(parse_mime("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx")
                  .item_class,
              "IPM.Note.SMIME");
    EXPECT_EQ(parse_mime("Auto-Submitted: auto-replied\nSubject: away\n\nx").item_class,
              "IPM.Note");
}

TEST(MimeParse, RawEightBitHeadersAreReadAsUtf8ElseAsWindows1252) {
    const auto mail = parse_mime(mime_sample("raw-8bit.eml"));
    EXPECT_EQ(mail.subject, "Grüße € 10");
    EXPECT_EQ(mail.from->name, "Günther");
    EXPECT_EQ(mail.to.at(0), (MailAddress{"a, b", "x@example.test"}));
    EXPECT_EQ(mail.text_body, "body ä\r\n");
    EXPECT_FALSE(mail.sent_ms.has_value());
    EXPECT_TRUE(mail.is_draft);
    EXPECT_EQ(parse_mime("Subject: Gr\xC3\xBC\xC3\x9F\x65\n\nx").subject, "Grüße");
}

TEST(MimeParse, CrOnlyMailAndEmptyInputAreRead) {
    const auto mail = parse_mime("From: a@example.test\rSubject: old mac\r\rline 1\rline 2\r");
    EXPECT_EQ(mail.subject, "old mac");
    EXPECT_EQ(mail.text_body, "line 1\r\nline 2\r\n");
    EXPECT_EQ(parse_mime("").text_body, "");
    EXPECT_EQ(parse_mime(std::string(3, '\0')).headers.size(), 0u);
}

TEST(MimeParse, LimitsCutButDoNotFail) {
    std::string deep = "Subject: deep\n";
    for (int level = 0; level < 2000; ++level) {
        deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(level) + "\n\n--b" +
                std::to_string(level) + "\n";
    }
    const auto nested = parse_mime(deep + "\ntext\n");
    EXPECT_EQ(nested.subject, "deep");
    EXPECT_TRUE(nested.truncated);
    MimeLimits limits;
    limits.body_bytes_max = 10;
    limits.addresses_max = 3;
    const auto cut =
        parse_mime("To: a@x.test, b@x.test, c@x.test, d@x.test\n\n0123456789abc", limits);
    EXPECT_EQ(cut.to.size(), 3u);
    EXPECT_EQ(cut.text_body, "0123456789");
    EXPECT_TRUE(cut.truncated);
}

TEST(MimeParse, RepetitiveHostileInputTakesNoTime) {
    const auto start = std::chrono::steady_clock::now();
    for (const std::string_view piece :
         {"<", ">", "(", "\"", ",", "@", "=?", "=?a?b?x ", "a@b,", "..@", ":", ";", "\\", "\r",
          "=?utf-8?B?=?=", "[", "<@,"}) {
        std::string value;
        while (value.size() < 50'000) value += piece;
        const auto mail = parse_mime(
            "From: " + value + "\nTo: " + value + "\nMessage-ID: " + value + "\nSubject: " + value +
            "\nReferences: " + value + "\nDate: " + value + "\nContent-Type: " + value +
            "\nContent-Disposition: " + value + "\n\nbody\n");
        EXPECT_LE(mail.from_all.size(), 5'000u);
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60)) << piece;
    }
}

TEST(MimeHtml, BecomesReadableText) {
    EXPECT_EQ(html_to_text("<html><head><style>p{}</style><title>t</title></head><body><p>Hello  "
                           "<b>you</b>\n there</p>"
                           "<div>a&nbsp;&lt;b&gt; "
                           "&euro;</div>x<br>y<script>alert(1)</script><ul><li>1<li>2</ul></body>"),
              "Hello you there\r\n\r\na\xC2\xA0<b> €\r\nx\r\ny\r\n1\r\n2\r\n");
    EXPECT_EQ(parse_mime("Content-Type: text/html\n\n<p>only html</p>").text_body, "only html\r\n");
}

TEST(MimeHtml, DeepAndLongInputStaysCheap) {
    const auto start = std::chrono::steady_clock::now();
    std::string deep;
    while (deep.size() < (1u << 20)) deep += "<b a=" + std::to_string(deep.size()) + ">";
    EXPECT_EQ(html_to_text(deep + "end"), "");  // beyond the first megabyte nothing is read
    std::string wide;
    for (int i = 0; i < 300; ++i) wide += "<b a=" + std::to_string(i) + ">";
    while (wide.size() < (1u << 19)) wide += "<p>x";
    EXPECT_NE(html_to_text(wide).find("x\r\nx"), std::string::npos);
    std::string unclosed;
    while (unclosed.size() < (1u << 20)) unclosed += "<script ";
    html_to_text(unclosed);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(MimeCompose, WhatIsComposedReadsBackTheSame) {
    MimeDraft draft;
    draft.message_id = "abc@example.test";
    draft.in_reply_to = "<before@example.test>";
    draft.references = {"<before@example.test>"};
    draft.from = MailAddress{"Müller, Jürgen", "j@example.test"};
    draft.to = {MailAddress{"A \"quoted\" name", "a@example.test"},
                MailAddress{"", "b@example.test"}};
    draft.subject =
        "Grüße, this is a rather long subject line that has to be folded somewhere, says €\r\nBcc: "
        "x@evil.test";
    draft.sent_ms = 1772529300000;
    draft.text_body = "text ä\r\nline 2\r\n.\r\nFrom here";
    draft.html_body = "<p>text ä</p>";
    draft.importance = MailImportance::Low;
    draft.sensitivity = MailSensitivity::Private;
    draft.is_draft = true;
    draft.attachments.push_back({"Plan ü.txt", "text/plain", "", "attached\n", false});
    const std::string bytes = compose_mime(draft);
    EXPECT_EQ(bytes, compose_mime(draft));
    const auto mail = parse_mime(bytes);
    EXPECT_EQ(mail.message_id, "<abc@example.test>");
    EXPECT_EQ(mail.in_reply_to, "<before@example.test>");
    EXPECT_EQ(mail.references, draft.references);
    EXPECT_EQ(mail.from, draft.from);
    EXPECT_EQ(mail.to, draft.to);
    EXPECT_TRUE(mail.bcc.empty());
    EXPECT_EQ(mail.subject,
              "Grüße, this is a rather long subject line that has to be folded somewhere, says €  "
              "Bcc: x@evil.test");
    EXPECT_EQ(mail.sent_ms, draft.sent_ms);
    EXPECT_EQ(mail.text_body, draft.text_body);
    EXPECT_EQ(mail.html_body, draft.html_body);
    EXPECT_EQ(mail.importance, draft.importance);
    EXPECT_EQ(mail.sensitivity, draft.sensitivity);
    EXPECT_TRUE(mail.is_draft);
    ASSERT_EQ(mail.attachments.size(), 1u);
    EXPECT_EQ(mail.attachments[0].name, "Plan ü.txt");
    EXPECT_EQ(mime_attachment_content(bytes, 0), "attached\n");
}

}  // namespace
}  // namespace liaison::sandbox
