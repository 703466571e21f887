#include "rules/example_reader.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/fold.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {
namespace {

class ExampleReader {
public:
    explicit ExampleReader(JsonReader& json) : json_(json) {}

    Example read(const boost::json::value& value, const std::string& pointer) {
        Example example;
        example.pointer = pointer;
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return example;
        json_.check_keys(*object, pointer, example_keys());
        if (const auto* name = object->if_contains("name"))
            example.name = json_.label(*name, pointer_step(pointer, "name")).value_or("");
        if (const auto* sender = object->if_contains("sender"))
            add_party(example.facts.sender, *sender, pointer_step(pointer, "sender"));
        if (const auto* list = object->if_contains("recipients"))
            read_recipients(example, *list, pointer);
        example.facts.direction = direction_of(example.facts.sender);
        if (const auto* mail = object->if_contains("message"))
            read_message(example, *mail, pointer_step(pointer, "message"));
        if (const auto* expect = object->if_contains("expect"))
            read_expect(example, *expect, pointer_step(pointer, "expect"));
        return example;
    }

    MailRecord read_record(const boost::json::value& value) {
        MailRecord record;
        const auto* object = json_.object(value, "");
        if (object == nullptr) return record;
        json_.check_keys(*object, "", mail_record_keys());
        record.name = text(*object, "name", "");
        Example example;
        if (const auto* mail = object->if_contains("message"))
            read_message(example, *mail, "/message");
        record.message = std::move(example.message);
        record.folder = std::move(example.facts.folder);
        record.mailbox = std::move(example.facts.mailbox);
        const auto* parties = object->if_contains("parties");
        const auto* by_address = parties == nullptr ? nullptr : json_.object(*parties, "/parties");
        if (by_address == nullptr) return record;
        for (const auto& member : *by_address) {
            const std::string address(member.key().data(), member.key().size());
            const std::string where = pointer_step("/parties", address);
            const auto* list = json_.array(member.value(), where);
            std::vector<Party>& known = record.parties[normal_address(address)];
            for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
                add_party(known, (*list)[i], pointer_step(where, std::to_string(i)));
            for (std::size_t i = 0; i < known.size(); ++i)
                known[i].id = known[i].number = address + "#" + std::to_string(i + 1);
        }
        return record;
    }

private:
    static MailDirection direction_of(const std::vector<Party>& sender) {
        if (sender.empty()) return MailDirection::None;
        return sender.front().kind == PartyKind::User ? MailDirection::Outbound
                                                      : MailDirection::Inbound;
    }

    void read_recipients(Example& example, const boost::json::value& value,
                         const std::string& pointer) {
        const std::string where = pointer_step(pointer, "recipients");
        const auto* list = json_.array(value, where);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
            add_party(example.facts.recipients, (*list)[i], pointer_step(where, std::to_string(i)));
    }

    void add_party(std::vector<Party>& into, const boost::json::value& value,
                   const std::string& pointer) {
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return;
        json_.check_keys(*object, pointer, example_party_keys());
        Party party;
        if (const auto* kind = object->if_contains("is")) {
            const auto word =
                json_.token(*kind, pointer_step(pointer, "is"), "user contact company lead");
            for (const PartyKind known :
                 {PartyKind::User, PartyKind::Contact, PartyKind::Company, PartyKind::Lead})
                if (word && *word == to_string(known)) party.kind = known;
        }
        party.company_id = label(*object, "company", pointer);
        party.company_name = party.company_id;
        party.owner_id = label(*object, "owner", pointer);
        party.categories = labels(*object, "categories", pointer);
        party.has_open_opportunity = flag(*object, "openOpportunity", pointer);
        party.campaign_ids = labels(*object, "campaigns", pointer);
        party.privacy_blocked = flag(*object, "privacyBlocked", pointer);
        into.push_back(std::move(party));
    }

    void read_message(Example& example, const boost::json::value& value,
                      const std::string& pointer) {
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return;
        json_.check_keys(*object, pointer, example_message_keys());
        MailMessage& mail = example.message;
        if (const auto* from = object->if_contains("from"))
            mail.from = address(*from, pointer_step(pointer, "from"));
        mail.to = addresses(*object, "to", pointer);
        mail.cc = addresses(*object, "cc", pointer);
        mail.subject = text(*object, "subject", pointer);
        mail.text_body = text(*object, "body", pointer);
        mail.categories = labels(*object, "categories", pointer);
        read_attachments(mail, *object, pointer);
        mail.flag_request = text(*object, "flagRequest", pointer);
        read_headers(mail, *object, pointer);
        read_token(mail.importance, *object, "importance", info(ConditionKey::Importance).tokens,
                   pointer);
        read_token(mail.sensitivity, *object, "sensitivity", info(ConditionKey::Sensitivity).tokens,
                   pointer);
        if (object->contains("itemClass")) mail.item_class = label(*object, "itemClass", pointer);
        if (const auto* size = object->if_contains("size"))
            mail.size =
                json_.whole_number(*size, pointer_step(pointer, "size"), 0, INT64_MAX).value_or(0);
        mail.internet_message_id = text(*object, "messageId", pointer);
        mail.in_reply_to = text(*object, "inReplyTo", pointer);
        mail.references = text(*object, "references", pointer);
        mail.is_draft = flag(*object, "isDraft", pointer);
        mail.sent_at = time(*object, "sent", pointer);
        mail.received_at = time(*object, "received", pointer);
        example.facts.folder = label(*object, "folder", pointer);
        example.facts.mailbox = label(*object, "mailbox", pointer);
        if (!example.facts.mailbox.empty()) example.facts.owner_addresses = {example.facts.mailbox};
        example.facts.conversation_logged = flag(*object, "conversationLogged", pointer);
        std::string direction;
        read_token(direction, *object, "direction", info(ConditionKey::Direction).tokens, pointer);
        for (const MailDirection known :
             {MailDirection::None, MailDirection::Inbound, MailDirection::Outbound})
            if (direction == to_string(known)) example.facts.direction = known;
    }

    void read_attachments(MailMessage& mail, const boost::json::object& object,
                          const std::string& pointer) {
        const auto* value = object.if_contains("attachments");
        if (value == nullptr) return;
        const std::string where = pointer_step(pointer, "attachments");
        const auto* list = json_.array(*value, where);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const std::string place = pointer_step(where, std::to_string(i));
            AttachmentInfo one{.name = "", .content_type = "application/octet-stream"};
            if (const auto* what = (*list)[i].if_object()) {
                json_.check_keys(*what, place, example_attachment_keys());
                one.name = text(*what, "name", place);
                if (what->contains("contentType"))
                    one.content_type = label(*what, "contentType", place);
                if (const auto* size = what->if_contains("size"))
                    one.size = json_.whole_number(*size, pointer_step(place, "size"), 0, INT64_MAX)
                                   .value_or(0);
                one.is_inline = flag(*what, "isInline", place);
            } else {
                one.name = json_.label((*list)[i], place).value_or("");
            }
            mail.attachments.push_back(std::move(one));
        }
    }

    void read_headers(MailMessage& mail, const boost::json::object& object,
                      const std::string& pointer) {
        const auto* value = object.if_contains("headers");
        if (value == nullptr) return;
        const std::string where = pointer_step(pointer, "headers");
        const auto* headers = json_.object(*value, where);
        if (headers == nullptr) return;
        for (const auto& member : *headers) {
            const std::string name(member.key().data(), member.key().size());
            const std::string place = pointer_step(where, name);
            const auto add = [&](const boost::json::value& line, const std::string& pointer_of) {
                auto content = json_.text(line, pointer_of, limits::mail_text_bytes_max);
                if (content) mail.headers.emplace_back(name, *std::move(content));
            };
            const auto* lines = member.value().if_array();
            if (lines == nullptr) add(member.value(), place);
            for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i)
                add((*lines)[i], pointer_step(place, std::to_string(i)));
        }
    }

    void read_expect(Example& example, const boost::json::value& value,
                     const std::string& pointer) {
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return;
        json_.check_keys(*object, pointer, example_expect_keys());
        if (object->empty()) json_.fail(pointer, "must say what is expected");
        if (object->contains("matched")) example.matched = labels(*object, "matched", pointer);
        if (object->contains("categories"))
            example.categories = labels(*object, "categories", pointer);
        if (object->contains("logging")) {
            example.logging.emplace();
            read_token(*example.logging, *object, "logging", "log skip hold default", pointer);
        }
        const auto expected = [&](const char* name) -> std::optional<std::string> {
            if (!object->contains(name)) return std::nullopt;
            return text(*object, name, pointer);
        };
        const auto expected_flag = [&](const char* name) -> std::optional<bool> {
            if (!object->contains(name)) return std::nullopt;
            return flag(*object, name, pointer);
        };
        if (object->contains("copyToFolder"))
            example.copy_to_folder = labels(*object, "copyToFolder", pointer);
        example.read = expected_flag("markAsRead");
        example.contact = expected_flag("createContact");
        example.lead = expected_flag("createLead");
        example.task = expected_flag("createTask");
        example.move_to_folder = expected("moveToFolder");
        example.importance = expected("markImportance");
        example.flag_status = expected("flagStatus");
        example.regarding = expected("setRegarding");
        example.activity_type = expected("activityType");
        example.template_code = expected("template");
        example.campaign_id = expected("campaign");
        example.opportunity_id = expected("opportunity");
    }

    std::optional<MailAddress> address(const boost::json::value& value,
                                       const std::string& pointer) {
        if (const auto* object = value.if_object()) {
            static constexpr KeyInfo kAddressKeys[] = {{"address", "string", "", true},
                                                       {"name", "string", "", false}};
            json_.check_keys(*object, pointer, kAddressKeys);
            return MailAddress{label(*object, "address", pointer), label(*object, "name", pointer)};
        }
        const auto text = json_.label(value, pointer);
        return text ? std::optional(MailAddress{*text, ""}) : std::nullopt;
    }

    std::vector<MailAddress> addresses(const boost::json::object& object, const char* name,
                                       const std::string& pointer) {
        std::vector<MailAddress> out;
        const auto* value = object.if_contains(name);
        if (value == nullptr) return out;
        const std::string where = pointer_step(pointer, name);
        const auto* list = json_.array(*value, where);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
            if (auto one = address((*list)[i], pointer_step(where, std::to_string(i))))
                out.push_back(std::move(*one));
        return out;
    }

    std::string label(const boost::json::object& object, const char* name,
                      const std::string& pointer) {
        const auto* value = object.if_contains(name);
        return value == nullptr ? ""
                                : json_.label(*value, pointer_step(pointer, name)).value_or("");
    }
    std::vector<std::string> labels(const boost::json::object& object, const char* name,
                                    const std::string& pointer) {
        const auto* value = object.if_contains(name);
        return value == nullptr ? std::vector<std::string>()
                                : json_.labels(*value, pointer_step(pointer, name));
    }
    std::string text(const boost::json::object& object, const char* name,
                     const std::string& pointer) {
        const auto* value = object.if_contains(name);
        if (value == nullptr) return "";
        return json_.text(*value, pointer_step(pointer, name), limits::mail_text_bytes_max)
            .value_or("");
    }
    std::optional<Timestamp> time(const boost::json::object& object, const char* name,
                                  const std::string& pointer) {
        if (!object.contains(name)) return std::nullopt;
        const std::optional<Timestamp> at = parse_timestamp(text(object, name, pointer));
        if (!at)
            json_.fail(pointer_step(pointer, name), "must be a time, such as 2026-11-25T09:00:00Z");
        return at;
    }
    bool flag(const boost::json::object& object, const char* name, const std::string& pointer) {
        const auto* value = object.if_contains(name);
        return value != nullptr && json_.flag(*value, pointer_step(pointer, name)).value_or(false);
    }
    void read_token(std::string& into, const boost::json::object& object, const char* name,
                    std::string_view tokens, const std::string& pointer) {
        if (const auto* value = object.if_contains(name))
            into = json_.token(*value, pointer_step(pointer, name), tokens).value_or(into);
    }

    JsonReader& json_;
};

}  // namespace

MailRecord read_mail_record(JsonReader& json, const boost::json::value& value) {
    return ExampleReader(json).read_record(value);
}

std::vector<Example> read_examples(JsonReader& json, const boost::json::value& value,
                                   const std::string& pointer) {
    std::vector<Example> out;
    const auto* list = json.array(value, pointer);
    if (list == nullptr) return out;
    if (list->size() > limits::rule_examples_max) {
        json.fail(pointer,
                  "holds more than " + std::to_string(limits::rule_examples_max) + " examples");
        return out;
    }
    ExampleReader reader(json);
    for (std::size_t i = 0; i < list->size(); ++i)
        out.push_back(reader.read((*list)[i], pointer_step(pointer, std::to_string(i))));
    return out;
}

}  // namespace liaison::rules
