// Mail into a mailbox: one by one, in batches, from local files.
#include <boost/json.hpp>
#include <set>

#include "sandbox/control_parts.hpp"
#include "sandbox/mail_delivery.hpp"
#include "sandbox/mail_loader.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::control {
namespace {

constexpr std::size_t skipped_listed_max = 10'000;

Result<std::string> base64_bytes(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int filled = 0;
    for (const char c : text) {
        if (c == '=' || c == '\r' || c == '\n') continue;
        constexpr std::string_view digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto value = digits.find(c);
        if (value == std::string_view::npos)
            return fail(ErrorKind::InvalidRequest, "mime_base64 is no base64");
        bits = (bits << 6u) | static_cast<std::uint32_t>(value);
        filled += 6;
        if (filled < 8) continue;
        filled -= 8;
        out += static_cast<char>((bits >> static_cast<unsigned>(filled)) & 0xFFu);
    }
    return out;
}

/// Which folder mail goes to: of the request or the inbox.
Result<std::string> target_folder(MailboxStore& store, const Call& call, std::string_view name) {
    const auto folder = folder_made(store, call.mailbox, name.empty() ? "inbox" : name, "IPF.Note");
    if (!folder) return std::unexpected(folder.error());
    return (*folder)->id;
}

HttpResponse delivery_answer(const MailDelivery& delivery) {
    return json_answer(
        boost::json::object{{"added", delivery.added()}, {"present", delivery.present()}}, 201);
}

HttpResponse take_batch(MailboxStore& store, const Call& call) {
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto name = text_member(*body, "folder");
    if (!name) return problem(name.error());
    const boost::json::value* mails = body->if_contains("mails");
    if (mails == nullptr || !mails->is_array())
        return problem(400, "Invalid request", "mails must be a list");
    std::vector<std::pair<std::string, std::string>>
        ready;  // all are read before the first is delivered
    for (const boost::json::value& one : mails->get_array()) {
        if (!one.is_object())
            return problem(400, "Invalid request", "mails must be a list of objects");
        const auto text = needed_text(one.get_object(), "mime_base64");
        if (!text) return problem(text.error());
        const auto key = text_member(one.get_object(), "key");
        if (!key) return problem(key.error());
        auto bytes = base64_bytes(*text);
        if (!bytes) return problem(bytes.error());
        ready.emplace_back(key->value_or(sha256_hex(*bytes) + ":0"), std::move(*bytes));
    }
    const auto folder = target_folder(store, call, name->value_or(""));
    if (!folder) return problem(folder.error());
    MailDelivery delivery(store, call.mailbox, *folder);
    for (auto& [key, bytes] : ready) {
        if (auto taken = delivery.deliver(key, std::move(bytes)); !taken)
            return problem(taken.error());
    }
    return delivery_answer(delivery);
}

Result<std::vector<std::string>> load_paths(const boost::json::object& body) {
    std::vector<std::string> out;
    const auto path = text_member(body, "path");
    if (!path) return std::unexpected(path.error());
    if (*path) out.push_back(**path);
    if (const boost::json::value* list = body.if_contains("paths")) {
        if (!list->is_array()) return fail(ErrorKind::InvalidRequest, "paths must be a list");
        for (const auto& one : list->get_array()) {
            if (!one.is_string())
                return fail(ErrorKind::InvalidRequest, "paths must be a list of strings");
            out.emplace_back(one.get_string());
        }
    }
    if (out.empty()) return fail(ErrorKind::InvalidRequest, "path is missing");
    return out;
}

}  // namespace

HttpResponse mail(MailboxStore& store, const Call& call) {
    if (call.method != "POST") return method_not_allowed("POST");
    const std::string type = mime::ascii_lower(call.request->fields.get("Content-Type"));
    if (type.starts_with("application/json")) return take_batch(store, call);
    const std::string& bytes = call.request->body;
    if (bytes.empty()) return problem(400, "Invalid request", "the body must be a mail");
    const auto folder = target_folder(store, call, call.parameter("folder"));
    if (!folder) return problem(folder.error());
    const std::string_view key = call.parameter("key");
    MailDelivery delivery(store, call.mailbox, *folder);
    auto taken = delivery.deliver(key.empty() ? sha256_hex(bytes) + ":0" : std::string(key), bytes);
    return taken ? delivery_answer(delivery) : problem(taken.error());
}

HttpResponse load(MailboxStore& store, const Call& call) {
    if (call.method != "POST") return method_not_allowed("POST");
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto paths = load_paths(*body);
    if (!paths) return problem(paths.error());
    const auto name = text_member(*body, "folder");
    if (!name) return problem(name.error());
    const auto folder = target_folder(store, call, name->value_or(""));
    if (!folder) return problem(folder.error());
    MailDelivery delivery(store, call.mailbox, *folder);
    MailLoader loader([&delivery](const FoundMail& found) {
        return delivery.deliver(std::string(found.key), std::string(found.bytes));
    });
    for (const std::string& path : *paths) {
        if (auto loaded = loader.load(path); !loaded) return problem(loaded.error());
    }
    boost::json::array skipped;
    for (const SkippedFile& file : loader.skipped()) {
        if (skipped.size() >= skipped_listed_max) break;
        skipped.push_back(
            boost::json::object{{"path", mime::guess_utf8(file.path)}, {"reason", file.reason}});
    }
    return json_answer(boost::json::object{{"files", loader.files()},
                                           {"mails", loader.mails()},
                                           {"added", delivery.added()},
                                           {"present", delivery.present()},
                                           {"skipped_count", loader.skipped().size()},
                                           {"skipped", std::move(skipped)}});
}

}  // namespace liaison::sandbox::control
