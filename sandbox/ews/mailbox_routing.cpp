#include "sandbox/ews/mailbox_routing.hpp"

#include <pugixml.hpp>

#include <set>

#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

class MailboxRouter {
public:
    MailboxRouter(const MailboxStore& store, const std::string& caller)
        : store_(store), caller_(caller), others_(store.openable(caller)) {}

    void visit(const pugi::xml_node& node) {
        const std::string_view name = node.name();
        const std::string id = node.attribute("Id").value();
        if (name == "DistinguishedFolderId") {
            distinguished(node, id);
        } else if (name == "FolderId" || name == "ItemId" || name == "ParentItemId") {
            by_id(id);
        } else if (name == "AttachmentId") {
            by_attachment(id);
        }
        for (const pugi::xml_node child : node.children())
            if (child.type() == pugi::node_element) visit(child);
    }

    const std::set<std::string>& owners() const { return owners_; }

private:
    void distinguished(const pugi::xml_node& node, const std::string& id) {
        if (id == "publicfoldersroot") {
            owners_.emplace(public_folders_address);
            return;
        }
        const pugi::xml_node mailbox = node.child("Mailbox");
        const User* user =
            mailbox ? store_.find_user(element_text(mailbox.child("EmailAddress"))) : nullptr;
        owners_.insert(user != nullptr && store_.may_open(user->address, caller_) ? user->address
                                                                                  : caller_);
    }

    template <class Has>
    void place(const Has& has) {
        if (has(caller_)) {
            owners_.insert(caller_);
            return;
        }
        for (const std::string& other : others_)
            if (has(other)) owners_.insert(other);
    }

    void by_id(const std::string& id) {
        place([&](const std::string& mailbox) {
            return store_.find_folder(mailbox, id) != nullptr ||
                   store_.find_item(mailbox, id) != nullptr;
        });
    }
    void by_attachment(const std::string& id) {
        place([&](const std::string& mailbox) {
            return store_.find_attachment_owner(mailbox, id) != nullptr;
        });
    }

    const MailboxStore& store_;
    const std::string& caller_;
    std::vector<std::string> others_;
    std::set<std::string> owners_;
};

}  // namespace

Outcome<std::string> mailbox_of_request(const MailboxStore& store, const std::string& caller,
                                        const pugi::xml_node& request) {
    MailboxRouter router(store, caller);
    router.visit(request);
    if (router.owners().empty()) return caller;
    if (router.owners().size() > 1) {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement requests over several mailboxes.");
    }
    return *router.owners().begin();
}

}  // namespace liaison::sandbox::ews
