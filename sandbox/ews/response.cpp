#include <pugixml.hpp>

#include "core/http_message.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/ews/schema_check.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

bool is_well_formed_id(std::string_view id) {
    std::string bytes;
    return !id.empty() && id.size() % 4 == 0 && base64_decode(id, bytes);
}

}  // namespace

ResponseWriter::ResponseWriter(const RequestContext& context, std::string_view operation,
                               std::string_view empty_payload)
    : context_(context), operation_(operation), empty_payload_(empty_payload) {
    ((out_ += "<m:") += operation) += "Response xmlns:m=\"";
    ((out_ += messages_namespace) += "\" xmlns:t=\"") += types_namespace;
    out_ += "\"><m:ResponseMessages>";
}

void ResponseWriter::message(std::string_view response_class, const EwsError* error,
                             std::string_view payload) {
    if (context_.struck_by(FaultKind::PartMissing) && inputs_ == context_.fault->count + 1) return;
    ((out_ += "<m:") += operation_) += "ResponseMessage ResponseClass=\"";
    (out_ += response_class) += "\">";
    if (error != nullptr) append_element(out_, "m:MessageText", error->text);
    append_element(out_, "m:ResponseCode",
                   error == nullptr ? std::string_view("NoError") : std::string_view(error->code));
    if (error != nullptr) out_ += "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>";
    if (error != nullptr && !error->values.empty()) {
        out_ += "<m:MessageXml>";
        for (const auto& [name, value] : error->values) {
            ((out_ += "<t:Value Name=\"") += name) += "\">";
            append_escaped(out_, value);
            out_ += "</t:Value>";
        }
        out_ += "</m:MessageXml>";
    }
    out_ += payload;
    ((out_ += "</m:") += operation_) += "ResponseMessage>";
}

void ResponseWriter::success(std::string_view payload) {
    message("Success", nullptr, payload);
}
void ResponseWriter::warning(const EwsError& error, std::string_view payload) {
    message("Warning", &error, payload);
}
void ResponseWriter::error(const EwsError& error) {
    message("Error", &error, empty_payload_);
}

bool ResponseWriter::refused_by_fault(const Fault& fault) {
    const std::size_t index = inputs_ - 1;
    if (fault.kind == FaultKind::BatchStopped && index >= fault.count) {
        warning({"ErrorBatchProcessingStopped",
                 "The batch processing stopped because of the result of another item.",
                 {}},
                empty_payload_);
        return true;
    }
    const bool this_one = fault.kind == FaultKind::ResponseCode ||
                          (fault.kind == FaultKind::MixedBatch && (fault.mask >> (index % 32) & 1));
    if (this_one) error({fault.code, "The operation failed.", {}});
    return this_one;
}

bool ResponseWriter::refused() {
    ++inputs_;
    if (context_.fault != nullptr && refused_by_fault(*context_.fault)) return true;
    if (context_.every_message_fails.empty()) return false;
    error({context_.every_message_fails,
           "An internal server error occurred. The operation failed.",
           {}});
    return true;
}

std::string ResponseWriter::finish() {
    ((out_ += "</m:ResponseMessages></m:") += operation_) += "Response>";
    return std::move(out_);
}

EwsError from_store(const Error& error, std::string_view not_found_code) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return {std::string(not_found_code),
                    "The specified object was not found in the store.",
                    {}};
        case ErrorKind::AlreadyExists:
            return {"ErrorFolderExists", "A folder with the specified name already exists.", {}};
        case ErrorKind::Forbidden:
            return {"ErrorAccessDenied", "Access is denied.", {}};
        default:
            break;
    }
    return {"ErrorInternalServerError", error.message, {}};
}

Outcome<void> check_change_key(std::string_view change_key) {
    if (change_key.empty() || is_well_formed_id(change_key)) return {};
    return ews_fail("ErrorInvalidChangeKey", "The change key is invalid.");
}

Outcome<const Folder*> resolve_folder(const RequestContext& context, const pugi::xml_node& id,
                                      std::string_view not_found_code) {
    const std::string_view name = id.name();
    const std::string_view value = id.attribute("Id").value();
    if (auto ok = check_change_key(id.attribute("ChangeKey").value()); !ok)
        return std::unexpected(ok.error());
    const std::string_view not_found_text = "The specified folder could not be found in the store.";
    if (name == "DistinguishedFolderId") {
        if (const pugi::xml_node mailbox = id.child("Mailbox")) {
            const std::string address = element_text(mailbox.child("EmailAddress"));
            if (context.store.find_user(address) == nullptr) {
                return ews_fail("ErrorNonExistentMailbox",
                                "The SMTP address has no mailbox associated with it.");
            }
            // A mailbox that the caller may not open answers as one without permission does
            // (mailbox_routing.hpp).
            if (!iequals(address, context.mailbox)) return ews_fail(not_found_code, not_found_text);
        }
        const Folder* folder = context.store.find_distinguished(context.mailbox, value);
        if (folder == nullptr) return ews_fail(not_found_code, not_found_text);
        return folder;
    }
    if (name != "FolderId") {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement " + std::string(name) + ".");
    }
    if (value.empty()) return ews_fail("ErrorInvalidIdEmpty", "The id is empty.");
    if (!is_well_formed_id(value))
        return ews_fail("ErrorInvalidIdMalformed", "The id is malformed.");
    if (const Folder* folder = context.store.find_folder(context.mailbox, value)) return folder;
    if (context.store.find_item(context.mailbox, value) != nullptr) {
        return ews_fail("ErrorCannotUseItemIdForFolderId", "The id is an item's.");
    }
    return ews_fail(not_found_code, not_found_text);
}

Outcome<const Folder*> resolve_target_folder(const RequestContext& context,
                                             const pugi::xml_node& target,
                                             std::string_view not_found_code) {
    for (const pugi::xml_node child : target.children()) {
        if (child.type() == pugi::node_element)
            return resolve_folder(context, child, not_found_code);
    }
    return ews_fail("ErrorInvalidRequest", "A folder id is missing.");
}

Outcome<const Item*> resolve_item(const RequestContext& context, const pugi::xml_node& id) {
    const std::string_view name = id.name();
    if (name != "ItemId") {
        // No occurrences are expanded here: every index is out of range, no id is an occurrence's.
        if (name == "OccurrenceItemId") {
            const Item* master =
                context.store.find_item(context.mailbox, id.attribute("RecurringMasterId").value());
            if (master == nullptr) return std::unexpected(item_not_found());
            if (master->properties.find("calendar:Recurrence") == nullptr) {
                return ews_fail("ErrorCalendarCannotUseIdForOccurrenceId",
                                "The id is not of a recurring master.");
            }
            return ews_fail("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
                            "The sandbox does not expand occurrences.");
        }
        if (name == "RecurringMasterItemId") {
            return ews_fail("ErrorCalendarCannotUseIdForRecurringMasterId",
                            "The id is not of an occurrence.");
        }
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement " + std::string(name) + ".");
    }
    const std::string_view value = id.attribute("Id").value();
    if (value.empty()) return ews_fail("ErrorInvalidIdEmpty", "The id is empty.");
    if (!is_well_formed_id(value))
        return ews_fail("ErrorInvalidIdMalformed", "The id is malformed.");
    if (auto ok = check_change_key(id.attribute("ChangeKey").value()); !ok)
        return std::unexpected(ok.error());
    if (const Item* item = context.store.find_item(context.mailbox, value)) return item;
    if (context.store.find_folder(context.mailbox, value) != nullptr) {
        return ews_fail("ErrorCannotUseFolderIdForItemId", "The id is a folder's.");
    }
    return std::unexpected(item_not_found());
}

void append_item_id(std::string& out, std::string_view id, std::string_view change_key) {
    ((out += "<t:ItemId Id=\"") += id) += "\" ChangeKey=\"";
    (out += change_key) += "\"/>";
}

}  // namespace liaison::sandbox::ews
