#pragma once
#include <string>

#include "core/ports/clock.hpp"
#include "core/result.hpp"
#include "service/demo.hpp"
#include "service/demo_client.hpp"

namespace liaison::service {

struct PreparedDemo {
    std::string directory;
    std::string token;  ///< of the management API
    /// Chosen by the first run on this folder and kept: a later run without --mail or --contacts adds no samples.
    bool sample_mail = true;
    bool sample_contacts = true;
};

/// Folder, secrets, configuration, CRM with its contacts and sample activities. Idempotent on the same folder.
Result<PreparedDemo> prepare_demo(const DemoOptions& options, const Clock& clock, Entropy& entropy);

/// Sample mail in alice's designated folder, and items that the reps made in Outlook themselves. Idempotent.
Result<void> load_sample_outlook(DemoClient& client, const std::string& sandbox_url, Date today);

}  // namespace liaison::service
