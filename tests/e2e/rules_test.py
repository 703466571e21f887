"""`liaison rules test|check|schema` as an admin runs them: mails on disk, facts in JSON, a baseline, contacts, refusals."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

BINARY = os.path.join(os.environ["LIAISON_BINARY_DIR"], "liaison")
work = tempfile.mkdtemp(prefix="liaison_rules_e2e_")


def put(name, text):
    path = os.path.join(work, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as f:
        f.write(text if isinstance(text, str) else json.dumps(text))
    return path


def rules(*arguments):
    done = subprocess.run([BINARY, "rules", *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def check(condition, message):
    if not condition:
        print("FAILED:", message)
        sys.exit(1)


def mail(name, sender, subject, body="Hello", extra="", hour=9):
    return put("mail/%s.eml" % name,
               "From: %s\r\nTo: Alice <alice@example.test>\r\nSubject: %s\r\nMessage-ID: <%s@x.test>\r\n"
               "Date: Wed, 25 Nov 2026 %02d:00:00 +0000\r\n%s\r\n%s\r\n" % (sender, subject, name, hour, extra, body))


def rule(name, conditions, actions, **more):
    return {"displayName": name, "conditions": conditions, "actions": actions, **more}


try:
    # The later file name is the earlier mail: they are taken by date.
    mail("b-first", "Ann <ann@kunde.test>", "Your offer 4711", hour=8)
    mail("a-second", "Ann <ann@kunde.test>", "Re: Your offer 4711", extra="In-Reply-To: <b-first@x.test>\r\n", hour=9)
    mail("c-stranger", "new@fremd.test", "Question about prices", hour=10)
    mail("d-stranger", "new@fremd.test", "Another question", hour=11)
    put("mail/notes.txt", "no mail at all\n")
    folder = os.path.join(work, "mail")
    contacts = put("contacts.csv", "number,type,display_name,email,email2,company,salesperson\n"
                                   "S-1,salesperson,Alice,alice@example.test,,,\n"
                                   "C-1,contact,Ann Kunde,ann@kunde.test,,,S-1\n")
    old = put("old.json", {"rules": [
        rule("offers", {"subjectContains": ["offer"]}, {"logInteraction": {"campaign": "A"}})]})
    new = put("new.json", {"rules": [
        rule("offers", {"subjectMatches": ["offer [0-9]{4}$"]}, {"logInteraction": {"campaign": "B"}}),
        rule("threads", {"conversationLogged": True}, {"moveToFolder": "Inbox/Threads"}),
        rule("strangers", {"senderIs": "unknown"}, {"createContact": {"company": "K-1"}})]})

    code, out, err = rules("test", new)
    check(code == 0 and "good; 3 rule(s)" in out, (code, out, err))

    code, out, err = rules("test", new, "--mail", folder, "--contacts", contacts, "--json")
    check(code == 0, (code, out, err))
    answer = json.loads(out)
    by_name = {os.path.basename(m["name"]): m["decision"] for m in answer["mails"]}
    check([os.path.basename(m["name"]) for m in answer["mails"]] ==
          ["b-first.eml", "a-second.eml", "c-stranger.eml", "d-stranger.eml"], "taken by date")
    check(by_name["b-first.eml"]["outcome"] == "logged" and by_name["b-first.eml"]["move_to"] == "", by_name)
    check(by_name["a-second.eml"]["move_to"] == "Inbox/Threads", "the answer sees that its thread is logged")
    check(by_name["c-stranger.eml"]["reason"] == "new_party", by_name)
    check(by_name["d-stranger.eml"]["reason"] == "contact_match", "the second mail knows the contact of the first")
    check(len(answer["made"]) == 1 and answer["made"][0]["address"] == "new@fremd.test", answer["made"])
    conditions = by_name["b-first.eml"]["rules"][0]["conditions"]
    check(conditions == [{"condition": "conditions/subjectMatches", "holds": True}], conditions)

    code, out, err = rules("test", new, "--mail", folder, "--contacts", contacts, "--baseline", old, "--json")
    check(code == 0, (code, out, err))
    answer = json.loads(out)
    check(answer["mails"] == 4, answer)
    check(answer["counts"] == {"newlyLogged": 2, "linkedElsewhere": 2, "movedElsewhere": 1}, answer["counts"])
    check([m["address"] for m in answer["made"]] == ["new@fremd.test"] and not answer["noLongerMade"], answer)

    code, out, err = rules("test", new, "--mail", folder, "--contacts", contacts, "--baseline", new)
    check(code == 0 and out.strip() == "4 mail(s), 0 decided otherwise", out)

    # The same mails as facts decide the same.
    facts = os.path.join(work, "facts.jsonl")
    with open(facts, "w") as f:
        subprocess.run([BINARY + "-sandbox", "--facts", folder], stdout=f, stderr=subprocess.DEVNULL, check=True)
    code, out, err = rules("test", new, "--mail", facts, "--contacts", contacts, "--json")
    check(code == 0 and [m["decision"] for m in json.loads(out)["mails"]] == list(by_name.values()), "facts and mails differ")
    own = put("own.jsonl", json.dumps({"name": "one", "message": {"from": "ann@x.test", "subject": "an offer 1234",
                                       "received": "2026-11-25T09:00:00Z"},
                                       "parties": {"ann@x.test": [{"is": "lead"}]}}) + "\n" + '{"name": "bad"}\n')
    code, out, err = rules("test", new, "--mail", own)
    check(code == 0 and out.startswith("one: logged (contact_match)"), out)
    check('own.jsonl, line 2: line 1, column 1: "message" is missing' in err, err)

    # What is refused, and what is found.
    broken = put("broken.json", {"rules": [rule("r", {"subjectContains": ["x"]}, {"hold": True})], "examples": [
        {"name": "e", "message": {"subject": "y"}, "expect": {"matched": ["r"]}}]})
    for arguments in (("test", broken), ("check", broken)):
        code, out, err = rules(*arguments)
        check(code == 1 and "conditions/subjectContains does not hold" in err, (code, out, err))
    code, out, err = rules("test", os.path.join(work, "missing.json"))
    check(code == 2, code)
    code, out, err = rules("test", new, "--mail", os.path.join(work, "nothing"))
    check(code == 2 and "there is nothing at" in err, err)
    shadow = put("shadow.json", {"rules": [
        rule("all", {"fromDomains": ["x.test"]}, {"skipLogging": True, "stopProcessingRules": True}),
        rule("ann", {"fromAddresses": ["ann@x.test"]}, {"markAsRead": True})]})
    code, out, err = rules("check", shadow, "--json")
    found = json.loads(out)["findings"]
    check(code == 0 and [(f["kind"], f["pointer"]) for f in found] == [("shadowed", "/rules/1")], out)

    lists = put("lists.json", {"version": 1, "lists": {"partners": ["kunde.test"]}})
    uses = put("uses.json", {"rules": [rule("p", {"fromDomains": [{"list": "partners"}]}, {"hold": True})]})
    code, out, err = rules("test", uses, "--mail", folder)
    check(code == 1 and "there is no list of this name" in err, err)
    code, out, err = rules("test", uses, "--mail", folder, "--lists", lists)
    check(code == 0 and "held (rule) 2" in out, out)

    code, out, err = rules("schema")
    check(code == 0 and "subjectMatches" in json.loads(out)["$defs"]["conditions"]["properties"], out[:200])
    print("rules test, check and schema: as the manual says")
finally:
    shutil.rmtree(work, ignore_errors=True)
