#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t resolutions_max = 100;

struct FoundName {
    std::string name;
    std::string address;
    bool is_user = false;
    const Item* contact = nullptr;
};

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

// Ambiguous name resolution: the entry begins the name, a word of it, or the address.
bool answers_to(std::string_view entry, std::string_view name, std::string_view address) {
    const std::string folded_name = lowered(name);
    if (lowered(address).starts_with(entry)) return true;
    for (std::size_t at = folded_name.find(entry); at != std::string::npos;
         at = folded_name.find(entry, at + 1)) {
        if (at == 0 || folded_name[at - 1] == ' ') return true;
    }
    return false;
}

void add_users(const RequestContext& context, std::string_view entry, std::vector<FoundName>& out) {
    for (const User* user : context.store.users()) {
        if (answers_to(entry, user->display_name, user->address)) {
            out.push_back({user->display_name, user->address, true, nullptr});
        }
    }
}

void add_contacts(const RequestContext& context, std::string_view entry,
                  std::vector<FoundName>& out) {
    const Folder* folder = context.store.find_distinguished(context.mailbox, "contacts");
    for (const Item* item : context.store.items(context.mailbox, folder->id)) {
        const std::string name(item->properties.text("contacts:DisplayName"));
        for (const std::string_view slot : {"EmailAddress1", "EmailAddress2", "EmailAddress3"}) {
            const std::string address(
                item->properties.text("contacts:EmailAddress/" + std::string(slot)));
            if (!address.empty() && answers_to(entry, name, address))
                out.push_back({name, address, false, item});
        }
    }
}

std::string resolution_xml(const FoundName& found, bool full) {
    std::string out = "<t:Resolution><t:Mailbox>";
    append_element(out, "t:Name", found.name);
    append_element(out, "t:EmailAddress", found.address);
    out += "<t:RoutingType>SMTP</t:RoutingType>";
    append_element(out, "t:MailboxType", found.is_user ? "Mailbox" : "Contact");
    if (found.contact != nullptr) append_item_id(out, found.contact->id, found.contact->change_key);
    out += "</t:Mailbox>";
    if (full) {
        out += "<t:Contact>";
        append_element(out, "t:DisplayName", found.name);
        out += "<t:EmailAddresses><t:Entry Key=\"EmailAddress1\">";
        append_escaped(out, found.address);
        out += "</t:Entry></t:EmailAddresses><t:ContactSource>";
        out += found.is_user ? "ActiveDirectory" : "Store";
        out += "</t:ContactSource></t:Contact>";
    }
    return out + "</t:Resolution>";
}

}  // namespace

Reply resolve_names(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "ResolveNames", "");
    if (response.refused()) return response.finish();
    if (request.child("ParentFolderIds")) {
        response.error({"ErrorInvalidOperation",
                        "The sandbox searches the default contacts folder only.",
                        {}});
        return response.finish();
    }
    std::string entry = lowered(trimmed(element_text(request.child("UnresolvedEntry"))));
    if (entry.starts_with("smtp:")) entry.erase(0, 5);
    const std::string_view given = request.attribute("SearchScope").value();
    const std::string_view scope =
        given.empty() ? std::string_view("ActiveDirectoryContacts") : given;
    std::vector<FoundName> found;
    if (!entry.empty() && scope.starts_with("ActiveDirectory")) add_users(context, entry, found);
    if (!entry.empty() && scope != "ActiveDirectory") add_contacts(context, entry, found);
    if (!entry.empty() && scope == "ContactsActiveDirectory") add_users(context, entry, found);
    if (found.empty()) {
        response.error({"ErrorNameResolutionNoResults", "No results were found.", {}});
        return response.finish();
    }
    const bool last = found.size() <= resolutions_max;
    if (!last) found.resize(resolutions_max);
    const bool full =
        parse_boolean(request.attribute("ReturnFullContactData").value()).value_or(false);
    std::string payload = "<m:ResolutionSet TotalItemsInView=\"" + std::to_string(found.size()) +
                          "\" IncludesLastItemInRange=\"" + (last ? "true" : "false") + "\">";
    for (const FoundName& one : found) payload += resolution_xml(one, full);
    payload += "</m:ResolutionSet>";
    if (found.size() == 1) {
        response.success(payload);
    } else {
        response.warning({"ErrorNameResolutionMultipleResults", "Multiple results were found.", {}},
                         payload);
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
