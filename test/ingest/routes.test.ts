// The internal HTTP API: authentication, beginning a generation, storing its audio, recording its failure.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { wrapMethods } from "../../src/platform/instrumented-bindings.ts";
import { beforeEachPart, failing, failingQueries, withMethods } from "../support/bindings.ts";
import { bytesOf, call, newCountingIsolate, statusOf } from "../support/call.ts";
import { AUDIO_TEXT, fixture, givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import {
  givenBegunGeneration,
  INGEST_SECRET,
  ingest,
  newGeneration,
  newId,
  putAudio,
  putJson,
} from "../support/ingest.ts";
import { brokenOff, streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);
const OTHER_WAV = silentWav(3);
const play = (id: string, as: string) => call(`/api/audio/${id}`, { as });
const keyOf = (orgId: string, id: string) => `generations/orgs/${orgId}/${id}`;

it("a generation is 404 before it is begun, 409 until its audio is stored, then 200, and always 404 to others", async () => {
  const [id, orgId, other] = [newId(), newOrg(), newOrg()];
  const statuses = async () => [await statusOf(play(id, orgId)), await statusOf(play(id, other))];
  expect(await statuses()).toEqual([404, 404]);
  const voiceId = await givenVoice(orgId);
  const begun = await putJson(id, newGeneration(orgId, { voiceId, temperature: 0.5, topK: 7 }));
  expect(begun.status).toBe(201);
  expect(await begun.json()).toMatchObject({
    id,
    voiceId,
    state: "processing",
    text: "Hello there",
    temperature: 0.5,
    topP: 0.95,
    topK: 7,
    repetitionPenalty: 1.2,
    audioUrl: null,
  });
  expect(await statuses()).toEqual([409, 404]);

  const stored = await putAudio(id, WAV);
  expect(stored.status).toBe(200);
  expect(await stored.json()).toMatchObject({
    state: "ready",
    durationSeconds: 2,
    sizeBytes: WAV.byteLength,
    audioUrl: `/api/audio/${id}`,
  });
  expect(await statuses()).toEqual([200, 404]);
  const played = await play(id, orgId);
  expect(played.headers.get("Content-Type")).toBe("audio/wav");
  expect(await bytesOf(played)).toEqual(WAV);
});

describe("the internal API", () => {
  const steps = ["x", "x/audio", "x/failure"];

  it.each(steps)("PUT %s without the secret is 401 and touches neither D1 nor R2", async (step) => {
    for (const Authorization of ["", "Bearer wrong", `Basic ${INGEST_SECRET}`, `Bearer ${INGEST_SECRET}x`]) {
      const { isolate, d1, r2 } = newCountingIsolate({ INGEST_SECRET });
      const response = await ingest(step, { body: "x", headers: { Authorization }, isolate });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: "Unauthorized" });
      expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
    }
  });

  it("is 401 with the session token of a user", async () => {
    const request = { method: "PUT", as: newOrg(), env: { INGEST_SECRET } };
    expect(await statusOf(call("/internal/generations/x", request))).toBe(401);
  });

  it.each(steps)("%s is 404 for every method when INGEST_SECRET is unset", async (step) => {
    for (const method of ["PUT", "GET", "POST"]) {
      const response = await ingest(step, { method, env: { INGEST_SECRET: "" } });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Not found" });
    }
  });

  it("accepts both secrets during a rotation", async () => {
    const two = { INGEST_SECRET: `${"new-secret-".repeat(4)}, ${INGEST_SECRET}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two }))).toBe(201);
    const headers = { Authorization: `Bearer ${"new-secret-".repeat(4)}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two, headers }))).toBe(201);
  });

  it("is 500 (misconfigured) when the secret is short enough to guess", async () => {
    expect(await statusOf(ingest("x", { env: { INGEST_SECRET: "short" } }))).toBe(500);
  });
});

describe("beginning a generation", () => {
  it("again with the same input is 200 and changes nothing, also after its voice was deleted", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const voiceId = await givenVoice(orgId);
    const input = newGeneration(orgId, { voiceId });
    expect(await statusOf(putJson(id, input))).toBe(201);
    expect(await statusOf(putJson(id, input))).toBe(200);
    await call(`/api/voices/${voiceId}`, { as: orgId, method: "DELETE" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("replaces a lone surrogate in its text by U+FFFD, and is 200 with the same input again", async () => {
    const [id, input] = [newId(), newGeneration(newOrg(), { text: "b\ud83d", voiceName: "\udc00" })];
    const begun = await putJson(id, input);
    expect(await begun.json()).toMatchObject({ text: "b\ufffd", voiceName: "\ufffd" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("with an id that another generation has is 409, also across organisations", async () => {
    const { id, orgId } = await givenBegunGeneration();
    for (const input of [
      newGeneration(orgId, { text: "Something else" }),
      newGeneration(orgId, { topK: 1 }),
      newGeneration(newOrg()),
    ]) {
      const response = await putJson(id, input);
      expect(response.status).toBe(409);
      expect(await response.json()).toEqual({ error: "Another generation already has this id" });
    }
  });

  it("with many requests at once creates one generation: one is 201 and the others are 200", async () => {
    const [id, input] = [newId(), newGeneration(newOrg())];
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(putJson(id, input))));
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  });

  it("accepts a system voice, and is 400 for a voice of another organisation and for an unknown one", async () => {
    const system = await givenVoice(null);
    expect(await statusOf(putJson(newId(), newGeneration(newOrg(), { voiceId: system })))).toBe(201);
    for (const voiceId of [await givenVoice(newOrg()), "none"]) {
      const response = await putJson(newId(), newGeneration(newOrg(), { voiceId }));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["voiceId"] }] });
    }
  });

  it.each([
    ["orgId", { orgId: undefined }],
    ["orgId", { orgId: "../system" }],
    ["voiceName", { voiceName: "" }],
    ["text", { text: 7 }],
    ["topK", { topK: 1.5 }],
    ["text", { text: "a\0b" }],
  ])("is 400 and names the field %s when the input has %j", async (field, more) => {
    const response = await putJson(newId(), newGeneration(newOrg(), more));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [field] }] });
  });

  it.each(["a%2Fb", "a.b", "x".repeat(65)])(
    "is 400 with the id %s, which cannot be part of an R2 key",
    async (id) => {
      const response = await putJson(id, newGeneration(newOrg()));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["generationId"] }] });
    },
  );

  it("with a body that is not JSON, has another media type or is too large is 400, 415 or 413", async () => {
    const malformed = await ingest(newId(), { body: "{", headers: { "Content-Type": "application/json" } });
    expect([malformed.status, await malformed.json()]).toEqual([
      400,
      { error: "The request body is not valid JSON" },
    ]);
    const untyped = await ingest(newId(), { body: JSON.stringify(newGeneration(newOrg())) });
    expect(untyped.status).toBe(415);
    expect(await untyped.json()).toMatchObject({ error: expect.stringContaining("application/json") });
    const large = await putJson(newId(), newGeneration(newOrg(), { text: "x".repeat(1024 * 1024) }));
    expect(await statusOf(Promise.resolve(large))).toBe(413);
  });
});

describe("storing the audio of a generation", () => {
  it("again with the same audio is 200 and changes nothing; with other audio it is 409", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, streamOf(WAV)))).toBe(200);
    const other = await putAudio(id, OTHER_WAV);
    expect([other.status, await other.json()]).toEqual([
      409,
      { error: "This generation already has different audio" },
    ]);
    expect(await bytesOf(play(id, orgId))).toEqual(WAV);
  });

  it("works without a Content-Length, in several parts", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    const stored = await putAudio(id, streamOf(long));
    expect(await stored.json()).toMatchObject({ state: "ready", durationSeconds: 140 });
    expect((await bytesOf(play(id, orgId))).length).toBe(long.length);
    expect(await statusOf(putAudio(id, long))).toBe(200);
  });

  it("is 400 when the connection breaks while the same audio is sent again", async () => {
    const { id } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
  });

  it("is 409 for a generation whose audio the app has stored, which is kept", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    expect(await statusOf(putAudio(id, WAV))).toBe(409);
    expect(await (await play(id, orgId)).text()).toBe(AUDIO_TEXT);
  });

  it.each([
    ["an MP3", () => fixture("speech.mp3")],
    ["text", async () => new TextEncoder().encode("no audio at all")],
    ["a WAV without samples", async () => silentWav(0)],
  ])("is 422 for %s, leaves nothing stored, and can be retried", async (_what, audio) => {
    const { id, orgId } = await givenBegunGeneration();
    const rejected = await putAudio(id, await audio());
    expect(rejected.status).toBe(422);
    expect(await rejected.json()).toMatchObject({ error: expect.stringContaining("WAV") });
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(play(id, orgId))).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 400 when the body is empty or the connection breaks, and can be retried", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(ingest(`${id}/audio`, { body: null }))).toBe(400);
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 413 for a Content-Length over 100 MiB, before R2 is called", async () => {
    const { id } = await givenBegunGeneration();
    const { isolate, r2 } = newCountingIsolate({ INGEST_SECRET });
    const headers = { "Content-Length": String(100 * 1024 * 1024 + 1) };
    expect(await statusOf(ingest(`${id}/audio`, { body: "x", headers, isolate }))).toBe(413);
    expect(r2).toEqual({});
  });

  it("is 404 for a generation that was not begun", async () => {
    expect(await statusOf(putAudio(newId(), WAV))).toBe(404);
  });

  it.each([
    ["R2 cannot store it", { AUDIO: failing(env.AUDIO, "put") }],
    ["R2 cannot read it", { AUDIO: failing(env.AUDIO, "get") }],
    ["D1 cannot complete it", { DB: failingQueries(env.DB, /set "r2_object_key"/) }],
  ])("is 500 and leaves nothing stored when %s, and can be retried at once", async (_what, faulty) => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV, { env: faulty }))).toBe(500);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 500 when D1's response to the completion is lost, the audio is kept, and a retry is 200", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const losing = losingResponseTo(/set "r2_object_key"/);
    expect(await statusOf(putAudio(id, WAV, { env: { DB: losing } }))).toBe(500);
    expect(await statusOf(play(id, orgId))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("twice at once succeeds once; the other request is 409 with Retry-After", async () => {
    const { id, orgId } = await givenBegunGeneration();
    let other: Response | undefined;
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      other = await putAudio(id, OTHER_WAV);
      return env.AUDIO.put(...args);
    };
    expect(await statusOf(putAudio(id, WAV, { env: { AUDIO: withMethods(env.AUDIO, { put }) } }))).toBe(200);
    expect(other?.status).toBe(409);
    expect(other?.headers.get("Retry-After")).toBe("5");
    expect(await bytesOf(play(id, orgId))).toEqual(WAV);
  });

  it("after its lease has expired is 409 and does not overwrite the audio that was stored meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { id, orgId } = await givenBegunGeneration();
      let second = 0;
      const put = async (...args: Parameters<R2Bucket["put"]>) => {
        vi.advanceTimersByTime(3 * 60_000);
        second = await statusOf(putAudio(id, OTHER_WAV));
        return env.AUDIO.put(...args);
      };
      const late = putAudio(id, WAV, { env: { AUDIO: withMethods(env.AUDIO, { put }) } });
      expect([await statusOf(late), second]).toEqual([409, 200]);
      expect(await bytesOf(play(id, orgId))).toEqual(OTHER_WAV);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("an upload that takes longer than its lease", () => {
  afterEach(() => vi.useRealTimers());

  it("renews the lease with each part, so that another upload is 409", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    const statuses: number[] = [];
    const AUDIO = beforeEachPart(env.AUDIO, async () => {
      vi.advanceTimersByTime(90_000);
      statuses.push(await statusOf(putAudio(id, WAV)));
    });
    expect(await statusOf(putAudio(id, streamOf(long), { env: { AUDIO } }))).toBe(200);
    expect(statuses).toEqual([409, 409, 409]);
    expect((await bytesOf(play(id, orgId))).byteLength).toBe(long.byteLength);
  });

  it("is 409 with Retry-After and overwrites nothing once another upload has acquired the lease", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    let other = 0;
    const AUDIO = beforeEachPart(env.AUDIO, async () => {
      if (other) return;
      vi.advanceTimersByTime(150_000);
      other = await statusOf(putAudio(id, WAV));
    });
    const late = await putAudio(id, streamOf(long), { env: { AUDIO } });
    expect([await statusOf(Promise.resolve(late)), late.headers.get("Retry-After"), other]).toEqual([
      409,
      "5",
      200,
    ]);
    expect(await bytesOf(play(id, orgId))).toEqual(WAV);
  });

  it("blocks other uploads until it is rolled back, and deletes nothing of theirs", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await givenBegunGeneration();
    let second = 0;
    const remove = async (keys: string | string[]) => {
      second = await statusOf(putAudio(id, WAV));
      await env.AUDIO.delete(keys);
    };
    const put = (...args: Parameters<R2Bucket["put"]>) => {
      vi.advanceTimersByTime(125_000);
      return env.AUDIO.put(...args);
    };
    const AUDIO = withMethods(env.AUDIO, { delete: remove, put });
    expect(await statusOf(putAudio(id, await fixture("speech.mp3"), { env: { AUDIO } }))).toBe(422);
    expect(second).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(play(id, orgId))).toBe(200);
  });
});

describe("a stored audio whose object was", () => {
  it.each([
    ["deleted", (key: string) => env.AUDIO.delete(key)],
    ["overwritten", (key: string) => env.AUDIO.put(key, "something else")],
  ])("%s is restored when it is sent again, and other audio is 409", async (_what, damage) => {
    const { id, orgId } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    await damage(keyOf(orgId, id));
    expect(await statusOf(putAudio(id, OTHER_WAV))).toBe(409);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await bytesOf(play(id, orgId))).toEqual(WAV);
  });
});

describe("recording that a generation failed", () => {
  it("shows it as failed with its reason, until audio is stored all the same", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const reason = "The voice could not be loaded";
    for (const _repetition of [1, 2]) {
      const failed = await putJson(`${id}/failure`, { reason });
      expect(failed.status).toBe(200);
      expect(await failed.json()).toMatchObject({ state: "failed", failureReason: reason });
    }
    const refused = await play(id, orgId);
    expect([refused.status, await refused.json()]).toEqual([
      409,
      { error: "The audio could not be generated. Please generate it again." },
    ]);
    expect(await (await putAudio(id, WAV)).json()).toMatchObject({ state: "ready", failureReason: null });
    expect(await statusOf(play(id, orgId))).toBe(200);
  });

  it("is 409 once the audio is stored, 404 for an unknown generation, and 400 without a reason", async () => {
    const { id } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    expect(await statusOf(putJson(`${id}/failure`, { reason: "late" }))).toBe(409);
    expect(await statusOf(putJson(`${newId()}/failure`, { reason: "late" }))).toBe(404);
    expect(await statusOf(putJson(`${id}/failure`, { reason: " " }))).toBe(400);
  });
});

/** The database, with the response to the first statement that matches `sql` lost after it has run. */
function losingResponseTo(sql: RegExp): D1Database {
  let isLost = false;
  const losing = (statement: D1PreparedStatement): D1PreparedStatement =>
    wrapMethods(statement, (name, method) => {
      if (name === "bind") return (...values) => losing(statement.bind(...values));
      return async (...args) => {
        const result = await Reflect.apply(method, statement, args);
        if (isLost) return result;
        isLost = true;
        throw new Error("the response was lost");
      };
    });
  const prepare = (query: string) => {
    const statement = env.DB.prepare(query);
    return sql.test(query) ? losing(statement) : statement;
  };
  return withMethods(env.DB, { prepare });
}
