import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api, ApiError } from "../client/api";
import { OfferFeed } from "../client/offers";
import { Outbox } from "../client/outbox";
import { SseParser } from "../client/sse";
import type { Offer, Outcome } from "../client/types";

// Node has no window; the outbox listens to it for "online" only.
Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined });

function answers(...replies: (Response | Error)[]) {
  const calls: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const reply = replies.shift() ?? new Response("{}");
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  });
  return calls;
}

const json = (body: unknown, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const api = () => new Api("", async () => ({ token: "t", expires: Date.now() / 1000 + 600 }));
const taken = (outcomes: Outcome[]) => ({ accepted: outcomes.map(({ id }) => id), duplicates: [], rejected: [], scores: {}, reviews: [] });

afterEach(() => vi.unstubAllGlobals());

describe("the parser of server-sent events", () => {
  it("puts events together from any pieces", () => {
    const heard: unknown[] = [];
    const parser = new SseParser((event) => heard.push(event));
    for (const piece of ["event: off", "er\nda", "ta: {\"a\":1}\n", "\n: keep-alive\n\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\n"]) parser.push(piece);
    expect(heard).toEqual([{ event: "offer", data: '{"a":1}' }, { event: "x", data: "1\n2" }]);
  });

  it("says nothing for comments and events without data", () => {
    const heard: unknown[] = [];
    new SseParser((event) => heard.push(event)).push(": hello\n\nretry: 2000\n\n");
    expect(heard).toEqual([]);
  });
});

describe("calls to the edge", () => {
  it("fetches a token once and sends it", async () => {
    const calls = answers(json({ a: 1 }), json({ a: 2 }));
    const token = vi.fn(async () => ({ token: "abc", expires: Date.now() / 1000 + 600 }));
    const both = new Api("", token);
    await Promise.all([both.get("/a"), both.get("/b")]);
    expect(token).toHaveBeenCalledTimes(1);
    expect((calls[0]?.init.headers as Record<string, string>).authorization).toBe("Bearer abc");
  });

  it("takes a fresh token and tries once more when the first is refused", async () => {
    answers(json({ detail: "expired" }, 401), json({ fine: true }));
    await expect(api().get("/x")).resolves.toEqual({ fine: true });
  });

  it("turns a problem into an error with its words", async () => {
    answers(json({ detail: "gone", login: "/in" }, 410));
    await expect(api().get("/x")).rejects.toMatchObject({ status: 410, message: "gone", login: "/in" });
  });

  it("says plainly that nothing was reached", async () => {
    answers(new TypeError("network"));
    await expect(api().get("/x")).rejects.toBeInstanceOf(ApiError);
  });
});

describe("the outbox", () => {
  let person = 0;
  beforeEach(() => {
    person += 1;
  });

  it("sends what is added and forgets what was taken", async () => {
    const calls = answers();
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      calls.push({ url: _, init });
      return json(taken(JSON.parse(String(init.body)).outcomes));
    });
    const outbox = new Outbox(api(), `p${person}`);
    const id = outbox.add("opened", "u");
    await outbox.flush();
    expect(outbox.waiting).toBe(0);
    expect(calls.flatMap(({ init }) => JSON.parse(String(init.body)).outcomes.map((o: Outcome) => o.id))).toContain(id);
  });

  it("keeps what could not be sent, over a reload too, under the same ids", async () => {
    answers(...Array.from({ length: 6 }, () => new TypeError("offline")));
    const before = new Outbox(api(), `p${person}`);
    const ids = [before.add("opened", "u"), before.add("completed", "u")];
    await before.flush();
    expect(before.waiting).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const sent: string[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      const { outcomes } = JSON.parse(String(init.body));
      sent.push(...outcomes.map((o: Outcome) => o.id));
      return json(taken(outcomes));
    });
    const after = new Outbox(api(), `p${person}`);
    await after.flush();
    expect(sent).toEqual(ids);
    expect(after.waiting).toBe(0);
  });

  it("does not send what another person left in this browser", async () => {
    answers(new TypeError("offline"), new TypeError("offline"));
    const other = new Outbox(api(), `other${person}`);
    other.add("opened", "u");
    await other.flush();
    const calls = answers();
    const mine = new Outbox(new Api("", async () => "mine"), `mine${person}`);
    await mine.flush();
    expect(mine.waiting).toBe(0);
    expect(calls.filter(({ init }) => JSON.stringify(init.headers).includes("Bearer mine"))).toEqual([]);
  });

  it("drops what the edge refuses, which it would refuse again", async () => {
    vi.stubGlobal("fetch", async () => json({ accepted: [], duplicates: [], rejected: [{ index: 0, id: null, reason: "no" }], scores: {}, reviews: [] }));
    const outbox = new Outbox(api(), `p${person}`);
    outbox.add("opened", "gone");
    await outbox.flush();
    expect(outbox.waiting).toBe(0);
  });
});

describe("the feed of offers", () => {
  const offer = (id: string) => ({ id, unit: "u" }) as Offer;

  it("hears offers and withdrawals from the stream", async () => {
    const text = `event: offer\ndata: ${JSON.stringify(offer("1"))}\n\nevent: withdraw\ndata: {"id":"1"}\n\n`;
    answers(new Response(text));
    const heard: string[] = [];
    const feed = new OfferFeed(api(), { offer: ({ id }) => heard.push(`+${id}`), withdraw: (id) => heard.push(`-${id}`) });
    feed.start();
    await vi.waitFor(() => expect(heard).toEqual(["+1", "-1"]));
    feed.stop();
  });

  it("gives up quietly when nobody is signed in", async () => {
    const calls = answers(json({ detail: "no" }, 401), json({ detail: "no" }, 401));
    const feed = new OfferFeed(api(), { offer: () => undefined, withdraw: () => undefined });
    feed.start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    feed.stop();
    expect(calls.length).toBe(2);
  });
});
