#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace liaison {

/// A string that cannot be mistaken for another kind of string. Opaque: compared for equality (byte
/// by byte, case counts), ordered only so that containers have a stable order.
template <class Tag>
class Name {
public:
    Name() = default;
    explicit Name(std::string text) : text_(std::move(text)) {}
    const std::string& str() const { return text_; }
    bool empty() const { return text_.empty(); }
    friend bool operator==(const Name&, const Name&) = default;
    friend auto operator<=>(const Name&, const Name&) = default;

private:
    std::string text_;
};

/// A number with a meaning; 0 means "none yet".
template <class Tag>
class Number {
public:
    Number() = default;
    explicit Number(std::int64_t value) : value_(value) {}
    std::int64_t value() const { return value_; }
    friend bool operator==(const Number&, const Number&) = default;
    friend auto operator<=>(const Number&, const Number&) = default;

private:
    std::int64_t value_ = 0;
};

using ItemKey =
    Name<struct ItemKeyTag>;  ///< one item on one side (EWS ItemId.Id, Graph id, CRM record id)
using Version =
    Name<struct VersionTag>;  ///< changes whenever the item does (ChangeKey, ETag, row version)
using Cursor = Name<struct CursorTag>;  ///< where a feed was left (SyncState, deltaLink); empty:
                                        ///< from the start
using CollectionId = Name<struct CollectionIdTag>;  ///< a folder or an entity set with its owner
using MailboxId = Name<struct MailboxIdTag>;        ///< primary SMTP address, lower case
using FolderId = Name<struct FolderIdTag>;          ///< a mail folder in one mailbox
using PairId = Name<struct PairIdTag>;  ///< one kind in one mailbox: "alice@example.test/task"
using LinkId = Number<struct LinkIdTag>;
using OperationId = Number<struct OperationIdTag>;

/// The mark that Liaison leaves in every item that it creates or adopts, so that an unanswered
/// create is recognised and links can be rebuilt after the whole data directory is lost.
struct CorrelationToken {
    std::string system;  ///< the CRM system's configured name
    std::string kind;    ///< task, appointment, contact
    std::string crm_id;  ///< the CRM's own id; empty while the CRM item is still to be created
    std::string nonce;   ///< unique per link: epoch of the data directory and link number

    bool empty() const { return nonce.empty() && crm_id.empty(); }
    /// `system|kind|crm_id|nonce`, `|` and `%` percent-encoded. This is what stands in the item.
    std::string str() const;
    /// The inverse; a text that is no token gives an empty one.
    static CorrelationToken parse(std::string_view text);
    friend bool operator==(const CorrelationToken&, const CorrelationToken&) = default;
};

}  // namespace liaison
