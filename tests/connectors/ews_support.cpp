#include "tests/connectors/ews_support.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <pugixml.hpp>
#include <sstream>

namespace liaison::ews {

namespace {

constexpr std::string_view kNamespaces =
    " xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\""
    " xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"";

void print_node(const pugi::xml_node& node, std::string& out, int depth) {
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + "<" + node.name();
    for (const pugi::xml_attribute& a : node.attributes()) out += " " + std::string(a.name()) + "=\"" + a.value() + "\"";
    if (!node.first_child()) {
        out += "/>\n";
        return;
    }
    if (node.first_child().type() != pugi::node_element) {
        out += ">" + std::string(node.text().get()) + "</" + node.name() + ">\n";
        return;
    }
    out += ">\n";
    for (const pugi::xml_node& child : node.children()) print_node(child, out, depth + 1);
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + "</" + node.name() + ">\n";
}

std::string run_command(const std::string& command) {
    std::string out;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (!pipe) return "cannot run " + command;
    std::array<char, 4096> buffer{};
    while (const std::size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
    pclose(pipe);
    return out;
}

}  // namespace

Async<Result<HttpResponse>> ScriptedExchange::send(HttpRequest request, HttpLimits limits) {
    requests_.push_back(request);
    largest_ = std::max(largest_, limits.body_bytes_max);
    if (answers_.empty()) co_return fail(ErrorKind::Transient, "the script has no more answers");
    Answer next = std::move(answers_.front());
    answers_.pop_front();
    co_return next(request);
}

void ScriptedExchange::answer_http(int status, std::string text, std::string header, std::string value) {
    answer([=](const HttpRequest&) -> Result<HttpResponse> {
        HttpResponse response;
        response.status = status;
        response.body = text;
        if (!header.empty()) response.fields.set(header, value);
        return response;
    });
}

void ScriptedExchange::answer_error(Error error) {
    answer([=](const HttpRequest&) -> Result<HttpResponse> { return std::unexpected(error); });
}

std::string ScriptedExchange::envelope(std::string_view body) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope"
           " xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"" +
           std::string(kNamespaces) +
           "><s:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" MajorBuildNumber=\"2562\""
           " MinorBuildNumber=\"17\" xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/></s:Header>"
           "<s:Body>" +
           std::string(body) + "</s:Body></s:Envelope>";
}

EwsSettings test_settings() {
    EwsSettings settings;
    settings.url = "https://mail.example.test/EWS/Exchange.asmx";
    settings.mailbox = "alice@example.test";
    settings.user = "alice@example.test";
    settings.password = "sandbox";
    settings.time_zone = "Europe/Vienna";
    return settings;
}

std::string ok_message(std::string_view operation, std::string_view payload) {
    const std::string name = "m:" + std::string(operation) + "ResponseMessage";
    return "<" + name + " ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>" + std::string(payload) +
           "</" + name + ">";
}

std::string error_message(std::string_view operation, std::string_view code, std::string_view response_class) {
    const std::string name = "m:" + std::string(operation) + "ResponseMessage";
    return "<" + name + " ResponseClass=\"" + std::string(response_class) + "\"><m:MessageText>text</m:MessageText>" +
           "<m:ResponseCode>" + std::string(code) + "</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></" +
           name + ">";
}

std::string response(std::string_view operation, std::initializer_list<std::string> messages) {
    const std::string name = "m:" + std::string(operation) + "Response";
    std::string out = "<" + name + "><m:ResponseMessages>";
    for (const std::string& message : messages) out += message;
    return out + "</m:ResponseMessages></" + name + ">";
}

std::string fault(std::string_view code, std::string_view values) {
    return "<s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/exchange/services/2006/types\">a:" +
           std::string(code) + "</faultcode><faultstring xml:lang=\"en-US\">text</faultstring><detail><e:ResponseCode"
           " xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">" +
           std::string(code) + "</e:ResponseCode><t:MessageXml>" + std::string(values) +
           "</t:MessageXml></detail></s:Fault>";
}

std::string deleted_items_reply() {
    return response("GetFolder", {ok_message("GetFolder", "<m:Folders><t:Folder><t:FolderId Id=\"DELETED\"/>"
                                                          "</t:Folder></m:Folders>")});
}

std::string body_of(const HttpRequest& request) {
    const std::size_t from = request.body.find("<s:Body>");
    const std::size_t to = request.body.rfind("</s:Body>");
    if (from == std::string::npos || to == std::string::npos) return {};
    return request.body.substr(from + 8, to - from - 8);
}

std::string canonical_xml(std::string_view xml) {
    pugi::xml_document doc;
    if (!doc.load_buffer(xml.data(), xml.size())) return "not well-formed: " + std::string(xml);
    pugi::xml_node root = doc.document_element();
    root.remove_attribute("xmlns:m");
    root.remove_attribute("xmlns:t");
    std::string out;
    print_node(root, out, 0);
    return out;
}

std::string with_namespaces(std::string_view body) {
    const std::size_t end = body.find_first_of(" />");
    std::string out(body);
    if (end != std::string::npos) out.insert(end, kNamespaces);
    return out;
}

std::filesystem::path schema_folder() {
    static const std::filesystem::path folder = [] {
        const std::filesystem::path from =
            std::filesystem::path(LIAISON_SOURCE_DIR) / "../shared/data/ews-schema";
        std::filesystem::path source = from;
        for (const char* up : {"../shared/data/ews-schema", "../../shared/data/ews-schema"}) {
            source = std::filesystem::path(LIAISON_SOURCE_DIR) / up;
            if (std::filesystem::exists(source / "exchange-online-2018-01/types.xsd")) break;
        }
        if (!std::filesystem::exists(source / "exchange-online-2018-01/types.xsd")) return std::filesystem::path();
        const std::filesystem::path scratch = std::filesystem::path(LIAISON_BINARY_DIR) / "ews-schema";
        std::filesystem::create_directories(scratch);
        for (const char* name : {"messages.xsd", "types.xsd"}) {
            std::string text = read_file(source / "exchange-online-2018-01" / name);
            // The import of the xml: namespace has no location.
            const std::string import = "<xs:import namespace=\"http://www.w3.org/XML/1998/namespace\"";
            if (const std::size_t at = text.find(import); at != std::string::npos)
                text.insert(at + import.size(), " schemaLocation=\"xml.xsd\"");
            std::ofstream(scratch / name, std::ios::binary) << text;
        }
        std::ofstream(scratch / "xml.xsd", std::ios::binary) << read_file(source / "xml.xsd");
        return scratch;
    }();
    return folder;
}

std::string schema_complaints(const std::vector<std::string>& bodies) {
    const std::filesystem::path folder = schema_folder();
    const std::filesystem::path scratch = std::filesystem::path(LIAISON_BINARY_DIR) / "ews-bodies";
    std::filesystem::remove_all(scratch);
    std::filesystem::create_directories(scratch);
    int n = 0;
    for (const std::string& body : bodies)
        std::ofstream(scratch / ("body-" + std::to_string(1000 + n++) + ".xml"), std::ios::binary) << with_namespaces(body);
    const std::string output = run_command("cd '" + scratch.string() + "' && xmllint --noout --schema '" +
                                           (folder / "messages.xsd").string() + "' *.xml");
    std::string complaints;
    std::istringstream lines(output);
    std::size_t valid = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with(" validates"))
            ++valid;
        else
            complaints += line + "\n";
    }
    if (complaints.empty() && valid != bodies.size()) complaints = "only " + std::to_string(valid) + " were looked at";
    return complaints;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::filesystem::path golden_folder() { return std::filesystem::path(LIAISON_SOURCE_DIR) / "tests/golden/ews"; }

std::string print_record(const Record& record) {
    std::string out;
    for (const auto& [field, value] : record.values())
        out += std::string(info(field).name) + ": " + to_text(value) + "\n";
    return out;
}

}  // namespace liaison::ews
