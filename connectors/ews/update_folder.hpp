#pragma once
#include <string>
#include <string_view>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// Another display name for a folder.
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/updatefolder-operation
std::string encode_rename_folder(const FolderRef& folder, std::string_view display_name);
/// AlreadyExists (ErrorFolderExists) if the name is taken.
Result<void> decode_rename_folder(const SoapReply& reply);

}  // namespace liaison::ews
