#pragma once
#include <chrono>
#include <cstddef>

/// Every bound of the product. A bound that a server publishes names its source.
namespace liaison::limits {

inline constexpr std::size_t sync_page_items_max = 512;     ///< EWS SyncFolderItems, MaxChangesReturned
inline constexpr std::size_t feed_pages_max = 100'000;       ///< pages of one reading; more means that the feed loops
inline constexpr std::size_t get_item_batch = 50;           ///< EWS advice is 10, real clients use 50 to 100
inline constexpr std::size_t message_batch = 100;           ///< mails decided and logged together
inline constexpr std::size_t operations_per_cycle_max = 2'000;
inline constexpr std::size_t write_batch = 20;              ///< items in one CreateItem/UpdateItem/DeleteItem
inline constexpr std::size_t find_page_items_max = 250;     ///< EWS FindItem with a restriction (2013 and later)
inline constexpr std::size_t subject_chars_max = 255;       ///< EWS item:Subject
inline constexpr std::size_t body_chars_max = 1u << 20;     ///< text body kept of an item
inline constexpr std::size_t mail_text_bytes_max = 256u << 10;  ///< text body kept of a mail (MaximumBodySize)
inline constexpr std::size_t mail_bytes_max = 48u << 20;    ///< original of a mail; 64 MB on the wire with base64
inline constexpr std::size_t recipients_max = 5'000;        ///< addresses read of one mail
inline constexpr std::size_t address_findings_max = 200;    ///< kept of one mail, to explain its decision
inline constexpr std::size_t thread_ids_max = 24;           ///< Message-IDs of one thread that are kept per mail
inline constexpr std::size_t thread_mails_max = 50;         ///< earlier mails of a conversation that are looked at
inline constexpr std::chrono::days thread_topic_days{90};   ///< how far back subject and participants count
inline constexpr std::size_t mail_rounds_max = 20;          ///< batches in one turn
inline constexpr std::size_t recent_messages_max = 100;     ///< looked at while a folder is still being read
inline constexpr std::size_t lost_mail_batch = 20;          ///< logged mails that are looked for in one turn
inline constexpr int lost_mail_searches_max = 6;            ///< after 1, 2, 4, 8, 16 days
inline constexpr std::size_t found_messages_max = 20;
inline constexpr std::size_t blocklist_entries_max = 100'000;
inline constexpr std::size_t attendees_max = 500;
inline constexpr std::size_t categories_max = 64;
inline constexpr std::size_t xml_depth_max = 64;
inline constexpr std::size_t json_depth_max = 64;
inline constexpr int attempts_max = 5;                      ///< then the item is parked
inline constexpr std::chrono::seconds backoff_min{2};
inline constexpr std::chrono::seconds backoff_max{900};
inline constexpr std::size_t deletions_floor = 10;          ///< guard: max(10, 5 %) in 24 h per mailbox and direction
inline constexpr std::size_t deletions_percent = 5;
inline constexpr std::size_t opportunity_folders_max = 500;  ///< folders kept for open opportunities of one rep
inline constexpr std::size_t rules_max = 10'000;
inline constexpr std::size_t rule_document_bytes_max = 8u << 20;
inline constexpr std::size_t conditions_per_rule_max = 200;
inline constexpr std::size_t rule_depth_max = 16;           ///< nesting of anyOf, allOf and not
inline constexpr std::size_t rule_values_max = 1'000'000;   ///< values of all conditions, named lists written out
inline constexpr std::size_t rule_phrase_chars_max = 255;   ///< one phrase, name, address or path
inline constexpr std::size_t rule_phrase_bytes_max = 4u << 20;  ///< all phrases of a document
inline constexpr std::size_t rule_patterns_max = 1'000;     ///< different regular expressions of a document
inline constexpr std::size_t rule_pattern_chars_max = 1'000;
inline constexpr int rule_pattern_program_max = 2'000;      ///< instructions of one compiled expression (RE2::ProgramSize)
inline constexpr std::size_t rule_pattern_programs_max = 200'000;  ///< of all of them
inline constexpr std::size_t rule_patterns_bare_max = 50;   ///< those without a literal: tried on every mail
inline constexpr std::size_t rule_pattern_memory_bytes = 1u << 20;  ///< of one automaton; beyond: slower, still linear
inline constexpr std::size_t layered_rules_max = 100'000;   ///< rules of all layers together
inline constexpr std::size_t rule_comparisons_max = 5'000'000;  ///< of conditions with each other, for findings
inline constexpr std::size_t rule_findings_max = 100;       ///< named at once
inline constexpr std::size_t rule_examples_max = 1'000;
inline constexpr std::size_t mail_record_bytes_max = 4u << 20;  ///< a mail as facts, in JSON
inline constexpr std::size_t dry_run_mails_max = 10'000;    ///< looked at by one dry run
inline constexpr std::size_t rule_errors_max = 100;         ///< named at once
inline constexpr std::size_t rule_copies_max = 8;           ///< copyToFolder of one mail
inline constexpr std::size_t rule_tasks_max = 8;            ///< createTask of one mail
inline constexpr std::size_t rule_trace_max = 200;          ///< lines kept of one mail's trace

}  // namespace liaison::limits
