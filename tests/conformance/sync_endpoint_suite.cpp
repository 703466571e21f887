#include "tests/conformance/sync_endpoint_suite.hpp"

#include "core/limits.hpp"

namespace liaison::conformance {

namespace {

Record sample_contact(int n) {
    Record record(EntityKind::Contact);
    const std::string number = std::to_string(n);
    record.set(Field::GivenName, "Zoë " + number);
    record.set(Field::FamilyName, std::string("Müller & <Söhne>"));
    record.set(Field::DisplayName, "Zoë Müller " + number);
    record.set(Field::CompanyName, std::string("Example GmbH"));
    record.set(Field::Email1, "zoe" + number + "@example.test");
    record.set(Field::PhoneBusiness, std::string("+43 1 234"));
    record.set(Field::BusinessCity, std::string("Wien"));
    record.set(Field::Birthday, Date{std::chrono::year{1980}, std::chrono::month{2}, std::chrono::day{29}});
    record.set(Field::Notes, std::string("first line\nsecond line"));
    return record;
}

Record sample_task(int n) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, "Anruf & Rückfrage " + std::to_string(n));
    record.set(Field::Body, std::string("first line\nsecond <line>"));
    record.set(Field::Status, std::string("not_started"));
    record.set(Field::Priority, std::string("high"));
    record.set(Field::DueDate, Date{std::chrono::year{2027}, std::chrono::month{3}, std::chrono::day{28}});
    return record;
}

Record sample_appointment(int n) {
    Record record(EntityKind::Appointment);
    record.set(Field::Subject, "Besuch 漢字 " + std::to_string(n));
    record.set(Field::Body, std::string("agenda"));
    record.set(Field::Location, std::string("Raum 1"));
    record.set(Field::Priority, std::string("normal"));
    record.set(Field::ShowAs, std::string("busy"));
    record.set(Field::Start, ZonedTime{*parse_wall("2027-07-01T09:00:00"), "Europe/Berlin"});
    record.set(Field::End, ZonedTime{*parse_wall("2027-07-01T10:30:00"), "Europe/Berlin"});
    return record;
}

Field name_field(EntityKind kind) { return kind == EntityKind::Contact ? Field::DisplayName : Field::Subject; }

const Record& record_of(const Observation& seen) {
    static const Record none;
    const Record* record = seen.record();
    EXPECT_TRUE(record) << "no record: " << seen.content.index();
    return record ? *record : none;
}

/// For messages: field: value, a line each.
std::string lines_of(const Record& record) {
    std::string out;
    for (const auto& [field, value] : record.values())
        out += std::string(info(field).name) + ": " + to_text(value) + "\n";
    return out;
}

}  // namespace

Record sample_record(EntityKind kind, int n) {
    switch (kind) {
        case EntityKind::Task: return sample_task(n);
        case EntityKind::Appointment: return sample_appointment(n);
        case EntityKind::Contact: return sample_contact(n);
    }
    return Record(kind);
}

void SyncEndpointSuite::SetUp() {
    kind_ = GetParam().kind;
    world_ = GetParam().make();
    collection_ = endpoint().collection(kind_, world_->mailbox());
}

CorrelationToken SyncEndpointSuite::token(int n) const {
    return CorrelationToken{world_->system(), std::string(to_string(kind_)), {}, "epoch-" + std::to_string(n)};
}

Observation SyncEndpointSuite::create(SyncEndpoint& side, int n) {
    std::vector<SyncEndpoint::NewItem> items{{sample(n), token(n)}};
    auto results = run(side.create_items(collection_, std::move(items)));
    EXPECT_EQ(results.size(), 1U);
    if (results.empty() || !results.front()) {
        ADD_FAILURE() << "create: " << (results.empty() ? "no result" : results.front().error().message);
        return {};
    }
    return std::move(*results.front());
}

std::vector<ChangePage> SyncEndpointSuite::read_feed(Cursor cursor) {
    std::vector<ChangePage> pages;
    for (int i = 0; i < 1'000; ++i) {
        auto page = run(endpoint().pull_changes(collection_, cursor));
        if (!page) {
            ADD_FAILURE() << "pull_changes: " << page.error().message;
            return pages;
        }
        EXPECT_LE(page->observations.size(), limits::sync_page_items_max);
        EXPECT_FALSE(page->next.empty());
        cursor = page->next;
        pages.push_back(std::move(*page));
        if (pages.back().is_last) return pages;
    }
    ADD_FAILURE() << "the feed does not end";
    return pages;
}

std::map<ItemKey, Observation> SyncEndpointSuite::last_of(const std::vector<ChangePage>& pages) {
    std::map<ItemKey, Observation> out;
    for (const ChangePage& page : pages)
        for (const Observation& seen : page.observations) out.insert_or_assign(seen.key, seen);
    return out;
}

Record SyncEndpointSuite::echoed(const Record& record) {
    FieldMask mask;
    for (const FieldInfo& about : all_fields())
        if (capabilities().writable.has(about.field) && world_->echoes(kind_, about.field)) mask.add(about.field);
    return record.masked(mask);
}

Patch SyncEndpointSuite::rename_patch(const Record& present, const std::string& text) {
    Patch patch{{name_field(kind_), Value(text)}};
    for (const FieldMask& group : capabilities().write_groups) {
        if (!group.has(name_field(kind_))) continue;
        for (const auto& [field, value] : present.values())
            if (group.has(field) && capabilities().writable.has(field)) patch.emplace(field, value);
    }
    return patch;
}

TEST_P(SyncEndpointSuite, ProbesTheConnection) {
    const auto report = run(endpoint().probe(collection_));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->server.empty());
}

TEST_P(SyncEndpointSuite, CapabilitiesAreConsistent) {
    const EndpointCapabilities& can = capabilities();
    EXPECT_EQ(can.writable & can.carried, can.writable) << "writable is a part of carried";
    EXPECT_GE(can.batch_size_max, 1U);
    ASSERT_TRUE(can.project);
    const Record once = can.project(sample(1));
    EXPECT_EQ(can.project(once), once) << "the projection is idempotent";
    EXPECT_EQ(can.project(sample(1)), once) << "the projection is a function";
    EXPECT_EQ(once.masked(can.carried), once) << "the projection drops what is not carried";
}

TEST_P(SyncEndpointSuite, WhatIsCreatedComesBackAsProjected) {
    const Observation made = create(endpoint(), 1);
    EXPECT_FALSE(made.key.empty());
    EXPECT_FALSE(made.version.empty());
    EXPECT_EQ(made.token.nonce, token(1).nonce);
    const Record expected = echoed(capabilities().project(sample(1)));
    EXPECT_EQ(lines_of(echoed(record_of(made))), lines_of(expected));
    const auto read = run(endpoint().get_items(collection_, {made.key}));
    ASSERT_TRUE(read.size() == 1 && read.front());
    EXPECT_EQ(read.front()->version, made.version);
    EXPECT_EQ(lines_of(record_of(*read.front())), lines_of(record_of(made)));
}

TEST_P(SyncEndpointSuite, AnEmptyCursorReadsASnapshotAndThenDifferences) {
    const Observation first = create(outsider(), 1);
    const std::vector<ChangePage> snapshot = read_feed(Cursor());
    ASSERT_FALSE(snapshot.empty());
    for (const ChangePage& page : snapshot) EXPECT_TRUE(page.is_snapshot);
    EXPECT_TRUE(last_of(snapshot).contains(first.key));

    const std::vector<ChangePage> nothing = read_feed(snapshot.back().next);
    ASSERT_EQ(nothing.size(), 1U);
    EXPECT_TRUE(nothing.front().observations.empty());
    EXPECT_FALSE(nothing.front().is_snapshot);

    const Observation second = create(outsider(), 2);
    const std::vector<ChangePage> delta = read_feed(nothing.back().next);
    const auto seen = last_of(delta);
    ASSERT_TRUE(seen.contains(second.key));
    EXPECT_FALSE(seen.contains(first.key));
    EXPECT_FALSE(delta.front().is_snapshot);
    EXPECT_EQ(seen.at(second.key).version, second.version);
    EXPECT_EQ(seen.at(second.key).token.nonce, token(2).nonce);
}

TEST_P(SyncEndpointSuite, AnOldCursorBringsTheSameChangesAgain) {
    const Cursor start = read_feed(Cursor()).back().next;
    const Observation made = create(outsider(), 1);
    const auto once = last_of(read_feed(start));
    const auto twice = last_of(read_feed(start));
    ASSERT_TRUE(once.contains(made.key));
    EXPECT_EQ(once, twice);
}

TEST_P(SyncEndpointSuite, AnUpdateChangesItsFieldsOnly) {
    const Observation made = create(endpoint(), 1);
    const Cursor start = read_feed(Cursor()).back().next;
    std::vector<SyncEndpoint::ItemUpdate> updates(1);
    updates[0].key = made.key;
    updates[0].expected_version = made.version;
    updates[0].patch = rename_patch(record_of(made), "Neuer Name ✓");
    const auto results = run(endpoint().update_items(collection_, updates));
    ASSERT_EQ(results.size(), 1U);
    ASSERT_TRUE(results[0]) << results[0].error().message;
    EXPECT_NE(results[0]->version, made.version);
    EXPECT_EQ(results[0]->token.nonce, token(1).nonce) << "the token survives";
    Record expected = record_of(made);
    expected.set(name_field(kind_), std::string("Neuer Name ✓"));
    EXPECT_EQ(lines_of(echoed(record_of(*results[0]))), lines_of(echoed(expected)));
    const auto seen = last_of(read_feed(start));
    ASSERT_TRUE(seen.contains(made.key));
    EXPECT_EQ(seen.at(made.key).version, results[0]->version);
    EXPECT_EQ(seen.at(made.key).record() ? *seen.at(made.key).record() : Record(), record_of(*results[0]));
}

TEST_P(SyncEndpointSuite, AStaleVersionIsRefusedAndNothingChanges) {
    if (!capabilities().conditional_write) GTEST_SKIP() << "does not claim it";
    const Observation made = create(endpoint(), 1);
    std::vector<SyncEndpoint::ItemUpdate> theirs(1);
    theirs[0].key = made.key;
    theirs[0].expected_version = made.version;
    theirs[0].patch = rename_patch(record_of(made), "theirs");
    const auto written = run(outsider().update_items(collection_, theirs));
    ASSERT_TRUE(written.at(0)) << written[0].error().message;

    std::vector<SyncEndpoint::ItemUpdate> ours = theirs;
    ours[0].patch = rename_patch(record_of(made), "ours");
    const auto refused = run(endpoint().update_items(collection_, ours));
    ASSERT_FALSE(refused.at(0));
    EXPECT_EQ(refused[0].error().kind, ErrorKind::VersionConflict);

    std::vector<SyncEndpoint::ItemRemoval> removals{{made.key, made.version}};
    const auto kept = run(endpoint().delete_items(collection_, removals));
    ASSERT_FALSE(kept.at(0));
    EXPECT_EQ(kept[0].error().kind, ErrorKind::VersionConflict);

    const auto now = run(endpoint().get_items(collection_, {made.key}));
    ASSERT_TRUE(now.at(0));
    EXPECT_EQ(record_of(*now[0]).text(name_field(kind_)), "theirs");
    EXPECT_EQ(now[0]->version, written[0]->version);
}

TEST_P(SyncEndpointSuite, ATokenCanBeStampedLater) {
    const Observation made = create(endpoint(), 1);
    std::vector<SyncEndpoint::ItemUpdate> updates(1);
    updates[0].key = made.key;
    updates[0].expected_version = made.version;
    updates[0].stamp_token = token(77);
    const auto results = run(endpoint().update_items(collection_, updates));
    ASSERT_TRUE(results.at(0)) << results[0].error().message;
    const auto found = run(endpoint().find_by_token(collection_, token(77)));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->key, made.key);
    EXPECT_EQ(lines_of(echoed(record_of(**found))), lines_of(echoed(record_of(made))));
}

TEST_P(SyncEndpointSuite, ADeletionIsSeenConfirmedAndDoneOnce) {
    const Observation made = create(endpoint(), 1);
    const Cursor start = read_feed(Cursor()).back().next;
    std::vector<SyncEndpoint::ItemRemoval> removals{{made.key, made.version}};
    const auto first = run(endpoint().delete_items(collection_, removals));
    ASSERT_TRUE(first.at(0)) << first[0].error().message;
    const auto second = run(endpoint().delete_items(collection_, removals));
    ASSERT_FALSE(second.at(0));
    EXPECT_EQ(second[0].error().kind, ErrorKind::NotFound);
    const auto read = run(endpoint().get_items(collection_, {made.key}));
    ASSERT_EQ(read.size(), 1U);
    if (read[0])
        EXPECT_TRUE(read[0]->gone()) << "gone, or NotFound";
    else
        EXPECT_EQ(read[0].error().kind, ErrorKind::NotFound);
    const auto found = run(endpoint().find_by_token(collection_, token(1)));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(found->has_value()) << "a deleted item carries no live token";
    if (!capabilities().reports_deletes) return;
    const auto seen = last_of(read_feed(start));
    ASSERT_TRUE(seen.contains(made.key));
    EXPECT_TRUE(seen.at(made.key).gone());
}

TEST_P(SyncEndpointSuite, BatchesAnswerPerItemInOrder) {
    const Observation a = create(endpoint(), 1);
    const Observation b = create(endpoint(), 2);
    std::vector<SyncEndpoint::ItemRemoval> removal{{a.key, a.version}};
    ASSERT_TRUE(run(endpoint().delete_items(collection_, removal)).at(0));
    std::vector<SyncEndpoint::ItemUpdate> updates(2);
    updates[0].key = a.key;
    updates[0].expected_version = a.version;
    updates[0].patch = rename_patch(record_of(a), "gone");
    updates[1].key = b.key;
    updates[1].expected_version = b.version;
    updates[1].patch = rename_patch(record_of(b), "there");
    const auto results = run(endpoint().update_items(collection_, updates));
    ASSERT_EQ(results.size(), 2U);
    ASSERT_FALSE(results[0]);
    EXPECT_EQ(results[0].error().kind, ErrorKind::NotFound);
    ASSERT_TRUE(results[1]) << results[1].error().message;
    EXPECT_EQ(record_of(*results[1]).text(name_field(kind_)), "there");
    const auto read = run(endpoint().get_items(collection_, {b.key, a.key, b.key}));
    ASSERT_EQ(read.size(), 3U);
    EXPECT_TRUE(read[0] && read[0]->key == b.key);
    EXPECT_TRUE(!read[1] || read[1]->gone());
    EXPECT_TRUE(read[2] && read[2]->key == b.key);
}

TEST_P(SyncEndpointSuite, MoreItemsThanABatchAndAPageHoldAreAllThere) {
    std::vector<SyncEndpoint::NewItem> items;
    const int count = 45;
    for (int n = 0; n < count; ++n) items.push_back({sample(n), token(n)});
    const auto made = run(endpoint().create_items(collection_, items));
    ASSERT_EQ(made.size(), items.size());
    std::set<ItemKey> keys;
    for (std::size_t n = 0; n < made.size(); ++n) {
        ASSERT_TRUE(made[n]) << n << ": " << made[n].error().message;
        EXPECT_EQ(made[n]->token.nonce, token(static_cast<int>(n)).nonce) << "in order";
        keys.insert(made[n]->key);
    }
    EXPECT_EQ(keys.size(), items.size()) << "keys are unique";
    std::set<ItemKey> in_feed;
    for (const auto& [key, seen] : last_of(read_feed(Cursor()))) in_feed.insert(key);
    EXPECT_EQ(in_feed, keys);
    std::set<ItemKey> listed;
    Cursor page;
    for (int i = 0; i < 100; ++i) {
        const auto part = run(endpoint().list_keys(collection_, page));
        ASSERT_TRUE(part) << part.error().message;
        for (const auto& [key, version] : part->items) listed.insert(key);
        if (part->is_last) break;
        page = part->next;
    }
    EXPECT_EQ(listed, keys);
}

TEST_P(SyncEndpointSuite, ATokenIsFoundRightAfterTheCreation) {
    create(endpoint(), 1);
    const Observation made = create(endpoint(), 2);
    const auto found = run(endpoint().find_by_token(collection_, token(2)));
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->key, made.key);
    EXPECT_EQ((*found)->version, made.version);
    const auto none = run(endpoint().find_by_token(collection_, token(3)));
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->has_value());
}

TEST_P(SyncEndpointSuite, CreatingAgainWithTheSameTokenKeepsItsPromise) {
    const Observation made = create(endpoint(), 1);
    std::vector<SyncEndpoint::NewItem> again{{sample(1), token(1)}};
    const auto results = run(endpoint().create_items(collection_, again));
    ASSERT_EQ(results.size(), 1U);
    if (!capabilities().idempotent_create) {
        // Two items may exist now: the first one is what find_by_token answers.
        const auto found = run(endpoint().find_by_token(collection_, token(1)));
        ASSERT_TRUE(found && found->has_value());
        EXPECT_EQ((*found)->key, made.key);
        return;
    }
    ASSERT_TRUE(results[0]) << results[0].error().message;
    EXPECT_EQ(results[0]->key, made.key);
    EXPECT_EQ(last_of(read_feed(Cursor())).size(), 1U);
}

TEST_P(SyncEndpointSuite, AnExpiredCursorIsSaidAndASnapshotFollows) {
    const Observation made = create(endpoint(), 1);
    const Cursor old = read_feed(Cursor()).back().next;
    if (!world_->expire_cursors(kind_)) GTEST_SKIP() << "this server cannot lose cursors";
    const auto page = run(endpoint().pull_changes(collection_, old));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::CursorExpired);
    const auto pages = read_feed(Cursor());
    EXPECT_TRUE(pages.front().is_snapshot);
    EXPECT_TRUE(last_of(pages).contains(made.key));
}

TEST_P(SyncEndpointSuite, ForeignCursorsAndKeysAreNoCrash) {
    const auto page = run(endpoint().pull_changes(collection_, Cursor("nonsense \xFF <&>")));
    EXPECT_FALSE(page);
    const auto read = run(endpoint().get_items(collection_, {ItemKey("nonsense \xFF <&>")}));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_FALSE(read[0]);
    const auto empty = run(endpoint().get_items(collection_, {}));
    EXPECT_TRUE(empty.empty());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SyncEndpointSuite);

}  // namespace liaison::conformance
