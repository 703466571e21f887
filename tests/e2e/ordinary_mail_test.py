"""7,513 ordinary mails through `liaison demo`: every decision equals an independent one, twice, and nothing is doubled."""
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

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
    contacts_csv = os.path.join(work, "contacts.csv")
    book.write_csv(contacts_csv)
    data = os.path.join(work, "data")

    demo = d.Demo(data, "--mail", folder, "--contacts", contacts_csv)
    code, report = demo.run()
    print("report:", report)
    d.check(code == 0, "the demo ended with %d" % code)

    # Per mail, from outside: what the mailbox says of it (mark, found by the digest of the file), and which contacts the CRM
    # has for it (the link of a logged mail names the item).
    live = d.Demo(data, once=False)  # no samples join on a folder that began without them
    live.start()
    d.check(live.wait_quiet(300), "the service did not come to rest")
    contacts_of = collections.defaultdict(list)
    for link, number in d.crm_rows(live, "SELECT m.link_url, c.number FROM interaction i JOIN message m ON m.id = i.message_id "
                                         "JOIN contact c ON c.id = i.contact_id WHERE i.canceled = 0"):
        contacts_of[urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["ItemID"][0]].append(number)
    found = collections.defaultdict(list)  # digest: (mark, contacts)
    for item in d.items(live, "alice@example.test", "message"):
        values = [v[0] if isinstance(v, list) else v for v in item["extended"].values()]
        key = next((v for v in values if isinstance(v, str) and len(v) > 65 and v[64] == ":"), None)
        if key:
            found[key[:64]].append((d.extended(item, "CrmNote") or "", sorted(contacts_of.pop(item["id"], []))))
    live.stop()
    d.check(not contacts_of, "interactions of mails that are not in the folder: %d" % len(contacts_of))

    groups = collections.defaultdict(list)
    for row in rows:
        row["digest"] = e.digest(os.path.join(folder, row["file"]))
        groups[e.identity(row)].append(row)
    expected, disputed, wrong = collections.Counter(), [], []

    def count(outcome, contacts):
        expected[outcome] += 1
        expected["interactions"] += len(contacts)

    for group in groups.values():
        for row in [r for r in group if not e.usable(r)]:
            # nothing is claimed for these: they are listed, and count as Liaison decided
            mark, contacts = found[row["digest"]].pop()
            disputed.append((row["file"], mark))
            count(mark.replace(": ", ":") if mark.startswith("skipped") else mark.split(":")[0], contacts)
        good = [r for r in group if e.usable(r)]
        if not good:
            continue
        first = e.decide(good[0], book)
        # which of several copies came first is Liaison's choice; that exactly one of them is decided on is not
        wants = [(first[0], sorted(first[1]) if first[0] == "logged" else [], first[1] if first[0] == "skipped" else "")]
        wants += [("skipped", [], "duplicate")] * (len(good) - 1)
        got = []
        for row in good:
            mark, contacts = found[row["digest"]].pop()
            outcome, _, reason = mark.partition(": ")
            got.append((outcome, contacts, reason if outcome == "skipped" else ""))
        if sorted(got) != sorted(wants):
            wrong.append((good[0]["file"], wants, got))
        for outcome, contacts, reason in wants:
            count(outcome + (":" + reason if reason else ""), contacts)
    print("disputed between the reference parsers (%d):" % len(disputed))
    for name, mark in disputed:
        print("  ", name, "->", mark)
    for entry in wrong[:40]:
        print("differs:", *entry)
    d.check(not wrong, "%d decisions differ from the independent ones" % len(wrong))
    d.check(not any(found.values()), "mails in the folder that are none of the files")

    reported = {"logged": report["mails_logged"], "unmatched": report["unmatched"], "parked": report["parked"],
                "interactions": report["interactions"]}
    reported.update({"skipped:" + reason: n for reason, n in report["skipped"].items()})
    reported = {name: n for name, n in reported.items() if n}
    d.check(reported == dict(expected), "reported %r, independently %r" % (reported, dict(expected)))
    d.check(report["mails_seen"] == len(rows), "seen %d of %d" % (report["mails_seen"], len(rows)))
    total = report["mails_logged"] + report["unmatched"] + sum(report["skipped"].values()) + report["parked"]
    d.check(total == report["mails_seen"], "the outcomes sum up to %d, not %d" % (total, report["mails_seen"]))
    d.check(report["contacts_mirrored"] == len(book.mirrored),
            "contacts mirrored: %d, owned by alice: %d" % (report["contacts_mirrored"], len(book.mirrored)))
    d.check(report["messages_sent"] == 0, "something was sent to people")

    code, again = d.Demo(data, "--mail", folder, "--contacts", contacts_csv).run()
    d.check(code == 0, "the second run ended with %d" % code)
    for name in report:
        d.check(name == "seconds" or again[name] == report[name], "second run: %s %r, before %r" % (name, again[name], report[name]))
    print("equal: %d mails, %d logged, %d interactions, %d disputed; first run %.1f s, second %.1f s"
          % (len(rows), report["mails_logged"], report["interactions"], len(disputed), report["seconds"], again["seconds"]))
finally:
    shutil.rmtree(work, ignore_errors=True)
