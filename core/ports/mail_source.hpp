#pragma once
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/mail.hpp"
#include "core/result.hpp"

namespace liaison {

/// The mail folders of one mailbox. Never deletes a mail.
class MailSource {
public:
    virtual ~MailSource() = default;

    /// The folder at `path` ("Inbox/CRM", separators `/`, well-known names in English), created if
    /// asked for and missing. `shared@example.com:Inbox/CRM` is a folder of another mailbox that this
    /// one may open, `public:Sales/Queue` one of the public folders; `Unsupported` where the server
    /// has no such thing. Ids of such folders are as good as others in every verb.
    virtual Async<Result<MailFolder>> open_folder(std::string path, bool create) = 0;
    /// The folder and where it lies now, whatever it was called before. `NotFound`: it is gone.
    virtual Async<Result<MailFolder>> find_folder(FolderId folder) = 0;
    /// Gives a folder another name. `AlreadyExists`: a folder beside it has that name; `Forbidden`: a
    /// well-known one.
    virtual Async<Result<void>> rename_folder(FolderId folder, std::string name) = 0;
    /// The folder and all below it.
    virtual Async<Result<std::vector<MailFolder>>> folder_tree(FolderId root) = 0;
    /// Messages that came, changed or went since `cursor`. `CursorExpired`: start again from an
    /// empty one.
    virtual Async<Result<MessagePage>> pull_messages(FolderId folder, Cursor cursor) = 0;
    /// The facts of messages, at most limits::message_batch keys; one result per key. `NotFound`:
    /// gone, or moved where a move gives a new key. `with_headers` asks for all header fields too.
    virtual Async<std::vector<Result<MailMessage>>> get_messages(std::vector<ItemKey> keys,
                                                                 bool with_headers) = 0;
    /// The whole mail as Exchange gives it (RFC 5322). `TooLarge` above limits::mail_bytes_max.
    virtual Async<std::vector<Result<std::string>>> fetch_mime(std::vector<ItemKey> keys) = 0;
    /// Idempotent: adds and removes categories, sets the note, and read state, importance and flag
    /// where the mark names them. Never sends a receipt. `InvalidRequest`: no such importance or
    /// flag.
    virtual Async<std::vector<Result<Version>>> mark_messages(std::vector<MailMark> marks) = 0;
    /// Moves a message inside the mailbox; answers its key from then on (the same one, where keys
    /// are immutable). Empty: it was moved into a public folder and, without a Message-ID, cannot be
    /// found there.
    virtual Async<Result<ItemKey>> move_message(ItemKey key, FolderId to) = 0;
    /// Copies a message inside the mailbox; answers the key of the copy. Where `to` holds a message
    /// with the same Internet message id already, nothing is copied and that one's key is the
    /// answer: the verb may be repeated. A mail without such an id is copied each time.
    virtual Async<Result<ItemKey>> copy_message(ItemKey key, FolderId to) = 0;
    /// The messages that came last to a folder, newest first, at most `max`: so that a mail that
    /// arrives is seen while old ones are still being read. Empty where the server cannot tell.
    virtual Async<Result<std::vector<MessageChange>>> recent_messages(FolderId folder,
                                                                      std::size_t max) {
        static_cast<void>(folder);
        static_cast<void>(max);
        std::vector<MessageChange> none;
        co_return none;
    }
    /// Where a message with this Internet message id lies, anywhere in the mailbox or its archive, at
    /// most 20. `Unsupported`: the server cannot search.
    virtual Async<Result<std::vector<ItemKey>>> find_messages(std::string internet_message_id) {
        static_cast<void>(internet_message_id);
        co_return fail(ErrorKind::Unsupported, "this mail source cannot search");
    }
    /// A URL that opens the message in the rep's web client, or empty.
    virtual std::string link_url(ItemKey key) const = 0;
};

}  // namespace liaison
