"""7,513 ordinary mails through `liaison demo`: every decision equals an independent one, twice, and nothing is doubled."""
import collections
import os
import shutil
import subprocess
import sys
import tempfile

import demo_driver as d
import expected_mail as e

archive = os.path.join(d.SHARED, "mail-ordinary.tar.zst")
if not os.path.exists(archive):
    d.skip("the corpus is not here")
work = tempfile.mkdtemp(prefix="liaison-ordinary-")
try:
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", work], check=True)
    folder = os.path.join(work, "mail-ordinary")
    rows = e.read_rows(folder)
    book = e.Book(rows)
    contacts = os.path.join(work, "contacts.csv")
    book.write_csv(contacts)
    data = os.path.join(work, "data")

    demo = d.Demo(data, "--mail", folder, "--contacts", contacts)
    code, report = demo.run()
    print("report:", report)
    d.check(code == 0, "the demo ended with %d" % code)

    # Per mail, from the marks in the mailbox: load key = digest of the file and its number among equal ones.
    live = d.Demo(data, once=False)
    live.start()
    d.check(live.wait_quiet(300), "the service did not come to rest")
    marks = collections.defaultdict(list)
    for item in d.items(live, "alice@example.test", "message"):
        key = next((v for v in item["extended"].values() if isinstance(v, str) and len(v) > 65 and v[64] == ":"), None)
        if key:
            marks[key[:64]].append((d.extended(item, "CrmNote") or "", item))
    logged = collections.defaultdict(set)
    for message_id, subject, number in d.crm_rows(
            live, "SELECT m.internet_message_id, m.subject, c.number FROM interaction i JOIN message m ON m.id = i.message_id "
                  "JOIN contact c ON c.id = i.contact_id"):
        logged[message_id].add(number)
    live.stop()

    by_identity = collections.defaultdict(list)
    by_digest = collections.defaultdict(list)
    for row in rows:
        row["digest"] = e.digest(os.path.join(folder, row["file"]))
        by_identity[e.identity(row)].append(row)
        by_digest[row["digest"]].append(row)

    expected = collections.Counter()
    actual_usable = collections.Counter()
    wrong, disputed = [], []
    interactions = 0
    for group in by_identity.values():
        good = [row for row in group if e.usable(row)]
        disputed += [row["file"] for row in group if not e.usable(row)]
        for number, row in enumerate(good):
            want = e.decide(row, book)
            if number > 0:
                want = ("skipped", "duplicate")
            expected[want[0] + (":" + want[1] if want[0] == "skipped" else "")] += 1
            if want[0] == "logged":
                interactions += len(want[1])
        # copies: which of the group came first is Liaison's choice; the set of outcomes is not
        notes = sorted(note for row in {r["digest"]: r for r in good}.values() for note, _ in marks[row["digest"]])
        wants = sorted((["%s" % w for w in ([e.decide(good[0], book)[0]] if good else [])]) + ["skipped"] * (len(good) - 1))
        got = sorted(n.split(":")[0] for n in notes)
        if good and got != wants:
            wrong.append((good[0]["file"], wants, notes))
        if len(group) == 1 and good and e.decide(good[0], book)[0] == "logged":
            mid = (good[0]["agreed"]["message_id"] or "").strip("<>")
            if mid and not set(e.decide(good[0], book)[1]) <= logged.get(mid, logged.get(good[0]["agreed"]["message_id"], set())):
                lower = {k.lower(): v for k, v in logged.items() if k}
                if not set(e.decide(good[0], book)[1]) <= lower.get(mid.lower(), set()):
                    wrong.append((good[0]["file"], sorted(e.decide(good[0], book)[1]), sorted(logged.get(mid, set()))))
    print("disputed between the reference parsers (%d):" % len(disputed))
    for name in disputed:
        row = next(r for r in rows if r["file"] == name)
        print("  ", name, [n for n, _ in marks[row["digest"]]])
    for entry in wrong[:40]:
        print("differs:", *entry)
    d.check(not wrong, "%d decisions differ from the independent ones" % len(wrong))

    total = report["mails_logged"] + report["unmatched"] + sum(report["skipped"].values()) + report["parked"]
    d.check(report["mails_seen"] == len(rows), "seen %d of %d" % (report["mails_seen"], len(rows)))
    d.check(total == len(rows), "the outcomes sum up to %d, not %d" % (total, len(rows)))
    for row in rows:
        if not e.usable(row):
            continue
    # Counts over the mails that the parsers agree on; the disputed ones may only add their own number.
    slack = len(disputed)
    for name, value in (("logged", report["mails_logged"]), ("unmatched", report["unmatched"]),
                        ("skipped:duplicate", report["skipped"].get("duplicate", 0)),
                        ("skipped:internal", report["skipped"].get("internal", 0))):
        d.check(expected[name] <= value <= expected[name] + slack, "%s: %d, independently %d" % (name, value, expected[name]))
    d.check(report["contacts_mirrored"] == len(book.mirrored),
            "contacts mirrored: %d, owned by alice: %d" % (report["contacts_mirrored"], len(book.mirrored)))
    d.check(report["messages_sent"] == 0, "something was sent to people")

    code, again = d.Demo(data, "--mail", folder, "--contacts", contacts).run()
    d.check(code == 0, "the second run ended with %d" % code)
    for name in report:
        d.check(name == "seconds" or again[name] == report[name], "second run: %s %r, before %r" % (name, again[name], report[name]))
    print("equal: %d mails, %d logged, %d interactions, %d disputed; first run %.1f s, second %.1f s"
          % (len(rows), report["mails_logged"], report["interactions"], len(disputed), report["seconds"], again["seconds"]))
finally:
    shutil.rmtree(work, ignore_errors=True)
