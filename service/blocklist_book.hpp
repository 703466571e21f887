#pragma once
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "daemon/mail/policy.hpp"

namespace liaison::service {

/// The blocklist in force, with its number: `{"addresses": [...], "domains": [...]}`. Versioned like
/// the rules; replacing it is all or nothing.
class BlocklistBook {
public:
    BlocklistBook(MailStore& store, Clock& clock) : store_(store), clock_(clock) {}

    /// Takes the newest stored version into use. No version stored: an empty list.
    Async<Result<void>> load();
    const std::shared_ptr<const mail::Blocklist>& current() const { return current_; }
    std::int64_t number() const { return number_; }
    /// In its normal form: lower case, sorted, each entry once.
    const std::string& document() const { return document_; }

    /// InvalidRequest names what is wrong with the document; VersionConflict when `expected` is not
    /// the number in force.
    Async<Result<std::int64_t>> replace(std::int64_t expected, std::string document,
                                        std::string who);

private:
    MailStore& store_;
    Clock& clock_;
    std::shared_ptr<const mail::Blocklist> current_ = std::make_shared<const mail::Blocklist>();
    std::int64_t number_ = 0;
    std::string document_ = R"({"addresses":[],"domains":[]})";
};

/// Reads such a document; InvalidRequest with a sentence.
Result<mail::Blocklist> parse_blocklist(std::string_view document);

}  // namespace liaison::service
