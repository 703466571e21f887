// Users, faults, outbox and request log of the control API.
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "sandbox/control_parts.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::control {
namespace {

boost::json::object user_json(const User& user) {
    return {{"address", user.address},
            {"display_name", user.display_name},
            {"may_impersonate", user.may_impersonate}};
}

bool is_plain_address(std::string_view address) {
    const auto at = address.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           address.size() <= 254 &&
           address.find_first_of(" \t\r\n/<>\"\\@,;", at + 1) == std::string_view::npos &&
           address.substr(0, at).find_first_of(" \t\r\n/<>\"\\,;") == std::string_view::npos;
}

HttpResponse add_user(MailboxStore& store, const Call& call) {
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto address = needed_text(*body, "address");
    const auto password = needed_text(*body, "password");
    const auto name = text_member(*body, "display_name");
    const auto impersonates = bool_member(*body, "may_impersonate");
    if (!address) return problem(address.error());
    if (!password) return problem(password.error());
    if (!name) return problem(name.error());
    if (!impersonates) return problem(impersonates.error());
    if (!is_plain_address(*address))
        return problem(400, "Invalid request", "address is no mail address");
    User user;
    user.address = mime::ascii_lower(*address);
    user.display_name = name->value_or(address->substr(0, address->find('@')));
    user.password = *password;
    user.may_impersonate = impersonates->value_or(false);
    const auto shown = user_json(user);
    if (auto added = store.add_user(std::move(user)); !added) return problem(added.error());
    return json_answer(shown, 201);
}

HttpResponse change_user(MailboxStore& store, const Call& call) {
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto address = needed_text(*body, "address");
    if (!address) return problem(address.error());
    const auto password = needed_text(*body, "password");
    if (!password) return problem(password.error());
    const User* user = store.find_user(*address);
    if (user == nullptr) return problem(404, "Not found", "no such user");
    if (auto changed = store.set_password(user->address, *password); !changed)
        return problem(changed.error());
    return json_answer(user_json(*store.find_user(*address)));
}

boost::json::object fault_json(const Fault& fault) {
    return {{"kind", to_string(fault.kind)},
            {"operation", fault.operation},
            {"mailbox", fault.mailbox},
            {"times", fault.times},
            {"probability", fault.probability},
            {"after", fault.after},
            {"milliseconds", fault.milliseconds},
            {"percent", fault.percent},
            {"status", fault.status},
            {"count", fault.count},
            {"mask", fault.mask},
            {"code", fault.code},
            {"text", fault.text}};
}

HttpResponse faults_shown(const Faults& faults, int status = 200) {
    boost::json::array list;
    for (const Fault& fault : faults.all()) list.push_back(fault_json(fault));
    return json_answer(boost::json::object{{"faults", std::move(list)}, {"hits", faults.hits()}},
                       status);
}

Result<void> read_count(const boost::json::object& body, std::string_view name,
                        std::uint32_t& out) {
    const auto number = number_member(body, name);
    if (!number) return std::unexpected(number.error());
    if (!*number) return {};
    if (**number < 0 || **number > 4'000'000'000.0 || std::floor(**number) != **number) {
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a whole number");
    }
    out = static_cast<std::uint32_t>(**number);
    return {};
}

Result<Fault> fault_of(const boost::json::object& body) {
    Fault out;
    const auto name = needed_text(body, "kind");
    if (!name) return std::unexpected(name.error());
    const auto kind = parse_fault_kind(*name);
    if (!kind) return fail(ErrorKind::InvalidRequest, "kind is not the name of a fault");
    out.kind = *kind;
    const auto operation = text_member(body, "operation");
    if (!operation) return std::unexpected(operation.error());
    out.operation = operation->value_or("*");
    const auto mailbox = text_member(body, "mailbox");
    if (!mailbox) return std::unexpected(mailbox.error());
    out.mailbox = mailbox->value_or("*");
    const auto probability = number_member(body, "probability");
    if (!probability) return std::unexpected(probability.error());
    out.probability = probability->value_or(1.0);
    for (const auto& [member, target] :
         {std::pair<std::string_view, std::uint32_t*>{"times", &out.times},
          {"after", &out.after},
          {"milliseconds", &out.milliseconds},
          {"percent", &out.percent},
          {"status", &out.status},
          {"count", &out.count},
          {"mask", &out.mask}}) {
        if (auto read = read_count(body, member, *target); !read)
            return std::unexpected(read.error());
    }
    for (const auto& [member, target] :
         {std::pair<std::string_view, std::string*>{"code", &out.code}, {"text", &out.text}}) {
        const auto text = text_member(body, member);
        if (!text) return std::unexpected(text.error());
        if (*text) *target = **text;
    }
    return out;
}

std::size_t count_parameter(std::string_view text, std::size_t otherwise, std::size_t most) {
    std::size_t value = otherwise;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) value = otherwise;
    return std::min(value, most);
}

}  // namespace

HttpResponse users(MailboxStore& store, const Call& call) {
    if (call.method == "POST") return add_user(store, call);
    if (call.method == "PATCH") return change_user(store, call);
    if (call.method != "GET") return method_not_allowed("GET, POST, PATCH");
    boost::json::array list;
    for (const User* user : store.users()) list.push_back(user_json(*user));
    return json_answer(boost::json::object{{"users", std::move(list)}});
}

HttpResponse faults(Faults& faults, const Call& call) {
    if (call.method == "GET") return faults_shown(faults);
    if (call.method == "DELETE") {
        faults.clear();
        return faults_shown(faults);
    }
    if (call.method != "POST") return method_not_allowed("GET, POST, DELETE");
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    auto fault = fault_of(*body);
    if (!fault) return problem(fault.error());
    if (auto added = faults.add(std::move(*fault)); !added) return problem(added.error());
    return faults_shown(faults, 201);
}

HttpResponse outbox(MailboxStore& store, const Call& call) {
    if (call.method == "DELETE") {
        store.clear_sent();
    } else if (call.method != "GET") {
        return method_not_allowed("GET, DELETE");
    }
    boost::json::array list;
    std::map<std::string, std::size_t> by_mailbox;
    std::map<std::string, std::size_t> by_operation;
    for (const SentRecord& record : store.sent()) {
        ++by_mailbox[record.mailbox];
        ++by_operation[record.operation];
        list.push_back(
            boost::json::object{{"mailbox", record.mailbox},
                                {"operation", record.operation},
                                {"disposition", record.disposition},
                                {"item_id", record.item_id},
                                {"recipients", boost::json::value_from(record.recipients)}});
    }
    return json_answer(boost::json::object{{"count", store.sent().size()},
                                           {"by_mailbox", boost::json::value_from(by_mailbox)},
                                           {"by_operation", boost::json::value_from(by_operation)},
                                           {"sent", std::move(list)}});
}

HttpResponse requests(RequestLog& log, const Call& call) {
    if (call.method == "DELETE") {
        log.clear();
    } else if (call.method != "GET") {
        return method_not_allowed("GET, DELETE");
    }
    boost::json::object operations;
    for (const auto& [name, counter] : log.counters()) {
        boost::json::object statuses;
        for (const auto& [status, count] : counter.by_status)
            statuses[std::to_string(status)] = count;
        operations[name] = boost::json::object{{"requests", counter.requests},
                                               {"bytes_in", counter.bytes_in},
                                               {"bytes_out", counter.bytes_out},
                                               {"by_status", std::move(statuses)}};
    }
    const std::size_t limit = count_parameter(call.parameter("limit"), 50, 1000);
    const auto& entries = log.entries();
    boost::json::array last;
    for (std::size_t i = entries.size() > limit ? entries.size() - limit : 0; i < entries.size();
         ++i) {
        const RequestLog::Entry& entry = entries[i];
        last.push_back(boost::json::object{{"number", entry.number},
                                           {"time", entry.time},
                                           {"method", mime::guess_utf8(entry.method)},
                                           {"path", mime::guess_utf8(entry.path)},
                                           {"operation", entry.operation},
                                           {"status", entry.status},
                                           {"bytes_in", entry.bytes_in},
                                           {"bytes_out", entry.bytes_out}});
    }
    return json_answer(boost::json::object{
        {"total", log.total()}, {"operations", std::move(operations)}, {"last", std::move(last)}});
}

}  // namespace liaison::sandbox::control
