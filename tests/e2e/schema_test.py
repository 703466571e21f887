"""Every EWS request that the service writes and every reply of the sandbox, taken off the wire of a whole run, is valid by the schema that
Exchange serves: mirroring from nothing, edits, completion, creation and deletion on both sides, mail logged and marked, a rule that moves."""
import base64
import http.client
import http.server

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

import xml.etree.ElementTree as ElementTree

import demo_driver as d
import sample_mail

schema = os.path.join(d.SHARED, "ews-schema")
if not os.path.exists(os.path.join(schema, "exchange-online-2018-01", "types.xsd")):
    d.skip("the schema is not here")
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
bodies = []


def record(direction, text):
    envelope = ElementTree.fromstring(text)
    child = list(envelope.find(SOAP + "Body"))[0]
    if child.tag == SOAP + "Fault":
        bodies.append((direction, "Fault", None))
        return
    bodies.append((direction, child.tag.split("}")[1], ElementTree.tostring(child)))


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length", "accept-encoding", "connection")}
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        reply = answer.read()
        connection.close()
        if answer.status == 200:
            record("request", body)
            record("reply", reply)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "text/xml; charset=utf-8"))
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *arguments):
        pass


def wait(what, probe, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        try:
            if probe():
                return
        except OSError:
            pass
        time.sleep(0.2)
    d.check(False, what + ": never")


work = tempfile.mkdtemp(prefix="liaison-schema-")
processes = []
try:
    # The demo makes the data; then the service runs on a fresh store behind the recorder.
    mails = os.path.join(work, "mail")
    sample_mail.write(mails, os.path.join(work, "c.csv"), mails=64)
    demo = d.Demo(os.path.join(work, "data"), "--mail", mails, "--contacts", os.path.join(work, "c.csv"))
    code, _ = demo.run()
    d.check(code == 0, "the demo ended with %d" % code)
    recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    Recorder.target = demo.sandbox_port
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    config = os.path.join(demo.data, "recorded.toml")
    with open(os.path.join(demo.data, "liaison.toml")) as f:
        text = f.read().replace("http://127.0.0.1:%d/EWS" % demo.sandbox_port, "http://127.0.0.1:%d/EWS" % recorder.server_address[1])
    with open(config, "w") as f:
        f.write(text)
    shutil.rmtree(os.path.join(demo.data, "store"))
    os.mkdir(os.path.join(demo.data, "store"))
    log = open(os.path.join(work, "log"), "w")
    processes.append(subprocess.Popen([os.path.join(d.BUILD, "liaison-sandbox"), "--port", str(demo.sandbox_port), "--data",
                                       os.path.join(demo.data, "sandbox")], stdout=log, stderr=log))
    wait("the sandbox", lambda: demo.sandbox("GET", "/sandbox/health"))
    processes.append(subprocess.Popen([os.path.join(d.BUILD, "liaison"), "run", "--config", config], stdout=log, stderr=log))
    d.check(demo.wait_quiet(120), "no rest behind the recorder")

    def crm(*arguments):
        subprocess.run([os.path.join(d.BUILD, "liaison"), "crm", "--database", os.path.join(demo.data, "crm.sqlite")] + list(arguments),
                       check=True, stdout=log)

    alice, path = "alice@example.test", d.mailbox_path("alice@example.test") + "/items"
    hostile = "\u00c5 <b>&amp;</b> \u2713 \"'\u65e5\u672c"
    for kind, fields in (("task", ["--subject", hostile, "--due-date", "2027-02-28", "--priority", "high", "--body", "a\n\n<b> & c", "--distance", "5 km"]),
                         ("appointment", ["--subject", hostile, "--start", "2027-03-01T09:00:00 Europe/Berlin", "--end",
                                          "2027-03-01T10:00:00 Europe/Berlin", "--location", hostile, "--reminder-minutes", "0",
                                          "--attendees", "Nora <nora@b.example> optional none"]),
                         ("contact", ["--display-name", hostile, "--email1", "x@y.example", "--birthday", "1931-05-04", "--url", "https://a.example/?b=1&c",
                                      "--business-street", "Main 1\nFloor 2", "--notes", hostile])):
        crm("add", kind, "--owner", "ALICE", *fields)
    wait("what the CRM made", lambda: any(i["properties"].get("item:Subject") == hostile for i in d.items(demo, alice, "task")))
    for body in ({"kind": "task", "subject": "From Outlook", "due": "2027-03-01"},
                 {"kind": "appointment", "subject": "All day", "start": "2027-03-01T00:00:00Z", "end": "2027-03-02T00:00:00Z", "all_day": True},
                 {"kind": "contact", "display_name": "New Person", "given_name": "New", "surname": "Person", "email": "new@person.example"}):
        demo.sandbox("POST", path, body)
    wait("what the rep made", lambda: d.crm_rows(demo, "SELECT count(*) FROM task WHERE subject = 'From Outlook'")[0][0] == 1)
    number = d.crm_rows(demo, "SELECT id FROM task WHERE subject = ?", hostile)[0][0]
    crm("complete", "task", str(number))
    crm("delete", "appointment", str(d.crm_rows(demo, "SELECT id FROM appointment WHERE subject = ?", hostile)[0][0]))
    crm("edit", "contact", str(d.crm_rows(demo, "SELECT id FROM contact WHERE display_name = ?", hostile)[0][0]), "--email1", "", "--notes", "")
    item = next(i for i in d.items(demo, alice, "task") if i["properties"].get("item:Subject") == "From Outlook")
    demo.sandbox("DELETE", "%s?id=%s" % (path, urllib.parse.quote(item["id"], safe="")))
    rules = {"rules": [{"displayName": "samples", "sequence": 1, "isEnabled": True, "conditions": {"subjectContains": ["moved by a rule"]},
                        "actions": {"moveToFolder": "Inbox/Done"}}]}
    demo.api("PUT", "/v1/rules", rules, {"If-Match": '"0"'})

    mime = sample_mail.message(5000, "c01@customer.example", alice, subject="To be moved by a rule")
    demo.sandbox("POST", d.mailbox_path(alice) + "/mail", {"folder": "Inbox/CRM", "mails": [{"key": "moved", "mime_base64": base64.b64encode(mime).decode()}]})
    wait("the rule's move", lambda: any(i["folder"] == "Inbox/Done" for i in d.items(demo, alice, "message")))
    wait("the deletion", lambda: d.crm_rows(demo, "SELECT deleted FROM task WHERE subject = 'From Outlook'")[0][0] == 1)
    d.check(demo.wait_quiet(60), "no rest at the end")
    for process in processes[::-1]:
        process.send_signal(signal.SIGTERM)
        d.check(process.wait(20) == 0, "a program did not stop cleanly on SIGTERM")

    files = os.path.join(work, "bodies")
    os.mkdir(files)
    for name in ("messages.xsd", "types.xsd"):
        with open(os.path.join(schema, "exchange-online-2018-01", name), encoding="utf-8-sig") as f:
            xsd = f.read()
        space = '<xs:import namespace="http://www.w3.org/XML/1998/namespace"'
        with open(os.path.join(work, name), "w", encoding="utf-8") as f:
            f.write(re.sub(r'^<\?xml[^>]*\?>', '<?xml version="1.0" encoding="utf-8"?>', xsd).replace(space, space + ' schemaLocation="xml.xsd"'))
    shutil.copy(os.path.join(schema, "xml.xsd"), work)
    seen, names = {}, []
    for n, (direction, operation, body) in enumerate(bodies):
        seen[operation, direction] = seen.get((operation, direction), 0) + 1
        if body is not None:
            names.append("%05d-%s-%s.xml" % (n, operation, direction))
            with open(os.path.join(files, names[-1]), "wb") as f:
                f.write(body)
    for operation in ("SyncFolderItems", "GetItem", "FindItem", "CreateItem", "UpdateItem", "DeleteItem", "MoveItem", "GetFolder", "FindFolder"):
        d.check(seen.get((operation, "request"), 0) > 0, operation + " was never asked for: the run is too narrow")
    valid, complaints = 0, []
    for begin in range(0, len(names), 400):
        out = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(work, "messages.xsd")] + names[begin:begin + 400], cwd=files,
                             capture_output=True, text=True).stderr
        valid += sum(line.endswith(" validates") for line in out.splitlines())
        complaints += [line for line in out.splitlines() if not line.endswith(" validates")]
    for line in complaints[:20]:
        print(line)
    print({"%s %s" % key: n for key, n in sorted(seen.items())})
    d.check(valid == len(names) and not complaints, "%d of %d bodies are valid" % (valid, len(names)))
    # the check bites
    with open(os.path.join(files, names[0]), "rb") as f:
        broken = f.read().replace(b"ItemShape", b"ItemShapes").replace(b"FolderShape", b"FolderShapes")
    with open(os.path.join(files, "broken.xml"), "wb") as f:
        f.write(broken)
    bites = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(work, "messages.xsd"), "broken.xml"], cwd=files, capture_output=True)
    d.check(bites.returncode != 0, "a broken body passed the schema")
    print("%d bodies off the wire are valid" % valid)
finally:
    for process in processes:
        if process.poll() is None:
            process.kill()
    shutil.rmtree(work, ignore_errors=True)
