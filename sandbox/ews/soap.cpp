#include "sandbox/ews/soap.hpp"

#include <pugixml.hpp>

#include <set>

#include "sandbox/ews/schema_check.hpp"
#include "sandbox/ews/schema_table.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

// Operations of services.wsdl that the sandbox does not have. A name that is in neither list is no
// EWS request.
bool is_other_ews_operation(std::string_view name) {
    static constexpr std::string_view names =
        " UploadItems ExportItems ExpandDL GetEvents Subscribe Unsubscribe GetStreamingEvents "
        "DeleteFolder EmptyFolder MoveFolder CopyFolder CreateFolderPath "
        "SendItem ArchiveItem CreateManagedFolder GetDelegate AddDelegate RemoveDelegate "
        "UpdateDelegate CreateUserConfiguration DeleteUserConfiguration GetUserConfiguration "
        "UpdateUserConfiguration GetUserAvailabilityRequest GetUserOofSettingsRequest "
        "SetUserOofSettingsRequest GetServiceConfiguration GetMailTips GetRoomLists GetRooms "
        "GetSharingMetadata RefreshSharingFolder GetSharingFolder FindMessageTrackingReport "
        "GetMessageTrackingReport FindConversation ApplyConversationAction "
        "GetConversationItems FindPeople GetPersona "
        "GetPasswordExpirationDate GetSearchableMailboxes SearchMailboxes "
        "GetDiscoverySearchConfiguration GetHoldOnMailboxes SetHoldOnMailboxes "
        "GetNonIndexableItemStatistics GetNonIndexableItemDetails MarkAllItemsAsRead "
        "MarkAsJunk GetAppManifests InstallApp UninstallApp DisableApp GetClientAccessToken "
        "GetReminders PerformReminderAction GetUserPhoto AddImContactToGroup GetImItemList "
        "GetPhoneCallInformation PlayOnPhone DisconnectPhoneCall SyncConversation "
        "GetUserRetentionPolicyTags CreateUnifiedMailbox ";
    return !name.empty() && names.find(" " + std::string(name) + " ") != std::string_view::npos;
}

std::size_t count_elements(const pugi::xml_node& node) {
    std::size_t count = 0;
    for (const pugi::xml_node child : node.children())
        count += child.type() == pugi::node_element ? 1 : 0;
    return count;
}

pugi::xml_node first_element(const pugi::xml_node& node) {
    for (const pugi::xml_node child : node.children()) {
        if (child.type() == pugi::node_element) return child;
    }
    return {};
}

}  // namespace

struct SoapRequest::Document {
    pugi::xml_document xml;
    pugi::xml_node operation;
    NamespaceScope scope;
    std::ptrdiff_t offset = -1;
};

SoapRequest::SoapRequest() : document_(std::make_unique<Document>()) {}
SoapRequest::SoapRequest(SoapRequest&&) noexcept = default;
SoapRequest& SoapRequest::operator=(SoapRequest&&) noexcept = default;
SoapRequest::~SoapRequest() = default;

pugi::xml_node SoapRequest::body() const {
    return document_->operation;
}

Outcome<SoapRequest> SoapRequest::parse(std::string_view body) {
    SoapRequest request;
    if (auto ok = request.read(body); !ok) {
        request.add_position(ok.error(), body);
        return std::unexpected(std::move(ok.error()));
    }
    return request;
}

void SoapRequest::add_position(EwsError& error, std::string_view text) const {
    if (error.code != "ErrorSchemaValidation" || document_->offset < 0) return;
    const std::string_view before = text.substr(0, static_cast<std::size_t>(document_->offset));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t last = before.rfind('\n');
    const std::size_t column =
        last == std::string_view::npos ? before.size() + 1 : before.size() - last;
    error.values.insert(error.values.begin(), {"LinePosition", std::to_string(column)});
    error.values.insert(error.values.begin(), {"LineNumber", std::to_string(lines + 1)});
}

Outcome<void> SoapRequest::read(std::string_view text) {
    if (auto ok = guard_xml(text); !ok) return ok;
    const auto parsed = document_->xml.load_buffer(
        text.data(), text.size(),
        pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype,
        pugi::encoding_utf8);
    if (!parsed) {
        return ews_fail("ErrorInvalidRequest",
                        std::string("The request is no well-formed XML: ") + parsed.description());
    }
    if (count_elements(document_->xml) != 1)
        return ews_fail("ErrorInvalidRequest", "The request has no single root.");
    const pugi::xml_node envelope = first_element(document_->xml);
    NamespaceScope& scope = document_->scope;
    scope.enter(envelope);
    if (local_name(envelope.name()) != "Envelope" || scope.of(envelope.name()) != soap_namespace) {
        return ews_fail("ErrorInvalidRequest", "The request is no SOAP 1.1 envelope.");
    }
    bool seen_body = false;
    for (const pugi::xml_node part : envelope.children()) {
        if (part.type() != pugi::node_element) continue;
        const std::size_t mark = scope.enter(part);
        const bool is_soap = scope.of(part.name()) == soap_namespace;
        const std::string_view name = local_name(part.name());
        Outcome<void> result = ews_fail("ErrorInvalidRequest", "The envelope has an unknown part.");
        if (is_soap && name == "Header" && !seen_body) result = read_headers(part);
        if (is_soap && name == "Body" && !seen_body) {
            result = read_body(part);
            seen_body = true;
        }
        if (!result) return result;
        scope.leave(mark);
    }
    if (!seen_body) return ews_fail("ErrorInvalidRequest", "The envelope has no body.");
    return {};
}

Outcome<void> SoapRequest::read_headers(const pugi::xml_node& headers) {
    std::set<std::string> seen;
    for (const pugi::xml_node header : headers.children()) {
        if (header.type() != pugi::node_element) continue;
        const std::size_t mark = document_->scope.enter(header);
        if (!seen.insert(std::string(local_name(header.name()))).second) {
            return ews_fail("ErrorDuplicateSOAPHeader",
                            "The SOAP header " + std::string(header.name()) + " stands twice.");
        }
        if (auto ok = read_header(header); !ok) return ok;
        document_->scope.leave(mark);
    }
    return {};
}

Outcome<void> SoapRequest::read_header(const pugi::xml_node& header) {
    const std::string name(local_name(header.name()));
    const std::string_view type = SchemaTable::instance().header_type(name);
    if (document_->scope.of(header.name()) != types_namespace || type.empty()) {
        return ews_fail("ErrorInvalidRequest",
                        "The sandbox does not implement the SOAP header " + name + ".");
    }
    for (pugi::xml_attribute at = header.first_attribute();
         at;) {  // soap:mustUnderstand and soap:actor are met
        const pugi::xml_attribute next = at.next_attribute();
        const bool soap = std::string_view(at.name()).find(':') != std::string_view::npos &&
                          document_->scope.of(at.name()) == soap_namespace;
        if (soap) pugi::xml_node(header).remove_attribute(at);
        at = next;
    }
    if (auto ok = check_schema(header, type, document_->scope, document_->offset); !ok) {
        if (name == "RequestServerVersion" && ok.error().code == "ErrorSchemaValidation") {
            return ews_fail("ErrorInvalidServerVersion",
                            "The specified server version is invalid.");
        }
        return ok;
    }
    if (name == "ExchangeImpersonation") {
        const pugi::xml_node who = first_element(header.child("ConnectingSID"));
        impersonated_by_ = who.name();
        impersonated_ = element_text(who);
    } else if (name == "TimeZoneContext") {
        time_zone_ = header.child("TimeZoneDefinition").attribute("Id").value();
        if (time_zone_.empty())
            return ews_fail("ErrorTimeZone", "The sandbox needs time zones by their id.");
    } else if (name == "DateTimePrecision" && element_text(header) != "Seconds") {
        return ews_fail("ErrorInvalidRequest",
                        "The sandbox does not implement DateTimePrecision Milliseconds.");
    }
    return {};
}

Outcome<void> SoapRequest::read_body(const pugi::xml_node& body) {
    if (count_elements(body) != 1)
        return ews_fail("ErrorInvalidRequest", "The body must have one element.");
    const pugi::xml_node operation = first_element(body);
    const std::size_t mark = document_->scope.enter(operation);
    const std::string name(local_name(operation.name()));
    const std::string_view type = SchemaTable::instance().operation_type(name);
    const std::string name_space(document_->scope.of(operation.name()));
    document_->scope.leave(mark);
    if (name_space != messages_namespace || (type.empty() && !is_other_ews_operation(name))) {
        return ews_fail("ErrorInvalidRequest",
                        "The request is invalid: unknown operation " + name + ".");
    }
    operation_ = name;
    if (type.empty())
        return ews_fail("ErrorInvalidOperation", "The sandbox does not implement " + name + ".");
    document_->operation = operation;
    return check_schema(operation, type, document_->scope, document_->offset);
}

std::string soap_envelope(std::string_view body) {
    std::string out;
    out.reserve(body.size() + 700);
    out += R"(<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s=")";
    out += soap_namespace;
    out +=
        R"("><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" )"
        R"(MinorBuildNumber="4" Version="V2017_07_11" xmlns:h=")";
    out += types_namespace;
    out += R"("/></s:Header><s:Body>)";
    out += body;
    out += "</s:Body></s:Envelope>";
    return out;
}

std::string soap_fault(const EwsError& error) {
    std::string out = R"(<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s=")";
    out += soap_namespace;
    out += R"("><s:Body><s:Fault><faultcode xmlns:a=")";
    out += types_namespace;
    ((out += "\">a:") += error.code) += R"(</faultcode><faultstring xml:lang="en-US">)";
    append_escaped(out, error.text);
    ((out += R"(</faultstring><detail><e:ResponseCode xmlns:e=")") += errors_namespace) += "\">";
    append_escaped(out, error.code);
    ((out += R"(</e:ResponseCode><e:Message xmlns:e=")") += errors_namespace) += "\">";
    append_escaped(out, error.text);
    out += "</e:Message>";
    if (!error.values.empty()) {
        ((out += R"(<t:MessageXml xmlns:t=")") += types_namespace) += "\">";
        for (const auto& [name, value] : error.values) {
            ((out += R"(<t:Value Name=")") += name) += "\">";
            append_escaped(out, value);
            out += "</t:Value>";
        }
        out += "</t:MessageXml>";
    }
    out += "</detail></s:Fault></s:Body></s:Envelope>";
    return out;
}

}  // namespace liaison::sandbox::ews
