// The news of the stand-ins: told at once and at each change, for as long as somebody listens.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createLive } from "../../dev/live.ts";
import { createPolarStandIn } from "../../dev/polar.ts";

/** Listens for `org_news`; `looks` tells how often the requests were looked at. */
async function listen() {
  let looks = 0;
  const requests = new Hono().get("/", (c) => {
    looks += 1;
    return c.json({ items: [] });
  });
  const polar = createPolarStandIn(LOCAL_POLAR_TOKEN);
  const response = await createLive(requests, polar).request("/?org=org_news");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("no body");
  return { polar, looks: () => looks, response, reader };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("live news", () => {
  it("tell how things stand, and each change", async () => {
    const { polar, response, reader } = await listen();
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const first = (await reader.read()).value ?? "";
    expect(JSON.parse(first.replace(/^data: /, ""))).toEqual({
      requests: { items: [] },
      events: { items: [] },
      faults: { items: [] },
      subscription: { orgId: "org_news", active: false },
    });
    await polar.request("/subscriptions/org_news", { method: "PUT", body: '{"active":true}' });
    expect((await reader.read()).value).toContain('{"orgId":"org_news","active":true}');
    await reader.cancel();
  });

  it("break their silence now and then, as only that shows who has gone", async () => {
    const { reader } = await listen();
    await reader.read();
    expect((await reader.read()).value).toBe(":\n\n");
    await reader.cancel();
  }, 10_000);

  it("are of an organisation", async () => {
    const response = await createLive(new Hono(), new Hono()).request("/");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "org is needed, as in ?org=org_demo" });
  });

  it("end with their listener", async () => {
    const { looks, reader } = await listen();
    await reader.read();
    await reader.cancel();
    await pause(600);
    const before = looks();
    await pause(600);
    expect(looks()).toBe(before);
  });
});
