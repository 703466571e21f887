"""What the end-to-end tests share: the demo as a process, free ports, the sandbox and the CRM seen from outside.

Nothing here reads Liaison's own books: decisions come from the messages' marks in the stand-in Exchange, interactions from
the CRM's file.
"""
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("LIAISON_BINARY_DIR", os.path.join(ROOT, "build"))
SHARED = os.path.join(os.path.dirname(ROOT), "shared", "data")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def check(condition, message):
    if not condition:
        print("FAILED:", message)
        sys.exit(1)


class Demo:
    """`liaison demo` in a folder of its own."""

    def __init__(self, data, *arguments, once=True, report=None):
        self.data = data
        self.sandbox_port = free_port()
        self.api_port = free_port()
        self.report = report or os.path.join(os.path.dirname(os.path.abspath(data)), "report.json")
        self.command = [os.path.join(BUILD, "liaison"), "demo", "--data", data, "--report", self.report,
                        "--sandbox-port", str(self.sandbox_port), "--api-port", str(self.api_port)]
        if once:
            self.command.append("--once")
        self.command += arguments
        self.process = None

    def start(self, log=None):
        self.process = subprocess.Popen(self.command, stdout=log or sys.stdout, stderr=subprocess.STDOUT)
        return self

    def run(self, timeout=1500):
        self.start()
        code = self.process.wait(timeout)
        with open(self.report) as f:
            return code, json.load(f)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def sandbox(self, method, path, body=None):
        return call(method, "http://127.0.0.1:%d%s" % (self.sandbox_port, path), body)

    def api(self, method, path, body=None, headers=None):
        with open(os.path.join(self.data, "api.token")) as f:
            token = f.read().strip()
        return call(method, "http://127.0.0.1:%d%s" % (self.api_port, path), body,
                    dict(headers or {}, Authorization="Bearer " + token))

    def service_pid(self):
        """The `liaison run` process of this demo, 0 when there is none."""
        config = os.path.join(os.path.realpath(self.data), "liaison.toml")
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open("/proc/%s/cmdline" % entry, "rb") as f:
                    words = f.read().split(b"\0")
            except OSError:
                continue
            if b"run" in words and config.encode() in words:
                return int(entry)
        return 0

    def wait_quiet(self, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            try:
                if self.api("GET", "/v1/status")["quiescent"]:
                    return True
            except OSError:
                pass
            time.sleep(0.3)
        return False


def call(method, url, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def mailbox_path(address):
    return "/sandbox/mailboxes/" + urllib.parse.quote(address, safe="")


def items(demo, address, kind):
    """All items of a kind as the rep sees them."""
    out = []
    while True:
        page = demo.sandbox("GET", "%s/items?kind=%s&offset=%d&limit=200" % (mailbox_path(address), kind, len(out)))
        out += page["items"]
        if not page["items"] or len(out) >= page["total"]:
            return out


def extended(item, name):
    for key, value in item.get("extended", {}).items():
        if name in key:
            return value
    return None


def crm_rows(demo, sql, *parameters):
    connection = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(os.path.join(demo.data, "crm.sqlite")), uri=True)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()
