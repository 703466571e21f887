#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "sandbox/mail_loader.hpp"

namespace liaison::sandbox {
namespace {

namespace fs = std::filesystem;

class MailLoad : public testing::Test {
protected:
    MailLoad() {
        static int number = 0;
        folder_ = fs::temp_directory_path() /
                  ("liaison-load-" + std::to_string(getpid()) + "-" + std::to_string(++number));
        fs::create_directories(folder_);
    }
    ~MailLoad() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    void write(const std::string& name, const std::string& bytes) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
    }
    std::map<std::string, std::string> skipped_of(const MailLoader& loader) const {
        std::map<std::string, std::string> out;
        for (const auto& one : loader.skipped())
            out[fs::path(one.path).lexically_relative(folder_).string()] = one.reason;
        return out;
    }
    fs::path folder_;
};

constexpr const char* small_mail = "From: a@example.test\nSubject: one\n\ntext\n";

TEST_F(MailLoad, FilesAreJudgedByTheirContentNotByTheirName) {
    write("a/1.eml", small_mail);
    write("a/2", "Received: x\n\ty\nX-Odd: 1\n\ntext\n");
    write("maildir/cur/3:2,S", "Subject: three\r\n\r\nx");
    write("maildir/new/4", "\n\nTo: b@example.test\n\nx");
    write("maildir/tmp/5", small_mail);
    write("spam/6.txt",
          "From someone@example.test  Thu Aug 22 12:36:23 2002\nReturn-Path: <a@b>\n\nx");
    write("INDEX.tsv", "file\tbytes\n1.eml\t30\n");
    write("expected.jsonl", "{\"file\": \"1.eml\"}\n");
    write("README.md", "# Mails\n\nFrom: nobody\n");
    write("notes.txt", "note: no mail\nother: neither\n\nFrom: x\n");
    write("empty", "");
    std::vector<std::string> found;
    MailLoader loader([&](const FoundMail& mail) -> Result<void> {
        found.push_back(fs::path(mail.path).lexically_relative(folder_).string());
        return {};
    });
    ASSERT_TRUE(loader.load(folder_.string()));
    EXPECT_EQ(found, (std::vector<std::string>{"a/1.eml", "a/2", "maildir/cur/3:2,S",
                                               "maildir/new/4", "spam/6.txt"}));
    const auto skipped = skipped_of(loader);
    EXPECT_EQ(skipped.size(), 6u);
    EXPECT_EQ(skipped.at("INDEX.tsv"), "it does not start with header lines");
    EXPECT_EQ(skipped.at("notes.txt"), "no header of a mail is among its first lines");
    EXPECT_EQ(skipped.at("empty"), "the file is empty");
    EXPECT_TRUE(skipped.contains("maildir/tmp"));
}

TEST_F(MailLoad, EqualMailsGetKeysOfTheirOwnAndTheSameFileCountsOnce) {
    write("a.eml", small_mail);
    write("b.eml", small_mail);
    fs::create_symlink(folder_ / "a.eml", folder_ / "c.eml");
    std::vector<std::string> keys;
    MailLoader loader([&](const FoundMail& mail) -> Result<void> {
        keys.emplace_back(mail.key);
        return {};
    });
    ASSERT_TRUE(loader.load(folder_.string()));
    ASSERT_TRUE(loader.load((folder_ / "." / "b.eml").string()));
    ASSERT_TRUE(loader.load((folder_ / "c.eml").string()));
    const std::string digest = sha256_hex(small_mail);
    EXPECT_EQ(keys, (std::vector<std::string>{digest + ":0", digest + ":1"}));
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(MailLoad, AMissingPathAndAnErrorOfTheTakerEndTheLoad) {
    write("a.eml", small_mail);
    MailLoader loader(
        [](const FoundMail&) -> Result<void> { return fail(ErrorKind::Internal, "full"); });
    EXPECT_EQ(loader.load((folder_ / "no").string()).error().kind, ErrorKind::NotFound);
    EXPECT_EQ(loader.load(folder_.string()).error().message, "full");
}

TEST_F(MailLoad, AnEmlFileIsOneMailEvenIfASeparatorStandsInIt) {
    const std::string two =
        "From a@example.test Thu Mar  5 08:00:00 2026\nSubject: one\n\ntext\n\n"
        "From b@example.test Thu Mar  5 09:00:00 2026\nSubject: enclosed\n\ntext\n";
    write("one.EML", two);
    write("two.mbox", two);
    std::map<std::string, int> mails;
    MailLoader loader([&](const FoundMail& mail) -> Result<void> {
        ++mails[std::filesystem::path(mail.path).filename().string()];
        return {};
    });
    ASSERT_TRUE(loader.load(folder_.string()).has_value());
    EXPECT_EQ(mails, (std::map<std::string, int>{{"one.EML", 1}, {"two.mbox", 2}}));
}

TEST(Mbox, IsSplitAtSeparatorsAndUnquoted) {
    const std::string mbox =
        "From a@example.test Thu Mar  5 08:00:00 2026\nSubject: one\n\nFrom here on\n>From the "
        "start\n>>From twice\n\n"
        "From b@example.test Thu Mar  5 09:00:00 2026\nSubject: two\n\ntext\n\nFrom now on 10:30 "
        "2026\nno header\n";
    const auto mails = split_mbox(mbox);
    ASSERT_EQ(mails.size(), 2u);
    EXPECT_EQ(mails[0], "Subject: one\n\nFrom here on\nFrom the start\n>From twice\n");
    EXPECT_EQ(mails[1], "Subject: two\n\ntext\n\nFrom now on 10:30 2026\nno header\n");
}

TEST(Mbox, ASingleMailWithAnEnvelopeLineStaysAsItIs) {
    const std::string mail =
        "From a@example.test Thu Mar  5 08:00:00 2026\nSubject: one\n\n>From the start\n";
    EXPECT_EQ(split_mbox(mail), std::vector<std::string>{mail});
}

}  // namespace
}  // namespace liaison::sandbox
