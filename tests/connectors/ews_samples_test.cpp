// Samples that others published (beside the checkout, where they exist): replies in all shapes,
// many of them broken.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "connectors/ews/create_folder.hpp"
#include "connectors/ews/create_item.hpp"
#include "connectors/ews/delete_item.hpp"
#include "connectors/ews/find_folder.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/ews/get_item.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/ews/move_item.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "connectors/ews/update_item.hpp"
#include "core/text.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

const MappingContext kSamplesContext{std::string(kProductPropertySet), "Europe/Vienna"};

struct SampleFile {
    std::string path;
    std::string operation;
    bool is_response = false;
    bool is_valid = false;  ///< by the schema of 2018-01
};

/// Unpacks the archive once; empty if there is none.
std::filesystem::path samples_folder() {
    static const std::filesystem::path folder = [] {
        for (const char* up : {"../shared/data", "../../shared/data"}) {
            const auto archive =
                std::filesystem::path(LIAISON_SOURCE_DIR) / up / "ews-samples.tar.zst";
            if (!std::filesystem::exists(archive)) continue;
            const auto target = std::filesystem::path(LIAISON_BINARY_DIR) / "ews-samples-unpacked";
            std::filesystem::create_directories(target);
            const std::string command =
                "tar --zstd -xf '" + archive.string() + "' -C '" + target.string() + "'";
            if (std::system(command.c_str()) == 0) return target / "ews-samples";
        }
        return std::filesystem::path();
    }();
    return folder;
}

std::vector<SampleFile> sample_files() {
    std::vector<SampleFile> files;
    std::istringstream index(read_file(samples_folder() / "INDEX.tsv"));
    std::string line;
    std::getline(index, line);
    while (std::getline(index, line)) {
        std::vector<std::string> columns = split(line, '\t');
        if (columns.size() >= 8 && columns[1].ends_with("Response"))
            columns[1].erase(columns[1].size() - std::string_view("Response").size());
        if (columns.size() >= 8)
            files.push_back(
                {columns[0], columns[1], columns[2] == "response", trim(columns[7]) == "valid"});
    }
    return files;
}

/// The reply of a file: an envelope, or a body that is wrapped into one.
Result<SoapReply> reply_in(const std::string& text, const std::string& operation) {
    auto reply = parse_envelope(text, operation, false);
    if (reply || text.find("Envelope") != std::string::npos) return reply;
    const std::size_t start = text.find("?>");
    return parse_envelope(
        ScriptedExchange::envelope(start == std::string::npos ? text : text.substr(start + 2)),
        operation, false);
}

std::vector<ItemId> ids_that_were_asked(const SoapReply& reply) {
    std::vector<ItemId> ids;
    for (const XmlNode& message : reply.response.child("ResponseMessages"))
        ids.push_back(read_item_id(message.child("Items").first()));
    return ids;
}

std::size_t messages_in(const SoapReply& reply) {
    std::size_t n = 0;
    for (const XmlNode& message : reply.response.child("ResponseMessages")) n += message ? 1 : 0;
    return n;
}

template <class T>
std::string verdict(const Result<T>& result) {
    return result ? "" : result.error().message;
}

/// Runs the decoder of the operation; empty if it could make something of the reply.
std::string decode_sample(const SoapReply& reply, const std::string& operation) {
    const std::size_t count = messages_in(reply);
    if (operation == "GetFolder") return verdict(decode_get_folder(reply, count));
    if (operation == "FindFolder") return verdict(decode_find_folder(reply, FindFolderRequest{}));
    if (operation == "CreateFolder") return verdict(decode_create_folder(reply));
    if (operation == "SyncFolderItems")
        return verdict(decode_sync_folder_items(reply, SyncFolderItemsRequest{}));
    if (operation == "CreateItem") return verdict(decode_create_item(reply, count));
    if (operation == "UpdateItem") return verdict(decode_update_item(reply, count));
    if (operation == "DeleteItem") return verdict(decode_delete_item(reply, count));
    if (operation == "MoveItem") return verdict(decode_move_item(reply));
    if (operation == "FindItem") {
        FindItemRequest request;
        request.folders.resize(count);
        return verdict(decode_find_item(reply, request));
    }
    if (operation != "GetItem") return "not ours";
    const auto items = decode_get_item(reply, ids_that_were_asked(reply));
    if (!items) return items.error().message;
    for (const Result<XmlNode>& item : *items) {
        if (!item) continue;
        (void)read_message(*item);
        for (const EntityKind kind : kEntityKinds) (void)read_item(kind, *item, kSamplesContext);
    }
    return "";
}

}  // namespace

TEST(EwsSamples, NoPublishedFileBreaksADecoder) {
    if (samples_folder().empty()) GTEST_SKIP() << "no samples beside the checkout";
    static const std::vector<std::string> operations = {
        "GetFolder", "FindFolder", "CreateFolder", "SyncFolderItems", "FindItem",
        "GetItem",   "CreateItem", "UpdateItem",   "DeleteItem",      "MoveItem"};
    std::size_t tried = 0;
    for (const SampleFile& file : sample_files()) {
        const std::string text = read_file(samples_folder() / file.path);
        for (const std::string& operation : operations) {
            const auto reply = reply_in(text, operation);
            if (reply) (void)decode_sample(*reply, operation);
            ++tried;
        }
    }
    EXPECT_GT(tried, 4'000U);
}

TEST(EwsSamples, WhatIsValidBySchemaIsRead) {
    if (samples_folder().empty()) GTEST_SKIP() << "no samples beside the checkout";
    std::size_t read = 0;
    for (const SampleFile& file : sample_files()) {
        if (!file.is_response || !file.is_valid) continue;
        const auto reply = reply_in(read_file(samples_folder() / file.path), file.operation);
        if (!reply) {
            ADD_FAILURE() << file.path << ": " << reply.error().message;
            continue;
        }
        const std::string complaint = decode_sample(*reply, file.operation);
        if (complaint == "not ours") continue;
        ++read;
        const bool server_error = complaint.starts_with("Exchange answered ");
        // A mail that is sent and not saved has no id; Liaison always saves and never sends.
        const bool sent_mail = complaint == "CreateItem: a new item without an id";
        EXPECT_TRUE(complaint.empty() || server_error || sent_mail) << file.path << ": " << complaint;
    }
    EXPECT_GT(read, 20U);
    std::cout << "valid replies of our operations that were read: " << read << "\n";
}

}  // namespace liaison::ews
