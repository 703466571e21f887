#include "connectors/ews/ews_client.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "connectors/ews/inbox_rule_xml.hpp"

namespace liaison::ews {

namespace {

/// InboxRules over EWS. Works on the mailbox of the settings; impersonated, the caller is its
/// owner.
class EwsInboxRules final : public InboxRules {
public:
    EwsInboxRules(HttpClient& http, EwsSettings settings) : client_(http, std::move(settings)) {}

    Async<Result<InboxRuleList>> read_rules() override {
        EwsClient::Call call;
        call.operation = "GetInboxRules";
        call.body = encode_get_inbox_rules(client_.settings().mailbox);
        auto reply = co_await client_.send(std::move(call));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        co_return decode_get_inbox_rules(reply->soap);
    }

    Async<Result<void>> write_rules(InboxRuleChange change) override {
        if (change.empty()) co_return Result<void>{};
        EwsClient::Call call;
        call.operation = "UpdateInboxRules";
        call.body = encode_update_inbox_rules(client_.settings().mailbox, change);
        call.writes = true;
        auto reply = co_await client_.send(std::move(call));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        co_return decode_update_inbox_rules(reply->soap);
    }

private:
    EwsClient client_;
};

}  // namespace

std::unique_ptr<InboxRules> make_ews_inbox_rules(HttpClient& http, EwsSettings settings) {
    return std::make_unique<EwsInboxRules>(http, std::move(settings));
}

}  // namespace liaison::ews
