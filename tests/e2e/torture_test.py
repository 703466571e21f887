"""The MIME torture set goes the same way as any mail: no crash, no hang, every mail logged or listed with a reason."""
import os
import shutil
import subprocess
import tempfile

import demo_driver as d
import expected_mail as e

archive = os.path.join(d.SHARED, "mail-mime-torture.tar.zst")
if not os.path.exists(archive):
    d.skip("the corpus is not here")
work = tempfile.mkdtemp(prefix="liaison-torture-")
try:
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", work], check=True)
    folder = os.path.join(work, "mail-mime-torture")
    mails = os.path.join(work, "mails")
    with open(os.path.join(folder, "INDEX.tsv"), encoding="utf-8") as f:
        names = [row.split("\t")[0] for row in f.read().splitlines()[1:] if row.split("\t")[1] == "mail"]
    for number, name in enumerate(names):
        os.makedirs(mails, exist_ok=True)
        shutil.copyfile(os.path.join(folder, name), os.path.join(mails, "%04d.eml" % number))
    rows = e.read_rows(folder)
    book = e.Book(rows)
    contacts = os.path.join(work, "contacts.csv")
    book.write_csv(contacts)
    code, report = d.Demo(os.path.join(work, "data"), "--mail", mails, "--contacts", contacts).run()
    print("report:", report, "of", len(names), "files")
    d.check(code == 0, "the demo ended with %d" % code)
    total = report["mails_logged"] + report["unmatched"] + sum(report["skipped"].values()) + report["parked"]
    d.check(report["mails_seen"] == total, "seen %d, with an outcome %d" % (report["mails_seen"], total))
    d.check(report["mails_seen"] >= 0.97 * len(names), "only %d of %d files were taken for mails" % (report["mails_seen"], len(names)))
    d.check(report["messages_sent"] == 0, "something was sent to people")
finally:
    shutil.rmtree(work, ignore_errors=True)
