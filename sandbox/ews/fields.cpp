#include "sandbox/ews/fields.hpp"

#include <array>
#include <map>
#include <set>

#include "sandbox/ews/schema_table.hpp"

namespace liaison::sandbox::ews {
namespace {

// What the sandbox does with each property: r readable, w writable, c writable on creation only, q
// usable in restrictions and sort orders, d in the Default shape, h heavy (GetItem only). The rest
// of the schema's properties are known: asked for, they have no value here (features that no
// mailbox of the sandbox uses), set, they are refused.
struct FieldFlags {
    std::string_view uri;
    std::string_view flags;
};

constexpr std::array item_flags{FieldFlags{"item:MimeContent", "rch"},
                                FieldFlags{"item:ItemId", "rd"},
                                FieldFlags{"item:ParentFolderId", "r"},
                                FieldFlags{"item:ItemClass", "rwq"},
                                FieldFlags{"item:Subject", "rwqd"},
                                FieldFlags{"item:Sensitivity", "rwqd"},
                                FieldFlags{"item:Body", "rwhd"},
                                FieldFlags{"item:Attachments", "rchd"},
                                FieldFlags{"item:DateTimeReceived", "rq"},
                                FieldFlags{"item:Size", "rqd"},
                                FieldFlags{"item:Categories", "rwq"},
                                FieldFlags{"item:Importance", "rwq"},
                                FieldFlags{"item:InReplyTo", "rw"},
                                FieldFlags{"item:IsSubmitted", "r"},
                                FieldFlags{"item:IsDraft", "rq"},
                                FieldFlags{"item:IsFromMe", "r"},
                                FieldFlags{"item:IsResend", "r"},
                                FieldFlags{"item:IsUnmodified", "r"},
                                FieldFlags{"item:InternetMessageHeaders", "rh"},
                                FieldFlags{"item:DateTimeSent", "rqd"},
                                FieldFlags{"item:DateTimeCreated", "rqd"},
                                FieldFlags{"item:ReminderDueBy", "rw"},
                                FieldFlags{"item:ReminderIsSet", "rwq"},
                                FieldFlags{"item:ReminderNextTime", "r"},
                                FieldFlags{"item:ReminderMinutesBeforeStart", "rwq"},
                                FieldFlags{"item:DisplayCc", "rq"},
                                FieldFlags{"item:DisplayTo", "rq"},
                                FieldFlags{"item:DisplayBcc", "rh"},
                                FieldFlags{"item:HasAttachments", "rqd"},
                                FieldFlags{"item:Culture", "rw"},
                                FieldFlags{"item:EffectiveRights", "r"},
                                FieldFlags{"item:LastModifiedName", "r"},
                                FieldFlags{"item:LastModifiedTime", "rq"},
                                FieldFlags{"item:IsAssociated", "r"},
                                FieldFlags{"item:ConversationId", "r"},
                                FieldFlags{"item:UniqueBody", "rh"},
                                FieldFlags{"item:Flag", "rw"},
                                FieldFlags{"item:TextBody", "rh"}};

constexpr std::array task_flags{
    FieldFlags{"task:ActualWork", "rwq"},    FieldFlags{"task:BillingInformation", "rwq"},
    FieldFlags{"task:ChangeCount", "r"},     FieldFlags{"task:Companies", "rw"},
    FieldFlags{"task:CompleteDate", "rwq"},  FieldFlags{"task:Contacts", "rw"},
    FieldFlags{"task:DelegationState", "r"}, FieldFlags{"task:DueDate", "rwqd"},
    FieldFlags{"task:IsComplete", "rq"},     FieldFlags{"task:IsRecurring", "r"},
    FieldFlags{"task:IsTeamTask", "r"},      FieldFlags{"task:Mileage", "rwq"},
    FieldFlags{"task:Owner", "r"},           FieldFlags{"task:PercentComplete", "rwqd"},
    FieldFlags{"task:Recurrence", "rwh"},    FieldFlags{"task:StartDate", "rwqd"},
    FieldFlags{"task:Status", "rwqd"},       FieldFlags{"task:StatusDescription", "r"},
    FieldFlags{"task:TotalWork", "rwq"}};

constexpr std::array calendar_flags{FieldFlags{"calendar:UID", "rc"},
                                    FieldFlags{"calendar:DateTimeStamp", "r"},
                                    FieldFlags{"calendar:Start", "rwqd"},
                                    FieldFlags{"calendar:End", "rwqd"},
                                    FieldFlags{"calendar:IsAllDayEvent", "rwq"},
                                    FieldFlags{"calendar:LegacyFreeBusyStatus", "rwqd"},
                                    FieldFlags{"calendar:Location", "rwqd"},
                                    FieldFlags{"calendar:When", "rw"},
                                    FieldFlags{"calendar:IsMeeting", "rq"},
                                    FieldFlags{"calendar:IsCancelled", "r"},
                                    FieldFlags{"calendar:IsRecurring", "r"},
                                    FieldFlags{"calendar:MeetingRequestWasSent", "r"},
                                    FieldFlags{"calendar:IsResponseRequested", "rw"},
                                    FieldFlags{"calendar:CalendarItemType", "rd"},
                                    FieldFlags{"calendar:MyResponseType", "r"},
                                    FieldFlags{"calendar:Organizer", "rd"},
                                    FieldFlags{"calendar:RequiredAttendees", "rwh"},
                                    FieldFlags{"calendar:OptionalAttendees", "rwh"},
                                    FieldFlags{"calendar:Resources", "rwh"},
                                    FieldFlags{"calendar:Duration", "r"},
                                    FieldFlags{"calendar:TimeZone", "r"},
                                    FieldFlags{"calendar:AppointmentSequenceNumber", "r"},
                                    FieldFlags{"calendar:AppointmentState", "r"},
                                    FieldFlags{"calendar:Recurrence", "rwh"},
                                    FieldFlags{"calendar:StartTimeZone", "rwh"},
                                    FieldFlags{"calendar:EndTimeZone", "rwh"},
                                    FieldFlags{"calendar:ConferenceType", "rw"},
                                    FieldFlags{"calendar:AllowNewTimeProposal", "rw"},
                                    FieldFlags{"calendar:IsOnlineMeeting", "r"},
                                    FieldFlags{"calendar:MeetingWorkspaceUrl", "rw"},
                                    FieldFlags{"calendar:NetShowUrl", "rw"},
                                    FieldFlags{"calendar:StartWallClock", "r"},
                                    FieldFlags{"calendar:EndWallClock", "r"},
                                    FieldFlags{"calendar:StartTimeZoneId", "r"},
                                    FieldFlags{"calendar:EndTimeZoneId", "r"},
                                    FieldFlags{"calendar:IsOrganizer", "r"}};

constexpr std::array contact_flags{FieldFlags{"contacts:FileAs", "rwqd"},
                                   FieldFlags{"contacts:FileAsMapping", "rw"},
                                   FieldFlags{"contacts:DisplayName", "rwqd"},
                                   FieldFlags{"contacts:GivenName", "rwq"},
                                   FieldFlags{"contacts:Initials", "rwq"},
                                   FieldFlags{"contacts:MiddleName", "rwq"},
                                   FieldFlags{"contacts:Nickname", "rwq"},
                                   FieldFlags{"contacts:CompleteName", "r"},
                                   FieldFlags{"contacts:CompanyName", "rwqd"},
                                   FieldFlags{"contacts:EmailAddresses", "rwd"},
                                   FieldFlags{"contacts:PhysicalAddresses", "rwd"},
                                   FieldFlags{"contacts:PhoneNumbers", "rwd"},
                                   FieldFlags{"contacts:AssistantName", "rwq"},
                                   FieldFlags{"contacts:Birthday", "rwq"},
                                   FieldFlags{"contacts:BusinessHomePage", "rwq"},
                                   FieldFlags{"contacts:Children", "rw"},
                                   FieldFlags{"contacts:Companies", "rw"},
                                   FieldFlags{"contacts:ContactSource", "r"},
                                   FieldFlags{"contacts:Department", "rwq"},
                                   FieldFlags{"contacts:Generation", "rwq"},
                                   FieldFlags{"contacts:ImAddresses", "rw"},
                                   FieldFlags{"contacts:JobTitle", "rwqd"},
                                   FieldFlags{"contacts:Manager", "rwq"},
                                   FieldFlags{"contacts:Mileage", "rwq"},
                                   FieldFlags{"contacts:OfficeLocation", "rwq"},
                                   FieldFlags{"contacts:PostalAddressIndex", "rw"},
                                   FieldFlags{"contacts:Profession", "rwq"},
                                   FieldFlags{"contacts:SpouseName", "rwq"},
                                   FieldFlags{"contacts:Surname", "rwq"},
                                   FieldFlags{"contacts:WeddingAnniversary", "rwq"},
                                   FieldFlags{"contacts:HasPicture", "r"}};

constexpr std::array message_flags{FieldFlags{"message:Sender", "rwq"},
                                   FieldFlags{"message:ToRecipients", "rwhd"},
                                   FieldFlags{"message:CcRecipients", "rwhd"},
                                   FieldFlags{"message:BccRecipients", "rwh"},
                                   FieldFlags{"message:IsReadReceiptRequested", "rwd"},
                                   FieldFlags{"message:IsDeliveryReceiptRequested", "rwd"},
                                   FieldFlags{"message:ConversationIndex", "r"},
                                   FieldFlags{"message:ConversationTopic", "rq"},
                                   FieldFlags{"message:From", "rwqd"},
                                   FieldFlags{"message:InternetMessageId", "rcq"},
                                   FieldFlags{"message:IsRead", "rwqd"},
                                   FieldFlags{"message:IsResponseRequested", "rw"},
                                   FieldFlags{"message:References", "rw"},
                                   FieldFlags{"message:ReplyTo", "rwh"},
                                   FieldFlags{"message:ReceivedBy", "rh"},
                                   FieldFlags{"message:ReceivedRepresenting", "rh"}};

// Always present on a real server and not implemented here: asking for them is an error, not an
// empty answer.
bool is_refused_uri(std::string_view uri) {
    static const std::set<std::string_view> refused{
        "item:StoreEntryId",   "item:InstanceKey",
        "item:NormalizedBody", "item:Preview",
        "item:SearchKey",      "item:SortKey",
        "item:IconIndex",      "item:EntityExtractionResult"};
    return refused.contains(uri);
}

const std::map<std::string_view, std::string_view>& all_field_flags() {
    static const std::map<std::string_view, std::string_view> flags = [] {
        std::map<std::string_view, std::string_view> out;
        for (const auto& row : item_flags) out.emplace(row.uri, row.flags);
        for (const auto& row : task_flags) out.emplace(row.uri, row.flags);
        for (const auto& row : calendar_flags) out.emplace(row.uri, row.flags);
        for (const auto& row : contact_flags) out.emplace(row.uri, row.flags);
        for (const auto& row : message_flags) out.emplace(row.uri, row.flags);
        return out;
    }();
    return flags;
}

FieldForm form_of(std::string_view schema_type) {
    if (schema_type == "ArrayOfStringsType") return FieldForm::List;
    if (schema_type == "BodyType") return FieldForm::Body;
    if (schema_type == "TimeZoneDefinitionType") return FieldForm::Zone;
    if (schema_type.ends_with("DictionaryType")) return FieldForm::Dictionary;
    return SchemaTable::instance().complex(schema_type) != nullptr ? FieldForm::Fragment
                                                                   : FieldForm::Text;
}

bool is_special_uri(std::string_view uri) {
    static const std::set<std::string_view> special{"item:MimeContent",
                                                    "item:ItemId",
                                                    "item:ParentFolderId",
                                                    "item:ItemClass",
                                                    "item:Attachments",
                                                    "item:Size",
                                                    "item:Categories",
                                                    "item:InternetMessageHeaders",
                                                    "item:DateTimeCreated",
                                                    "item:DisplayCc",
                                                    "item:DisplayTo",
                                                    "item:DisplayBcc",
                                                    "item:HasAttachments",
                                                    "item:EffectiveRights",
                                                    "item:LastModifiedName",
                                                    "item:LastModifiedTime",
                                                    "item:ConversationId",
                                                    "item:Body",
                                                    "item:TextBody",
                                                    "item:UniqueBody",
                                                    "item:ReminderNextTime",
                                                    "task:IsComplete",
                                                    "task:IsRecurring",
                                                    "task:Owner",
                                                    "task:StatusDescription",
                                                    "calendar:IsMeeting",
                                                    "calendar:IsRecurring",
                                                    "calendar:CalendarItemType",
                                                    "calendar:MyResponseType",
                                                    "calendar:Duration",
                                                    "calendar:TimeZone",
                                                    "calendar:AppointmentState",
                                                    "calendar:StartWallClock",
                                                    "calendar:EndWallClock",
                                                    "calendar:StartTimeZoneId",
                                                    "calendar:EndTimeZoneId",
                                                    "contacts:CompleteName",
                                                    "contacts:HasPicture",
                                                    "message:ReceivedBy",
                                                    "message:ReceivedRepresenting"};
    return special.contains(uri);
}

void add_fields(ItemTypeFields& out, std::string_view type, std::string_view prefix) {
    for (const Particle& particle : SchemaTable::instance().complex(type)->content.parts) {
        Field field;
        field.element = particle.name;
        field.uri = std::string(prefix) + ":" + particle.name;
        field.schema_type = particle.type;
        field.form = is_special_uri(field.uri) ? FieldForm::Special : form_of(particle.type);
        const auto& table = all_field_flags();
        const auto row = table.find(field.uri);
        field.readable = !is_refused_uri(field.uri);
        if (row != table.end()) {
            const std::string_view flags = row->second;
            const auto has = [flags](char c) { return flags.find(c) != std::string_view::npos; };
            field.writable = has('w');
            field.creatable = has('c') || has('w');
            field.queryable = has('q');
            field.in_default = has('d');
            field.heavy = has('h');
            field.in_all = field.uri != "item:MimeContent";
        }
        out.fields.push_back(std::move(field));
    }
}

ItemTypeFields make_type_fields(std::string_view element, std::string_view type,
                                std::string_view prefix) {
    ItemTypeFields out;
    out.element = element;
    add_fields(out, "ItemType", "item");
    if (!type.empty()) add_fields(out, type, prefix);
    return out;
}

struct FieldTables {
    ItemTypeFields item = make_type_fields("Item", "", "");
    ItemTypeFields message = make_type_fields("Message", "MessageType", "message");
    ItemTypeFields task = make_type_fields("Task", "TaskType", "task");
    ItemTypeFields calendar = make_type_fields("CalendarItem", "CalendarItemType", "calendar");
    ItemTypeFields contact = make_type_fields("Contact", "ContactItemType", "contacts");
};

const FieldTables& field_tables() {
    static const FieldTables tables;
    return tables;
}

}  // namespace

std::string_view default_text(std::string_view uri) {
    static const std::map<std::string_view, std::string_view> defaults{
        {"item:Sensitivity", "Normal"},
        {"item:Importance", "Normal"},
        {"item:IsSubmitted", "false"},
        {"item:IsDraft", "false"},
        {"item:IsFromMe", "false"},
        {"item:IsResend", "false"},
        {"item:IsUnmodified", "false"},
        {"item:IsAssociated", "false"},
        {"item:Culture", "en-US"},
        {"item:ReminderIsSet", "false"},
        {"item:ReminderMinutesBeforeStart", "0"},
        {"message:IsRead", "true"},
        {"message:IsReadReceiptRequested", "false"},
        {"message:IsDeliveryReceiptRequested", "false"},
        {"message:IsResponseRequested", "false"},
        {"task:ChangeCount", "1"},
        {"task:DelegationState", "NoMatch"},
        {"task:IsTeamTask", "false"},
        {"task:PercentComplete", "0"},
        {"task:Status", "NotStarted"},
        {"calendar:IsAllDayEvent", "false"},
        {"calendar:LegacyFreeBusyStatus", "Busy"},
        {"calendar:IsCancelled", "false"},
        {"calendar:MeetingRequestWasSent", "false"},
        {"calendar:IsResponseRequested", "true"},
        {"calendar:AppointmentSequenceNumber", "0"},
        {"calendar:ConferenceType", "0"},
        {"calendar:AllowNewTimeProposal", "true"},
        {"calendar:IsOnlineMeeting", "false"},
        {"contacts:ContactSource", "Store"},
        {"contacts:PostalAddressIndex", "None"}};
    const auto found = defaults.find(uri);
    return found == defaults.end() ? std::string_view{} : found->second;
}

const Field* ItemTypeFields::find_uri(std::string_view uri) const {
    for (const Field& field : fields) {
        if (field.uri == uri) return &field;
    }
    return nullptr;
}

const Field* ItemTypeFields::find_element(std::string_view name) const {
    for (const Field& field : fields) {
        if (field.element == name) return &field;
    }
    return nullptr;
}

const ItemTypeFields& fields_of(ItemKind kind) {
    switch (kind) {
        case ItemKind::Task:
            return field_tables().task;
        case ItemKind::Appointment:
            return field_tables().calendar;
        case ItemKind::Contact:
            return field_tables().contact;
        case ItemKind::Message:
        case ItemKind::Other:
            break;
    }
    return field_tables().message;
}

const ItemTypeFields* fields_of_element(std::string_view element) {
    const FieldTables& tables = field_tables();
    for (const ItemTypeFields* fields :
         {&tables.item, &tables.message, &tables.task, &tables.calendar, &tables.contact}) {
        if (fields->element == element) return fields;
    }
    return nullptr;
}

bool is_known_uri(std::string_view uri) {
    static const std::set<std::string, std::less<>> known = [] {
        std::set<std::string, std::less<>> out;
        const FieldTables& tables = field_tables();
        for (const ItemTypeFields* fields :
             {&tables.message, &tables.task, &tables.calendar, &tables.contact}) {
            for (const Field& field : fields->fields) {
                if (field.readable) out.insert(field.uri);
            }
        }
        return out;
    }();
    if (known.contains(uri)) return true;
    // Of types that no mailbox here holds: always without a value.
    return uri.starts_with("meeting:") || uri.starts_with("meetingRequest:") ||
           uri.starts_with("distributionlist:") || uri.starts_with("postitem:") ||
           uri.starts_with("conversation:") || uri.starts_with("persona:");
}

ItemKind kind_of_class(std::string_view item_class) {
    const auto is = [item_class](std::string_view name) {
        return item_class == name ||
               (item_class.starts_with(name) && item_class[name.size()] == '.');
    };
    if (is("IPM.Task")) return ItemKind::Task;
    if (is("IPM.Appointment")) return ItemKind::Appointment;
    if (is("IPM.Contact")) return ItemKind::Contact;
    if (is("IPM.Note") || is("REPORT") || is("IPM.Schedule")) return ItemKind::Message;
    return ItemKind::Other;
}

std::string_view element_of_kind(ItemKind kind) {
    return fields_of(kind).element;
}

}  // namespace liaison::sandbox::ews
