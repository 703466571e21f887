#pragma once
#include <memory>
#include <set>
#include <string>

namespace liaison::mail {

/// Domains of free mail, as shipped (free_mail_domains.inc, which names source and licence). An
/// address there never names a company.
std::shared_ptr<const std::set<std::string>> free_mail_domains();

}  // namespace liaison::mail
