// The live updates: a message at once and after each change, until the client disconnects.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createLiveUpdates } from "../../dev/live.ts";
import { createPolarFake } from "../../dev/polar.ts";

const POLL_MS = 5;

/** Connects for `org_live`; `polls` returns how often the requests were read. */
async function connect({ keepAliveMs = 60_000 } = {}) {
  let polls = 0;
  const requests = new Hono().get("/", (c) => {
    polls += 1;
    return c.json({ items: [] });
  });
  const polar = createPolarFake(LOCAL_POLAR_TOKEN);
  const updates = createLiveUpdates(requests, polar, { pollMs: POLL_MS, keepAliveMs });
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
    });
    await polar.request("/subscriptions/org_live", { method: "PUT", body: '{"active":true}' });
    expect((await reader.read()).value).toContain('{"orgId":"org_live","active":true}');
    await reader.cancel();
  });

  it("send a comment as a keep-alive when nothing changes, so that a closed connection is noticed", async () => {
    const { reader } = await connect({ keepAliveMs: 4 * POLL_MS });
    await reader.read();
    expect((await reader.read()).value).toBe(":\n\n");
    await reader.cancel();
  });

  it("require an organisation and respond with 400 without one", async () => {
    const response = await createLiveUpdates(new Hono(), new Hono()).request("/");
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
