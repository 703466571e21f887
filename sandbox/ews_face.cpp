#include "sandbox/ews_face.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>

#include "sandbox/ews/mailbox_routing.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/ews/soap.hpp"
#include "sandbox/fault_answers.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox {
namespace {

constexpr std::size_t ews_body_bytes_max = 64u << 20;  // the default of Exchange's web.config
constexpr std::string_view ews_page =
    "<html><head><title>Service</title></head><body><p>You have created a service. This is the "
    "Exchange Web Services "
    "endpoint of the sandbox: POST SOAP requests here.</p></body></html>";
constexpr std::string_view ews_wsdl =
    R"(<?xml version="1.0" encoding="utf-8"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" )"
    R"(xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" )"
    R"(xmlns:tns="http://schemas.microsoft.com/exchange/services/2006/messages" )"
    R"(targetNamespace="http://schemas.microsoft.com/exchange/services/2006/messages"/>)";

using Operation = ews::Reply (*)(const ews::RequestContext&, const pugi::xml_node&);

const std::map<std::string_view, Operation>& operations() {
    static const std::map<std::string_view, Operation> table{
        {"GetFolder", ews::get_folder},
        {"FindFolder", ews::find_folder},
        {"CreateFolder", ews::create_folder},
        {"SyncFolderHierarchy", ews::sync_folder_hierarchy},
        {"SyncFolderItems", ews::sync_folder_items},
        {"FindItem", ews::find_item},
        {"GetItem", ews::get_item},
        {"CreateItem", ews::create_item},
        {"UpdateItem", ews::update_item},
        {"DeleteItem", ews::delete_item},
        {"MoveItem", ews::move_item},
        {"CopyItem", ews::copy_item},
        {"CreateAttachment", ews::create_attachment},
        {"GetAttachment", ews::get_attachment},
        {"DeleteAttachment", ews::delete_attachment},
        {"ResolveNames", ews::resolve_names},
        {"GetServerTimeZones", ews::get_server_time_zones},
        {"ConvertId", ews::convert_id},
        {"UpdateFolder", ews::update_folder},
        {"GetInboxRules", ews::get_inbox_rules},
        {"UpdateInboxRules", ews::update_inbox_rules},
    };
    return table;
}

std::string_view path_of_url(std::string_view url) {
    return url.substr(0, url.find('?'));
}

Answer plain_answer(int status, std::string_view type, std::string_view body) {
    Answer answer;
    answer.response.status = status;
    if (!body.empty() || !type.empty())
        answer.response.fields.set("Content-Type", std::string(type));
    answer.response.body = body;
    return answer;
}

Answer xml_answer(int status, std::string body) {
    Answer answer;
    answer.response.status = status;
    answer.response.fields.set("Content-Type",
                               "text/xml; charset=utf-8");  // exactly: strict clients compare it
    answer.response.body = std::move(body);
    return answer;
}

Answer fault_answer(const ews::EwsError& error) {
    return xml_answer(500, ews::soap_fault(error));
}

// RFC 9110, 5.6.7; IIS sends it with every answer.
std::string http_date(EpochMillis at) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::sys_seconds second(
        std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(at)));
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return out.data();
}

bool is_xml_in_utf8(std::string_view content_type) {
    if (content_type.empty()) return true;
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    if (!iequals(type.substr(0, type.find_last_not_of(' ') + 1), "text/xml")) return false;
    const std::string lowered = [&] {
        std::string out(content_type);
        for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return out;
    }();
    return lowered.find("charset") == std::string::npos ||
           lowered.find("utf-8") != std::string::npos;
}

}  // namespace

struct EwsFace::Impl {
    MailboxStore& store;
    Faults& faults;

    // The user of the Authorization header, or null.
    const User* authenticated(const HttpRequest& request) const {
        std::string_view value = request.fields.get("Authorization");
        if (value.size() < 6 || !iequals(value.substr(0, 6), "Basic ")) return nullptr;
        std::string pair;
        if (!base64_decode(value.substr(6), pair)) return nullptr;
        const std::size_t colon = pair.find(':');
        if (colon == std::string::npos) return nullptr;
        const User* user = store.find_user(std::string_view(pair).substr(0, colon));
        return user != nullptr && user->password == pair.substr(colon + 1) ? user : nullptr;
    }

    ews::Outcome<std::string> target_mailbox(const User& caller,
                                             const ews::SoapRequest& request) const {
        if (request.impersonated_by().empty()) return caller.address;
        if (!caller.may_impersonate) {
            return ews::ews_fail(
                "ErrorImpersonateUserDenied",
                "The account does not have permission to impersonate the requested user.");
        }
        if (request.impersonated_by() == "SID") {
            return ews::ews_fail("ErrorInvalidUserSid", "The sandbox knows users by address only.");
        }
        const User* user = store.find_user(request.impersonated());
        if (user == nullptr) {
            return ews::ews_fail("ErrorNonExistentMailbox",
                                 "The SMTP address has no mailbox associated with it.");
        }
        return user->address;
    }

    // A corrupt item fails whatever batch it is in (FaultKind::PoisonedItem).
    std::optional<Answer> poisoned_answer(const ews::SoapRequest& request,
                                          std::optional<Fault>& fault) {
        if (request.operation() != "GetItem") return std::nullopt;
        std::vector<std::string> ids;
        for (const pugi::xml_node id : request.body().child("ItemIds").children("ItemId"))
            ids.emplace_back(id.attribute("Id").value());
        if (fault && fault->kind == FaultKind::PoisonedItem && !ids.empty())
            faults.poison(ids[fault->count % ids.size()]);
        const bool poisoned = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
            return faults.poisoned().contains(id);
        });
        if (!poisoned) return std::nullopt;
        Fault refusal;
        refusal.kind = ids.size() > 1 ? FaultKind::SoapFault : FaultKind::ResponseCode;
        if (ids.size() == 1) refusal.code = "ErrorItemCorrupt";
        fault = refusal;
        return answer_instead(refusal);
    }

    Answer post(const User& caller, const HttpRequest& http) {
        if (http.body.size() > ews_body_bytes_max)
            return plain_answer(413, "text/plain", "Request entity too large");
        const auto request = ews::SoapRequest::parse(http.body);
        if (!request) return fault_answer(request.error());
        const auto acting = target_mailbox(caller, *request);
        if (!acting) return fault_answer(acting.error());
        const auto mailbox = request->operation() == "GetFolder"
                                 ? acting  // it looks at each id
                                 : ews::mailbox_of_request(store, *acting, request->body());
        if (!mailbox) return fault_answer(mailbox.error());
        ews::RequestContext context{store, caller.address, *mailbox, "UTC", false, false, {}};
        if (!request->time_zone().empty()) context.time_zone = request->time_zone();
        if (!iana_zone_of(context.time_zone)) {
            return fault_answer(
                {"ErrorTimeZone", "The time zone of TimeZoneContext is unknown.", {}});
        }
        auto fault = faults.next(request->operation(), *mailbox);
        if (auto refused = poisoned_answer(*request, fault)) return std::move(*refused);
        if (fault) {
            context.fault = &*fault;
            if (auto instead = answer_instead(*fault)) return std::move(*instead);
            context.empty_listing = fault->kind == FaultKind::EmptyListing;
            context.invalid_sync_state = fault->kind == FaultKind::InvalidSyncState;
            if (fault->kind == FaultKind::InternalServerError)
                context.every_message_fails = "ErrorInternalServerError";
        }
        ews::Reply reply = run(context, *request);
        Answer answer =
            reply ? xml_answer(200, ews::soap_envelope(*reply)) : fault_answer(reply.error());
        if (faults.carried_out) faults.carried_out(request->operation(), *mailbox);
        if (fault) spoil_answer(answer, *fault);
        return answer;
    }

    ews::Reply run(const ews::RequestContext& context, const ews::SoapRequest& request) const {
        const MailboxStore::Batch batch(store);
        return operations().at(request.operation())(context, request.body());
    }
};

EwsFace::EwsFace(MailboxStore& store, Faults& faults) : impl_(new Impl{store, faults}) {}
EwsFace::~EwsFace() = default;

bool EwsFace::owns_path(std::string_view url) {
    const std::string_view path = path_of_url(url);
    return path.size() >= 5 && iequals(path.substr(0, 5), "/ews/");
}

Answer EwsFace::handle(const HttpRequest& request) {
    Answer answer = answer_of(request);
    answer.response.fields.set("Date", http_date(impl_->store.now()));
    // EWS Managed API, ClientRequestId and ReturnClientRequestId.
    const std::string_view id = request.fields.get("client-request-id");
    if (!id.empty() && iequals(request.fields.get("return-client-request-id"), "true"))
        answer.response.fields.set("client-request-id", std::string(id));
    return answer;
}

Answer EwsFace::answer_of(const HttpRequest& request) {
    const std::string_view path = path_of_url(request.url);
    const User* caller = impl_->authenticated(request);
    if (caller == nullptr) {
        Answer answer = plain_answer(401, "", "");
        answer.response.fields.set("WWW-Authenticate", "Basic realm=\"sandbox\"");
        return answer;
    }
    if (iequals(path, "/EWS/Services.wsdl") && request.method == "GET")
        return xml_answer(200, std::string(ews_wsdl));
    if (!iequals(path, "/EWS/Exchange.asmx")) return plain_answer(404, "text/plain", "Not found");
    if (request.method == "GET" || request.method == "HEAD") {
        return plain_answer(200, "text/html; charset=utf-8",
                            request.method == "GET" ? ews_page : std::string_view{});
    }
    if (request.method != "POST") {
        Answer answer = plain_answer(405, "text/plain", "Method not allowed");
        answer.response.fields.set("Allow", "GET, HEAD, POST");
        return answer;
    }
    if (!is_xml_in_utf8(request.fields.get("Content-Type"))) {
        return plain_answer(415, "text/plain", "The content type must be text/xml in UTF-8.");
    }
    const std::string_view encoding = request.fields.get("Content-Encoding");
    if (!encoding.empty() && !iequals(encoding, "identity")) {
        return plain_answer(415, "text/plain", "Compressed requests are not implemented.");
    }
    return impl_->post(*caller, request);
}

}  // namespace liaison::sandbox
