// Graph clients that nobody here wrote, against a running sandbox.
// Usage: node clients.mjs URL CERTIFICATE.pem KEY.pem     (NODE_EXTRA_CA_CERTS trusts the sandbox)
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

const [base, certificateFile, keyFile] = process.argv.slice(2);
const tenant = "example.test";
const clientId = "3f0e7c52-8d1b-4a63-b0f4-6c9d2e5a7b18";
const scope = "https://graph.microsoft.com/.default";
const user = "alice@example.test";
const host = new URL(base).host;

let steps = 0;
async function step(name, work) {
  try {
    await work();
    steps += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}: ${error?.stack ?? error}`);
    process.exitCode = 1;
  }
}

async function control(method, path, body) {
  const answer = await fetch(`${base}/sandbox/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

// --- @azure/msal-node -------------------------------------------------------------------------
let token = "";
async function signIn() {
  const { ConfidentialClientApplication } = await import("@azure/msal-node");
  const authority = `${base}/${tenant}`;
  const make = (auth) =>
    new ConfidentialClientApplication({
      auth: { authority, knownAuthorities: [host], ...auth },
    });
  await step("msal-node: a token with the secret", async () => {
    const app = make({ clientId, clientSecret: "sandbox" });
    const result = await app.acquireTokenByClientCredential({ scopes: [scope] });
    token = result.accessToken;
    assert.ok(token.split(".").length === 3);
    assert.ok(result.expiresOn > new Date());
  });
  await step("msal-node: a wrong secret says why", async () => {
    const app = make({ clientId, clientSecret: "wrong" });
    await assert.rejects(app.acquireTokenByClientCredential({ scopes: [scope] }), /AADSTS7000215/);
  });
  await step("msal-node: a token with the certificate", async () => {
    const pem = readFileSync(certificateFile, "utf8");
    const thumbprintSha256 = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
    await control("POST", "graph/apps", {
      client_id: "certified", certificates: [pem], roles: ["Contacts.Read"],
    });
    const app = make({
      clientId: "certified",
      clientCertificate: { thumbprintSha256, privateKey: readFileSync(keyFile, "utf8"), x5c: pem },
    });
    const result = await app.acquireTokenByClientCredential({ scopes: [scope] });
    const answer = await fetch(`${base}/v1.0/users/${user}/contacts`, {
      headers: { Authorization: `Bearer ${result.accessToken}` },
    });
    assert.equal(answer.status, 200);
  });
}

// --- @microsoft/microsoft-graph-client --------------------------------------------------------
async function olderClient() {
  await import("isomorphic-fetch");
  const graph = await import("@microsoft/microsoft-graph-client");
  const { Client, PageIterator, BatchRequestContent, BatchResponseContent } = graph.default ?? graph;
  const client = Client.initWithMiddleware({
    baseUrl: `${base}/`,
    customHosts: new Set(["localhost"]),
    authProvider: { getAccessToken: async () => token },
  });
  const contacts = `/users/${user}/contacts`;
  const made = [];
  await step("graph-client: creates contacts", async () => {
    for (let n = 0; n < 7; n += 1) made.push(await client.api(contacts).post({ givenName: `n${n}` }));
    assert.equal(made[0].displayName, "n0");
  });
  await step("graph-client: reads, selects and changes one", async () => {
    const one = await client.api(`${contacts}/${made[0].id}`).select("displayName").get();
    assert.equal(one.displayName, "n0");
    assert.equal(one.givenName, undefined);
    const changed = await client.api(`${contacts}/${made[0].id}`).patch({ surname: "Z" });
    assert.equal(changed.displayName, "n0 Z");
  });
  await step("graph-client: pages to the end", async () => {
    const first = await client.api(contacts).top(3).get();
    let seen = 0;
    const pages = new PageIterator(client, first, () => { seen += 1; return true; });
    await pages.iterate();
    assert.equal(seen, made.length);
  });
  let link = "";
  await step("graph-client: follows a delta round", async () => {
    const first = await client.api(`/users/${user}/contactFolders/contacts/contacts/delta`)
      .header("Prefer", "odata.maxpagesize=3").get();
    let seen = 0;
    const pages = new PageIterator(client, first, () => { seen += 1; return true; });
    await pages.iterate();
    link = pages.getDeltaLink();
    assert.equal(seen, made.length);
    assert.ok(link.startsWith(base));
  });
  await step("graph-client: deletes, and the delta tells", async () => {
    await client.api(`${contacts}/${made[1].id}`).delete();
    const changes = await client.api(link).get();
    assert.equal(changes.value.length, 1);
    assert.equal(changes.value[0]["@removed"].reason, "deleted");
    assert.equal(changes.value[0].id, made[1].id);
  });
  await step("graph-client: a batch with a failing part", async () => {
    const part = (id, path) => ({ id, request: new Request(`${base}${path}`, { method: "GET" }) });
    const content = new BatchRequestContent([
      part("1", `/users/${user}/contacts/${made[2].id}`), part("2", `/users/${user}/contacts/AAAA`)]);
    const answer = await client.api("/$batch").post(await content.getContent());
    const parts = new BatchResponseContent(answer);
    assert.equal(parts.getResponseById("1").status, 200);
    assert.equal(parts.getResponseById("2").status, 404);
  });
  await step("graph-client: recovers from 429", async () => {
    await control("PATCH", "graph/quirks", { throttle: 2 });
    const started = Date.now();
    const answer = await client.api(contacts).get();
    assert.ok(answer.value.length > 0);
    assert.ok(Date.now() - started >= 1900, "it waited as Retry-After said");
  });
  await step("graph-client: an error is an error", async () => {
    await assert.rejects(client.api(`${contacts}/AAAA`).get(), (error) => error.code === "ErrorItemNotFound");
  });
}

// --- @microsoft/msgraph-sdk -------------------------------------------------------------------
async function newerClient() {
  const { createGraphServiceClient, GraphRequestAdapter } = await import("@microsoft/msgraph-sdk");
  await import("@microsoft/msgraph-sdk-users");
  const abstractions = await import("@microsoft/kiota-abstractions");
  const provider = new abstractions.BaseBearerTokenAuthenticationProvider({
    getAuthorizationToken: async () => token,
    getAllowedHostsValidator: () => new abstractions.AllowedHostsValidator(new Set(["localhost"])),
  });
  const adapter = new GraphRequestAdapter(provider);
  adapter.baseUrl = `${base}/v1.0`;
  const client = createGraphServiceClient(adapter);
  const mine = client.users.byUserId(user);
  let id = "";
  await step("msgraph-sdk: creates, reads and changes an event", async () => {
    const event = await mine.events.post({
      subject: "SDK", transactionId: "sdk-1",
      start: { dateTime: "2027-03-01T09:00:00", timeZone: "Europe/Berlin" },
      end: { dateTime: "2027-03-01T10:00:00", timeZone: "Europe/Berlin" },
    });
    id = event.id;
    assert.equal(event.originalStartTimeZone, "W. Europe Standard Time");
    const read = await mine.events.byEventId(id).get();
    assert.equal(read.subject, "SDK");
    assert.ok(read.createdDateTime instanceof Date);
    const changed = await mine.events.byEventId(id).patch({ showAs: "oof" });
    assert.equal(changed.showAs, "oof");
  });
  await step("msgraph-sdk: delta of the inbox by delta()", async () => {
    const round = await mine.mailFolders.byMailFolderId("inbox").messages.delta.get();
    assert.ok(round.odataDeltaLink);
  });
  await step("msgraph-sdk: task lists and tasks", async () => {
    const lists = await mine.todo.lists.get();
    const list = lists.value.find((one) => one.wellknownListName === "defaultList");
    const task = await mine.todo.lists.byTodoTaskListId(list.id).tasks.post({ title: "From the SDK" });
    const tasks = await mine.todo.lists.byTodoTaskListId(list.id).tasks.get();
    assert.ok(tasks.value.some((one) => one.id === task.id));
  });
  await step("msgraph-sdk: recovers from 429", async () => {
    await control("PATCH", "graph/quirks", { throttle: 1 });
    const read = await mine.events.byEventId(id).get();
    assert.equal(read.id, id);
  });
  await step("msgraph-sdk: deletes", async () => {
    await mine.events.byEventId(id).delete();
    await assert.rejects(mine.events.byEventId(id).get());
  });
}

// --- @pnp/graph -------------------------------------------------------------------------------
async function pnpClient() {
  const { graphfi, DefaultInit, DefaultHeaders } = await import("@pnp/graph");
  const { NodeFetchWithRetry } = await import("@pnp/nodejs");
  const { InjectHeaders, DefaultParse } = await import("@pnp/queryable");
  for (const part of ["users", "mail", "contacts", "calendars", "to-do"]) await import(`@pnp/graph/${part}/index.js`);
  await import("@pnp/graph/batching.js");
  const graph = graphfi().using(
    DefaultInit(`${base}/v1.0`), DefaultHeaders(), NodeFetchWithRetry(), DefaultParse(),
    InjectHeaders({ Authorization: `Bearer ${token}` }));
  const mine = graph.users.getById(user);
  await step("pnp: contacts are added, listed and deleted", async () => {
    const made = await mine.contacts.add("Pnp", "Er", [{ address: "p@x.test", name: "P" }], ["1"]);
    const listed = await mine.contacts.top(50)();
    assert.ok(listed.some((one) => one.id === made.id));
    await mine.contacts.getById(made.id).delete();
  });
  await step("pnp: mail folders and messages are read", async () => {
    const folders = await mine.mailFolders();
    assert.ok(folders.some((one) => one.displayName === "Inbox"));
    await mine.messages.top(5)();
  });
  await step("pnp: a batch", async () => {
    const [batched, execute] = graph.batched();
    const results = [];
    batched.users.getById(user).contacts.top(2)().then((list) => results.push(list.length));
    batched.users.getById(user).events().then((list) => results.push(list.length));
    await execute();
    assert.equal(results.length, 2);
  });
}

await signIn();
await olderClient();
await newerClient();
await pnpClient();
console.log(`${steps} steps passed`);
