#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sandbox/ews/fields.hpp"

namespace liaison::sandbox::ews {

/// What a reply must carry of each item: t:ItemShape, resolved per item type once and used for all
/// items of a request.
class ItemShape {
public:
    enum class Base { IdOnly, Default, AllProperties };
    enum class BodyForm { Best, Html, Text };

    /// `element` is m:ItemShape or m:AttachmentShape; `listing` for FindItem and SyncFolderItems,
    /// which leave out what only GetItem brings. ErrorInvalidPropertyRequest,
    /// ErrorInvalidExtendedProperty and their kin.
    static Outcome<ItemShape> read(const pugi::xml_node& element, bool listing);

    /// The fields to write for a kind, in schema order.
    const std::vector<const Field*>& fields(ItemKind kind) const;
    /// Requested bag keys of a dictionary property ("contacts:EmailAddress/EmailAddress1" of
    /// "contacts:EmailAddresses") or header names of item:InternetMessageHeaders; null: all of
    /// them.
    const std::set<std::string>* indexes(const Field& field) const;

    Base base() const { return base_; }
    BodyForm body_form() const { return body_form_; }
    std::optional<std::size_t> body_size_max() const { return body_size_max_; }
    const std::vector<FieldPath>& extended() const { return extended_; }
    /// IncludeMimeContent was set (not merely item:MimeContent named).
    bool include_mime() const { return mime_; }
    bool listing() const { return listing_; }

private:
    Outcome<void> add_path(const FieldPath& path);
    std::vector<const Field*> select(ItemKind kind) const;

    Base base_ = Base::IdOnly;
    BodyForm body_form_ = BodyForm::Best;
    bool listing_ = false;
    bool mime_ = false;
    std::optional<std::size_t> body_size_max_;
    std::set<std::string, std::less<>> uris_;
    std::map<std::string, std::set<std::string>, std::less<>> indexes_;  // by dictionary uri
    std::vector<FieldPath> extended_;
    mutable std::map<ItemKind, std::vector<const Field*>> selected_;
};

/// The element that carries an indexed property: "contacts:EmailAddress" is part of
/// "contacts:EmailAddresses".
std::string_view dictionary_of(std::string_view indexed_uri);

}  // namespace liaison::sandbox::ews
