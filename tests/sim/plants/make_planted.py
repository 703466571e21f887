#!/usr/bin/env python3
"""Makes the sources of the planted build.

Reads the tables of plants (*.plants beside this script), checks that every site occurs exactly once in the production
source that it names, and writes, under --out, a copy of each of these sources in which each site is switched at run
time: the original while its plant is not active, the broken form while it is. Production sources are not touched.

  make_planted.py --source ROOT --files               prints the production sources that have plants
  make_planted.py --source ROOT --out DIR             writes DIR/<path of the source>, DIR/planted/{planted.hpp,table.inc}
  make_planted.py --source ROOT --table               prints the plants: id, kind, file, what breaks

A table is a list of blocks. A line that begins with '#' is a comment; a value goes on in lines that begin with a blank.

  plant    f05-deleted-twice-is-an-error              unique; by this name it is chosen
  kind     F05                                        a fault Fnn, `law n`, or `mutation`
  breaks   What goes wrong, in one sentence.
  file     daemon/sync/settle.cpp
  at       text around the site, unique in the file   only where `original` itself is not unique there
  original the exact source text (blanks and line breaks count as one blank)
  broken   what stands there when the plant is active

`original` is an expression, or one or more whole statements if it ends in ';' or '}'. Several plants may name the same
site; sites may not overlap otherwise. `broken` may be empty for a statement.
"""
import argparse
import pathlib
import re
import sys

KEYS = ("plant", "kind", "breaks", "file", "at", "original", "broken")
KIND = re.compile(r"F(0[1-9]|[1-9]\d|100)|law [1-7]|mutation")


class TableError(Exception):
    pass


def hash_of(name):
    """FNV-1a: the number of a plant does not change when others come or go."""
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def read_table(path):
    plants, plant, key = [], None, None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or (not line.strip() and key != "broken" and key != "original"):
            continue
        where = f"{path.name}:{number}"
        if not line.strip():
            continue
        if line[0].isspace():
            if plant is None or key is None:
                raise TableError(f"{where}: a value goes on before there is a key")
            plant[key] = (plant[key] + "\n" + line).strip("\n")
            continue
        key, _, value = line.partition(" ")
        if key not in KEYS:
            raise TableError(f"{where}: unknown key '{key}'")
        if key == "plant":
            plant = {"where": where}
            plants.append(plant)
        if plant is None:
            raise TableError(f"{where}: '{key}' before the first 'plant'")
        if key in plant:
            raise TableError(f"{where}: '{key}' twice in one plant")
        plant[key] = value.strip()
    return plants


def check(plants):
    names, numbers = {}, {}
    for plant in plants:
        missing = [key for key in KEYS if key != "at" and key not in plant]
        if missing:
            raise TableError(f"{plant['where']}: lacks {', '.join(missing)}")
        name = plant["plant"]
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            raise TableError(f"{plant['where']}: '{name}' is no name of a plant (small letters, digits, hyphens)")
        if name in names:
            raise TableError(f"{plant['where']}: plant '{name}' stands in {names[name]} already")
        names[name] = plant["where"]
        number = hash_of(name)
        if number in numbers or number == 0:
            raise TableError(f"{plant['where']}: '{name}' and '{numbers.get(number)}' have one number; rename one")
        numbers[number] = name
        if not KIND.fullmatch(plant["kind"]):
            raise TableError(f"{plant['where']}: kind '{plant['kind']}' is neither Fnn, nor law n, nor mutation")
        if not plant["file"].endswith(".cpp"):
            raise TableError(f"{plant['where']}: only a .cpp can be planted, not {plant['file']}")


def pattern_of(text):
    """Blanks of the table match any run of blanks of the source."""
    return re.compile(r"\s+".join(re.escape(word) for word in text.split()))


def find_once(text, snippet, plant, what):
    found = list(pattern_of(snippet).finditer(text))
    if len(found) != 1:
        raise TableError(f"{plant['where']}: plant '{plant['plant']}': {what} occurs {len(found)} times in "
                         f"{plant['file']}, it has to occur exactly once:\n    {snippet.strip()}\n"
                         "  Production code has changed: write the plant anew, or take it out if nothing is left to break.")
    return found[0]


def site_of(text, plant):
    if "at" not in plant:
        return find_once(text, plant["original"], plant, "its original").span()
    around = find_once(text, plant["at"], plant, "its place ('at')")
    inside = find_once(around.group(), plant["original"], plant, "its original, in its place,")
    return around.start() + inside.start(), around.start() + inside.end()


def switched(original, plants):
    """`original` with every plant of the site in front of it."""
    is_statement = original.rstrip().endswith((";", "}"))
    out = original
    for plant in plants:
        test = f"::liaison::planted::active({hash_of(plant['plant'])}u /* {plant['plant']} */)"
        broken = " ".join(plant["broken"].split())
        if is_statement:
            out = f"{{ if ({test}) {{ {broken} }} else {{ {out} }} }}"
        else:
            if not broken:
                raise TableError(f"{plant['where']}: plant '{plant['plant']}': an expression cannot be broken to nothing")
            out = f"({test} ? ({broken}) : ({out}))"
    return out


def planted_source(text, plants):
    sites, errors = {}, []
    for plant in plants:
        try:
            sites.setdefault(site_of(text, plant), []).append(plant)
        except TableError as error:
            errors.append(str(error))
    if errors:
        raise TableError("\n".join(errors))
    ordered = sorted(sites)
    for left, right in zip(ordered, ordered[1:]):
        if right[0] < left[1]:
            raise TableError(f"{sites[right][0]['where']}: the sites of '{sites[left][0]['plant']}' and "
                             f"'{sites[right][0]['plant']}' overlap; make them the same or disjoint")
    for begin, end in reversed(ordered):
        text = text[:begin] + switched(text[begin:end], sites[(begin, end)]) + text[end:]
    return '#include "planted/planted.hpp"\n' + text


HEADER = """#pragma once
// Made by tests/sim/plants/make_planted.py. Only the planted build of the simulator sees this.
#include <cstdint>

namespace liaison::planted {

/// True if the plant with this number is the active one; counts how often its site was reached.
bool active(std::uint32_t number) noexcept;

}  // namespace liaison::planted
"""


def write_if_changed(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def quoted(text):
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def table_inc(plants):
    return "".join(f"{{{hash_of(p['plant'])}u, {quoted(p['plant'])}, {quoted(p['kind'])}, {quoted(p['file'])}, "
                   f"{quoted(p['breaks'])}}},\n" for p in plants)


def main():
    options = argparse.ArgumentParser(description="Makes the sources of the planted build.")
    options.add_argument("--source", type=pathlib.Path, required=True)
    options.add_argument("--out", type=pathlib.Path)
    options.add_argument("--files", action="store_true")
    options.add_argument("--table", action="store_true")
    chosen = options.parse_args()
    plants = []
    for path in sorted(pathlib.Path(__file__).parent.glob("*.plants")):
        plants += read_table(path)
    check(plants)
    files = sorted({plant["file"] for plant in plants})
    if chosen.files:
        print("\n".join(files))
    if chosen.table:
        for plant in plants:
            print(f"{plant['plant']}\t{plant['kind']}\t{plant['file']}\t{' '.join(plant['breaks'].split())}")
    if chosen.out is None:
        return
    made, errors = {}, []
    for file in files:
        path = chosen.source / file
        try:
            if not path.exists():
                raise TableError(f"there is no {file}")
            made[file] = planted_source(path.read_text(encoding="utf-8"), [p for p in plants if p["file"] == file])
        except TableError as error:
            errors.append(str(error))
    if errors:
        raise TableError("\n".join(errors))
    for file, text in made.items():
        write_if_changed(chosen.out / file, text)
    write_if_changed(chosen.out / "planted/planted.hpp", HEADER)
    write_if_changed(chosen.out / "planted/table.inc", table_inc(plants))


if __name__ == "__main__":
    try:
        main()
    except TableError as error:
        sys.exit(f"planted bugs: {error}")
