import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, countingBucket, countingDatabase, failing, failingOn, replacing } from "../support/call.ts";
import { AUDIO_TEXT, fixture, givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { INGEST_SECRET, ingest, newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { brokenOff, longWav } from "../support/uploads.ts";

const newId = () => crypto.randomUUID();
const WAV = longWav(2);
const OTHER_WAV = longWav(3);
const play = (id: string, as: string) => call(`/api/audio/${id}`, { as });
const keyOf = (orgId: string, id: string) => `generations/orgs/${orgId}/${id}`;

async function statusOf(asked: Promise<Response>): Promise<number> {
  const response = await asked;
  await response.arrayBuffer();
  return response.status;
}

async function begun(more: Record<string, unknown> = {}) {
  const [id, orgId] = [newId(), newOrg()];
  expect(await statusOf(putJson(id, newGeneration(orgId, more)))).toBe(201);
  return { id, orgId };
}

it("a generation is 404, then 409, then 200 to its organisation, and 404 to all others throughout", async () => {
  const [id, orgId, other] = [newId(), newOrg(), newOrg()];
  const seen = async () => [await statusOf(play(id, orgId)), await statusOf(play(id, other))];
  expect(await seen()).toEqual([404, 404]);
  const voiceId = await givenVoice(orgId);
  const made = await putJson(id, newGeneration(orgId, { voiceId, temperature: 0.5, topK: 7 }));
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({
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
  expect(await seen()).toEqual([409, 404]);

  const stored = await putAudio(id, WAV);
  expect(stored.status).toBe(200);
  expect(await stored.json()).toMatchObject({
    state: "ready",
    durationSeconds: 2,
    sizeBytes: WAV.byteLength,
    audioUrl: `/api/audio/${id}`,
  });
  expect(await seen()).toEqual([200, 404]);
  const played = await play(id, orgId);
  expect(played.headers.get("Content-Type")).toBe("audio/wav");
  expect(new Uint8Array(await played.arrayBuffer())).toEqual(WAV);
});

describe("the door", () => {
  const steps = ["x", "x/audio", "x/failure"];

  it.each(steps)("of %s is shut to whoever has not the secret, and no data is touched", async (step) => {
    for (const Authorization of ["", "Bearer wrong", `Basic ${INGEST_SECRET}`, `Bearer ${INGEST_SECRET}x`]) {
      const [database, bucket] = [countingDatabase(env.DB), countingBucket(env.AUDIO)];
      const overrides = { INGEST_SECRET, DB: database.binding, AUDIO: bucket.binding };
      const response = await ingest(step, { body: "x", headers: { Authorization }, env: overrides });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: "Unauthorized" });
      expect([database.calls, bucket.calls]).toEqual([{}, {}]);
    }
  });

  it("is not opened by a user's session", async () => {
    expect(
      await statusOf(
        call("/internal/generations/x", { method: "PUT", as: newOrg(), env: { INGEST_SECRET } }),
      ),
    ).toBe(401);
  });

  it.each(steps)("of %s is not there without a secret, whatever the method", async (step) => {
    for (const method of ["PUT", "GET", "POST"]) {
      const response = await ingest(step, { method, env: { INGEST_SECRET: "" } });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Not found" });
    }
  });

  it("takes either of two secrets, while one takes the other's place", async () => {
    const two = { INGEST_SECRET: `${"new-secret-".repeat(4)}, ${INGEST_SECRET}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two }))).toBe(201);
    const headers = { Authorization: `Bearer ${"new-secret-".repeat(4)}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two, headers }))).toBe(201);
  });

  it("is a fault of the configuration when the secret could be guessed", async () => {
    expect(await statusOf(ingest("x", { env: { INGEST_SECRET: "short" } }))).toBe(500);
  });
});

describe("beginning a generation", () => {
  it("changes nothing the second time, also when its voice is gone by then", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const voiceId = await givenVoice(orgId);
    const input = newGeneration(orgId, { voiceId });
    expect(await statusOf(putJson(id, input))).toBe(201);
    expect(await statusOf(putJson(id, input))).toBe(200);
    await call(`/api/voices/${voiceId}`, { as: orgId, method: "DELETE" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("takes half of a surrogate pair for what can be stored of it, also the second time", async () => {
    const [id, input] = [newId(), newGeneration(newOrg(), { text: "b\ud83d", voiceName: "\udc00" })];
    const made = await putJson(id, input);
    expect(await made.json()).toMatchObject({ text: "b\ufffd", voiceName: "\ufffd" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("is 409 when another generation has the id, also another organisation's", async () => {
    const { id, orgId } = await begun();
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

  it("makes one generation of many requests at once", async () => {
    const [id, input] = [newId(), newGeneration(newOrg())];
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(putJson(id, input))));
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  });

  it("takes a system voice, and refuses one that the organisation has not", async () => {
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
  ])("names %s where that is wrong", async (field, more) => {
    const response = await putJson(newId(), newGeneration(newOrg(), more));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [field] }] });
  });

  it.each(["a%2Fb", "a.b", "x".repeat(65)])(
    "refuses the id %s, which could not be part of a key",
    async (id) => {
      const response = await putJson(id, newGeneration(newOrg()));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["generationId"] }] });
    },
  );

  it("says what is wrong with a body that is no JSON", async () => {
    const malformed = await ingest(newId(), { body: "{", headers: { "Content-Type": "application/json" } });
    expect([malformed.status, await malformed.json()]).toEqual([
      400,
      { error: "The request body is not valid JSON" },
    ]);
    const untyped = await ingest(newId(), { body: JSON.stringify(newGeneration(newOrg())) });
    expect(await untyped.json()).toMatchObject({ error: expect.stringContaining("application/json") });
    const large = await putJson(newId(), newGeneration(newOrg(), { text: "x".repeat(1024 * 1024) }));
    expect(await statusOf(Promise.resolve(large))).toBe(413);
  });
});

describe("the audio of a generation", () => {
  it("may come again and changes nothing; other audio is 409", async () => {
    const { id, orgId } = await begun();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, new Response(WAV).body ?? WAV))).toBe(200);
    const other = await putAudio(id, OTHER_WAV);
    expect([other.status, await other.json()]).toEqual([
      409,
      { error: "This generation already has different audio" },
    ]);
    expect(new Uint8Array(await (await play(id, orgId)).arrayBuffer())).toEqual(WAV);
  });

  it("may come without a Content-Length, in several parts", async () => {
    const { id, orgId } = await begun();
    const long = longWav(140);
    const stored = await putAudio(id, new Response(long).body ?? long);
    expect(await stored.json()).toMatchObject({ state: "ready", durationSeconds: 140 });
    const played = new Uint8Array(await (await play(id, orgId)).arrayBuffer());
    expect(played.length).toBe(long.length);
    expect(await statusOf(putAudio(id, long))).toBe(200);
  });

  it("is 400 when the same audio breaks off on its second way", async () => {
    const { id } = await begun();
    await statusOf(putAudio(id, WAV));
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
  });

  it("replaces none that the app itself has stored", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    expect(await statusOf(putAudio(id, WAV))).toBe(409);
    expect(await (await play(id, orgId)).text()).toBe(AUDIO_TEXT);
  });

  it.each([
    ["an MP3", () => fixture("speech.mp3")],
    ["text", async () => new TextEncoder().encode("no audio at all")],
    ["a WAV without sound", async () => longWav(0)],
  ])("is 422 as %s, leaves nothing, and may be sent again", async (_what, audio) => {
    const { id, orgId } = await begun();
    const refused = await putAudio(id, await audio());
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining("WAV") });
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(play(id, orgId))).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 400 when it is empty or breaks off, and may be sent again", async () => {
    const { id, orgId } = await begun();
    expect(await statusOf(ingest(`${id}/audio`, { body: null }))).toBe(400);
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 413 past 100 MiB before a byte of it is read", async () => {
    const { id } = await begun();
    const bucket = countingBucket(env.AUDIO);
    const headers = { "Content-Length": String(100 * 1024 * 1024 + 1) };
    expect(
      await statusOf(ingest(`${id}/audio`, { body: "x", headers, env: { AUDIO: bucket.binding } })),
    ).toBe(413);
    expect(bucket.calls).toEqual({});
  });

  it("is 404 for a generation that was never begun", async () => {
    expect(await statusOf(putAudio(newId(), WAV))).toBe(404);
  });

  it.each([
    ["R2 can't store it", { AUDIO: failing(env.AUDIO, "put") }],
    ["R2 can't be read", { AUDIO: failing(env.AUDIO, "get") }],
    ["D1 can't complete it", { DB: failingOn(env.DB, /set "r2_object_key"/) }],
  ])("is 500 without a trace when %s, and may be sent again at once", async (_what, faulty) => {
    const { id, orgId } = await begun();
    expect(await statusOf(putAudio(id, WAV, { env: faulty }))).toBe(500);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is kept when only D1's answer to its completion is lost: sent again, it is there", async () => {
    const { id, orgId } = await begun();
    const losing = losingAnswerTo(/set "r2_object_key"/);
    expect(await statusOf(putAudio(id, WAV, { env: { DB: losing } }))).toBe(500);
    expect(await statusOf(play(id, orgId))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is stored by one of two that come at once; the other is told to wait", async () => {
    const { id, orgId } = await begun();
    let other: Response | undefined;
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      other = await putAudio(id, OTHER_WAV);
      return env.AUDIO.put(...args);
    };
    expect(await statusOf(putAudio(id, WAV, { env: { AUDIO: replacing(env.AUDIO, "put", put) } }))).toBe(200);
    expect(other?.status).toBe(409);
    expect(other?.headers.get("Retry-After")).toBe("5");
    expect(new Uint8Array(await (await play(id, orgId)).arrayBuffer())).toEqual(WAV);
  });

  it("of an attempt that was taken for dead and wakes up overwrites nothing", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { id, orgId } = await begun();
      let second = 0;
      const put = async (...args: Parameters<R2Bucket["put"]>) => {
        vi.advanceTimersByTime(3 * 60_000);
        second = await statusOf(putAudio(id, OTHER_WAV));
        return env.AUDIO.put(...args);
      };
      const late = putAudio(id, WAV, { env: { AUDIO: replacing(env.AUDIO, "put", put) } });
      expect([await statusOf(late), second]).toEqual([409, 200]);
      expect(new Uint8Array(await (await play(id, orgId)).arrayBuffer())).toEqual(OTHER_WAV);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("an attempt that lasts longer than its claim", () => {
  afterEach(() => vi.useRealTimers());

  it("keeps it with each part, so that another one has to wait", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await begun();
    const long = longWav(140);
    const statuses: number[] = [];
    const uploadPart = async () => {
      vi.advanceTimersByTime(90_000);
      statuses.push(await statusOf(putAudio(id, WAV)));
    };
    const bucket = withEachPart(uploadPart);
    expect(await statusOf(putAudio(id, new Response(long).body ?? long, { env: { AUDIO: bucket } }))).toBe(
      200,
    );
    expect(statuses).toEqual([409, 409, 409]);
    expect((await (await play(id, orgId)).arrayBuffer()).byteLength).toBe(long.byteLength);
  });

  it("overwrites nothing once another one has taken over", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await begun();
    const long = longWav(140);
    let taken = 0;
    const uploadPart = async () => {
      if (taken) return;
      vi.advanceTimersByTime(150_000);
      taken = await statusOf(putAudio(id, WAV));
    };
    const late = await putAudio(id, new Response(long).body ?? long, {
      env: { AUDIO: withEachPart(uploadPart) },
    });
    expect([await statusOf(Promise.resolve(late)), late.headers.get("Retry-After"), taken]).toEqual([
      409,
      "5",
      200,
    ]);
    expect(new Uint8Array(await (await play(id, orgId)).arrayBuffer())).toEqual(WAV);
  });

  it("removes nothing of the one that has taken over while it undoes its own", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { id, orgId } = await begun();
    let second = 0;
    const removing = async (keys: string | string[]) => {
      second = await statusOf(putAudio(id, WAV));
      await env.AUDIO.delete(keys);
    };
    const putting = (...args: Parameters<R2Bucket["put"]>) => {
      vi.advanceTimersByTime(125_000);
      return env.AUDIO.put(...args);
    };
    const bucket = replacing(replacing(env.AUDIO, "delete", removing), "put", putting);
    expect(await statusOf(putAudio(id, await fixture("speech.mp3"), { env: { AUDIO: bucket } }))).toBe(422);
    expect(second).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(play(id, orgId))).toBe(200);
  });
});

describe("audio that R2 has lost or that something else stands for", () => {
  it.each([
    ["lost", (key: string) => env.AUDIO.delete(key)],
    ["overwritten", (key: string) => env.AUDIO.put(key, "something else")],
  ])("(%s) is stored again when it is sent again, and no other audio is", async (_what, spoil) => {
    const { id, orgId } = await begun();
    await statusOf(putAudio(id, WAV));
    await spoil(keyOf(orgId, id));
    expect(await statusOf(putAudio(id, OTHER_WAV))).toBe(409);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(new Uint8Array(await (await play(id, orgId)).arrayBuffer())).toEqual(WAV);
  });
});

/** The bucket, with something happening at each part of an upload. */
function withEachPart(happens: () => Promise<void>): R2Bucket {
  return replacing(env.AUDIO, "createMultipartUpload", async (key: string) => {
    const upload = await env.AUDIO.createMultipartUpload(key);
    return replacing(upload, "uploadPart", async (...args: Parameters<R2MultipartUpload["uploadPart"]>) => {
      await happens();
      return upload.uploadPart(...args);
    });
  });
}

describe("giving a generation up", () => {
  it("shows as failed with its reason, until audio comes nevertheless", async () => {
    const { id, orgId } = await begun();
    const reason = "The voice could not be loaded";
    for (const _time of [1, 2]) {
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

  it("is 409 once the audio is there, 404 for none, and 400 without a reason", async () => {
    const { id } = await begun();
    await statusOf(putAudio(id, WAV));
    expect(await statusOf(putJson(`${id}/failure`, { reason: "late" }))).toBe(409);
    expect(await statusOf(putJson(`${newId()}/failure`, { reason: "late" }))).toBe(404);
    expect(await statusOf(putJson(`${id}/failure`, { reason: " " }))).toBe(400);
  });
});

/** The database, whose answer to the first statement that matches gets lost after it has run. */
function losingAnswerTo(sql: RegExp): D1Database {
  let left = 1;
  return replacing(env.DB, "prepare", (query: string) => {
    const statement = env.DB.prepare(query);
    if (!sql.test(query)) return statement;
    const losing = (bound: D1PreparedStatement): D1PreparedStatement =>
      new Proxy(bound, {
        get(target, name) {
          const member = Reflect.get(target, name);
          if (name === "bind") return (...values: unknown[]) => losing(target.bind(...values));
          return async (...args: unknown[]) => {
            const answer = await member.apply(target, args);
            left -= 1;
            if (left >= 0) throw new Error("the answer was lost");
            return answer;
          };
        },
      });
    return losing(statement);
  });
}
