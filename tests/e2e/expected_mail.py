"""An independent count of what has to be logged, made from what two other parsers agree on (expected-consensus.jsonl).

A mail that involves a contact (its address stands in From, To or Cc, compared without case) is logged once per contact. A
later copy of one message (same Message-ID, sender, date and subject) is skipped. Mail between salespeople only is skipped. The
rest is unmatched.
"""
import csv
import hashlib
import json
import os


def fold(address):
    return address.strip().lower()


def pick(address, modulus, salt):
    return int(hashlib.sha256((salt + fold(address)).encode()).hexdigest(), 16) % modulus == 0


class Book:
    """Contacts and salespeople drawn from the senders."""

    def __init__(self, rows, alice="alice@example.test"):
        senders = sorted({fold(a) for row in rows for a in row["agreed"].get("from", []) if plain(a)})
        self.salespeople = {alice: "ALICE"}
        for address in senders:
            if address.endswith("@enron.com") and pick(address, 4, "sales"):
                self.salespeople[address] = "SP%03d" % len(self.salespeople)
        self.contacts = {}
        for address in senders:
            if address not in self.salespeople and pick(address, 3, "contact"):
                self.contacts[address] = "C%04d" % len(self.contacts)
        self.mirrored = [a for a in self.contacts if pick(a, 2, "owner")]

    def write_csv(self, path):
        with open(path, "w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(["number", "type", "display_name", "email", "email2", "company", "salesperson"])
            for address, number in self.salespeople.items():
                out.writerow([number, "salesperson", "Salesperson " + number, address, "", "", ""])
            owned = set(self.mirrored)
            for address, number in self.contacts.items():
                # addresses in capitals: comparison is without case
                shown = address.upper() if pick(address, 5, "case") else address
                out.writerow([number, "contact", "Contact " + number, shown, "", "", "ALICE" if address in owned else ""])


def plain(address):
    return "@" in address and not any(c in address for c in ' ",;<>()\\') and address.isascii() and len(address) < 200


def usable(row):
    """The parsers agree on what the decision depends on."""
    return all(name in row["agreed"] for name in ("from", "to", "cc", "message_id"))


def read_rows(folder):
    with open(os.path.join(folder, "expected-consensus.jsonl"), encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def identity(row):
    a = row["agreed"]
    if not a.get("message_id"):
        return ("no id", row["file"])
    return (a["message_id"], tuple(fold(x) for x in a.get("from", [])[:1]), a.get("date"), a.get("subject"))


def parties(row, book):
    a = row["agreed"]
    return [fold(x) for x in a.get("from", []) + a.get("to", []) + a.get("cc", [])]


def decide(row, book):
    """('logged', contacts) | ('skipped', reason) | ('unmatched',), copies not looked at."""
    addresses = parties(row, book)
    contacts = {book.contacts[x] for x in addresses if x in book.contacts}
    if contacts:
        return ("logged", frozenset(contacts))
    if addresses and all(x in book.salespeople for x in addresses):
        return ("skipped", "internal")
    return ("unmatched",)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()
