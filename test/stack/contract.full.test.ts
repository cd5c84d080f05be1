// The contract, tested over HTTP against the stack that `npm run dev` starts.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;
const CREATE = "/api/voices/create?name=Smoke&category=GENERAL&language=en-US";

const fixture = (name: string) => readFile(join(import.meta.dirname, "../fixtures", name));
const token = (...options: string[]) =>
  execFileSync("npm", ["run", "-s", "token", "--", ...options], { encoding: "utf8" }).trim();

let stack: LocalStack;
let demo: string;
let free: string;

beforeAll(async () => {
  stack = await startLocalStack();
  demo = token("--org", "org_demo");
  free = token("--org", "org_free", "--v1");
});
afterAll(() => stack.stop());
afterEach(() => fetch(`${stack.url}/__dev/polar`, { method: "DELETE" }));

const send = (path: string, { session, ...init }: RequestInit & { session?: string } = {}) =>
  fetch(stack.url + path, {
    ...init,
    headers: { ...init.headers, ...(session !== undefined && { Cookie: `__session=${session}` }) },
  });

const create = (session: string, body: BodyInit, path = CREATE, type = "audio/mpeg") =>
  send(path, { session, method: "POST", body, headers: { "Content-Type": type } });

describe("the local stack", () => {
  it("serves a system voice byte for byte", async () => {
    const response = await send("/api/voices/voice_system_aaron", { session: demo });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("audio/mpeg");
    const played = Buffer.from(await response.arrayBuffer());
    expect(played).toEqual(await readFile(join(import.meta.dirname, "../../dev/seed/audio/aaron.mp3")));
  });

  it("creates a voice, serves it byte for byte and meters it once", async () => {
    const recording = await fixture("speech.m4a");
    const created = await create(demo, recording, CREATE, "audio/x-m4a");
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };

    const played = await send(created.headers.get("Location") ?? "", { session: demo });
    expect(played.headers.get("Content-Type")).toBe("audio/mp4");
    expect(Buffer.from(await played.arrayBuffer())).toEqual(recording);

    await expect.poll(async () => (await events()).map((event) => event.external_id)).toEqual([id]);
    expect(await events()).toMatchObject([
      { name: "voice_creation", external_customer_id: "org_demo", duplicates: 0 },
    ]);
  });

  it("serves each of the 20 system voices", async () => {
    const seed = JSON.parse(
      await readFile(join(import.meta.dirname, "../../dev/seed/voices.json"), "utf8"),
    ) as { voices: { id: string }[] };
    expect(seed.voices).toHaveLength(20);
    for (const { id } of seed.voices) {
      const response = await send(`/api/voices/${id}`, { session: free });
      expect(response.status, id).toBe(200);
      await response.arrayBuffer();
    }
  });

  it("accepts a token of `npm run token -- --no-azp` as a cookie, not as a bearer token", async () => {
    const session = token("--no-azp");
    expect((await send("/api/voices", { session })).status).toBe(200);
    expect((await send("/api/voices", { headers: { Authorization: `Bearer ${session}` } })).status).toBe(401);
  });

  it("is 404 for an unknown path under /__dev", async () => {
    expect((await send("/__dev/nothing")).status).toBe(404);
  });
});

async function events(): Promise<{ external_id: string }[]> {
  const answer = await fetch(`${stack.url}/__dev/polar/events`);
  return ((await answer.json()) as { items: { external_id: string }[] }).items;
}

describe("the contract", () => {
  it.each([
    ["/api/audio/gen_demo_ready", 200, undefined],
    ["/api/audio/gen_demo_processing", 409, "Audio is not available yet"],
    ["/api/audio/gen_demo_failed", 409, "The audio could not be generated. Please generate it again."],
    ["/api/audio/gen_demo_missing", 502, "Failed to fetch audio"],
    ["/api/audio/none", 404, "Generation not found"],
    ["/api/voices/voice_demo_ready", 200, undefined],
    ["/api/voices/voice_demo_processing", 409, "Voice audio is not available yet"],
    ["/api/voices/voice_demo_missing", 502, "Failed to fetch voice audio"],
    ["/api/voices/none", 404, "Voice not found"],
    ["/nothing", 404, "Not found"],
  ])("GET %s is %i with its documented message", async (path, status, error) => {
    const response = await send(path, { session: demo });
    expect(response.status).toBe(status);
    if (error) expect(await response.json()).toEqual({ error });
    else await response.arrayBuffer();
  });

  it.each(["/api/audio/gen_demo_ready", "/api/voices/voice_demo_ready"])(
    "GET %s is 404 to another organisation and 401 without a valid session",
    async (path) => {
      expect((await send(path, { session: free })).status).toBe(404);
      expect((await send(path)).status).toBe(401);
      expect((await send(path, { session: token("--expires-in=-60") })).status).toBe(401);
    },
  );

  it("DELETE /api/audio/{id} is 405 with Allow", async () => {
    const response = await send("/api/audio/gen_demo_ready", { method: "DELETE", session: demo });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("GET, HEAD");
  });

  it("POST /api/voices/create is 400, 401, 403, 413 and 422 with the documented messages", async () => {
    const speech = await fixture("speech.mp3");
    const [status, body] = await outcome(
      create(demo, speech, "/api/voices/create?name=A&category=OPERA&language=en"),
    );
    expect([status, body]).toEqual([
      400,
      {
        error: "Invalid input",
        issues: [{ code: "invalid_enum_value", message: "Invalid category", path: ["category"] }],
      },
    ]);
    expect(await outcome(create(demo, ""))).toEqual([400, { error: "Please upload an audio file" }]);
    const untyped = send(CREATE, { session: demo, method: "POST", body: new Blob([speech]) });
    expect(await outcome(untyped)).toEqual([400, { error: "Missing Content-Type header" }]);
    expect(await outcome(send(CREATE, { method: "POST", body: speech }))).toEqual([
      401,
      { error: "Unauthorized" },
    ]);
    expect(await outcome(create(free, speech))).toEqual([403, { error: "SUBSCRIPTION_REQUIRED" }]);
    expect(await outcome(create(demo, new Uint8Array(MAX_UPLOAD_BYTES + 1)))).toEqual([
      413,
      { error: "Audio file exceeds the 20 MB size limit" },
    ]);
    expect(await outcome(create(demo, "no audio"))).toEqual([
      422,
      { error: "File is not a valid audio file" },
    ]);
    expect(await outcome(create(demo, await fixture("short.mp3")))).toEqual([
      422,
      { error: "Audio too short (2.1s). Minimum duration is 10 seconds." },
    ]);
    expect(await events()).toEqual([]);
  });

  it("POST /api/voices/create is 403 as soon as Polar's webhook has reported the end of a subscription", async () => {
    const session = token("--org", "org_ending");
    const setActive = (active: boolean) =>
      fetch(`${stack.url}/__dev/polar/subscriptions/org_ending`, {
        method: "PUT",
        body: JSON.stringify({ active }),
      });
    await setActive(true);
    expect((await create(session, await fixture("speech.mp3"))).status).toBe(201);
    await setActive(false);
    expect((await create(session, await fixture("speech.mp3"))).status).toBe(403);
  });

  it("an event that Polar did not accept is delivered by the cron", async () => {
    await fetch(`${stack.url}/__dev/polar/faults`, {
      method: "PUT",
      body: JSON.stringify({ target: "events", kind: "status", status: 503 }),
    });
    expect((await create(demo, await fixture("speech.mp3"))).status).toBe(201);
    const at = new Date(Date.now() + 5 * 60_000).toISOString();
    const ticked = await fetch(`${stack.url}/__dev/cron?at=${at}`, { method: "POST" });
    expect(await ticked.json()).toEqual({ at });
    expect(await events()).toMatchObject([{ name: "voice_creation", duplicates: 0 }]);
  });

  it("POST /api/voices/create is 500 with Retry-After when Polar is down", async () => {
    await fetch(`${stack.url}/__dev/polar/faults`, {
      method: "PUT",
      body: JSON.stringify({ target: "customers", kind: "status", status: 503 }),
    });
    // An organisation that was active before is accepted during an outage.
    const response = await create(token("--org", "org_unseen"), await fixture("speech.mp3"));
    expect(response.status).toBe(500);
    expect(response.headers.get("Retry-After")).toBe("10");
    expect(await response.json()).toHaveProperty("error");
  });
});

const outcome = async (pending: Promise<Response>): Promise<[number, unknown]> => {
  const response = await pending;
  return [response.status, await response.json()];
};
