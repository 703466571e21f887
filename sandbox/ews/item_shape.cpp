#include "sandbox/ews/item_shape.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<void> refuse_shape_option(const pugi::xml_node& option) {
    const std::string_view name = option.name();
    const std::string value = element_text(option);
    // What the sandbox does anyway, or an option switched off.
    if (name == "ConvertHtmlCodePageToUTF8" && parse_boolean(value).value_or(false)) return {};
    if ((name == "FilterHtmlContent" || name == "BlockExternalImages" ||
         name == "AddBlankTargetToLinks") &&
        !parse_boolean(value).value_or(true)) {
        return {};
    }
    return ews_fail("ErrorInvalidRequest",
                    "The sandbox does not implement " + std::string(name) + " of the item shape.");
}

}  // namespace

std::string_view dictionary_of(std::string_view uri) {
    if (uri == "contacts:EmailAddress") return "contacts:EmailAddresses";
    if (uri == "contacts:PhoneNumber") return "contacts:PhoneNumbers";
    if (uri == "contacts:ImAddress") return "contacts:ImAddresses";
    if (uri.starts_with("contacts:PhysicalAddress:")) return "contacts:PhysicalAddresses";
    return {};
}

Outcome<ItemShape> ItemShape::read(const pugi::xml_node& element, bool listing) {
    ItemShape shape;
    shape.listing_ = listing;
    for (const pugi::xml_node child : element.children()) {
        if (child.type() != pugi::node_element) continue;
        const std::string_view name = child.name();
        const std::string value(trimmed(element_text(child)));
        if (name == "BaseShape") {
            if (value == "PcxPeopleSearch")
                return ews_fail("ErrorInvalidRequest", "The base shape is for FindPeople.");
            shape.base_ = value == "IdOnly"    ? Base::IdOnly
                          : value == "Default" ? Base::Default
                                               : Base::AllProperties;
        } else if (name == "IncludeMimeContent") {
            shape.mime_ = parse_boolean(value).value_or(false);
        } else if (name == "BodyType") {
            shape.body_form_ = value == "HTML"   ? BodyForm::Html
                               : value == "Text" ? BodyForm::Text
                                                 : BodyForm::Best;
        } else if (name == "MaximumBodySize") {
            const auto size = parse_integer(value);
            if (!size || *size < 0)
                return ews_fail("ErrorInvalidRequest", "MaximumBodySize is out of range.");
            shape.body_size_max_ = static_cast<std::size_t>(*size);
        } else if (name == "AdditionalProperties") {
            for (const pugi::xml_node path : child.children()) {
                if (path.type() != pugi::node_element) continue;
                auto read_back = read_path(path);
                if (!read_back) return std::unexpected(read_back.error());
                if (auto ok = shape.add_path(*read_back); !ok) return std::unexpected(ok.error());
            }
        } else if (auto ok = refuse_shape_option(child); !ok) {
            return std::unexpected(ok.error());
        }
    }
    if (shape.mime_) shape.uris_.insert("item:MimeContent");
    return shape;
}

Outcome<void> ItemShape::add_path(const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) {
        for (const FieldPath& other : extended_) {
            if (other.extended_key == path.extended_key) return {};
        }
        extended_.push_back(path);
        uris_.insert("item:ExtendedProperty");
        return {};
    }
    if (path.kind == FieldPath::Kind::Indexed) {
        if (path.uri == "item:InternetMessageHeader") {
            indexes_["item:InternetMessageHeaders"].insert(path.index);
            return {};
        }
        const std::string_view dictionary = dictionary_of(path.uri);
        if (dictionary.empty()) {
            return ews_fail("ErrorInvalidPropertyRequest",
                            "The sandbox does not implement " + path.uri + ".");
        }
        indexes_[std::string(dictionary)].insert(path.bag_key());
        return {};
    }
    if (!is_known_uri(path.uri)) {
        return ews_fail("ErrorInvalidPropertyRequest",
                        "The sandbox does not implement " + path.uri + " on items.");
    }
    uris_.insert(path.uri);
    return {};
}

std::vector<const Field*> ItemShape::select(ItemKind kind) const {
    std::vector<const Field*> out;
    for (const Field& field : fields_of(kind).fields) {
        bool wanted =
            field.uri == "item:ItemId" || uris_.contains(field.uri) || indexes_.contains(field.uri);
        if (base_ == Base::Default && field.in_default) wanted = true;
        if (base_ == Base::AllProperties && field.in_all) wanted = true;
        if (field.uri == "item:UniqueBody" && !uris_.contains(field.uri)) wanted = false;
        if (field.heavy && listing_) wanted = false;
        if (wanted) out.push_back(&field);
    }
    return out;
}

const std::vector<const Field*>& ItemShape::fields(ItemKind kind) const {
    auto found = selected_.find(kind);
    if (found == selected_.end()) found = selected_.emplace(kind, select(kind)).first;
    return found->second;
}

const std::set<std::string>* ItemShape::indexes(const Field& field) const {
    if (uris_.contains(field.uri) || (base_ == Base::Default && field.in_default) ||
        base_ == Base::AllProperties) {
        return nullptr;
    }
    const auto found = indexes_.find(field.uri);
    return found == indexes_.end() ? nullptr : &found->second;
}

}  // namespace liaison::sandbox::ews
