#!/usr/bin/env python3
"""Writes windows_zones.cpp from CLDR's windowsZones (supplemental data, JSON form).

usage: make_windows_zones.py windowsZones.json > ../../windows_zones.cpp
"""
import json
import sys
import textwrap

data = json.load(open(sys.argv[1], encoding="utf-8"))
rows = data["supplemental"]["windowsZones"]["mapTimezones"]
main, others = {}, {}
for row in rows:
    zone = row["mapZone"]
    windows, names = zone["_other"], zone["_type"].split()
    if zone["_territory"] == "001":
        main[windows] = names[0]
    others.setdefault(windows, [])
    others[windows] += [n for n in names if n not in others[windows]]
print("// Written by ews/tables/make_windows_zones.py from CLDR's windowsZones (facts under the Unicode licence); do not edit.")
print('#include "sandbox/windows_zones.hpp"\n\nnamespace liaison::sandbox {\n')
print('std::string_view windows_zone_rows() {\n    return R"rows(')
for windows in sorted(main):
    names = [main[windows]] + [n for n in others[windows] if n != main[windows]]
    print(textwrap.fill(f"{windows} = {' '.join(names)} ;", 116, break_on_hyphens=False, break_long_words=False))
print(')rows";\n}\n\n}  // namespace liaison::sandbox')
