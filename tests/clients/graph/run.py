#!/usr/bin/env python3
"""Runs the Graph clients of clients.mjs against liaison-sandbox over https on loopback.

usage: run.py LIAISON_SANDBOX PACKAGES    PACKAGES: a folder in which `npm install` was run with package.json

Exit code 77: not here (node, openssl or the packages are missing), which ctest counts as skipped.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent


def make_certificate(folder, name, subject):
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate,
         "-subj", subject, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    return certificate, key


def main():
    program, packages = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    if not shutil.which("node") or not shutil.which("openssl"):
        print("node or openssl is missing")
        return SKIPPED
    if not (packages / "node_modules" / "@azure" / "msal-node").is_dir():
        print(f"no packages in {packages}: run `npm install` there with {HERE / 'package.json'}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        certificate, key = make_certificate(scratch, "server", "/CN=localhost")
        own_certificate, own_key = make_certificate(scratch, "client", "/CN=liaison")
        server = subprocess.Popen(
            [program, "--port", "0", "--tls-certificate", certificate, "--tls-key", key],
            stdout=subprocess.PIPE, text=True)
        script = packages / f"clients-{os.getpid()}.mjs"  # modules are looked for where the script lies
        try:
            port = server.stdout.readline().rsplit(":", 1)[1].strip()
            shutil.copy(HERE / "clients.mjs", script)
            environment = dict(os.environ, NODE_EXTRA_CA_CERTS=str(certificate), NODE_NO_WARNINGS="1")
            return subprocess.run(["node", script, f"https://localhost:{port}", own_certificate, own_key],
                                  env=environment, timeout=240).returncode
        finally:
            script.unlink(missing_ok=True)
            server.terminate()
            server.wait(timeout=20)


sys.exit(main())
