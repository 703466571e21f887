#include "service/config.hpp"

#include <gtest/gtest.h>

namespace liaison::service {
namespace {

const std::string kGood = R"([service]
data_directory = "data"
[api]
token = "file:api.token"
[crm]
database = "crm.sqlite"
[exchange]
url = "https://mail.example.test/EWS/Exchange.asmx"
user = "svc@example.test"
password = "env:PASSWORD"
[[mailbox]]
address = "Alice@Example.test"
mail_folders = ["Inbox/CRM"]
)";

std::string errors_of(const std::string& text) { return describe("c.toml", parse_config(text, "/etc/liaison").errors); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Config, AGoodOneHasDefaultsAndAbsolutePaths) {
    const ConfigResult result = parse_config(kGood, "/etc/liaison");
    EXPECT_EQ(describe("c.toml", result.errors), "");
    EXPECT_EQ(result.config.data_directory, "/etc/liaison/data");
    EXPECT_EQ(result.config.crm_database, "/etc/liaison/crm.sqlite");
    EXPECT_EQ(result.config.api_token, "file:/etc/liaison/api.token");
    ASSERT_EQ(result.config.mailboxes.size(), 1u);
    EXPECT_EQ(result.config.mailboxes[0].address, "alice@example.test");
    EXPECT_EQ(result.config.mailboxes[0].kinds.size(), 3u);
    EXPECT_EQ(result.config.policy, PairPolicy{});
}

TEST(Config, EveryErrorIsToldAtOnceWithItsPlace) {
    const std::string text = replaced(replaced(replaced(kGood, "data_directory", "data_dirctory"), "env:PASSWORD", "hunter2"),
                                      "Alice@Example.test", "alice");
    const std::string errors = errors_of(text);
    EXPECT_NE(errors.find("c.toml:2:1: service.data_dirctory is not known; did you mean \"data_directory\"?"), std::string::npos) << errors;
    EXPECT_NE(errors.find("exchange.password must name where the secret is kept"), std::string::npos) << errors;
    EXPECT_EQ(errors.find("hunter2"), std::string::npos) << "a secret in an error message";
    EXPECT_NE(errors.find("mailbox.address is missing or no mail address"), std::string::npos) << errors;
}

struct Fault {
    const char* from;
    const char* to;
    const char* message;
};

class ConfigFaults : public testing::TestWithParam<Fault> {};

TEST_P(ConfigFaults, AreRefusedWithASentence) {
    const std::string errors = errors_of(replaced(kGood, GetParam().from, GetParam().to));
    EXPECT_NE(errors.find(GetParam().message), std::string::npos) << errors;
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigFaults,
    testing::Values(
        Fault{"https://mail", "http://mail", "plain http is allowed to this machine only"},
        Fault{"https://mail.example.test/EWS/Exchange.asmx", "mail", "is no address of a server"},
        Fault{"[api]\n", "[api]\naddress = \"0.0.0.0\"\n", "needs tls_certificate and tls_key"},
        Fault{"token = \"file:api.token\"", "", "api.token is missing"},
        Fault{"[[mailbox]]", "[mailbox]", "write [[mailbox]]"},
        Fault{"mail_folders = [\"Inbox/CRM\"]", "mail_folders = \"Inbox/CRM\"", "must be a list of texts"},
        Fault{"mail_folders = [\"Inbox/CRM\"]", "sync = [\"tasks\"]", "allowed are \"task\", \"appointment\", \"contact\""},
        Fault{"[crm]\n", "[crm]\nkind = \"oracle\"\n", "allowed are \"embedded\""},
        Fault{"[service]\n", "[service]\npoll_interval_seconds = 0\n", "allowed are 1 to 86400"},
        Fault{"[service]\n", "[service]\npoll_interval_seconds = \"2\"\n", "must be a whole number"},
        Fault{"[service]\n", "[servce]\n", "[servce] is not known"},
        Fault{"[service]\n", "[service\n", "c.toml:1:"},
        Fault{"[exchange]\n", "[exchange]\npin_ca = true\n", "exchange.pin_ca needs ca_file"}));

const std::string kGraph = R"([service]
data_directory = "data"
[api]
token = "file:api.token"
[crm]
database = "crm.sqlite"
[exchange]
kind = "graph"
[graph]
tenant = "example.test"
client_id = "3f0e7c52-8d1b-4a63-b0f4-6c9d2e5a7b18"
certificate = "file:graph.pem"
[[mailbox]]
address = "alice@example.test"
)";

TEST(Config, AMailboxIsReachedByGraphOrByEwsAsItsOwnTableSays) {
    const ConfigResult graph = parse_config(kGraph, "/etc/liaison");
    EXPECT_EQ(describe("c.toml", graph.errors), "") << "EWS needs no URL where nobody uses it";
    EXPECT_EQ(graph.config.mailboxes.at(0).exchange, "graph");
    EXPECT_EQ(graph.config.graph.certificate, "file:/etc/liaison/graph.pem");
    EXPECT_EQ(graph.config.graph.cloud, "global");
    EXPECT_FALSE(graph.config.graph.send_meeting_mail) << "no invitation leaves unless somebody says so";
    EXPECT_TRUE(graph.config.uses("graph"));
    EXPECT_FALSE(graph.config.uses("ews"));

    const ConfigResult mixed = parse_config(
        kGraph + "[[mailbox]]\naddress = \"bob@example.test\"\nexchange = \"ews\"\n", "/etc/liaison");
    const std::string errors = describe("c.toml", mixed.errors);
    EXPECT_NE(errors.find("exchange.url is missing"), std::string::npos) << errors;
    EXPECT_NE(errors.find("exchange.user is missing"), std::string::npos) << errors;
    EXPECT_EQ(mixed.config.mailboxes.at(1).exchange, "ews");
}

TEST(Config, WhatGraphNeedsIsAskedFor) {
    const std::pair<const char*, const char*> faults[] = {
        {"tenant = \"example.test\"\n", "graph.tenant is missing"},
        {"client_id = \"3f0e7c52-8d1b-4a63-b0f4-6c9d2e5a7b18\"\n", "graph.client_id is missing"},
        {"certificate = \"file:graph.pem\"\n", "graph.client_secret is missing, and so is certificate"},
    };
    for (const auto& [line, message] : faults) {
        const std::string errors = errors_of(replaced(kGraph, line, ""));
        EXPECT_NE(errors.find(message), std::string::npos) << errors;
    }
    const std::pair<const char*, const char*> additions[] = {
        {"client_secret = \"hunter2\"\n", "graph.client_secret must name where the secret is kept"},
        {"client_secret = \"file:s\"\n", "graph.client_secret and certificate exclude each other"},
        {"cloud = \"germany\"\n", "graph.cloud is \"germany\"; allowed are"},
        {"url = \"http://graph.example.test\"\n", "graph.url must begin with https://"},
        {"login_url = \"nonsense\"\n", "graph.login_url is no address of a server"},
        {"algorithm = \"HS256\"\n", "graph.algorithm is \"HS256\""},
        {"tenannt = \"x\"\n", "did you mean \"tenant\"?"},
    };
    for (const auto& [line, message] : additions) {
        const std::string errors = errors_of(replaced(kGraph, "[graph]\n", std::string("[graph]\n") + line));
        EXPECT_NE(errors.find(message), std::string::npos) << errors;
        EXPECT_EQ(errors.find("hunter2"), std::string::npos) << "a secret in an error message";
    }
}

TEST(Config, AMailboxThatStandsTwiceIsRefused) {
    EXPECT_NE(errors_of(kGood + "[[mailbox]]\naddress = \"ALICE@example.test\"\n").find("stands twice"), std::string::npos);
}

TEST(Config, AControlCharacterIsAnErrorWithItsPlace) {
    EXPECT_EQ(errors_of("[api]\n[" + std::string(1, '\0') + "rm]\n"),
              "c.toml:2:2: a control character; the file is text\n");
    EXPECT_EQ(errors_of("a = 1\n\tb = \"\x7F\"\n"), "c.toml:2:7: a control character; the file is text\n");
}

TEST(Config, ATableWithoutANameIsAnErrorWithItsPlace) {
    const std::string why = ": the name of a table must stand here, as in [service] or [[mailbox]]\n";
    EXPECT_EQ(errors_of("[[[mailbox]]]\n"), "c.toml:1:3" + why);
    EXPECT_EQ(errors_of("\n  [ .x]\n"), "c.toml:2:5" + why);
    EXPECT_EQ(errors_of("["), "c.toml:1:2" + why);
}

TEST(Config, LettersBeyondAsciiStandInQuotesAndComments) {
    EXPECT_EQ(errors_of("# B\xC3\xBCro\n\xC3\xBC = 1\n"), "c.toml:2:1: a letter beyond ASCII stands only in quotes or behind #\n");
    const std::string unicode = "\xEF\xBB\xBF" + replaced(kGood, "Inbox/CRM", "Inbox/B\xC3\xBCro");
    EXPECT_EQ(errors_of(unicode), "");
}

TEST(Config, BracketsWithoutPartnerAreAnError) {
    for (const char* text : {"a = [}", "a = [[[[}}", "a = {]", "[service]\ndata_directory = ]"})
        EXPECT_EQ(parse_config(text, "/etc/liaison").errors.size(), 1u) << text;
}

TEST(Config, MutilatedTextNeverPassesSilently) {
    for (std::size_t i = 0; i + 1 < kGood.size(); i += 3) {
        const ConfigResult cut = parse_config(kGood.substr(0, i), "/etc/liaison");
        EXPECT_FALSE(cut.errors.empty() && cut.config.mailboxes.empty()) << i;
    }
}

}  // namespace
}  // namespace liaison::service
