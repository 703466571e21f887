#pragma once
#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sandbox/graph/graph_quirks.hpp"
#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox::graph {

/// An upload session (createUploadSession), open until its last byte came or it expired.
struct UploadSession {
    std::string mailbox;
    std::string item_id;
    Attachment attachment;
    std::string bytes;
    EpochMillis expires = 0;
};

/// What the face keeps beside the mailboxes, for the life of the process.
struct GraphMemory {
    GraphQuirks quirks;
    std::uint64_t delta_epoch = 1;  ///< tokens of an older epoch are lost (410)
    std::uint64_t next_number = 1;
    std::map<std::string, UploadSession, std::less<>> uploads;
    std::map<std::string, std::vector<boost::json::object>, std::less<>> rules;  ///< by mailbox
};

}  // namespace liaison::sandbox::graph
