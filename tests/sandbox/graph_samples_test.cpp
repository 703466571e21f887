// Microsoft's published requests, sent to the face: those of implemented resources are carried out
// and answered in the shape of the published reply; the others are refused by name.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "sandbox/mail_item.hpp"
#include "tests/sandbox/graph_csdl.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class GraphSamples {
public:
    GraphSamples() {
        const char* elsewhere = std::getenv("LIAISON_SHARED_DATA");
        const fs::path data = elsewhere != nullptr
                                  ? fs::path(elsewhere)
                                  : fs::path(LIAISON_SOURCE_DIR) / "../shared/data";
        const fs::path archive = data / "graph-samples.tar.zst";
        std::error_code ignored;
        if (!fs::exists(archive, ignored)) return;
        folder_ = fs::temp_directory_path() / ("liaison-graph-samples-" + std::to_string(getpid()));
        fs::create_directories(folder_);
        const std::string command =
            "tar --zstd -xf '" + archive.string() + "' -C '" + folder_.string() + "'";
        // An archive that is there and cannot be read is a failure, no reason to skip.
        if (std::system(command.c_str()) != 0) ADD_FAILURE() << command;
        root_ = folder_ / "graph-samples";
    }
    ~GraphSamples() {
        std::error_code ignored;
        if (!folder_.empty()) fs::remove_all(folder_, ignored);
    }
    GraphSamples(const GraphSamples&) = delete;
    GraphSamples& operator=(const GraphSamples&) = delete;

    bool present() const { return !root_.empty(); }
    std::vector<fs::path> files(std::string_view ending) const {
        std::vector<fs::path> out;
        for (const auto& entry : fs::recursive_directory_iterator(root_)) {
            if (entry.path().filename().string().ends_with(ending)) out.push_back(entry.path());
        }
        std::sort(out.begin(), out.end());
        return out;
    }
    std::string name(const fs::path& path) const { return fs::relative(path, root_).string(); }

private:
    fs::path folder_;
    fs::path root_;
};

struct Sample {
    std::string method;
    std::string url;
    std::vector<std::string> headers;
    std::string body;
};

std::string sample_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::erase(text, '\r');
    return text;
}

Sample parse_sample(const std::string& text) {
    Sample out;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    std::istringstream first(line);
    first >> out.method >> out.url;
    while (std::getline(lines, line) && !line.empty()) {
        if (line.starts_with("Prefer:") || line.starts_with("prefer:")) out.headers.push_back(line);
    }
    out.body.assign(std::istreambuf_iterator<char>(lines), {});
    if (out.body.find_first_not_of(" \n\t") == std::string::npos) out.body.clear();
    return out;
}

/// A mailbox that has one of everything, whose ids stand in for those of the samples.
class SampleMailbox {
public:
    SampleMailbox() {
        MailItem mail = mail_item_from_mime(
            "Message-ID: <a@x.test>\r\nFrom: Ann <ann@x.test>\r\nTo: alice@example.test\r\n"
            "Subject: s\r\n\r\nt\r\n",
            lab.store().now());
        const Folder* inbox = lab.store().find_distinguished("alice@example.test", "inbox");
        ids_["messages"] =
            rest_id_of((*lab.store().create_item("alice@example.test", inbox->id,
                                                 std::move(mail.item), std::move(mail.content)))
                           ->id);
        draft_ = lab.post("messages", R"({"subject":"d","toRecipients":[{"emailAddress":)"
                                      R"({"address":"bob@example.test"}}]})")
                     .text_at("id");
        event_id("events");
        ids_["contacts"] = made("contacts", R"({"givenName":"a"})");
        ids_["mailFolders"] = made("mailFolders", R"({"displayName":"f"})");
        ids_["contactFolders"] = made("contactFolders", R"({"displayName":"c"})");
        ids_["calendars"] = made("calendars", R"({"name":"k"})");
        ids_["lists"] = made("todo/lists", R"({"displayName":"l"})");
        const std::string tasks = "todo/lists/" + ids_["lists"] + "/tasks";
        ids_["tasks"] = made(tasks, R"({"title":"t"})");
        ids_["linkedResources"] = made(tasks + "/" + ids_["tasks"] + "/linkedResources",
                                       R"({"applicationName":"a","displayName":"d"})");
        ids_["messageRules"] = made("mailFolders/inbox/messageRules",
                                    R"({"displayName":"r","actions":{"delete":true}})");
        ids_["attachments"] = made(
            "messages/" + draft_ + "/attachments",
            R"({"@odata.type":"#microsoft.graph.fileAttachment","name":"a","contentBytes":""})");
    }

    GraphLab::Got send(const Sample& sample) {
        std::string url = sample.url;
        const std::size_t query = std::min(url.find('?'), url.size());
        std::string path = url.substr(0, query);
        for (const std::string_view head : {"https://graph.microsoft.com", "/v1.0", "/beta"}) {
            if (path.starts_with(head)) path.erase(0, head.size());
        }
        path = with_ids(path);
        std::string options = url.substr(query);
        for (std::size_t at; (at = options.find(' ')) != std::string::npos;)
            options.replace(at, 1, "%20");
        return lab.send(sample.method, path + options, sample.body, sample.headers);
    }

    GraphLab lab;

private:
    std::string made(const std::string& path, const std::string& body) {
        const auto got = lab.post(path, body);
        EXPECT_EQ(got.status, 201) << path << got.text;
        return got.text_at("id");
    }
    void event_id(const std::string& key) {
        ids_[key] =
            made("events", R"({"start":{"dateTime":"2019-04-10T09:00:00","timeZone":"UTC"},)"
                           R"("end":{"dateTime":"2019-04-10T10:00:00","timeZone":"UTC"}})");
    }
    std::string id_behind(const std::string& collection, bool wants_draft) const {
        if (collection == "messages" && wants_draft) return draft_;
        for (const auto& [name, id] : ids_) {
            if (iequals(name, collection)) return id;
        }
        return {};
    }
    // Ids of the samples are placeholders; the segment before says of what.
    std::string with_ids(const std::string& path) const {
        std::vector<std::string> segments;
        std::istringstream parts(path);
        for (std::string one; std::getline(parts, one, '/');) segments.push_back(one);
        const bool draft = path.ends_with("/send") || path.find("/attachments") != path.npos;
        for (std::size_t at = 2; at < segments.size(); ++at) {
            const std::string id = id_behind(segments[at - 1], draft);
            const bool well_known = segments[at] == "inbox" || segments[at] == "delta" ||
                                    segments[at] == "createUploadSession";
            if (!id.empty() && !well_known && !segments[at].empty()) segments[at] = id;
        }
        std::string out;
        for (const auto& one : segments) out += one.empty() ? "" : "/" + one;
        if (iequals(out.substr(0, 3), "/me")) out = "/users/alice@example.test" + out.substr(3);
        return out;
    }

    std::map<std::string, std::string> ids_;
    std::string draft_;
};

// Why a sample is not carried out, and the code of the refusal. What is not here must succeed.
struct RefusedSample {
    std::string_view start;
    std::string_view code;
    std::string_view why;
};
constexpr RefusedSample refused_samples[] = {
    {"api/calendar-delete", "", "calendars are not deleted; groups of calendars"},
    {"api/calendar-get__03", "BadRequest", "groups of calendars"},
    {"api/calendar-post-events__0", "", "no body, groups of calendars"},
    {"api/calendargroup", "", "groups of calendars"},
    {"api/calendarpermission", "ErrorInvalidUser", "a placeholder for the user"},
    {"api/contact-get__03", "BadRequest", "an ellipsis in the URL"},
    {"api/contactfolder-post-contacts", "RequestBodyRead", "placeholders for values"},
    {"api/mailfolder-post-childfolders", "ErrorInvalidPropertySet", "hidden folders"},
    {"api/event-accept", "ErrorInvalidRequest", "the mailbox organises the event"},
    {"api/event-decline", "ErrorInvalidRequest", "the mailbox organises the event"},
    {"api/event-tentativelyaccept", "ErrorInvalidRequest", "the mailbox organises the event"},
    {"api/event-forward", "BadRequest", "forwarding"},
    {"api/event-snooze", "BadRequest", "snoozing"},
    {"api/event-delta__01", "ErrorInvalidParameter", "placeholders instead of times"},
    {"api/event-update__01", "", "placeholders for read-only properties"},
    {"api/eventmessage-get__03", "", "expand of the event"},
    {"api/eventmessage-update", "", "published without quotes"},
    {"api/inferenceclassification", "BadRequest", "focused inbox"},
    {"api/mailfolder-post-messages", "RequestBodyRead", "placeholders for values"},
    {"api/mailsearchfolder", "", "search folders"},
    {"api/message-createforward", "BadRequest", "forwarding"},
    {"api/message-forward", "BadRequest", "forwarding"},
    {"api/message-reply", "BadRequest", "replies"},
    {"api/message-update", "RequestBodyRead", "placeholders for values"},
    {"api/opentypeextension-delete", "ErrorItemNotFound", "there is no extension yet"},
    {"api/opentypeextension-get__07", "", "groups"},
    {"api/opentypeextension-post", "", "groups"},
    {"api/opentypeextension-update", "", "groups"},
    {"api/outlookuser-supported", "BadRequest", "languages"},
    {"api/subscription", "", "served by GraphFace::answer, see GraphSubscriptions"},
    {"api/user-post-calendargroups", "BadRequest", "groups of calendars"},
    {"api/user-sendmail__03", "ErrorNotImplemented", "a sent mail with an attachment"},
    {"concepts/auth", "", "delegated sign-in; a user that is not here"},
    {"concepts/delta-query", "", "tokens of another server; groups"},
    {"concepts/extensibility", "", "extensions, groups"},
    {"concepts/json-batching", "BadRequest", "no body"},
    {"concepts/known-issues__02", "", "bookings"},
    {"concepts/outlook-calendar-meeting-proposals__03", "ErrorInvalidRequest", "organiser"},
    {"concepts/outlook-calendar-meeting-proposals__06", "RequestBroker--ParseUri",
     "allowNewTimeProposal is no property (it is allowNewTimeProposals)"},
    {"concepts/outlook-create-event-in-shared-delegated-calendar__0", "", "expand of the event"},
    {"concepts/outlook-large-attachments", "", "an upload URL of another server"},
    {"concepts/outlook-share-or-delegate-calendar", "ErrorInvalidUser", "another user"},
    {"concepts/webhooks-lifecycle", "", "served by GraphFace::answer"},
    {"concepts-2025/subscription", "", "served by GraphFace::answer"}};

const RefusedSample* refusal_of(const std::string& name) {
    for (const auto& one : refused_samples) {
        if (name.starts_with(one.start)) return &one;
    }
    return nullptr;
}

TEST(GraphSamplesOfMicrosoft, AreCarriedOutOrRefusedByName) {
    const GraphSamples samples;
    if (!samples.present()) GTEST_SKIP() << "no ../shared/data here";
    std::size_t done = 0;
    std::size_t refused = 0;
    for (const fs::path& path : samples.files("__request.http")) {
        const std::string name = samples.name(path);
        SampleMailbox mailbox;
        const Sample sample = parse_sample(sample_text(path));
        const auto got = mailbox.send(sample);
        const RefusedSample* refusal = refusal_of(name);
        if (got.status < 300) {
            ++done;
            continue;
        }
        ++refused;
        if (refusal == nullptr) {
            ADD_FAILURE() << name << ": " << got.status << " " << got.text;
        } else if (!refusal->code.empty()) {
            EXPECT_EQ(got.code(), refusal->code) << name << " " << got.text;
        }
        EXPECT_FALSE(got.code().empty()) << name << ": a refusal says what is wrong";
        EXPECT_LT(got.status, 502) << name;
    }
    EXPECT_GE(done, 60u);
    std::cout << done << " requests carried out, " << refused << " refused by name\n";
}

// Members of the published reply that ours has not, and why.
bool may_be_absent(const std::string& name, std::string_view member) {
    static constexpr std::string_view members[] = {
        "createDateTime",                 // a slip of the documentation
        "extensions",                     // of the sample's own message
        "singleValueExtendedProperties",  // only when asked for
        "internetMessageHeaders",         // only when asked for
        "linkedResources"};               // of the sample's own task; below: what the sample's own
                                          // object has and ours was not given
    if (name.starts_with("api/attachment-get")) return true;  // an item attachment with its item
    if (name.starts_with("api/eventmessage-get")) return member == "meetingMessageType";
    if (name.starts_with("api/linkedresource-update")) return member == "externalId";
    if (name.starts_with("api/mailfolder-get__03")) return true;  // a search folder
    if (name.starts_with("api/messagerule-update")) return member == "conditions";
    return std::find(std::begin(members), std::end(members), member) != std::end(members);
}

TEST(GraphSamplesOfMicrosoft, RepliesHaveTheMembersOfThePublishedOnes) {
    const GraphSamples samples;
    if (!samples.present()) GTEST_SKIP() << "no ../shared/data here";
    std::size_t compared = 0;
    for (const fs::path& path : samples.files("__request.http")) {
        const std::string name = samples.name(path);
        if (refusal_of(name) != nullptr || !name.starts_with("api/")) continue;
        std::string number = name.substr(name.size() - 16, 2);
        const int next = std::stoi(number) + 1;
        fs::path reply = path;
        std::string file = path.filename().string();
        file.replace(file.size() - 16, 16,
                     (next < 10 ? "0" : "") + std::to_string(next) + "__response.http");
        reply.replace_filename(file);
        std::error_code ignored;
        if (!fs::exists(reply, ignored)) continue;
        const std::string text = sample_text(reply);
        boost::system::error_code error;
        const json::value wanted =
            json::parse(text.substr(std::min(text.find('{'), text.size())), error);
        if (error || !wanted.is_object() || wanted.get_object().contains("value")) continue;
        SampleMailbox mailbox;
        const auto got = mailbox.send(parse_sample(sample_text(path)));
        ASSERT_TRUE(got.body.is_object()) << name;
        ++compared;
        for (const auto& member : wanted.get_object()) {
            const std::string_view key = member.key();
            if (key.find('@') != std::string_view::npos || may_be_absent(name, key)) continue;
            EXPECT_TRUE(got.object().contains(key)) << name << " lacks " << key;
        }
    }
    EXPECT_GE(compared, 14u);
    std::cout << compared << " replies compared member by member\n";
}

}  // namespace
}  // namespace liaison::sandbox
