"""An edit of a task in Outlook reaches the CRM and the reverse within five seconds; and so do creation, completion, deletion. With the
sandbox's port taken, every count is zero and the demo says why."""
import json
import os
import shutil
import socket
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


def crm(demo, *arguments):
    command = [os.path.join(d.BUILD, "liaison"), "crm", "--database", os.path.join(demo.data, "crm.sqlite")] + list(arguments)
    done = subprocess.run(command, capture_output=True, text=True)
    d.check(done.returncode == 0, "%s: %s%s" % (" ".join(arguments), done.stdout, done.stderr))
    return done.stdout


def task_of(demo, mailbox, crm_id):
    for item in d.items(demo, mailbox, "task"):
        token = (d.extended(item, "CrmKey") or "").split("|")
        if len(token) == 4 and token[2] == str(crm_id) and not item["folder"].startswith("Deleted Items"):
            return item
    return None


work = tempfile.mkdtemp(prefix="liaison-round-trip-")
demo = d.Demo(os.path.join(work, "data"), once=False)
try:
    with open(os.path.join(work, "demo.log"), "w") as log:
        demo.start(log)
        for _ in range(600):
            if os.path.exists(os.path.join(demo.data, "api.token")) and demo.wait_quiet(1):
                break
            time.sleep(0.1)
    d.check(demo.wait_quiet(60), "the demo did not come to rest")
    alice = "alice@example.test"
    path = d.mailbox_path(alice) + "/items"
    crm_id, subject = d.crm_rows(demo, "SELECT t.id, t.subject FROM task t JOIN user_address a ON a.user_id = t.owner_id WHERE "
                                       "a.address = ? AND t.deleted = 0 AND t.status = 'not_started' ORDER BY t.id LIMIT 1", alice)[0]
    item = task_of(demo, alice, crm_id)
    d.check(item is not None, "the CRM's task is not in Outlook")
    d.check(any(c.startswith("CRM ") for c in item["categories"]), "the task has no state colour: %r" % item["categories"])

    demo.sandbox("PATCH", path, {"id": item["id"], "subject": "Edited in Outlook \u2713"})
    within("subject edited in Outlook reaches the CRM",
           lambda: d.crm_rows(demo, "SELECT subject FROM task WHERE id = ?", crm_id)[0][0] == "Edited in Outlook \u2713")
    crm(demo, "edit", "task", str(crm_id), "--subject", "Edited in the CRM", "--priority", "high")
    within("subject and priority edited in the CRM reach Outlook",
           lambda: (task_of(demo, alice, crm_id) or {}).get("properties", {}).get("item:Subject") == "Edited in the CRM"
           and task_of(demo, alice, crm_id)["properties"]["item:Importance"] == "High")

    item = task_of(demo, alice, crm_id)
    demo.sandbox("PATCH", path, {"id": item["id"], "actual_work": 90, "mileage": "42 km"})
    demo.sandbox("POST", path, {"action": "complete", "id": task_of(demo, alice, crm_id)["id"]})
    within("completed in Outlook with time worked and distance",
           lambda: d.crm_rows(demo, "SELECT status, time_worked_minutes, distance FROM task WHERE id = ?", crm_id)[0]
           == ("completed", 90, "42 km"))
    within("the completed task turns to the done colour",
           lambda: "CRM done" in (task_of(demo, alice, crm_id) or {"categories": []})["categories"])

    demo.sandbox("POST", path, {"kind": "task", "subject": "Made by the rep", "due": "2027-03-01"})
    within("a task made in Outlook appears in the CRM",
           lambda: d.crm_rows(demo, "SELECT count(*) FROM task WHERE subject = 'Made by the rep' AND deleted = 0")[0][0] == 1)
    time.sleep(5)
    d.check(d.crm_rows(demo, "SELECT count(*) FROM task WHERE subject = 'Made by the rep'")[0][0] == 1, "it was made twice")
    made = [i for i in d.items(demo, alice, "task") if i["properties"].get("item:Subject") == "Made by the rep"]
    d.check(len(made) == 1, "it stands %d times in Outlook" % len(made))
    demo.sandbox("DELETE", "%s?id=%s" % (path, d.urllib.parse.quote(made[0]["id"], safe="")))
    within("deleted in Outlook, deleted in the CRM",
           lambda: d.crm_rows(demo, "SELECT deleted FROM task WHERE subject = 'Made by the rep'")[0][0] == 1)

    outbox = demo.sandbox("GET", "/sandbox/outbox")
    d.check(outbox["count"] == 0, "Exchange would have sent something: %r" % outbox)
finally:
    demo.stop()
    shutil.rmtree(work, ignore_errors=True)

work = tempfile.mkdtemp(prefix="liaison-blocked-")
try:
    blocked = d.Demo(os.path.join(work, "data"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", blocked.sandbox_port))
        taken.listen(1)
        taken.settimeout(0.1)
        code, report = blocked.run(120)
    d.check(code != 0, "a demo without its Exchange must not end well")
    flat = [v for k, v in report.items() if k not in ("seconds", "skipped")] + list(report["skipped"].values())
    d.check(not any(flat), "with the sandbox's port blocked: %r" % report)
    print("with the sandbox's port blocked every count is zero")

    # Another demo's sandbox answers there: its counts are not ours.
    other = d.Demo(os.path.join(work, "other"), once=False).start()
    d.check(other.wait_quiet(), "the other demo did not come to rest")
    intruder = d.Demo(os.path.join(work, "intruder"))
    intruder.command[intruder.command.index("--sandbox-port") + 1] = str(other.sandbox_port)
    code, report = intruder.run(120)
    other.stop()
    d.check(code != 0, "a demo without an Exchange of its own must not end well")
    flat = [v for k, v in report.items() if k not in ("seconds", "skipped")] + list(report["skipped"].values())
    d.check(not any(flat), "counted in somebody else's sandbox: %r" % report)
    print("nothing is counted in somebody else's sandbox")

    for arguments in (["check-config", "--config", work], ["run", "--config", work], ["rules", "test", work],
                      ["demo", "--once", "--data", os.path.join(work, "folder"), "--contacts", work]):
        done = subprocess.run([os.path.join(d.BUILD, "liaison")] + arguments, capture_output=True, text=True, timeout=60)
        d.check(done.returncode in (1, 2) and "cannot read" in done.stderr,
                "%r with a folder for a file: %d, %r" % (arguments, done.returncode, done.stderr))
    print("a folder in a file's place is told")
finally:
    shutil.rmtree(work, ignore_errors=True)
