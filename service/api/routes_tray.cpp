#include <boost/json.hpp>
#include <charconv>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/mail_routes.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

constexpr const char* kObjectSchema = R"({"type":"object"})";
constexpr const char* kListSchema =
    R"({"type":"object","required":["value"],"properties":{"value":{"type":"array","items":{"type":"object"}}}})";
constexpr std::size_t kRowsPerWithdrawal = 10'000;

std::optional<std::int64_t> tray_number(const std::string& text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

/// The members of a JSON body; every one that was not asked for is refused.
class WishReader {
public:
    static Result<WishReader> of(const std::string& body) {
        WishReader reader;
        if (trim(body).empty()) return reader;
        boost::system::error_code error;
        boost::json::parse_options options;
        options.max_depth = 16;
        reader.value_ = boost::json::parse(body, error, {}, options);
        if (error || !reader.value_.is_object())
            return fail(ErrorKind::InvalidRequest, "the body must be a JSON object");
        return reader;
    }
    std::string text(const char* name) {
        const boost::json::value* found = take(name);
        if (found == nullptr) return {};
        if (!found->is_string()) {
            complain(std::string("\"") + name + "\" must be a text");
            return {};
        }
        std::string out(found->get_string());
        if (out.size() > 4 * limits::rule_phrase_chars_max)
            complain(std::string("\"") + name + "\" is too long");
        return out;
    }
    bool flag(const char* name) {
        const boost::json::value* found = take(name);
        if (found == nullptr) return false;
        if (!found->is_bool()) complain(std::string("\"") + name + "\" must be true or false");
        return found->is_bool() && found->get_bool();
    }
    std::vector<std::int64_t> numbers(const char* name) {
        std::vector<std::int64_t> out;
        const boost::json::value* found = take(name);
        if (found == nullptr) return out;
        if (!found->is_array() || found->get_array().size() > kRowsPerWithdrawal) {
            complain(std::string("\"") + name + "\" must be a list of numbers");
            return out;
        }
        for (const boost::json::value& one : found->get_array()) {
            if (one.is_int64())
                out.push_back(one.get_int64());
            else
                complain(std::string("\"") + name + "\" must hold whole numbers");
        }
        return out;
    }
    ChoiceScope scope() {
        const std::string word = text("scope");
        if (word == "mail") return ChoiceScope::Mail;
        if (word == "address") return ChoiceScope::Address;
        if (!word.empty() && word != "thread")
            complain("\"scope\" must be mail, thread or address");
        return ChoiceScope::Thread;
    }
    PartyKind kind() {
        const std::string word = text("kind");
        if (word == "lead") return PartyKind::Lead;
        if (word == "company") return PartyKind::Company;
        if (!word.empty() && word != "contact")
            complain("\"kind\" must be contact, lead or company");
        return PartyKind::Contact;
    }
    PartyQuery party() {
        PartyQuery query;
        query.number = text("number");
        query.id = text("id");
        query.kind = kind();
        return query;
    }
    Result<void> finish() {
        if (value_.is_object())
            for (const auto& member : value_.get_object())
                if (!taken_.contains(std::string(member.key())))
                    complain("unknown key \"" + clean_utf8(member.key()) + "\"");
        if (!complaint_.empty()) return fail(ErrorKind::InvalidRequest, complaint_);
        return {};
    }

private:
    const boost::json::value* take(const char* name) {
        taken_.insert(name);
        return value_.is_object() ? value_.get_object().if_contains(name) : nullptr;
    }
    void complain(std::string what) {
        if (complaint_.empty()) complaint_ = std::move(what);
    }
    boost::json::value value_;
    std::set<std::string> taken_;
    std::string complaint_;
};

HttpResponse decided_again(const Result<std::size_t>& again) {
    if (!again) return problem(again.error());
    return json_response(202, serialize(object{{"decided_again", *again}}));
}

Async<HttpResponse> list_tray(MailDesk& desk, ApiCall call) {
    const auto after = call.number("after", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!after) co_return problem(after.error());
    if (!limit) co_return problem(limit.error());
    std::optional<MailboxId> mailbox;
    if (const auto name = call.query.find("mailbox"); name != call.query.end())
        mailbox = MailboxId(normal_address(name->second));
    auto rows = co_await desk.store().tray(mailbox, *after, static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const IntakeRow& row : *rows) list.push_back(to_json(row));
    object body{{"value", std::move(list)}, {"next_after", nullptr}};
    if (rows->size() == static_cast<std::size_t>(*limit)) body["next_after"] = rows->back().id;
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> look_at_tray(MailDesk& desk, ApiCall call) {
    const auto id = tray_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    Result<TrayMail> mail = co_await desk.look(*id);
    if (!mail) co_return problem(mail.error());
    co_return json_response(200, serialize(to_json(*mail)));
}

Async<HttpResponse> link_tray(MailDesk& desk, ApiCall call) {
    const auto id = tray_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    auto reader = WishReader::of(call.request.body);
    if (!reader) co_return problem(reader.error());
    LinkWish wish;
    wish.party = reader->party();
    wish.scope = reader->scope();
    wish.address = reader->text("address");
    wish.campaign_id = reader->text("campaign");
    wish.opportunity_id = reader->text("opportunity");
    wish.who = "api";
    if (auto read = reader->finish(); !read) co_return problem(read.error());
    const Result<std::size_t> again = co_await desk.link(*id, std::move(wish));
    co_return decided_again(again);
}

Async<HttpResponse> create_from_tray(MailDesk& desk, ApiCall call) {
    const auto id = tray_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    auto reader = WishReader::of(call.request.body);
    if (!reader) co_return problem(reader.error());
    CreateWish wish;
    wish.kind = reader->kind();
    wish.address = reader->text("address");
    wish.name = reader->text("name");
    wish.company_id = reader->text("company");
    wish.owner_id = reader->text("owner");
    wish.scope = reader->scope();
    wish.who = "api";
    if (auto read = reader->finish(); !read) co_return problem(read.error());
    const Result<std::size_t> again = co_await desk.create(*id, std::move(wish));
    co_return decided_again(again);
}

Async<HttpResponse> ignore_tray(MailDesk& desk, ApiCall call) {
    const auto id = tray_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    auto reader = WishReader::of(call.request.body);
    if (!reader) co_return problem(reader.error());
    const ChoiceScope scope = reader->scope();
    if (auto read = reader->finish(); !read) co_return problem(read.error());
    std::string who = "api";
    const Result<std::size_t> again = co_await desk.ignore(*id, scope, std::move(who));
    co_return decided_again(again);
}

/// Without If-Match the rule is only shown; with it, the present document's ETag, it comes into force.
Async<HttpResponse> rule_from_tray(MailDesk& desk, ApiCall call) {
    const auto id = tray_number(call.path.at("id"));
    if (!id) co_return problem(404, "Not found", "no such mail");
    auto reader = WishReader::of(call.request.body);
    if (!reader) co_return problem(reader.error());
    RuleWish wish;
    wish.party = reader->party();
    wish.action = reader->text("action");
    const std::string match = reader->text("match");
    wish.by_domain = match == "domain";
    wish.who = "api";
    if (auto read = reader->finish(); !read) co_return problem(read.error());
    if (!match.empty() && match != "domain" && match != "sender")
        co_return problem(400, "The request cannot be carried out",
                          "\"match\" must be sender or domain");
    Result<RuleProposal> proposal = co_await desk.propose_rule(*id, std::move(wish));
    if (!proposal) co_return problem(proposal.error());
    const std::string etag = "\"" + std::to_string(proposal->number) + "\"";
    const std::string_view if_match = call.request.fields.get("If-Match");
    bool applied = false;
    std::int64_t number = proposal->number;
    if (!if_match.empty()) {
        if (if_match != etag)
            co_return problem(412, "Somebody changed it in between",
                              "the ETag is not the present one");
        std::vector<rules::RuleError> errors;
        std::string document = proposal->document;
        std::string who = "api";
        rules::RuleScope organization;
        Result<std::int64_t> stored =
            co_await desk.rules().replace(std::move(organization), proposal->number,
                                          std::move(document), std::move(who), &errors);
        if (!errors.empty())
            co_return problem(422, "The rule set is refused", to_text(errors.front()));
        if (!stored) co_return problem(stored.error());
        applied = true;
        number = *stored;
    }
    object body{{"applied", applied},
                {"rule", boost::json::parse(proposal->rule)},
                {"document", boost::json::parse(proposal->document)}};
    HttpResponse response = json_response(200, serialize(body));
    response.fields.set("ETag", "\"" + std::to_string(number) + "\"");
    co_return response;
}

Async<HttpResponse> get_blocklist(MailDesk& desk) {
    HttpResponse response = json_response(200, desk.blocklist().document());
    response.fields.set("ETag", "\"" + std::to_string(desk.blocklist().number()) + "\"");
    co_return response;
}

Async<HttpResponse> put_blocklist(MailDesk& desk, ApiCall call) {
    const std::string_view match = call.request.fields.get("If-Match");
    if (match.empty())
        co_return problem(428, "If-Match is needed",
                          "send the ETag of GET /v1/blocklist, so that nobody's change is "
                          "overwritten unseen");
    if (match != "\"" + std::to_string(desk.blocklist().number()) + "\"")
        co_return problem(412, "Somebody changed it in between", "the ETag is not the present one");
    std::string document = std::move(call.request.body);
    std::string who = "api";
    Result<std::int64_t> stored = co_await desk.blocklist().replace(
        desk.blocklist().number(), std::move(document), std::move(who));
    if (!stored) co_return problem(stored.error());
    co_return co_await get_blocklist(desk);
}

Async<HttpResponse> list_blocklisted(MailDesk& desk, ApiCall call) {
    const auto after = call.number("after", 0, 0, INT64_MAX);
    const auto limit = call.number("limit", 100, 1, 1000);
    if (!after) co_return problem(after.error());
    if (!limit) co_return problem(limit.error());
    auto rows = co_await desk.blocklisted_mail(*after, static_cast<std::size_t>(*limit));
    if (!rows) co_return problem(rows.error());
    array list;
    for (const IntakeRow& row : *rows) list.push_back(to_json(row));
    object body{{"value", std::move(list)}, {"next_after", nullptr}};
    if (rows->size() == static_cast<std::size_t>(*limit)) body["next_after"] = rows->back().id;
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> ask_withdrawal(MailDesk& desk, ApiCall call) {
    auto reader = WishReader::of(call.request.body);
    if (!reader) co_return problem(reader.error());
    std::vector<std::int64_t> rows = reader->numbers("rows");
    const bool blocklisted = reader->flag("blocklisted");
    const bool erase = reader->flag("erase_content");
    std::string why = reader->text("why");
    std::string who = "api";
    if (auto read = reader->finish(); !read) co_return problem(read.error());
    if (rows.empty() != blocklisted)
        co_return problem(400, "The request cannot be carried out",
                          "give either \"rows\" or \"blocklisted\": true");
    Result<std::vector<std::int64_t>> noted;
    if (blocklisted)
        noted = co_await desk.withdraw_blocklisted(std::move(who), erase);
    else
        noted = co_await desk.withdraw(std::move(rows), std::move(why), std::move(who), erase);
    if (!noted) co_return problem(noted.error());
    array ids;
    for (const std::int64_t id : *noted) ids.emplace_back(id);
    co_return json_response(202, serialize(object{{"withdrawals", std::move(ids)}}));
}

Async<HttpResponse> list_withdrawn(MailDesk& desk, ApiCall call) {
    const auto after = call.number("after", 0, 0, INT64_MAX);
    if (!after) co_return problem(after.error());
    auto found = co_await desk.store().list_withdrawals(*after, 1'000);
    if (!found) co_return problem(found.error());
    array list;
    for (const MailWithdrawal& one : *found) list.push_back(to_json(one));
    co_return json_response(200, serialize(object{{"value", std::move(list)}}));
}

using DeskHandler = Async<HttpResponse> (*)(MailDesk&, ApiCall);

ApiRoute desk_route(MailDesk& desk, const char* method, const char* path, const char* id,
                    const char* summary, DeskHandler handler, const char* request_schema,
                    int success, std::vector<int> failures) {
    ApiRoute route;
    route.method = method;
    route.pattern = path;
    route.operation_id = id;
    route.summary = summary;
    route.request_schema = request_schema;
    route.response_schema = kObjectSchema;
    route.success = success;
    route.failures = std::move(failures);
    route.handler = [&desk, handler](ApiCall call) { return handler(desk, std::move(call)); };
    return route;
}

const std::vector<ApiParameter>& tray_page_parameters() {
    static const std::vector<ApiParameter> parameters = {
        {"after", "rows behind this id (next_after of the page before)", "integer"},
        {"limit", "1 to 1000, default 100", "integer"}};
    return parameters;
}

void add_blocklist_routes(Router& router, MailDesk& desk) {
    ApiRoute get = desk_route(
        desk, "GET", "/v1/blocklist", "getBlocklist",
        "Addresses and domains whose mail never reaches the CRM; the ETag header is its number",
        [](MailDesk& d, ApiCall) { return get_blocklist(d); }, "", 200, {});
    router.add(std::move(get));
    router.add(desk_route(desk, "PUT", "/v1/blocklist", "replaceBlocklist",
                          "Replace the blocklist, all or nothing; needs If-Match", put_blocklist,
                          kObjectSchema, 200, {412, 413, 428}));
    ApiRoute logged = desk_route(desk, "GET", "/v1/blocklist/logged", "listBlocklisted",
                                 "Mails that are logged although the blocklist covers them by now",
                                 list_blocklisted, "", 200, {});
    logged.query = tray_page_parameters();
    logged.response_schema = kListSchema;
    router.add(std::move(logged));
    router.add(desk_route(
        desk, "POST", "/v1/withdrawals", "withdrawMail",
        "Take logged mails back out of the CRM: {\"rows\": [...], \"why\": ...} or "
        "{\"blocklisted\": true}; the record of it stays",
        ask_withdrawal, kObjectSchema, 202, {404}));
    ApiRoute list = desk_route(desk, "GET", "/v1/withdrawals", "listWithdrawals",
                               "What was withdrawn, by whom and why", list_withdrawn, "", 200, {});
    list.query = {{"after", "behind this id", "integer"}};
    list.response_schema = kListSchema;
    router.add(std::move(list));
}

}  // namespace

void add_tray_routes(Router& router, MailDesk& desk) {
    ApiRoute list = desk_route(
        desk, "GET", "/v1/tray", "listTray",
        "What waits for a person: unmatched, held and parked mails, and open questions", list_tray,
        "", 200, {});
    list.query = tray_page_parameters();
    list.query.push_back({"mailbox", "only this mailbox", "string"});
    list.response_schema = kListSchema;
    router.add(std::move(list));
    router.add(desk_route(desk, "GET", "/v1/tray/{id}", "lookAtTray",
                          "One of them, with proposals", look_at_tray, "", 200, {404}));
    router.add(desk_route(desk, "POST", "/v1/tray/{id}/link", "linkMail",
                          "It belongs to this contact, lead or company", link_tray, kObjectSchema,
                          202, {404, 409, 413, 501}));
    router.add(desk_route(desk, "POST", "/v1/tray/{id}/create", "createFromMail",
                          "Make a contact or lead of an address of it, and log it there",
                          create_from_tray, kObjectSchema, 202, {404, 501}));
    router.add(desk_route(desk, "POST", "/v1/tray/{id}/ignore", "ignoreMail",
                          "It is not to be logged", ignore_tray, kObjectSchema, 202, {404}));
    router.add(desk_route(desk, "POST", "/v1/tray/{id}/rule", "ruleFromMail",
                          "A rule for mails like this one; with If-Match it comes into force",
                          rule_from_tray, kObjectSchema, 200, {404, 412, 422}));
    add_blocklist_routes(router, desk);
}

}  // namespace liaison::service
