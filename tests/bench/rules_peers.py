#!/usr/bin/env python3
"""Rules on real mails, beside Dovecot's Sieve (Pigeonhole) and the naive reference evaluator, in one run.

  usage: rules_peers.py BINARY_DIR [MAILS]     (run as root: sieve-filter runs as nobody; package dovecot-sieve)

Takes MAILS (default 1000) of the ordinary mails of ../shared/data, makes rule sets of 10 to 10,000 rules of the mix
of docs/performance.md from words of those mails, writes each as a rule document and as a Sieve script that says the
same, and prints microseconds of CPU per mail. All rules are evaluated for every mail; few match.

Sieve's figure is the slope of the CPU time of one `sieve-filter` process between a tenth of the mails and all of them, so that its
start and the reading of the script are left out; it reads and parses each mail from disk, which Liaison never does (facts come
from Exchange), so its cost without rules is shown and subtracted as well."""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

binary_dir = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
root = pathlib.Path(__file__).resolve().parents[2]
archive = pathlib.Path(os.environ.get("LIAISON_SHARED_DATA", root.parent / "shared" / "data")) / "mail-ordinary.tar.zst"
sizes = (10, 100, 1000, 10000)
work = pathlib.Path(tempfile.mkdtemp(prefix="liaison_rules_bench_"))
os.chmod(work, 0o755)
rnd = random.Random(20261125)


def extract():
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", work], check=True)
    files = sorted(p for p in (work / "mail-ordinary").rglob("*.eml"))
    chosen = rnd.sample(files, min(count, len(files)))
    for name, number in (("few", len(chosen) // 10), ("all", len(chosen))):
        for sub in ("cur", "new", "tmp"):
            (work / "home" / name / sub).mkdir(parents=True)
        for i, path in enumerate(chosen[:number]):
            data = path.read_bytes()
            if data.startswith(b"From "):
                data = data[data.index(b"\n") + 1:]
            (work / "home" / name / "cur" / ("%05d.eml:2," % i)).write_bytes(data)
    with open(work / "mails.jsonl", "w") as out:
        subprocess.run([binary_dir + "/liaison-sandbox", "--facts", work / "home" / "all"], stdout=out, check=True)
    return [json.loads(line)["message"] for line in open(work / "mails.jsonl")]


def pools(mails):
    addresses, recipients, subjects, bodies = set(), set(), set(), []
    for mail in mails:
        if "from" in mail:
            addresses.add(mail["from"]["address"].lower())
        recipients.update(one["address"].lower() for one in mail["to"])
        subjects.update(re.findall(r"[a-z]{4,12}", mail["subject"].lower()))
        bodies += re.findall(r"[a-z]{3,12}", mail["body"].lower())
    good = lambda a: re.fullmatch(r"[a-z0-9._+-]+@[a-z0-9.-]+[a-z]", a)
    return ([a for a in sorted(addresses) if good(a)], [a for a in sorted(recipients) if good(a)], sorted(subjects),
            rnd.sample(bodies, min(60000, len(bodies))))


def make_rules(number, mails):
    """(conditions of the rule document, Sieve test) per rule; one address in fifty is a live one."""
    addresses, recipients, subjects, bodies = pools(mails)
    out = []
    for i in range(number):
        live = rnd.random() < 0.02
        kind = i % 20
        dead = "%s.%s%d" % (rnd.choice(bodies), rnd.choice(bodies), i)
        domain = "%s-%d.example" % (rnd.choice(bodies), i)
        phrase = lambda words, n: " ".join(rnd.choice(words) for _ in range(n))
        if kind < 7:
            value = rnd.choice(addresses) if live else dead + "@" + domain
            out.append(({"fromAddresses": [value]}, 'address :is "from" "%s"' % value))
        elif kind < 10:
            out.append(({"fromDomains": [domain]}, 'address :domain :is "from" "%s"' % domain))
        elif kind < 12:
            value = rnd.choice(recipients) if live else dead + "@" + domain
            out.append(({"sentToAddresses": [value]}, 'address :is ["to", "cc"] "%s"' % value))
        elif kind < 15:
            value = phrase(subjects, 2)
            out.append(({"subjectContains": [value]}, 'header :contains "subject" "%s"' % value))
        elif kind < 17:
            value = phrase(bodies, 3)
            out.append(({"bodyContains": [value]}, 'body :text :contains "%s"' % value))
        elif kind == 17:
            value = "%s.*%s[0-9]+" % (rnd.choice(subjects), rnd.choice(subjects))
            out.append(({"subjectMatches": [value]}, 'header :regex "subject" "%s"' % value))
        elif kind == 18:
            value = phrase(subjects, 1)
            out.append(({"fromDomains": [domain], "subjectContains": [value]},
                        'allof (address :domain :is "from" "%s", header :contains "subject" "%s")' % (domain, value)))
        else:
            value = phrase(subjects, 1)
            out.append(({"withinSizeRange": {"minimumSize": 64}, "headerContains": ["x-mailer: " + value]},
                        'allof (size :over 64K, header :contains "x-mailer" "%s")' % value))
    return out


def write_rules(mails):
    config = "base_dir = {0}/run\nstate_dir = {0}/run\nlog_path = {0}/log\nssl = no\nmail_location = maildir:{0}/home/all\n" \
             "mail_home = {0}/home\nmail_uid = nobody\nmail_gid = nogroup\nfirst_valid_uid = 0\nplugin {{\n" \
             "  sieve_max_script_size = 64M\n  sieve_max_actions = 20000\n  sieve_max_cpu_time = 600s\n" \
             "  sieve_extensions = +regex\n}}\n"
    (work / "dovecot.conf").write_text(config.format(work))
    (work / "run").mkdir()
    everything = make_rules(max(sizes), mails)
    for n in (0,) + sizes:
        # A prefix of one list: 1,000 expressions is the most that a rule document may hold, of 10,000 rules 500 are.
        chosen = everything[:n]
        rules = [{"displayName": "R%d" % i, "conditions": conditions, "actions": {"assignCategories": ["F"]}}
                 for i, (conditions, _) in enumerate(chosen)]
        (work / ("rules-%d.json" % n)).write_text(json.dumps({"rules": rules}))
        script = 'require ["body", "regex", "imap4flags"];\n' + "".join(
            'if %s { addflag "F"; }\n' % test for _, test in chosen) + "keep;\n"
        (work / ("rules-%d.sieve" % n)).write_text(script)
        subprocess.run(["sievec", "-c", work / "dovecot.conf", work / ("rules-%d.sieve" % n)], check=True)
    subprocess.run(["chown", "-R", "nobody:nogroup", work], check=True)


def sieve_seconds(n, box):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["runuser", "-u", "nobody", "--", "env", "HOME=%s/home" % work, "USER=nobody", "sieve-filter", "-c",
                    work / "dovecot.conf", "-o", "mail_location=maildir:%s/home/%s" % (work, box),
                    work / ("rules-%d.sieve" % n), "INBOX"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sieve_cost(n):
    few, everything = count // 10, count
    rounds = 3 if n < 10000 else 1
    runs = [(sieve_seconds(n, "few"), sieve_seconds(n, "all")) for _ in range(rounds)]
    small, large = statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs)
    return (large - small) / (everything - few) * 1e6


def own_costs():
    done = subprocess.run([binary_dir + "/liaison-bench", "--benchmark_filter=^rules/(real_mails|naive)/",
                           "--benchmark_format=json", "--benchmark_repetitions=3",
                           "--benchmark_report_aggregates_only=true"],
                          env={**os.environ, "LIAISON_RULES_BENCH": str(work)}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    out = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["aggregate_name"] == "median":
            name, n = one["run_name"].split("/")[1:3]
            out[name, int(n)] = one["cpu_time"] / {"ns": 1e3, "us": 1, "ms": 1e-3}[one["time_unit"]]
            if "matched" in one:
                out["matched", int(n)] = int(one["matched"])
    return out


try:
    if not archive.exists():
        sys.exit("the collection of mails is not at hand")
    mails = extract()
    write_rules(mails)
    own = own_costs()
    empty = sieve_cost(0)
    print("%d mails, %d bytes on average; microseconds of CPU per mail" %
          (len(mails), sum(m["size"] for m in mails) / len(mails)))
    print("%8s %10s %12s %14s %14s %10s %10s %8s" % ("rules", "liaison", "naive", "sieve", "sieve - empty",
                                                      "naive/own", "sieve/own", "matched"))
    for n in sizes:
        sieve = sieve_cost(n)
        mine = own["real_mails", n]
        print("%8d %10.1f %12.1f %14.1f %14.1f %10.0f %10.0f %8d" %
              (n, mine, own["naive", n], sieve, sieve - empty, own["naive", n] / mine, (sieve - empty) / mine,
               own["matched", n]), flush=True)
    print("sieve without rules: %.1f" % empty)
finally:
    shutil.rmtree(work, ignore_errors=True)
