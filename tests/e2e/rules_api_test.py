"""Rules over REST on a running service: scopes and lists, warnings, refusals, and what a changed set would change for
the sample mail that was logged already."""
import os
import shutil
import sys
import tempfile
import urllib.error

import demo_driver as d

work = tempfile.mkdtemp(prefix="liaison_rules_api_")
demo = d.Demo(os.path.join(work, "data"), once=False)


def refused(status, method, path, body, headers=None):
    try:
        demo.api(method, path, body, headers)
    except urllib.error.HTTPError as error:
        d.check(error.code == status, "%s %s answered %d" % (method, path, error.code))
        return error.read().decode()
    d.check(False, "%s %s was not refused" % (method, path))


def rule(name, conditions, actions):
    return {"rules": [{"displayName": name, "conditions": conditions, "actions": actions}]}


log = open(os.path.join(work, "log"), "w")
try:
    demo.start(log)
    d.check(demo.wait_quiet(120), "the demo came to no rest")
    alice = "alice@example.test"
    own = "/v1/rules?scope=mailbox:" + alice

    # Nothing is stored: a set that skips everything would end the logging of what is logged now.
    skip_all = rule("none", {"folderUnder": ["Inbox"]}, {"skipLogging": True})
    answer = demo.api("POST", "/v1/rules/compare", {"mailbox": alice, "rules": skip_all})
    logged = answer["counts"].get("noLongerLogged", 0)
    d.check(answer["complete"] and answer["mails"] > 0 and logged > 0, answer)
    d.check(all(c["before"]["outcome"] == "logged" for c in answer["changes"] if "noLongerLogged" in c["kinds"]), answer)
    answer = demo.api("POST", "/v1/rules/compare", {"mailbox": alice, "rules": {"rules": []}})
    d.check(answer["counts"] == {} and answer["changes"] == [], answer)
    answer = demo.api("POST", "/v1/rules/compare", {"mailbox": alice, "rules": skip_all, "since": "2999-01-01"})
    d.check(answer["mails"] == 0, answer)
    d.check(demo.api("GET", "/v1/rules/scopes")["value"] == [], "nothing was stored")
    refused(404, "POST", "/v1/rules/compare", {"mailbox": "nobody@example.test", "rules": skip_all})
    refused(400, "POST", "/v1/rules/compare", {"mailbox": alice, "rules": skip_all, "since": "yesterday"})

    # Lists, a group, a mailbox.
    refused(428, "PUT", "/v1/rules/lists", {"lists": {}})
    refused(422, "PUT", "/v1/rules?scope=group:Sales", rule("g", {}, {"markAsRead": True}), {"If-Match": '"0"'})
    demo.api("PUT", "/v1/rules/lists", {"lists": {"Sales": [alice]}}, {"If-Match": '"0"'})
    demo.api("PUT", "/v1/rules?scope=group:Sales", rule("g", {}, {"markAsRead": True}), {"If-Match": '"0"'})
    demo.api("PUT", own, skip_all, {"If-Match": '"0"'})
    refused(412, "PUT", own, skip_all, {"If-Match": '"0"'})
    refused(400, "PUT", "/v1/rules?scope=team:x", skip_all, {"If-Match": '"0"'})
    refused(422, "PUT", "/v1/rules/lists", {"lists": {}}, {"If-Match": '"1"'})
    scopes = demo.api("GET", "/v1/rules/scopes")
    d.check([s["scope"] for s in scopes["value"]] == ["group:Sales", "mailbox:" + alice] and scopes["rules"] == 2, scopes)
    answer = demo.api("POST", "/v1/rules/compare", {"mailbox": alice, "scope": "mailbox:" + alice, "rules": {"rules": []}})
    d.check(answer["counts"].get("newlyLogged") == logged, answer["counts"])

    # Warnings and refusals.
    stop = rule("stop", {}, {"stopProcessingRules": True})
    demo.api("PUT", "/v1/rules", stop, {"If-Match": '"0"'})
    found = demo.api("POST", "/v1/rules/check", {"scope": "mailbox:" + alice, "rules": skip_all})["findings"]
    d.check([(f["kind"], f["pointer"], f["scope"]) for f in found] == [("shadowed", "/rules/0", "mailbox:" + alice)], found)
    d.check("/rules/0/actions/delete" in refused(422, "POST", "/v1/rules/check",
                                                 {"rules": rule("x", {}, {"delete": True})}), "the place of the error")
    print("rules by REST: as the manual says; %d mails would no longer be logged" % logged)
finally:
    demo.stop()
    log.close()
    shutil.rmtree(work, ignore_errors=True)
