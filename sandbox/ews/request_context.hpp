#pragma once
#include <string>

#include "sandbox/ews/ews_error.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/mailbox_store.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

/// What an operation needs to know beside its request element.
struct RequestContext {
    MailboxStore& store;
    std::string caller;   ///< who logged in
    std::string mailbox;  ///< whose mailbox: the caller's, or the impersonated user's
    std::string time_zone =
        "UTC";                   ///< Windows id for values without offset and without an own zone
    bool empty_listing = false;  ///< fault: answer as if folders were empty
    bool invalid_sync_state = false;
    std::string every_message_fails;  ///< fault: a response code for every response message;
                                      ///< nothing is carried out
    const Fault* fault = nullptr;     ///< what strikes at this request, or null

    bool struck_by(FaultKind kind) const { return fault != nullptr && fault->kind == kind; }
};

/// The answer of an operation: the response element for soap:Body. An error becomes a SOAP fault.
using Reply = Outcome<std::string>;

Reply get_folder(const RequestContext& context, const pugi::xml_node& request);
Reply find_folder(const RequestContext& context, const pugi::xml_node& request);
Reply create_folder(const RequestContext& context, const pugi::xml_node& request);
Reply sync_folder_hierarchy(const RequestContext& context, const pugi::xml_node& request);
Reply sync_folder_items(const RequestContext& context, const pugi::xml_node& request);
Reply find_item(const RequestContext& context, const pugi::xml_node& request);
Reply get_item(const RequestContext& context, const pugi::xml_node& request);
Reply create_item(const RequestContext& context, const pugi::xml_node& request);
Reply update_item(const RequestContext& context, const pugi::xml_node& request);
Reply delete_item(const RequestContext& context, const pugi::xml_node& request);
Reply move_item(const RequestContext& context, const pugi::xml_node& request);
Reply copy_item(const RequestContext& context, const pugi::xml_node& request);
Reply create_attachment(const RequestContext& context, const pugi::xml_node& request);
Reply get_attachment(const RequestContext& context, const pugi::xml_node& request);
Reply delete_attachment(const RequestContext& context, const pugi::xml_node& request);
Reply resolve_names(const RequestContext& context, const pugi::xml_node& request);
Reply get_server_time_zones(const RequestContext& context, const pugi::xml_node& request);
Reply update_folder(const RequestContext& context, const pugi::xml_node& request);
Reply get_inbox_rules(const RequestContext& context, const pugi::xml_node& request);
Reply update_inbox_rules(const RequestContext& context, const pugi::xml_node& request);
Reply convert_id(const RequestContext& context, const pugi::xml_node& request);

/// Builds `<m:XResponse><m:ResponseMessages>...`, one message per input in order.
class ResponseWriter {
public:
    /// `empty_payload` is what an error message carries where the schema demands the payload
    /// ("<m:Items/>").
    ResponseWriter(const RequestContext& context, std::string_view operation,
                   std::string_view empty_payload);

    void success(std::string_view payload);
    void warning(const EwsError& error, std::string_view payload);
    void error(const EwsError& error);
    /// Error under a fault that fails every message; true when it was written and the input must
    /// not be carried out.
    bool refused();
    std::string finish();

private:
    void message(std::string_view response_class, const EwsError* error, std::string_view payload);
    bool refused_by_fault(const Fault& fault);

    const RequestContext& context_;
    std::string operation_;
    std::string empty_payload_;
    std::size_t inputs_ = 0;  ///< asked for by `refused`
    std::string out_;
};

/// The store's errors in the words of EWS.
EwsError from_store(const Error& error, std::string_view not_found_code);
inline EwsError item_not_found() {
    return {"ErrorItemNotFound", "The specified object was not found in the store.", {}};
}

/// The folder that t:FolderId or t:DistinguishedFolderId names. `not_found_code` for ids that are
/// none.
Outcome<const Folder*> resolve_folder(const RequestContext& context, const pugi::xml_node& id,
                                      std::string_view not_found_code = "ErrorFolderNotFound");
/// Of the one child of a TargetFolderIdType element.
Outcome<const Folder*> resolve_target_folder(const RequestContext& context,
                                             const pugi::xml_node& target,
                                             std::string_view not_found_code);
/// The item that t:ItemId, t:OccurrenceItemId or t:RecurringMasterItemId names.
Outcome<const Item*> resolve_item(const RequestContext& context, const pugi::xml_node& id);
/// ErrorInvalidChangeKey unless empty or well-formed.
Outcome<void> check_change_key(std::string_view change_key);

/// `<t:ItemId Id=".." ChangeKey=".."/>`.
void append_item_id(std::string& out, std::string_view id, std::string_view change_key);

}  // namespace liaison::sandbox::ews
