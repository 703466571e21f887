#include "daemon/mail/free_mail.hpp"

namespace liaison::mail {

std::shared_ptr<const std::set<std::string>> free_mail_domains() {
    static const auto domains = std::make_shared<const std::set<std::string>>(
        std::set<std::string>{
#include "daemon/mail/free_mail_domains.inc"
        });
    return domains;
}

}  // namespace liaison::mail
