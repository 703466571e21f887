"""The demo over Microsoft Graph: the same mailboxes are mirrored; edits, creations and deletions travel both ways within five
seconds; a series stays where it is; nothing is sent to anybody."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import demo_driver as d

LIMIT = 5.0


def within(what, probe):
    begin = time.time()
    while time.time() - begin < 4 * LIMIT:
        if probe():
            taken = time.time() - begin
            print("%-58s %.1f s" % (what, taken))
            d.check(taken <= LIMIT, "%s took %.1f s" % (what, taken))
            return
        time.sleep(0.1)
    d.check(False, what + ": never")


def crm(*arguments):
    command = [os.path.join(d.BUILD, "liaison"), "crm", "--database", os.path.join(demo.data, "crm.sqlite")] + list(arguments)
    done = subprocess.run(command, capture_output=True, text=True)
    d.check(done.returncode == 0, "%s: %s%s" % (" ".join(arguments), done.stdout, done.stderr))


def token_of(item):
    for link in json.loads(item["properties"].get("graph:linkedResources", "[]")):
        if link.get("applicationName") == "Liaison":
            return link.get("externalId", "")
    return d.extended(item, "CrmKey") or ""


def mirror_of(kind, crm_id):
    for item in d.items(demo, ALICE, kind):
        token = token_of(item).split("|")
        if len(token) == 4 and token[1] == kind and token[2] == str(crm_id) and not item["folder"].startswith("Deleted Items"):
            return item
    return None


def shows(kind, crm_id, name, value):
    item = mirror_of(kind, crm_id)
    return item is not None and item["properties"].get(name) == value


def crm_value(kind, crm_id, column):
    return d.crm_rows(demo, "SELECT %s FROM %s WHERE id = ?" % (column, kind), crm_id)[0][0]


ALICE = "alice@example.test"
PATH = d.mailbox_path(ALICE) + "/items"
work = tempfile.mkdtemp(prefix="liaison-graph-")
demo = d.Demo(os.path.join(work, "data"), "--graph", once=False)
try:
    with open(os.path.join(work, "demo.log"), "w") as log:
        demo.start(log)
        for _ in range(600):
            if os.path.exists(os.path.join(demo.data, "api.token")) and demo.wait_quiet(1):
                break
            time.sleep(0.1)
    d.check(demo.wait_quiet(60), "the demo did not come to rest")
    with open(os.path.join(demo.data, "liaison.toml")) as f:
        d.check('kind = "graph"' in f.read(), "the demo does not run on Graph")
    asked = json.dumps(demo.sandbox("GET", "/sandbox/requests?limit=1000"))
    d.check("$batch" in asked, "no batch was sent")
    d.check("Exchange.asmx" not in asked, "something went over EWS")

    crm_id = d.crm_rows(demo, "SELECT t.id FROM task t JOIN user_address a ON a.user_id = t.owner_id WHERE a.address = ? AND "
                              "t.deleted = 0 AND t.status = 'not_started' ORDER BY t.id LIMIT 1", ALICE)[0][0]
    item = mirror_of("task", crm_id)
    d.check(item is not None, "the CRM's task is not in Outlook")
    d.check(any(c.startswith("CRM ") for c in item["categories"]), "the task has no state colour: %r" % item["categories"])
    demo.sandbox("PATCH", PATH, {"id": item["id"], "subject": "Edited in Outlook \u2713"})
    within("a task's subject edited in Outlook reaches the CRM",
           lambda: crm_value("task", crm_id, "subject") == "Edited in Outlook \u2713")
    crm("edit", "task", str(crm_id), "--subject", "Edited in the CRM", "--priority", "high")
    within("a task's subject edited in the CRM reaches Outlook",
           lambda: shows("task", crm_id, "item:Subject", "Edited in the CRM"))
    demo.sandbox("POST", PATH, {"action": "complete", "id": mirror_of("task", crm_id)["id"]})
    within("completed in Outlook", lambda: crm_value("task", crm_id, "status") == "completed")
    within("the completed task turns to the done colour",
           lambda: "CRM done" in (mirror_of("task", crm_id) or {"categories": []})["categories"])

    meeting = d.crm_rows(demo, "SELECT t.id FROM appointment t JOIN user_address a ON a.user_id = t.owner_id WHERE a.address = ? "
                               "AND t.deleted = 0 ORDER BY t.id LIMIT 1", ALICE)[0][0]
    within("the CRM's appointment is in the calendar", lambda: mirror_of("appointment", meeting) is not None)
    demo.sandbox("PATCH", PATH, {"id": mirror_of("appointment", meeting)["id"], "location": "Room 7"})
    within("a place set in Outlook reaches the CRM", lambda: crm_value("appointment", meeting, "location") == "Room 7")
    crm("edit", "appointment", str(meeting), "--subject", "Moved by the CRM")
    within("a subject set in the CRM reaches the calendar",
           lambda: shows("appointment", meeting, "item:Subject", "Moved by the CRM"))

    for kind, body in (("task", {"kind": "task", "subject": "Made by the rep", "due": "2027-03-01"}),
                       ("appointment", {"kind": "appointment", "subject": "Made by the rep", "start": "2027-03-01T09:00:00Z",
                                        "end": "2027-03-01T10:00:00Z"})):
        demo.sandbox("POST", PATH, body)
        count = "SELECT count(*) FROM %s WHERE subject = 'Made by the rep' AND deleted = 0" % kind
        within("what the rep makes appears in the CRM: " + kind, lambda: d.crm_rows(demo, count)[0][0] == 1)
    time.sleep(5)
    for kind in ("task", "appointment"):
        d.check(d.crm_rows(demo, "SELECT count(*) FROM %s WHERE subject = 'Made by the rep'" % kind)[0][0] == 1, "made twice")
        made = [i for i in d.items(demo, ALICE, kind) if i["properties"].get("item:Subject") == "Made by the rep"]
        d.check(len(made) == 1, "it stands %d times in Outlook" % len(made))
        demo.sandbox("DELETE", "%s?id=%s" % (PATH, d.urllib.parse.quote(made[0]["id"], safe="")))
        deleted = "SELECT deleted FROM %s WHERE subject = 'Made by the rep'" % kind
        within("deleted in Outlook, deleted in the CRM: " + kind, lambda: d.crm_rows(demo, deleted)[0][0] == 1)

    outbox = demo.sandbox("GET", "/sandbox/outbox")
    d.check(outbox["count"] == 0, "Graph would have sent something: %r" % outbox)
finally:
    demo.stop()
    shutil.rmtree(work, ignore_errors=True)
