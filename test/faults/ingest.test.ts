// Whatever fails, in whatever order: a generation in the end has the audio that its backend was told it has.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call } from "../support/call.ts";
import { givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { longWav } from "../support/uploads.ts";
import { faultWithin, replayed, some } from "./arbitraries.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const RUNS = 200;
const MINUTE_MS = 60_000;
const AUDIO = [longWav(1), longWav(2)] as const;

/** More operations than storing audio and undoing it take. */
const fault = faultWithin(9);

const attempt = fc.record({
  faults: some(fault),
  /** A backend may generate anew before it tries again. */
  take: fc.constantFrom(0 as const, 1 as const),
  landsBeforeNext: fc.boolean(),
  minutesUntilNext: fc.constantFrom(0, 1, 3),
});

const attemptsOfOne = fc.array(attempt, { minLength: 1, maxLength: 4 });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function md5Of(bytes: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("MD5", bytes);
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

interface Row {
  r2_object_key: string | null;
  audio_md5: string;
  size_bytes: number;
  duration_seconds: number;
  upload_lease_id: string | null;
}

describe("storing a generation's audio under faults", () => {
  it(`ends with row and object in one, in ${RUNS} runs`, { timeout: 600_000 }, async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    vi.useFakeTimers({ toFake: ["Date"] });
    const digests = await Promise.all(AUDIO.map(md5Of));
    const ends = {
      "stored by an attempt": 0,
      "stored at last": 0,
      "other audio refused": 0,
      "stored again": 0,
    };
    await fc.assert(
      fc.asyncProperty(attemptsOfOne, fc.boolean(), async (attempts, isSwept) => {
        const [id, orgId] = [crypto.randomUUID(), newOrg()];
        expect((await putJson(id, newGeneration(orgId))).status).toBe(201);
        const key = `generations/orgs/${orgId}/${id}`;
        const told: (0 | 1)[] = [];
        const done: string[] = [];
        let landing: FaultyBindings[] = [];
        for (const { faults, take, landsBeforeNext, minutesUntilNext } of attempts) {
          const faulty = new FaultyBindings(faults);
          const response = await putAudio(id, AUDIO[take], { env: faulty.bindings });
          await response.text();
          done.push(...faulty.done, `answer ${response.status} to take ${take}`);
          if (response.status === 200) told.push(take);
          landing.push(faulty);
          if (landsBeforeNext) {
            for (const late of landing) await late.land();
            landing = [];
          }
          vi.advanceTimersByTime(minutesUntilNext * MINUTE_MS);
        }
        const context = `\n${done.join("\n")}\n`;

        if (isSwept) {
          for (const late of landing) await late.land();
          landing = [];
          await runCron({ minutesLater: 61 });
          const ready = await env.DB.prepare("select r2_object_key as key from generations where id = ?")
            .bind(id)
            .first<string | null>("key");
          const isThere = (await env.AUDIO.head(key)) !== null;
          // Nothing stays that no row names, however it was left.
          if (!done.includes("R2 delete (landing late)")) expect(isThere, context).toBe(ready !== null);
          else if (ready === null) expect(isThere, context).toBe(false);
        }

        // However it went: what comes when a claim is over, and nothing fails, is stored, or was.
        vi.advanceTimersByTime(3 * MINUTE_MS);
        let last = await putAudio(id, AUDIO[0]);
        // What a dead attempt has left is removed by the next one, which is asked to come again.
        if (last.headers.has("Retry-After")) last = await putAudio(id, AUDIO[0]);
        for (const late of landing) await late.land();
        expect([200, 409], context).toContain(last.status);
        expect(last.headers.has("Retry-After"), context).toBe(false);

        const row = await env.DB.prepare("select * from generations where id = ?").bind(id).first<Row>();
        const stored = digests.indexOf(row?.audio_md5 ?? "");
        if (!(await env.AUDIO.head(key))) {
          // Only a removal that R2 refused, and did later all the same, takes what is there. Sent again, it is back.
          expect(done, context).toContain("R2 delete (landing late)");
          expect((await putAudio(id, AUDIO[stored] ?? AUDIO[0])).status, context).toBe(200);
          ends["stored again"] += 1;
        }
        const object = await env.AUDIO.get(key);
        expect(row?.r2_object_key, context).toBe(key);
        const bytes = (await object?.arrayBuffer()) ?? new ArrayBuffer();
        expect([stored, await md5Of(bytes)], context).toEqual([last.status === 200 ? 0 : 1, row?.audio_md5]);
        expect([row?.size_bytes, row?.duration_seconds], context).toEqual([bytes.byteLength, stored + 1]);
        expect(row?.upload_lease_id, context).toBeNull();
        for (const take of told) expect(take, context).toBe(stored);

        if (told.length > 0) ends["stored by an attempt"] += 1;
        else if (last.status === 200) ends["stored at last"] += 1;
        if (done.includes("answer 409 to take 0") || last.status === 409) ends["other audio refused"] += 1;
      }),
      { numRuns: RUNS, ...replayed() },
    );
    const { "stored again": storedAgain, ...often } = ends;
    for (const [end, count] of Object.entries(often)) expect(count, end).toBeGreaterThan(RUNS / 20);
    // It takes a failure that is undone, by a removal that fails in its own way.
    expect(storedAgain).toBeLessThan(RUNS / 10);
  });
});

describe("deleting a voice under faults", () => {
  it(`ends with both row and object or with neither, in ${RUNS} runs`, { timeout: 600_000 }, async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const ends = { gone: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(some(faultWithin(3)), some(faultWithin(8)), async (faults, cronFaults) => {
        const orgId = newOrg();
        const id = await givenVoice(orgId);
        const faulty = new FaultyBindings(faults);
        const answer = await call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: faulty.bindings });
        await answer.text();
        await runCron({ minutesLater: 2, env: new FaultyBindings(cronFaults).bindings });
        await faulty.land();
        await runCron({ minutesLater: 4 });

        const context = `\nanswer ${answer.status}\n${faulty.done.join("\n")}\n`;
        const row = await env.DB.prepare("select id from voices where id = ?").bind(id).first();
        const object = await env.AUDIO.head(`voices/orgs/${orgId}/${id}`);
        expect(object !== null, context).toBe(row !== null);
        if (answer.status === 204) expect(row, context).toBeNull();
        const left = await env.DB.prepare("select count(*) as n from pending_object_deletions").first<number>(
          "n",
        );
        expect(left, context).toBe(0);
        ends[row ? "kept" : "gone"] += 1;
      }),
      { numRuns: RUNS, ...replayed() },
    );
    for (const [end, count] of Object.entries(ends)) expect(count, end).toBeGreaterThan(RUNS / 20);
  });
});
