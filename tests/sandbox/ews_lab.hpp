#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/ews_face.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox::testing_ews {

/// Bodies that were sent and received in this process, for the check against Microsoft's schema.
struct Recorded {
    std::string label;
    std::string xml;  ///< the one child of soap:Body, with its namespace declarations
};
std::vector<Recorded>& recorded_bodies();

/// One reply, easy to look into. Paths are local names joined by '/', from the child of soap:Body;
/// `//name` finds the first element of that name anywhere.
class EwsReply {
public:
    explicit EwsReply(Answer answer);
    const Answer& answer() const { return answer_; }
    int status() const { return answer_.response.status; }
    const std::string& raw() const { return answer_.response.body; }
    /// Text of the first element with this name, anywhere; empty when there is none.
    std::string text(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    std::string attribute(std::string_view name, std::string_view attribute) const;
    std::vector<std::string> attributes(std::string_view name, std::string_view attribute) const;
    /// m:ResponseCode of every response message, or the fault's code.
    std::vector<std::string> codes() const;
    /// The only code.
    std::string code() const;
    /// Raw XML of the first element of that name.
    std::string xml(std::string_view name) const;

private:
    Answer answer_;
    struct Document;
    std::shared_ptr<Document> document_;
};

/// A store with the users of the sandbox, the EWS face over it, and a clock that stands until it is
/// set.
class EwsLab {
public:
    explicit EwsLab(std::string data_dir = {});
    EwsReply call(std::string_view body, std::string_view user = "alice@example.test");
    /// With SOAP headers; the request is not recorded (for requests that are wrong on purpose).
    EwsReply call_raw(std::string_view headers, std::string_view body,
                      std::string_view user = "alice@example.test");
    Answer post(std::string envelope, std::string_view user = "alice@example.test");
    static std::string envelope(std::string_view headers, std::string_view body);

    /// Id of a distinguished folder of alice.
    std::string folder(std::string_view name) const;
    /// Creates with the given attributes and returns the id; empty when it failed.
    std::string create(std::string_view attributes, std::string_view item_xml,
                       std::string_view target = {});
    std::string create_task(std::string_view properties);
    std::string create_appointment(std::string_view properties);
    std::string create_contact(std::string_view properties);
    std::string add_mail(std::string_view folder_name, std::string mime);
    std::string change_key(const std::string& item_id) const;
    /// GetItem with all properties plus those given.
    EwsReply get(const std::string& id, std::string_view additional = {},
                 std::string_view base = "AllProperties");
    EwsReply sync(std::string_view folder_name, std::string_view state, int max = 512);

    EpochMillis now = 1'800'000'000'000;  // 2027-01-15T08:00:00Z
    std::unique_ptr<MailboxStore> store;
    Faults faults{7};
    std::unique_ptr<EwsFace> face;
};

inline constexpr std::string_view token_uri =
    R"(<t:ExtendedFieldURI PropertySetId="11111111-2222-3333-4444-555555555555" PropertyName="CrmKey" PropertyType="String"/>)";
std::string token_property(std::string_view value);

}  // namespace liaison::sandbox::testing_ews
