"""`kill -9` of the service at any moment: the demo starts it again and the final counts are those of an undisturbed run; nothing is
doubled in the sandbox or in the CRM. Seeds the moments from a fixed number, so that a failure can be repeated."""
import collections
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import demo_driver as d
import expected_mail as e
import sample_mail

KILLS = int(os.environ.get("LIAISON_KILLS", "16"))
MAILS = 3000  # some seconds of work, so that most kills strike in the middle of it
work = tempfile.mkdtemp(prefix="liaison-kill-")
try:
    folder = os.path.join(work, "mail")
    contacts = os.path.join(work, "contacts.csv")
    wanted = sample_mail.write(folder, contacts, mails=MAILS)

    calm_demo = d.Demo(os.path.join(work, "calm"), "--mail", folder, "--contacts", contacts)
    code, calm = calm_demo.run()
    print("undisturbed:", calm)
    d.check(code == 0, "the undisturbed run ended with %d" % code)
    for name, value in wanted.items():
        d.check(calm[name] == value, "%s is %r, the mails say %r" % (name, calm[name], value))

    moments = random.Random(20261125)
    data = os.path.join(work, "killed")
    demo = d.Demo(data, "--mail", folder, "--contacts", contacts, once=False).start()
    kills = amid = 0
    end = time.time() + 240
    while demo.service_pid() == 0 and time.time() < end:  # once before it is up: the demo must not give up
        time.sleep(0.002)
    os.kill(demo.service_pid(), signal.SIGKILL)
    while kills < KILLS and time.time() < end:
        pid = demo.service_pid()
        if pid == 0:
            time.sleep(0.02)
            continue
        time.sleep(moments.uniform(0.0, 0.7))
        try:
            os.kill(pid, signal.SIGKILL)
            kills += 1
        except ProcessLookupError:
            continue
        logged = d.crm_rows(demo, "SELECT count(DISTINCT message_id) FROM interaction")[0][0]
        amid += 0 < logged < calm["mails_logged"]
        while demo.service_pid() == pid and time.time() < end:
            time.sleep(0.02)
    d.check(kills == KILLS, "only %d kills happened" % kills)
    print("%d kills, %d of them with some mails logged and others not" % (kills, amid))
    d.check(amid >= KILLS // 4, "only %d of %d kills struck in the middle of the work" % (amid, kills))
    d.check(demo.wait_quiet(240), "no rest after %d kills" % kills)

    doubles = [row for row in d.crm_rows(demo, "SELECT message_id, contact_id, count(*) FROM interaction GROUP BY 1, 2") if row[2] > 1]
    d.check(not doubles, "interactions twice: %r" % doubles[:5])
    doubles = [row for row in d.crm_rows(demo, "SELECT identity, count(*) FROM message GROUP BY 1") if row[1] > 1]
    d.check(not doubles, "messages twice: %d" % len(doubles))
    for kind in ("task", "appointment", "contact"):
        for address in ("alice@example.test", "bob@example.test", "carol@example.test"):
            tokens = collections.Counter(d.extended(item, "CrmKey") for item in d.items(demo, address, kind)
                                         if not item["folder"].startswith("Deleted Items"))
            tokens.pop(None, None)
            twice = [t for t, n in tokens.items() if n > 1]
            d.check(not twice, "%s: %s twice in the mailbox" % (address, kind))
    for kind in ("task", "appointment", "contact"):
        count = "SELECT count(*) FROM %s WHERE deleted = 0" % kind
        d.check(d.crm_rows(demo, count) == d.crm_rows(calm_demo, count), "the CRM has another number of %ss" % kind)
    demo.stop()

    code, after = d.Demo(data, "--mail", folder, "--contacts", contacts).run()
    print("after %d kills:" % kills, after)
    d.check(code == 0, "the last run ended with %d" % code)
    for name in calm:
        d.check(name == "seconds" or after[name] == calm[name], "%s: %r after kills, %r undisturbed" % (name, after[name], calm[name]))
    print("equal after %d kills" % kills)
finally:
    shutil.rmtree(work, ignore_errors=True)
