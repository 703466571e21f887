#!/usr/bin/env python3
"""Writes schema_rows_*.cpp and simple_rows.cpp: the part of Microsoft's EWS schema that the sandbox's requests need, one row a type.

usage: make_schema_table.py FOLDER_WITH_messages.xsd_AND_types.xsd OUTPUT_FOLDER

Content models are written as "Name:Type?" with ?, *, + as in regular expressions and "( a | b )" for choices.
Types in OPAQUE are not described: their elements exist, the sandbox refuses them by name where they matter.
"""
import sys
import xml.etree.ElementTree as ET

XS = "{http://www.w3.org/2001/XMLSchema}"
OPERATIONS = """GetFolder FindFolder CreateFolder SyncFolderHierarchy SyncFolderItems FindItem GetItem CreateItem UpdateItem
DeleteItem MoveItem CopyItem CreateAttachment GetAttachment DeleteAttachment ResolveNames GetServerTimeZones ConvertId
UpdateFolder GetInboxRules UpdateInboxRules
""".split()
HEADERS = """RequestServerVersion ExchangeImpersonation TimeZoneContext DateTimePrecision MailboxCulture
SerializedSecurityContext ProxySecurityContext OpenAsAdminOrSystemService ManagementRole""".split()
OPAQUE = set("""EntityExtractionResultType RightsManagementLicenseDataType NonEmptyArrayOfPredictedActionReasonType
MentionsPreviewType NonEmptyArrayOfMentionActionsType NonEmptyArrayOfAppliedHashtagType AppliedHashtagsPreviewType
NonEmptyArrayOfLikeType LikesPreviewType RetentionTagType NonEmptyArrayOfResponseObjectsType ApprovalRequestDataType
VotingInformationType ReminderMessageDataType MessageSafetyType ConflictResultsType PermissionSetType
CalendarPermissionSetType ManagedFolderInformationType SearchParametersType MeetingRequestMessageType MeetingMessageType
MeetingResponseMessageType MeetingCancellationMessageType DistributionListType PostItemType PostReplyItemType
AcceptItemType TentativelyAcceptItemType DeclineItemType ReplyToItemType ForwardItemType ReplyAllToItemType
CancelCalendarItemType RemoveItemType SuppressReadReceiptType AcceptSharingInvitationType RoleMemberItemType
NetworkItemType AbchPersonItemType AbchEmailAddressDictionaryType ContactUrlDictionaryType OnlineMeetingSettingsType
CalendarActivityDataType EnhancedLocationType ArrayOfInboxReminderType GroupByType DistinguishedGroupByType SerializedSecurityContextType
ProxySecurityContextType OpenAsAdminOrSystemServiceType ManagementRoleType SeekToConditionPageViewType
ArrayOfBinaryType WorkingHoursType NonEmptyArrayOfInternetHeadersType EffectiveRightsType BooleanType
SharingFolderType ApprovalRequestType""".split())


class Schema:
    def __init__(self, folder):
        self.types, self.elements, self.groups = {}, {}, {}
        self.members = {}
        for prefix, name in (("m", "messages.xsd"), ("t", "types.xsd")):
            root = ET.parse(f"{folder}/{name}").getroot()
            for node in root:
                key = f"{prefix}:{node.get('name')}"
                if node.tag in (XS + "complexType", XS + "simpleType"):
                    self.types[key] = (prefix, node)
                elif node.tag == XS + "element":
                    self.elements[key] = (prefix, node)
                    head = node.get("substitutionGroup")
                    if head:
                        self.members.setdefault(head, []).append(key)
                elif node.tag == XS + "group":
                    self.groups[key] = (prefix, node)
        self.rows, self.simple, self.todo, self.seen = [], {}, [], set()
        self.anonymous = {}

    def want(self, name):
        if name.startswith("xs:"):
            return name[3:]
        short = name.split(":")[1]
        if short in OPAQUE:
            return "opaque"
        if name not in self.seen:
            self.seen.add(name)
            self.todo.append(name)
        return short

    def occurs(self, node):
        low, high = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        return {("0", "1"): "?", ("0", "unbounded"): "*", ("1", "1"): ""}.get((low, high)) if high == "1" or low == "0" \
            and high == "unbounded" else ("+" if high == "unbounded" else "*" if low == "0" else "+")

    def leaf(self, prefix, node, owner):
        ref = node.get("ref")
        if ref:
            names = self.substitutes(ref)
            parts = [self.leaf(self.elements[n][0], self.elements[n][1], owner) for n in names]
            body = parts[0] if len(parts) == 1 else "( " + " | ".join(parts) + " )"
            return body + self.occurs(node)
        kind = node.get("type")
        inner = next((c for c in node if c.tag in (XS + "complexType", XS + "simpleType")), None)
        if inner is not None:
            key = f"{prefix}:{owner}.{node.get('name')}"
            self.types[key] = (prefix, inner)
            kind = self.want(key)
        elif kind is None:
            kind = "opaque"
        else:
            kind = self.want(kind)
        mark = "" if prefix == self.prefix else prefix + "."
        return f"{mark}{node.get('name')}:{kind}{self.occurs(node)}"

    def substitutes(self, ref):
        prefix, node = self.elements[ref]
        out = [] if node.get("abstract") == "true" else [ref]
        for member in self.members.get(ref, []):
            out += self.substitutes(member)
        return out

    def model(self, prefix, node, owner):
        if node.tag == XS + "element":
            return self.leaf(prefix, node, owner)
        if node.tag == XS + "any":
            return "any:opaque*"
        if node.tag == XS + "group":
            gp, group = self.groups[node.get("ref")]
            inner = next(c for c in group if c.tag in (XS + "choice", XS + "sequence"))
            text = self.model(gp, inner, owner)
            mark = self.occurs(node)
            return (text if text.startswith("(") else f"( {text} )") + mark if mark else text
        parts = [self.model(prefix, c, owner) for c in node
                 if c.tag in (XS + "element", XS + "choice", XS + "sequence", XS + "group", XS + "any")]
        mark = self.occurs(node)
        if node.tag == XS + "choice":
            return "( " + " | ".join(parts) + " )" + mark
        text = " ".join(p for p in parts if p)
        return f"( {text} ){mark}" if mark and text else text

    def attributes(self, node):
        out = []
        for a in node.iter(XS + "attribute"):
            if a.get("ref"):
                out.append("xml:lang:string")
                continue
            inner = a.find(XS + "simpleType")
            kind = self.want(a.get("type")) if inner is None else "string"
            out.append(f"{a.get('name')}:{kind}" + ("!" if a.get("use") == "required" else ""))
        for group in node.iter(XS + "attributeGroup"):
            raise SystemExit("attribute groups are not handled")
        return " ".join(out)

    def complex(self, key):
        prefix, node = self.types[key]
        self.prefix = prefix
        short = key.split(":")[1]
        body, base, text = node, "", ""
        for kind in ("complexContent", "simpleContent"):
            content = node.find(XS + kind)
            if content is not None:
                body = content.find(XS + "extension")
                if body is None:
                    body = content.find(XS + "restriction")
                    if body.get("base") and kind == "complexContent":
                        base = ""
                    elif kind == "simpleContent":
                        base = "=" + self.want(body.get("base"))
                else:
                    base = ("=" if kind == "simpleContent" else "") + self.want(body.get("base"))
        for child in body:
            if child.tag in (XS + "sequence", XS + "choice", XS + "group"):
                text = self.model(prefix, child, short)
            elif child.tag == XS + "all":
                names = [self.leaf(prefix, c, short) for c in child]
                text = "( " + " | ".join(n.rstrip("?") for n in names) + " )*"
        self.rows.append((prefix, short, base, text, self.attributes(body)))

    def simple_type(self, key):
        _, node = self.types[key]
        short = key.split(":")[1]
        union, lists = node.find(XS + "union"), node.find(XS + "list")
        if union is not None:
            self.simple[short] = "string"
            if short in ("PropertyTagType",):
                self.simple[short] = "tag"
            return
        if lists is not None:
            self.simple[short] = "list " + self.want(lists.get("itemType"))
            return
        restriction = node.find(XS + "restriction")
        values = [e.get("value") for e in restriction.findall(XS + "enumeration")]
        base = restriction.get("base")
        if values:
            self.simple[short] = "enum " + " ".join(values)
            return
        low = restriction.find(XS + "minInclusive")
        high = restriction.find(XS + "maxInclusive")
        name = self.want(base)
        if low is not None or high is not None:
            self.simple[short] = (f"range {low.get('value') if low is not None else -2**31} "
                                  f"{high.get('value') if high is not None else 2**31 - 1}")
            return
        least = restriction.find(XS + "minLength")
        pattern = restriction.find(XS + "pattern")
        if short == "GuidType":
            self.simple[short] = "guid"
        elif least is not None and least.get("value") != "0":
            self.simple[short] = "nonempty"
        elif name in ("string", "anyURI", "language") or pattern is not None:
            self.simple[short] = "string"
        else:
            self.simple[short] = "same " + name

    def run(self):
        for op in OPERATIONS:
            prefix, node = self.elements[f"m:{op}"]
            self.rows.append(("m", op, "=element", "", self.want(node.get("type"))))
        for name in HEADERS:
            entry = self.elements.get(f"t:{name}")
            if entry is None:
                continue
            _, node = entry
            inner = node.find(XS + "complexType")
            if inner is not None:
                self.types[f"t:{name}.Header"] = ("t", inner)
                kind = self.want(f"t:{name}.Header")
            else:
                kind = self.want(node.get("type"))
            self.rows.append(("t", name, "=element", "", kind))
        while self.todo:
            key = self.todo.pop(0)
            if self.types[key][1].tag == XS + "simpleType":
                self.simple_type(key)
            else:
                self.complex(key)


def wrapped(text, width=116):
    out, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            out.append(line)
            line = ""
        line += (" " if line else "") + word
    out.append(line)
    return "\n".join(out)


def rows_of(schema):
    for prefix, name, base, text, attributes in schema.rows:
        yield f"{prefix}.{name} {base or '-'} [ {text} ] {attributes} ;"


def main():
    folder, out = sys.argv[1:3]
    schema = Schema(folder)
    schema.run()
    rows = list(rows_of(schema))
    half = len(rows) // 2
    simple = [f"{name} {schema.simple[name]} ;" for name in sorted(schema.simple)]
    for name, part in (("schema_rows_1", rows[:half]), ("schema_rows_2", rows[half:]), ("simple_rows", simple)):
        with open(f"{out}/{name}.cpp", "w") as file:
            file.write("// Written by make_schema_table.py from Microsoft's messages.xsd and types.xsd (V2018_01_08);"
                       " do not edit.\n"
                       '#include "sandbox/ews/schema_table.hpp"\n\nnamespace liaison::sandbox::ews {\n\n'
                       f"std::string_view {name}() {{\n    return R\"rows(\n{wrapped(' '.join(part))}\n)rows\";\n}}\n\n"
                       "}  // namespace liaison::sandbox::ews\n")


main()
