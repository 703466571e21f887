#include "tests/sandbox/ews_lab.hpp"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include <sstream>

#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

constexpr const char* lab_soap = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr const char* lab_messages = "http://schemas.microsoft.com/exchange/services/2006/messages";
constexpr const char* lab_types = "http://schemas.microsoft.com/exchange/services/2006/types";

std::string_view lab_local(const char* name) {
    const std::string_view whole(name);
    const std::size_t colon = whole.find(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

void lab_collect(const pugi::xml_node& node, std::string_view name,
                 std::vector<pugi::xml_node>& out) {
    for (const pugi::xml_node child : node.children()) {
        if (child.type() != pugi::node_element) continue;
        if (lab_local(child.name()) == name) out.push_back(child);
        lab_collect(child, name, out);
    }
}

void record_body(std::string label, const std::string& envelope) {
    pugi::xml_document document;
    if (!document.load_buffer(envelope.data(), envelope.size())) return;
    std::vector<pugi::xml_node> bodies;
    lab_collect(document, "Body", bodies);
    if (bodies.empty()) return;
    pugi::xml_node body = bodies.front().first_child();
    if (lab_local(body.name()) == "Fault") return;
    for (const auto& [name, uri] :
         {std::pair{"xmlns:m", lab_messages}, std::pair{"xmlns:t", lab_types}}) {
        if (!body.attribute(name)) body.append_attribute(name) = uri;
    }
    std::ostringstream out;
    body.print(out, "", pugi::format_raw);
    recorded_bodies().push_back({std::move(label), out.str()});
}

}  // namespace

struct EwsReply::Document {
    pugi::xml_document xml;
    pugi::xml_node body;  // soap:Body, so that its own name is not found
};

std::vector<Recorded>& recorded_bodies() {
    static std::vector<Recorded> bodies;
    return bodies;
}

EwsReply::EwsReply(Answer answer)
    : answer_(std::move(answer)), document_(std::make_shared<Document>()) {
    document_->xml.load_buffer(raw().data(), raw().size(),
                               pugi::parse_default | pugi::parse_ws_pcdata_single);
    std::vector<pugi::xml_node> bodies;
    lab_collect(document_->xml, "Body", bodies);
    if (!bodies.empty()) document_->body = bodies.front();
}

std::vector<std::string> EwsReply::texts(std::string_view name) const {
    std::vector<pugi::xml_node> nodes;
    lab_collect(document_->body, name, nodes);
    std::vector<std::string> out;
    for (const auto& node : nodes) out.emplace_back(node.child_value());
    return out;
}

std::string EwsReply::text(std::string_view name) const {
    const auto all = texts(name);
    return all.empty() ? std::string() : all.front();
}

std::size_t EwsReply::count(std::string_view name) const {
    return texts(name).size();
}

std::vector<std::string> EwsReply::attributes(std::string_view name,
                                              std::string_view attribute) const {
    std::vector<pugi::xml_node> nodes;
    lab_collect(document_->body, name, nodes);
    std::vector<std::string> out;
    for (const auto& node : nodes)
        out.emplace_back(node.attribute(std::string(attribute).c_str()).value());
    return out;
}

std::string EwsReply::attribute(std::string_view name, std::string_view attribute) const {
    const auto all = attributes(name, attribute);
    return all.empty() ? std::string() : all.front();
}

std::vector<std::string> EwsReply::codes() const {
    return texts("ResponseCode");
}

std::string EwsReply::code() const {
    const auto all = codes();
    return all.size() == 1 ? all.front() : "codes: " + std::to_string(all.size());
}

std::string EwsReply::xml(std::string_view name) const {
    std::vector<pugi::xml_node> nodes;
    lab_collect(document_->body, name, nodes);
    if (nodes.empty()) return {};
    std::ostringstream out;
    nodes.front().print(out, "", pugi::format_raw);
    return out.str();
}

EwsLab::EwsLab(std::string data_dir) {
    StoreOptions options;
    options.data_dir = std::move(data_dir);
    options.seed = 42;
    options.now = [this] { return now; };
    auto opened = MailboxStore::open(std::move(options));
    if (!opened) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
    if (store->users().empty()) {
        for (const char* name : {"alice", "bob", "svc"}) {
            User user;
            user.address = std::string(name) + "@example.test";
            user.display_name = name;
            user.password = "sandbox";
            user.may_impersonate = user.display_name == "svc";
            EXPECT_TRUE(store->add_user(user).has_value());
        }
    }
    face = std::make_unique<EwsFace>(*store, faults);
}

std::string EwsLab::envelope(std::string_view headers, std::string_view body) {
    std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" +
                      std::string(lab_soap) + "\" xmlns:m=\"" + lab_messages + "\" xmlns:t=\"" +
                      lab_types + "\"><s:Header>";
    out += headers;
    out += "</s:Header><s:Body>";
    out += body;
    return out + "</s:Body></s:Envelope>";
}

Answer EwsLab::post(std::string text, std::string_view user) {
    HttpRequest request;
    request.method = "POST";
    request.url = "/EWS/Exchange.asmx";
    request.fields.set("Content-Type", "text/xml; charset=utf-8");
    request.fields.set("Authorization", "Basic " + base64_encode(std::string(user) + ":sandbox"));
    request.body = std::move(text);
    return face->handle(request);
}

EwsReply EwsLab::call(std::string_view body, std::string_view user) {
    const std::string text =
        envelope(R"(<t:RequestServerVersion Version="Exchange2013_SP1"/>)", body);
    record_body("request", text);
    Answer answer = post(text, user);
    if (!answer.cut_connection) record_body("reply", answer.response.body);
    return EwsReply(std::move(answer));
}

EwsReply EwsLab::call_raw(std::string_view headers, std::string_view body, std::string_view user) {
    Answer answer = post(envelope(headers, body), user);
    if (!answer.cut_connection) record_body("reply", answer.response.body);
    return EwsReply(std::move(answer));
}

std::string EwsLab::folder(std::string_view name) const {
    return store->find_distinguished("alice@example.test", name)->id;
}

std::string EwsLab::create(std::string_view attributes, std::string_view item_xml,
                           std::string_view target) {
    std::string body = "<m:CreateItem " + std::string(attributes) + ">";
    if (!target.empty()) {
        body += "<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"" + std::string(target) +
                "\"/></m:SavedItemFolderId>";
    }
    body += "<m:Items>" + std::string(item_xml) + "</m:Items></m:CreateItem>";
    const EwsReply reply = call(body);
    EXPECT_EQ(reply.code(), "NoError") << reply.raw();
    return reply.attribute("ItemId", "Id");
}

std::string EwsLab::create_task(std::string_view properties) {
    return create("", "<t:Task>" + std::string(properties) + "</t:Task>");
}

std::string EwsLab::create_appointment(std::string_view properties) {
    return create("SendMeetingInvitations=\"SendToNone\"",
                  "<t:CalendarItem>" + std::string(properties) + "</t:CalendarItem>");
}

std::string EwsLab::create_contact(std::string_view properties) {
    return create("", "<t:Contact>" + std::string(properties) + "</t:Contact>");
}

std::string EwsLab::add_mail(std::string_view folder_name, std::string mime) {
    MailItem mail = mail_item_from_mime(std::move(mime), now);
    const auto added = store->create_item("alice@example.test", folder(folder_name),
                                          std::move(mail.item), std::move(mail.content));
    EXPECT_TRUE(added.has_value());
    return added ? (*added)->id : std::string();
}

std::string EwsLab::change_key(const std::string& item_id) const {
    const Item* item = store->find_item("alice@example.test", item_id);
    return item == nullptr ? std::string() : item->change_key;
}

EwsReply EwsLab::get(const std::string& id, std::string_view additional, std::string_view base) {
    std::string body =
        "<m:GetItem><m:ItemShape><t:BaseShape>" + std::string(base) + "</t:BaseShape>";
    if (!additional.empty())
        body += "<t:AdditionalProperties>" + std::string(additional) + "</t:AdditionalProperties>";
    body += "</m:ItemShape><m:ItemIds><t:ItemId Id=\"" + id + "\"/></m:ItemIds></m:GetItem>";
    return call(body);
}

EwsReply EwsLab::sync(std::string_view folder_name, std::string_view state, int max) {
    std::string body =
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></"
        "m:ItemShape><m:SyncFolderId>"
        "<t:DistinguishedFolderId Id=\"" +
        std::string(folder_name) + "\"/></m:SyncFolderId>";
    if (!state.empty()) body += "<m:SyncState>" + std::string(state) + "</m:SyncState>";
    body += "<m:MaxChangesReturned>" + std::to_string(max) +
            "</m:MaxChangesReturned></m:SyncFolderItems>";
    return call(body);
}

std::string token_property(std::string_view value) {
    return "<t:ExtendedProperty>" + std::string(token_uri) + "<t:Value>" + std::string(value) +
           "</t:Value></t:ExtendedProperty>";
}

}  // namespace liaison::sandbox::testing_ews
