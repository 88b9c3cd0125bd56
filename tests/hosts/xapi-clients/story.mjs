// What a program that uses @xapi/xapi does with a record, and what it saw, as one JSON object:
// node story.mjs ENDPOINT AUTHORIZATION VERSION WHO
import { createHash } from "node:crypto";
import xapi from "@xapi/xapi";

const XAPI = xapi.default ?? xapi;
const [, , endpoint, auth, version, who] = process.argv;
const api = new XAPI({ endpoint, auth, version });

const agent = { objectType: "Agent", account: { homePage: "https://desk.example/people", name: who } };
const lead = { objectType: "Agent", mbox: `mailto:${who}-lead@desk.example` };
const task = { objectType: "Activity", id: `https://desk.example/tasks/${who}` };
const course = { objectType: "Activity", id: `https://desk.example/courses/${who}` };
const registration = "6f1f7b52-9a5c-4a58-9d5e-3d0a3f3f6a10";
const saw = {};

const status = (promise) =>
  promise.then(
    (answer) => answer.status,
    (error) => error.response?.status ?? String(error),
  );

function statement(n) {
  return {
    actor: { ...agent, name: "Ana" },
    verb: n % 3 ? XAPI.Verbs.ANSWERED : XAPI.Verbs.COMPLETED,
    object: { ...task, definition: { name: { en: "Issue a refund", de: "Erstatten" } } },
    result: { score: { scaled: n / 12 }, success: n > 5, duration: XAPI.calculateISO8601Duration(new Date(0), new Date(n * 1500)) },
    context: { registration, instructor: lead, contextActivities: { parent: [course] } },
  };
}

async function pages(query) {
  const found = [];
  let answer = (await api.getStatements(query)).data;
  found.push(answer.statements);
  while (answer.more) {
    answer = (await api.getMoreStatements({ more: answer.more })).data;
    found.push(answer.statements);
  }
  return found;
}

const count = async (query) => (await pages(query)).flat().length;

async function statements() {
  const [single] = (await api.sendStatement({ statement: statement(0) })).data;
  const batch = (await api.sendStatements({ statements: [...Array(11).keys()].map((n) => statement(n + 1)) })).data;
  saw.sent = [single, ...batch];
  saw.pages = (await pages({ agent, limit: 5 })).map((page) => page.map((one) => one.id));
  saw.upwards = (await pages({ agent, limit: 5, ascending: true })).flat().map((one) => one.id);
  saw.counts = {
    verb: await count({ agent, verb: XAPI.Verbs.COMPLETED.id }),
    activity: await count({ activity: task.id }),
    otherActivity: await count({ activity: course.id }),
    relatedActivity: await count({ activity: course.id, related_activities: true }),
    otherAgent: await count({ agent: lead }),
    relatedAgent: await count({ agent: lead, related_agents: true }),
    registration: await count({ agent, registration }),
  };
  const one = (await api.getStatement({ statementId: single })).data;
  saw.one = { id: one.id, actor: one.actor, duration: one.result.duration, stored: one.stored, authority: one.authority };
  const middle = (await api.getStatement({ statementId: batch[5] })).data.stored;
  saw.since = { after: await count({ agent, since: middle }), until: await count({ agent, until: middle }) };
  saw.ids = (await api.getStatements({ agent, limit: 1, format: "ids" })).data.statements[0].object;
  saw.canonical = (await api.getStatements({ agent, limit: 1, format: "canonical" })).data.statements[0].object.definition;
}

async function voiding() {
  const id = saw.sent[1];
  await api.voidStatement({ actor: agent, statementId: id });
  saw.voided = {
    plain: await status(api.getStatement({ statementId: id })),
    asVoided: (await api.getVoidedStatement({ voidedStatementId: id })).data.id === id,
    inList: (await pages({ agent })).flat().some((one) => one.id === id),
  };
}

async function attachments() {
  // Its other adapter, axios, puts the Blob's own empty type in the place of multipart/mixed when it runs in Node.
  const api = new XAPI({ endpoint, auth, version, adapter: "fetch" });
  const text = "A signed agreement";
  const sha2 = createHash("sha256").update(text).digest("hex");
  const about = { usageType: XAPI.AttachmentUsages.CONTRACT, display: { en: "Agreement" }, contentType: "text/plain", length: text.length, sha2 };
  const [id] = (await api.sendStatement({ statement: { ...statement(1), attachments: [about] }, attachments: [new Blob([text])] })).data;
  const [whole, part] = (await api.getStatement({ statementId: id, attachments: true })).data;
  saw.attachment = { same: whole.id === id && whole.attachments[0].sha2 === sha2, part };
}

async function documents() {
  const state = { agent, activityId: task.id, stateId: "bookmark", registration };
  saw.state = { missing: await status(api.getState(state)) };
  await api.setState({ ...state, state: { page: 1, font: "large" } });
  await api.createState({ ...state, state: { page: 2 } });
  saw.state.merged = (await api.getState(state)).data;
  saw.state.ids = (await api.getStates({ agent, activityId: task.id })).data;
  saw.state.deleted = await status(api.deleteState(state));
  saw.state.after = await status(api.getState(state));

  saw.agentProfile = await profile(
    { agent, profileId: "preferences" },
    api.setAgentProfile, api.createAgentProfile, api.getAgentProfile, api.getAgentProfiles, api.deleteAgentProfile,
  );
  saw.activityProfile = await profile(
    { activityId: task.id, profileId: "hints" },
    api.setActivityProfile, api.createActivityProfile, api.getActivityProfile, api.getActivityProfiles, api.deleteActivityProfile,
  );
}

async function profile(where, ...methods) {
  const [set, create, get, list, remove] = methods.map((method) => method.bind(api));
  await set({ ...where, profile: { colour: "green" }, etag: "*", matchHeader: "If-None-Match" });
  const { etag } = (await get(where)).headers;
  const again = await status(set({ ...where, profile: { colour: "red" }, etag: "*", matchHeader: "If-None-Match" }));
  await set({ ...where, profile: { colour: "blue" }, etag, matchHeader: "If-Match" });
  const stale = await status(set({ ...where, profile: { colour: "grey" }, etag, matchHeader: "If-Match" }));
  const { etag: second } = (await get(where)).headers;
  await create({ ...where, profile: { size: 3 }, etag: second, matchHeader: "If-Match" });
  const { data: found, headers } = await get(where);
  const ids = (await list(where)).data;
  return { again, stale, found, ids, deleted: await status(remove({ ...where, etag: headers.etag })), after: await status(get(where)) };
}

async function lookups() {
  saw.person = (await api.getAgent({ agent })).data;
  saw.activity = (await api.getActivity({ activityId: task.id })).data;
  saw.about = (await api.getAbout()).data;
  const stranger = new XAPI({ endpoint, version, auth: XAPI.toBasicAuth("nobody", "nothing") });
  saw.refused = await status(stranger.getStatements());
}

try {
  for (const part of [statements, voiding, attachments, documents, lookups]) await part();
} catch (error) {
  // axios would print the whole socket.
  console.error(error.stack, error.config?.method, error.config?.url, error.response?.data);
  process.exit(1);
}
console.log(JSON.stringify(saw));
