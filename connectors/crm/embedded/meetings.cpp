#include <algorithm>

#include "connectors/crm/embedded/mail_made.hpp"
#include "connectors/zones.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

/// Clocks around the world differ by at most this from UTC: the text of a wall time bounds its
/// instant that far.
constexpr std::chrono::hours kZonesApart{15};

std::optional<Timestamp> meeting_instant(const std::string& wall, const std::string& zone) {
    const auto time = parse_wall(wall);
    return time ? instant_of(*time, zone.empty() ? "UTC" : zone) : std::nullopt;
}

std::vector<MailAddress> attendees_of(Sqlite& db, std::int64_t appointment) {
    std::vector<MailAddress> out;
    Query query(db,
                "SELECT address, name FROM appointment_participant WHERE appointment_id = ? AND role IN "
                "('required', 'optional') AND response <> 'declined' ORDER BY address LIMIT ?");
    query.bind(appointment).bind(static_cast<std::int64_t>(limits::attendees_max));
    while (query.row()) out.push_back(MailAddress{query.text(0), query.text(1)});
    return out;
}

std::optional<EndedMeeting> read_meeting(const Query& row) {
    EndedMeeting meeting;
    const auto start = meeting_instant(row.text(3), row.text(4));
    const auto end = meeting_instant(row.text(5), row.text(6));
    if (!end) return std::nullopt;
    meeting.key = row.text(1).empty() ? "embedded:" + row.text(0) : row.text(1);
    meeting.subject = row.text(2);
    meeting.started_at = start.value_or(*end);
    meeting.ended_at = *end;
    meeting.type_code = row.text(7);
    meeting.is_private = row.integer(8) != 0;
    if (const std::string contact = row.text(9); !contact.empty())
        meeting.contact = PartyRef{row.text(13) == "lead" ? PartyKind::Lead : PartyKind::Contact,
                                   contact, row.text(12), row.text(14)};
    meeting.campaign_id = row.text(10);
    meeting.opportunity_id = row.text(11);
    return meeting;
}

}  // namespace

Result<std::vector<EndedMeeting>> list_ended_meetings(CrmDatabase& db, const std::string& user_id,
                                                      Timestamp after, Timestamp until,
                                                      std::size_t max) {
    Reading reading(db.sqlite());
    std::vector<EndedMeeting> out;
    const std::string from = format_timestamp(after - kZonesApart).substr(0, 19);
    const std::string to = format_timestamp(until + kZonesApart).substr(0, 19);
    Query query(db.sqlite(),
                "SELECT a.id, a.ical_uid, a.subject, a.start_at, a.start_zone, a.end_at, a.end_zone, "
                "a.type_code, a.is_private, CASE WHEN c.privacy_blocked = 0 THEN a.contact_id END, "
                "a.campaign_id, a.opportunity_id, c.number, c.type, c.company_id FROM appointment a "
                "JOIN activity_type t ON t.code = a.type_code LEFT JOIN contact c ON c.id = "
                "a.contact_id AND c.deleted = 0 WHERE a.owner_id = ? AND a.deleted = 0 AND a.status <> "
                "'canceled' AND a.recurrence_rule IS NULL AND t.log_meeting = 1 AND a.end_at >= ? AND "
                "a.end_at <= ? ORDER BY a.end_at, a.id");
    query.bind(row_id_of(user_id)).bind(from).bind(to);
    while (query.row() && out.size() < max) {
        std::optional<EndedMeeting> meeting = read_meeting(query);
        if (!meeting || meeting->ended_at <= after || meeting->ended_at > until) continue;
        meeting->attendees = attendees_of(db.sqlite(), query.integer(0));
        out.push_back(std::move(*meeting));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return out;
}

}  // namespace liaison::crm
