#!/usr/bin/env python3
"""Writes entity_rows.cpp: the types of the Graph schema that the sandbox's resources need, one row a type.

usage: make_entity_table.py CSDL_FILE OUTPUT_FILE

A row is "Name Base property:Type ... ;" for entity and complex types ("-": no base; Type* is a
collection, a trailing ~ marks a navigation property) and "enum Name member ... ;" for enumerations.
"""
import sys
import xml.etree.ElementTree as ET

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
ROOTS = """event contact message mailFolder contactFolder calendar todoTask todoTaskList linkedResource checklistItem
messageRule subscription fileAttachment itemAttachment referenceAttachment attachmentItem user outlookCategory openTypeExtension
singleValueLegacyExtendedProperty eventMessage eventMessageRequest eventMessageResponse mailSearchFolder""".split()


def short(name):
    for prefix in ("microsoft.graph.", "graph.", "Edm."):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


def type_text(name):
    if name.startswith("Collection("):
        return short(name[11:-1]) + "*"
    return short(name)


def main():
    tree = ET.parse(sys.argv[1])
    types, enums = {}, {}
    for node in tree.iter():
        if node.tag in (EDM + "EntityType", EDM + "ComplexType"):
            types[node.get("Name")] = node
        elif node.tag == EDM + "EnumType":
            enums[node.get("Name")] = node
    rows, seen, queue = [], set(), list(ROOTS)
    while queue:
        name = queue.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in enums:
            members = " ".join(m.get("Name") for m in enums[name] if m.tag == EDM + "Member")
            rows.append(f"enum {name} {members} ;")
            continue
        if name not in types:
            continue
        node = types[name]
        base = short(node.get("BaseType") or "-")
        if base != "-":
            queue.append(base)
        parts = []
        for p in node:
            if p.tag not in (EDM + "Property", EDM + "NavigationProperty"):
                continue
            text = type_text(p.get("Type"))
            navigation = p.tag.endswith("NavigationProperty")
            parts.append(f"{p.get('Name')}:{text}{'~' if navigation else ''}")
            queue.append(text.rstrip("*"))
        rows.append(" ".join([name, base] + parts + [";"]))
    with open(sys.argv[2], "w") as out:
        out.write("// Made by make_entity_table.py out of the Graph v1.0 metadata; not to be edited.\n")
        out.write('#include "sandbox/graph/entity_table.hpp"\n\nnamespace liaison::sandbox::graph {\n\n')
        out.write("namespace {\n\nconstexpr std::string_view metadata_rows =\n")
        for row in rows:
            line = row + " "
            while line:
                cut = len(line) if len(line) <= 88 else line.rfind(" ", 0, 88) + 1
                out.write(f'    "{line[:cut]}"\n')
                line = line[cut:]
        out.write("    ;\n\n}  // namespace\n\nstd::string_view entity_rows() {\n    return metadata_rows;\n}\n\n")
        out.write("}  // namespace liaison::sandbox::graph\n")



main()
