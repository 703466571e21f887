#pragma once
#include <memory>
#include <string>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/result.hpp"
#include "daemon/mail_steps.hpp"

namespace liaison::service {

/// What a file of contacts makes the CRM know: the embedded CRM itself, in a file of its own that
/// goes when this does.
class TrialCrm {
public:
    /// Without a file nothing is known.
    static Result<std::unique_ptr<TrialCrm>> open(const std::string& contacts_file);
    virtual ~TrialCrm() = default;
    virtual Result<PartyMap> parties_of(const MailMessage& message) = 0;
    /// The mailbox with its owner, if the file names one.
    virtual Result<daemon::MailPlace> place(const std::string& mailbox) = 0;
};

}  // namespace liaison::service
