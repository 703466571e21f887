#include <pugixml.hpp>

#include "sandbox/ews/item_editor.hpp"
#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/new_item.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

struct NewItem {
    Item item;
    Content content;
    std::vector<std::string> attachment_contents;
};

std::string_view default_folder_of(ItemKind kind, bool sent) {
    switch (kind) {
        case ItemKind::Task:
            return "tasks";
        case ItemKind::Appointment:
            return "calendar";
        case ItemKind::Contact:
            return "contacts";
        case ItemKind::Message:
        case ItemKind::Other:
            break;
    }
    return sent ? "sentitems" : "drafts";
}

std::optional<ItemKind> kind_of_element(std::string_view element) {
    if (element == "Task") return ItemKind::Task;
    if (element == "CalendarItem") return ItemKind::Appointment;
    if (element == "Contact") return ItemKind::Contact;
    if (element == "Message") return ItemKind::Message;
    if (element == "Item") return ItemKind::Other;
    return std::nullopt;
}

}  // namespace

std::string class_of_kind(ItemKind kind) {
    switch (kind) {
        case ItemKind::Task:
            return "IPM.Task";
        case ItemKind::Appointment:
            return "IPM.Appointment";
        case ItemKind::Contact:
            return "IPM.Contact";
        case ItemKind::Message:
            return "IPM.Note";
        case ItemKind::Other:
            break;
    }
    return "IPM.Item";
}

namespace {

// In the form of a GlobalObjectId written in hexadecimal, as Exchange makes them; unique by the
// mailbox's sequence.
std::string new_uid(const RequestContext& context) {
    std::uint64_t state = context.store.sequence(context.mailbox);
    for (const char c : context.mailbox) state = state * 131 + static_cast<unsigned char>(c);
    std::string out =
        "040000008200E00074C5B7101A82E0080000000000000000000000000000000000000000"
        "10000000";
    static constexpr char digits[] = "0123456789ABCDEF";
    for (int i = 0; i < 32; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        out.push_back(digits[state >> 60]);
    }
    return out;
}

}  // namespace

void set_defaults(const RequestContext& context, Item& item) {
    PropertyBag& properties = item.properties;
    if (item.kind == ItemKind::Appointment) {
        const User* owner = context.store.find_user(context.mailbox);
        MailAddress organizer{owner == nullptr ? context.mailbox : owner->display_name,
                              context.mailbox};
        properties.set("calendar:Organizer", Fragment{mailbox_xml(organizer)});
        properties.set("calendar:IsOrganizer", std::string("true"));
        properties.set("item:ReminderIsSet", std::string("true"));
        properties.set("item:ReminderMinutesBeforeStart", std::string("15"));
    } else if (item.kind == ItemKind::Message || item.kind == ItemKind::Other) {
        const std::string now = format_utc(context.store.now());
        properties.set("item:IsDraft", std::string("true"));
        properties.set("message:IsRead", std::string("true"));
        properties.set("item:DateTimeSent", now);
        properties.set("item:DateTimeReceived", now);
    }
}

namespace {

Outcome<void> read_mime(const RequestContext& context, const pugi::xml_node& element,
                        NewItem& made) {
    const pugi::xml_node mime = element.child("MimeContent");
    if (!mime) return {};
    if (made.item.kind != ItemKind::Message && made.item.kind != ItemKind::Other) {
        return ews_fail("ErrorUnsupportedMimeConversion",
                        "The sandbox takes MIME for messages only.");
    }
    std::string bytes;
    if (!base64_decode(element_text(mime), bytes)) {
        return ews_fail("ErrorMimeContentInvalidBase64String", "The MIME content is no base64.");
    }
    if (bytes.empty()) return ews_fail("ErrorMimeContentInvalid", "The MIME content is empty.");
    MailItem mail = mail_item_from_mime(std::move(bytes), context.store.now());
    made.item = std::move(mail.item);
    made.content = std::move(mail.content);
    // A message from MIME is a draft unless PR_MESSAGE_FLAGS says otherwise.
    made.item.properties.set("item:IsDraft", std::string("true"));
    made.item.properties.set("message:IsRead", std::string("true"));
    return {};
}

}  // namespace

void add_derived(const RequestContext& context, Item& item) {
    PropertyBag& properties = item.properties;
    if (item.kind == ItemKind::Appointment && properties.text("calendar:UID").empty()) {
        properties.set("calendar:UID", new_uid(context));
    }
    if (item.kind == ItemKind::Contact && properties.find("item:Subject") == nullptr) {
        std::string_view name = properties.text("contacts:DisplayName");
        if (name.empty()) name = properties.text("contacts:FileAs");
        properties.set("item:Subject", std::string(name));
    }
    if (item.kind == ItemKind::Message && !item.has_mime) {
        properties.set("message:ConversationTopic", std::string(properties.text("item:Subject")));
        if (properties.find("message:From") != nullptr &&
            properties.find("message:Sender") == nullptr) {
            properties.set("message:Sender", *properties.find("message:From"));
        }
    }
}

namespace {

Outcome<NewItem> read_new_item(const RequestContext& context, const pugi::xml_node& element) {
    const auto kind = kind_of_element(element.name());
    if (!kind) {
        return ews_fail("ErrorInvalidItemForOperationCreateItem",
                        "The sandbox does not create " + std::string(element.name()) + ".");
    }
    NewItem made;
    made.item.kind = *kind;
    made.item.item_class = class_of_kind(*kind);
    set_defaults(context, made.item);
    if (auto ok = read_mime(context, element, made); !ok) return std::unexpected(ok.error());
    ItemEditor editor(context, made.item, true);
    for (const pugi::xml_node property : element.children()) {
        if (property.type() != pugi::node_element) continue;
        if (auto ok = editor.set(property); !ok) return std::unexpected(ok.error());
    }
    add_derived(context, made.item);
    if (auto ok = editor.finish(); !ok) return std::unexpected(ok.error());
    made.attachment_contents = editor.take_attachment_contents();
    return made;
}

Outcome<void> check_folder(const Folder& folder, ItemKind kind) {
    const std::string& folder_class = folder.folder_class;
    if (kind == ItemKind::Appointment && !folder_class.starts_with("IPF.Appointment")) {
        return ews_fail("ErrorCannotCreateCalendarItemInNonCalendarFolder",
                        "The folder is no calendar.");
    }
    if (kind == ItemKind::Contact && !folder_class.starts_with("IPF.Contact")) {
        return ews_fail("ErrorCannotCreateContactInNonContactFolder",
                        "The folder is no contacts folder.");
    }
    if (kind == ItemKind::Task && !folder_class.starts_with("IPF.Task")) {
        return ews_fail("ErrorCannotCreateTaskInNonTaskFolder", "The folder is no tasks folder.");
    }
    return {};
}

Outcome<std::string> create_one(const RequestContext& context, const pugi::xml_node& request,
                                const pugi::xml_node& element) {
    const std::string disposition = request.attribute("MessageDisposition").value();
    const std::string invitations = request.attribute("SendMeetingInvitations").value();
    auto made = read_new_item(context, element);
    if (!made) return std::unexpected(made.error());
    const bool message = made->item.kind == ItemKind::Message || made->item.kind == ItemKind::Other;
    if (message && disposition.empty()) {
        return ews_fail("ErrorMessageDispositionRequired",
                        "MessageDisposition is required for messages.");
    }
    if (made->item.kind == ItemKind::Appointment && invitations.empty()) {
        return ews_fail("ErrorSendMeetingInvitationsRequired",
                        "SendMeetingInvitations is required for calendar items.");
    }
    const bool sends = message && disposition != "SaveOnly";
    const auto people = recipients_of(made->item);
    if (sends && people.empty())
        return ews_fail("ErrorMissingRecipients", "The message has no recipients.");
    const Folder* folder = nullptr;
    if (const pugi::xml_node target = request.child("SavedItemFolderId")) {
        const auto named = resolve_target_folder(context, target, "ErrorToFolderNotFound");
        if (!named) return std::unexpected(named.error());
        folder = *named;
    } else {
        folder = context.store.find_distinguished(context.mailbox,
                                                  default_folder_of(made->item.kind, sends));
    }
    if (auto ok = check_folder(*folder, made->item.kind); !ok) return std::unexpected(ok.error());
    if (sends) {
        made->item.properties.set("item:IsDraft", std::string("false"));
        made->item.properties.set("item:IsSubmitted", std::string("false"));
    }
    if (sends && disposition == "SendOnly") {
        context.store.record_sent({context.mailbox, "CreateItem", disposition, "", people});
        return std::string("<m:Items/>");
    }
    const bool invites =
        made->item.kind == ItemKind::Appointment && invitations != "SendToNone" && !people.empty();
    if (invites) made->item.properties.set("calendar:MeetingRequestWasSent", std::string("true"));
    const auto stored =
        context.store.create_item(context.mailbox, folder->id, std::move(made->item),
                                  std::move(made->content), std::move(made->attachment_contents));
    if (!stored) return std::unexpected(from_store(stored.error(), "ErrorToFolderNotFound"));
    if (sends || invites) {
        context.store.record_sent({context.mailbox, "CreateItem", sends ? disposition : invitations,
                                   (*stored)->id, people});
    }
    std::string payload = "<m:Items>";
    append_item_reference(payload, **stored);
    return payload + "</m:Items>";
}

}  // namespace

Reply create_item(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "CreateItem", "<m:Items/>");
    for (const pugi::xml_node element : request.child("Items").children()) {
        if (element.type() != pugi::node_element || response.refused()) continue;
        const auto created = create_one(context, request, element);
        if (created) {
            response.success(*created);
        } else {
            response.error(created.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
