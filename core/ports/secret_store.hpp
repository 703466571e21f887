#pragma once
#include <string>

#include "core/result.hpp"

namespace liaison {

/// Where passwords and tokens come from. A reference names the place, never the secret:
/// `file:/etc/liaison/ews.password`, `env:LIAISON_EWS_PASSWORD`, `credential:ews` (systemd).
class SecretStore {
public:
    virtual ~SecretStore() = default;
    /// NotFound with the reference (not the secret) when there is none. Trailing line ends are
    /// removed.
    virtual Result<std::string> get(std::string reference) = 0;
};

}  // namespace liaison
