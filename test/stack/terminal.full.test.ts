// What `npm run dev` prints: an address of the cron that works, and which errors are intended. And the change feed of
// the local stack, which tells the console of changes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveState } from "../../dev/live.ts";
import { putGeneration } from "./ingest.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

/** A cookie with a session of `orgId`. */
async function signIn(orgId: string): Promise<string> {
  const body = JSON.stringify({ orgId });
  const response = await fetch(`${stack.url}/__dev/session`, { method: "POST", body });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** What is printed from now on. */
function printed(): () => string {
  const before = stack.output().length;
  return () => stripVTControlCharacters(stack.output().slice(before));
}

describe("what npm run dev prints", () => {
  it("names an address of the cron that runs it", async () => {
    await expect.poll(() => stack.output()).toMatch(/curl "[^"]+scheduled"/);
    const [, address = ""] = /curl "([^"]+scheduled)"/.exec(stack.output()) ?? [];
    const lastCronAt = async () =>
      ((await (await fetch(`${stack.url}/health`)).json()) as { lastCronAt: string | null }).lastCronAt;
    expect(await lastCronAt()).toBeNull();
    const response = await fetch(address);
    expect([response.status, await response.text()]).toEqual([200, "ok"]);
    // /health answers from its cache for ten seconds.
    await expect.poll(lastCronAt).not.toBeNull();
  });

  it.each(["/api/voices/voice_demo_missing", "/api/audio/gen_demo_missing"])(
    "marks the 502 of %s as intended, and does not send the mark",
    async (path) => {
      const output = printed();
      const response = await fetch(stack.url + path, { headers: { Cookie: await signIn("org_demo") } });
      expect(response.status).toBe(502);
      expect([...response.headers.keys()].filter((name) => name.startsWith("x-mf"))).toEqual([]);
      const mark = `intended: the demo data has no audio for it (request ${response.headers.get("X-Request-Id")})`;
      await expect.poll(output).toContain(mark);
      expect(output()).toMatch(new RegExp(`GET ${path} 502 .*intended`));
    },
  );

  it("does not mark the 404 of the same path for another organisation", async () => {
    const output = printed();
    const path = "/api/voices/voice_demo_missing";
    await fetch(stack.url + path, { headers: { Cookie: await signIn("org_free") } });
    await expect.poll(output).toContain(`GET ${path} 404`);
    expect(output()).not.toContain("intended");
  });

  it("says that an injected fault of Polar and what follows from it are intended", async () => {
    const output = printed();
    await fetch(`${stack.url}/__dev/polar/faults`, {
      method: "PUT",
      body: JSON.stringify({ target: "customers", kind: "status", status: 503 }),
    });
    expect(output()).not.toContain("Intended");
    const speech = await readFile(join(import.meta.dirname, "../fixtures/speech.mp3"));
    const response = await fetch(`${stack.url}/api/voices/create?name=a&category=GENERAL&language=en`, {
      method: "POST",
      headers: { Cookie: await signIn("org_never_seen"), "Content-Type": "audio/mpeg" },
      body: new Uint8Array(speech),
    });
    expect(response.status).toBeGreaterThanOrEqual(500);
    await expect
      .poll(output)
      .toContain(`Intended: the injected fault "503" of Polar's customers takes effect`);
  });
});

describe("the local change feed", () => {
  it("tells the console of one organisation what its back end changed, and that of another nothing", async () => {
    const open = new AbortController();
    const listen = async (org: string) => {
      const { body } = await fetch(`${stack.url}/__dev/live?org=${org}`, { signal: open.signal });
      const received: LiveState[] = [];
      const read = async () => {
        let text = "";
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const messages = (text + chunk).split("\n\n");
          text = messages.pop() ?? "";
          for (const each of messages)
            if (each.startsWith("data: ")) received.push(JSON.parse(each.slice(6)));
        }
      };
      void read().catch(() => undefined);
      return () => received.at(-1)?.changes.items.map(({ type, id }) => `${type} ${id}`);
    };
    const [own, foreign] = [await listen("org_feed"), await listen("org_demo")];
    const generation = { orgId: "org_feed", voiceName: "Andy", text: "Hello" };
    expect((await putGeneration(stack, "gen_of_backend", generation)).status).toBeLessThan(300);
    const audio = new Uint8Array(await readFile(join(import.meta.dirname, "../fixtures/speech.wav")));
    expect((await putGeneration(stack, "gen_of_backend/audio", audio)).status).toBeLessThan(300);
    await expect.poll(own).toEqual(["generation.ready gen_of_backend"]);
    expect(foreign()).toEqual([]);
    open.abort();
  });
});
