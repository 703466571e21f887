#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace liaison::sandbox {

/// One mail that was found. `bytes` live during the call only.
struct FoundMail {
    std::string_view path;  ///< as found; the file's, for a mail out of an mbox too
    std::string_view key;   ///< load key: sha-256 of the bytes in hex, ':', number of earlier files
                            ///< with the same digest
    std::string_view
        bytes;  ///< as in the file; out of an mbox without the "From " line and its quoting
};

struct SkippedFile {
    std::string path;
    std::string reason;
    friend bool operator==(const SkippedFile&, const SkippedFile&) = default;
};

/// Finds mails in files and folders (searched recursively, in the order of their paths): .eml and
/// the like, Maildir, mbox. Whether a file is a mail is decided by its content. One MailLoader is
/// one load: equal mails in several files get keys of their own, the same file given twice (links
/// included) counts once.
class MailLoader {
public:
    using Take = std::function<Result<void>(const FoundMail&)>;

    /// `take` gets each mail; an error from it ends the load. Errors of load(): NotFound, and what
    /// `take` answers.
    explicit MailLoader(Take take) : take_(std::move(take)) {}
    Result<void> load(const std::string& path);

    std::size_t mails() const { return mails_; }
    std::size_t files() const { return files_; }  ///< regular files looked at
    const std::vector<SkippedFile>& skipped() const { return skipped_; }

private:
    Result<void> load_file(const std::string& path);
    Result<void> give(std::string_view path, std::string_view bytes);

    Take take_;
    std::set<std::string> seen_paths_;
    std::map<std::string, std::size_t> digest_counts_;
    std::size_t mails_ = 0;
    std::size_t files_ = 0;
    std::vector<SkippedFile> skipped_;
};

/// Why these bytes are no mail, or an empty text when they are one: they must start with header
/// lines (after a byte order mark, blank lines and an mbox "From " line), and one of those must be
/// a header of mail.
std::string not_a_mail_because(std::string_view bytes);

/// The mails of an mbox file. One entry, the whole file, when it holds one mail only. Lines "From "
/// count as a separator if a blank line stands before, a date is in them and a header line follows
/// (mboxo and mboxrd alike).
std::vector<std::string> split_mbox(std::string_view bytes);

/// Lower-case hex.
std::string sha256_hex(std::string_view bytes);

}  // namespace liaison::sandbox
