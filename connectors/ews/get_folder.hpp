#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// What is known of a folder.
struct FolderInfo {
    std::string id;
    std::string parent_id;
    std::string display_name;
    std::string folder_class;  ///< IPF.Note, IPF.Task, IPF.Appointment, IPF.Contact, ...; may be empty
    bool may_create = true;    ///< EffectiveRights, where the reply has them
    bool may_modify = true;
    bool may_delete = true;
    bool may_read = true;
};

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation
std::string encode_get_folder(const std::vector<FolderRef>& folders);
/// One result per folder.
Result<std::vector<Result<FolderInfo>>> decode_get_folder(const SoapReply& reply, std::size_t expected);

/// The folder shape with the properties of FolderInfo (m:FolderShape).
void write_folder_shape(XmlWriter& xml, bool with_rights);
FolderInfo read_folder(const XmlNode& folder);

}  // namespace liaison::ews
