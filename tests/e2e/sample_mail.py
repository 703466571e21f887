"""Mails of our own making for tests that must pass without the corpora: every outcome, with its number known beforehand."""
import csv
import os


def message(number, sender, to, cc="", subject=None, body="Text %d\r\n"):
    lines = ["Message-ID: <m%d@sample.example>" % number, "From: %s" % sender, "To: %s" % to]
    if cc:
        lines.append("Cc: %s" % cc)
    lines += ["Subject: %s" % (subject or "Sample %d" % number),
              "Date: Mon, 12 Jan 2026 %02d:%02d:%02d +0000" % (number // 3600 % 24, number // 60 % 60, number % 60),
              "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", body % number]
    return "\r\n".join(lines).encode()


def write(folder, contacts_file, mails=400):
    """Writes mails and contacts; answers the counts that the report must show."""
    os.makedirs(folder)
    people = ["c%02d@customer.example" % i for i in range(20)]
    with open(contacts_file, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(["number", "type", "display_name", "email", "email2", "company", "salesperson"])
        out.writerow(["ALICE", "salesperson", "Alice Berger", "alice@example.test", "", "", ""])
        out.writerow(["BOB", "salesperson", "Bob Keller", "bob@example.test", "", "", ""])
        for i, address in enumerate(people):
            out.writerow(["C%02d" % i, "contact", "Customer \u00c5ngstr\u00f6m %d" % i, address, "second-" + address, "",
                          ["ALICE", "BOB", ""][i % 3]])
    counts = {"mails_seen": 0, "mails_logged": 0, "interactions": 0, "unmatched": 0, "skipped": {}, "parked": 0}

    def put(name, bytes_):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(bytes_)
        counts["mails_seen"] += 1

    for n in range(mails):
        one, two = people[n % 20], people[(n + 7) % 20]
        case = n % 8
        if case in (0, 1):  # inbound, address in capitals
            put("%04d.eml" % n, message(n, "Customer <%s>" % one.upper(), "alice@example.test"))
            counts["mails_logged"] += 1
            counts["interactions"] += 1
        elif case == 2:  # outbound to two contacts, one of them by the second address and twice
            put("%04d.eml" % n, message(n, "alice@example.test", "%s, %s" % (one, two), "second-%s" % two))
            counts["mails_logged"] += 1
            counts["interactions"] += 2
        elif case == 3:  # a stranger
            put("%04d.eml" % n, message(n, "stranger%d@nowhere.example" % n, "alice@example.test"))
            counts["unmatched"] += 1
        elif case == 4:  # salespeople among themselves
            put("%04d.eml" % n, message(n, "Bob@Example.Test", "alice@example.test"))
            counts["skipped"]["internal"] = counts["skipped"].get("internal", 0) + 1
        elif case == 5:  # a copy, byte by byte and with another trace header
            put("%04d.eml" % n, message(n, one, "alice@example.test"))
            put("%04d-copy.eml" % n, b"Received: from a by b; Mon, 12 Jan 2026 10:00:00 +0000\r\n" + message(n, one, "alice@example.test"))
            counts["mails_logged"] += 1
            counts["interactions"] += 1
            counts["skipped"]["duplicate"] = counts["skipped"].get("duplicate", 0) + 1
        elif case == 6:  # two mails that share an id are two
            put("%04d-a.eml" % n, message(n, one, "alice@example.test", subject="First"))
            put("%04d-b.eml" % n, message(n, one, "alice@example.test", subject="Second"))
            counts["mails_logged"] += 2
            counts["interactions"] += 2
        else:  # a draft
            put("%04d.eml" % n, b"X-Unsent: 1\r\n" + message(n, "alice@example.test", one))
            counts["skipped"]["draft"] = counts["skipped"].get("draft", 0) + 1
    with open(os.path.join(folder, "INDEX.tsv"), "w") as f:
        f.write("file\tbytes\nnot a mail\t1\n")
    return counts
