#!/usr/bin/env python3
"""The programs that are shipped hold no planted bug: no symbol, no name of a plant, no switch.

Run by ctest with LIAISON_BINARY_DIR; exit code 77 where the programs were not built.
"""
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[3]
BINARY_DIR = pathlib.Path(os.environ["LIAISON_BINARY_DIR"])
MARKS = ["liaison::planted", "LIAISON_PLANT", "planted/planted.hpp"]


def plant_names():
    script = SOURCE / "tests/sim/plants/make_planted.py"
    table = subprocess.run([sys.executable, "-B", str(script), "--source", str(SOURCE), "--table"], check=True,
                           capture_output=True, text=True).stdout
    return [line.split("\t")[0] for line in table.splitlines()]


def marks_in(program, names):
    symbols = subprocess.run(["nm", "-C", str(program)], check=True, capture_output=True, text=True).stdout
    if "liaison::sync::reconcile" not in symbols and "liaison::sandbox::MailboxStore" not in symbols:
        sys.exit(f"{program.name}: its symbols cannot be read, so this test proves nothing")
    content = program.read_bytes()
    found = [mark for mark in MARKS if mark in symbols or mark.encode() in content]
    return found + [name for name in names if name.encode() in content]


def main():
    names = plant_names()
    if len(names) < 100:
        sys.exit(f"only {len(names)} plants are in the tables")
    programs = [BINARY_DIR / name for name in ("liaison", "liaison-sandbox", "liaison-sim")]
    if not all(program.exists() for program in programs):
        print("the programs are not built")
        sys.exit(77)
    bad = {program.name: marks_in(program, names) for program in programs[:2]}
    # The simulator that is not planted knows the switch's name, because it starts the other one; it has no plant.
    bad["liaison-sim"] = [mark for mark in marks_in(programs[2], names) if mark != "LIAISON_PLANT"]
    planted = BINARY_DIR / "liaison-sim-planted"
    if planted.exists() and len(marks_in(planted, names)) < len(names):
        sys.exit("this test does not find the plants even where they are")
    for program, marks in bad.items():
        if marks:
            sys.exit(f"{program} holds {marks[:5]}")
    print(f"none of {len(names)} plants is in {', '.join(sorted(bad))}")


if __name__ == "__main__":
    main()
