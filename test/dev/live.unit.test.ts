// The live updates: a message at once and after each change, until the client disconnects.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createChangeLog } from "../../dev/changes.ts";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createLiveUpdates, type LiveState } from "../../dev/live.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { createRequestLog } from "../../dev/requests.ts";
import { message, voice } from "../stack/feed-messages.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";
import { unsignedToken } from "./unsigned-token.ts";

const POLL_MS = 5;

/** Connects for `org_live`; `polls` returns how often the requests were read. */
async function connect({ keepAliveMs = 60_000 } = {}) {
  let polls = 0;
  const requests = new Hono().get("/", (c) => {
    polls += 1;
    return c.json({ items: [] });
  });
  const polar = createPolarFake(LOCAL_POLAR_TOKEN);
  const changes = createChangeLog(EVENTS_SECRET);
  const updates = createLiveUpdates({ requests, polar, changes }, { pollMs: POLL_MS, keepAliveMs });
  const response = await updates.request("/?org=org_live");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("no body");
  return { polar, polls: () => polls, response, reader };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("live updates", () => {
  it("send the current state first, then each change", async () => {
    const { polar, response, reader } = await connect();
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const first = (await reader.read()).value ?? "";
    expect(JSON.parse(first.replace(/^data: /, ""))).toEqual({
      requests: { items: [] },
      events: { items: [] },
      faults: { items: [] },
      subscription: { orgId: "org_live", active: false },
      changes: { items: [] },
    });
    await polar.request("/subscriptions/org_live", { method: "PUT", body: '{"active":true}' });
    expect((await reader.read()).value).toContain('{"orgId":"org_live","active":true}');
    await reader.cancel();
  });

  it("send the requests, Polar's events and the changes of one organisation, and none of another", async () => {
    const { record, routes: requests } = createRequestLog();
    const polar = createPolarFake(LOCAL_POLAR_TOKEN);
    const changes = createChangeLog(EVENTS_SECRET);
    for (const org of ["org_a", "org_b"]) {
      const headers = { Authorization: `Bearer ${unsignedToken(org)}` };
      const request = new Request(`http://localhost/api/voices/voice_of_${org}`, { headers });
      await record(request, async () => new Response());
      await polar.request("/v1/events/ingest", {
        method: "POST",
        headers: { Authorization: `Bearer ${LOCAL_POLAR_TOKEN}`, "Content-Type": "application/json" },
        body: JSON.stringify({ events: [{ name: "voice_creation", external_customer_id: org }] }),
      });
      const signed = message(voice("created", 1, { orgId: org, id: `voice_of_${org}` }));
      await changes.request("/", { method: "POST", headers: signed.headers, body: await signed.text() });
    }
    const stream = await createLiveUpdates({ requests, polar, changes }).request("/?org=org_a");
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const text = (await reader?.read())?.value ?? "";
    await reader?.cancel();
    const state: LiveState = JSON.parse(text.replace(/^data: /, ""));
    expect(state.requests.items.map(({ path }) => path)).toEqual(["/api/voices/voice_of_org_a"]);
    expect(state.events.items.map(({ external_customer_id: id }) => id)).toEqual(["org_a"]);
    expect(state.changes.items.map(({ id }) => id)).toEqual(["voice_of_org_a"]);
    expect(text).not.toContain("org_b");
  });

  it("send a comment as a keep-alive when nothing changes, so that a closed connection is noticed", async () => {
    const { reader } = await connect({ keepAliveMs: 4 * POLL_MS });
    await reader.read();
    expect((await reader.read()).value).toBe(":\n\n");
    await reader.cancel();
  });

  it("require an organisation and respond with 400 without one", async () => {
    const none = { requests: new Hono(), polar: new Hono(), changes: new Hono() };
    const response = await createLiveUpdates(none).request("/");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "org is required, for example ?org=org_demo" });
  });

  it("stop polling when the client disconnects", async () => {
    const { polls, reader } = await connect();
    await reader.read();
    await reader.cancel();
    await sleep(10 * POLL_MS);
    const before = polls();
    await sleep(20 * POLL_MS);
    expect(polls()).toBe(before);
  });
});
