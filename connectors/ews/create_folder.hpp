#pragma once
#include <string>

#include "connectors/ews/get_folder.hpp"

namespace liaison::ews {

/// A mail folder (class IPF.Note) below `parent`.
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/createfolder-operation
std::string encode_create_folder(const FolderRef& parent, std::string_view display_name);
/// The new folder's id. AlreadyExists (ErrorFolderExists) if the name is taken.
Result<std::string> decode_create_folder(const SoapReply& reply);

}  // namespace liaison::ews
