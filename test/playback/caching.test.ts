// How browsers may reuse the responses of a session: every status of the two audio endpoints, and JSON.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, failingQueries } from "../support/bindings.ts";
import { type Call, call } from "../support/call.ts";
import { type AudioState, givenGeneration, givenVoice } from "../support/fixtures.ts";

const ALLOWED = "https://studio.example.com";

type Given = (state?: AudioState) => Promise<string>;
const audio: Record<string, { path: string; given: Given }> = {
  "a generation": { path: "/api/audio/", given: (state) => givenGeneration("org_a", state) },
  "a custom voice": { path: "/api/voices/", given: (state) => givenVoice("org_a", state) },
  "a system voice": { path: "/api/voices/", given: (state) => givenVoice(null, state) },
};

type Outcome = [status: number, request: (given: Given) => Promise<Call & { id: string }>];
const outcomes: Outcome[] = [
  [200, async (given) => ({ id: await given() })],
  [206, async (given) => ({ id: await given(), headers: { Range: "bytes=0-1" } })],
  [304, async (given) => ({ id: await given(), headers: { "If-None-Match": "*" } })],
  [401, async (given) => ({ id: await given(), as: "" })],
  [404, async () => ({ id: crypto.randomUUID() })],
  [409, async (given) => ({ id: await given("processing") })],
  [412, async (given) => ({ id: await given(), headers: { "If-Match": '"a"' } })],
  [416, async (given) => ({ id: await given(), headers: { Range: "bytes=9999-" } })],
  [500, async (given) => ({ id: await given(), env: { DB: failingQueries(env.DB, /select/) } })],
  [502, async (given) => ({ id: await given("object missing") })],
  [502, async (given) => ({ id: await given(), env: { AUDIO: failing(env.AUDIO, "get") } })],
];

const variesOn = ({ headers }: Response) => headers.get("Vary")?.split(", ").sort();

describe.each(Object.entries(audio))("%s", (_kind, { path, given }) => {
  it.each(outcomes)(
    "that is %i varies on the session, and on Origin when APP_ORIGINS is set",
    async (status, request) => {
      for (const origin of [undefined, ALLOWED, "https://evil.example"]) {
        const { id, ...init } = await request(given);
        const headers = { ...init.headers, ...(origin && { Origin: origin }) };
        const settings = { ...init.env, ...(origin && { APP_ORIGINS: ALLOWED }) };
        const response = await call(path + id, { as: "org_a", ...init, headers, env: settings });
        await response.arrayBuffer();
        expect(response.status).toBe(status);
        expect(variesOn(response)).toEqual(["Authorization", "Cookie", ...(origin ? ["Origin"] : [])]);
        if (status >= 400) expect(response.headers.get("Cache-Control")).toBe("no-store");
      }
    },
  );
});

it.each(["/api/audio/any", "/api/voices/any"])("a PUT of %s is 405 and not stored", async (path) => {
  const response = await call(path, { method: "PUT", as: "org_a" });
  expect(response.status).toBe(405);
  expect(variesOn(response)).toEqual(["Authorization", "Cookie"]);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
});

it("JSON about voices and generations is not stored", async () => {
  const [voice, generation] = [await givenVoice("org_a"), await givenGeneration("org_a")];
  const single = [`/api/voices/${voice}/metadata`, `/api/generations/${generation}`];
  for (const path of ["/api/voices", "/api/generations", ...single]) {
    const response = await call(path, { as: "org_a" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  }
});
