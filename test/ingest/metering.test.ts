// The metering of generations: one event with its characters when a generation becomes ready, whatever is repeated.
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AudioIngest } from "../../src/ingest/rpc.ts";
import { FaultyBindings } from "../faults/faulty-bindings.ts";
import { failingQueries } from "../support/bindings.ts";
import { type Call, call, statusOf } from "../support/call.ts";
import {
  fixture,
  givenGeneration,
  givenPolarFault,
  meteredEvents,
  newOrg,
  polarCalls,
  resetPolar,
  runCron,
} from "../support/fixtures.ts";
import { givenBegunGeneration, newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);

let lines: ReturnType<typeof captureLog>;
beforeEach(() => {
  lines = captureLog();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await resetPolar();
});

const outbox = async (orgId: string) =>
  (await env.DB.prepare("select * from metering_events where org_id = ?").bind(orgId).all()).results;

/** A generation that is ready, and its organisation. */
async function givenStored(more: Record<string, unknown> = {}, init: Call = {}) {
  const generation = await givenBegunGeneration(more);
  expect(await statusOf(putAudio(generation.id, WAV, init))).toBe(200);
  return generation;
}

describe("a generation that becomes ready", () => {
  it("is metered by the cron with its characters, its id and its time, and not before", async () => {
    const { id, orgId } = await givenBegunGeneration({ text: "Hello there" });
    expect(await outbox(orgId)).toEqual([]);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    const createdAt = await env.DB.prepare("select created_at from generations where id = ?")
      .bind(id)
      .first("created_at");
    expect(await outbox(orgId)).toMatchObject([{ id: `generation/${orgId}/${id}`, delivered_at: null }]);
    expect(await meteredEvents(orgId)).toEqual([]);

    await runCron();
    const [event, ...others] = await meteredEvents(orgId);
    expect(others).toEqual([]);
    expect(event).toEqual({
      name: "tts_generation",
      external_customer_id: orgId,
      external_id: `generation/${orgId}/${id}`,
      metadata: { characters: 11 },
      timestamp: new Date(Number(createdAt)).toISOString(),
      received_at: expect.any(String),
      duplicates: 0,
    });
    await runCron({ minutesLater: 10 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 0 }]);
  });

  it.each([
    ["a letter with a combining accent", "e\u0301", 2],
    ["an emoji of several code points", "👩‍🚀", 5],
    ["spaces and line breaks", " a\n ", 4],
    ["half of a surrogate pair", "a\ud83d", 2],
    ["100,000 characters", "ä".repeat(100_000), 100_000],
  ])("counts %s as the app does, in UTF-16 code units", async (_what, text, characters) => {
    const { orgId } = await givenStored({ text });
    expect(text.length).toBe(characters);
    expect(JSON.parse(String((await outbox(orgId))[0]?.metadata))).toEqual({ characters });
  });

  it("is metered once, although its audio is sent again, a failure was reported, or R2 loses the object", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putJson(`${id}/failure`, { reason: "no GPU" }))).toBe(200);
    expect(await statusOf(putAudio(id, await fixture("speech.mp3")))).toBe(422);
    expect(await outbox(orgId)).toEqual([]);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await runCron();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, silentWav(3)))).toBe(409);
    await env.AUDIO.delete(`generations/orgs/${orgId}/${id}`);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putJson(id, newGeneration(orgId)))).toBe(200);
    await runCron({ minutesLater: 2 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 0 }]);
  });

  it("is metered once when the response to its commit is lost, and when Polar's is", async () => {
    const { id, orgId } = await givenBegunGeneration();
    // D1: the lease; R2: the put and the get; D1: the commit.
    const lost = {
      step: 3,
      kind: "response lost",
      statement: 0,
      r2Refusal: "",
      d1Error: "Network connection lost",
    } as const;
    const faulty = new FaultyBindings([lost], fakeDelays());
    expect(await statusOf(putAudio(id, WAV, { env: faulty.bindings }))).toBe(200);
    expect(faulty.operations.join()).toContain("D1 batch of 2 (response lost)");
    vi.useRealTimers();
    vi.restoreAllMocks();
    await givenPolarFault({ target: "events", kind: "lose_response" });
    await runCron();
    await runCron({ minutesLater: 2 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 1 }]);
  });

  it("is billed to each organisation that has used its id", async () => {
    const [{ id, orgId }, other] = [await givenStored(), newOrg()];
    expect(await statusOf(call(`/api/generations/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    expect(await statusOf(putJson(id, newGeneration(other)))).toBe(201);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await runCron();
    for (const each of [orgId, other]) {
      expect(await meteredEvents(each)).toMatchObject([{ external_id: `generation/${each}/${id}` }]);
    }
  });

  it("stays billed when it is deleted, and is not billed again under its id", async () => {
    const { id, orgId } = await givenStored();
    expect(await statusOf(call(`/api/generations/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    await runCron({ minutesLater: 26 * 60 });
    expect(await statusOf(putJson(id, newGeneration(orgId)))).toBe(201);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await runCron({ minutesLater: 27 * 60 });
    expect(await meteredEvents(orgId)).toMatchObject([
      { external_id: `generation/${orgId}/${id}`, duplicates: 0 },
    ]);
  });

  it("is not ready without its event: neither is stored when the outbox fails", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const DB = failingQueries(env.DB, /^insert into "metering_events"/);
    expect(await statusOf(putAudio(id, WAV, { env: { DB } }))).toBe(500);
    expect(await outbox(orgId)).toEqual([]);
    expect(await statusOf(call(`/api/audio/${id}`, { as: orgId }))).toBe(409);
  });

  it("whose id is a voice's is metered beside the voice", async () => {
    const { id, orgId } = await givenBegunGeneration();
    await env.DB.prepare(
      "insert into metering_events (id, name, org_id, occurred_at, due_at) values (?, 'voice_creation', ?, 1, 1)",
    )
      .bind(id, orgId)
      .run();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await runCron();
    const names = (await meteredEvents(orgId)).map(({ name, metadata }) => ({ name, metadata }));
    expect(names).toEqual([
      { name: "voice_creation", metadata: undefined },
      { name: "tts_generation", metadata: { characters: 11 } },
    ]);
  });

  it("costs no request to Polar of its own: those of one minute are delivered together", async () => {
    await runCron({ minutesLater: 60 });
    await resetPolar();
    const orgId = newOrg();
    for (let count = 0; count < 5; count += 1) {
      const id = newId();
      expect(await statusOf(putJson(id, newGeneration(orgId)))).toBe(201);
      expect(await statusOf(putAudio(id, WAV))).toBe(200);
    }
    expect(await polarCalls("/events/ingest")).toBe(0);
    await runCron();
    expect(await meteredEvents(orgId)).toHaveLength(5);
    expect(await polarCalls("/events/ingest")).toBe(1);
  });
});

describe("METER_GENERATIONS", () => {
  it("false leaves the metering to the app: a generation is stored, and no event", async () => {
    const off = { env: { METER_GENERATIONS: "false" } };
    const { id, orgId } = await givenStored({}, off);
    expect(await outbox(orgId)).toEqual([]);
    // Nor is what was stored before billed later.
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await outbox(orgId)).toEqual([]);
  });

  it("unset refuses to store generations, over HTTP and by RPC, and the log says why; the rest works", async () => {
    const undecided = { env: { METER_GENERATIONS: "" } };
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putJson(newId(), newGeneration(orgId), undecided))).toBe(500);
    expect(await statusOf(putAudio(id, WAV, undecided))).toBe(500);
    const errors = lines.filter(({ event }) => event === "misconfigured");
    expect(errors).toHaveLength(2);
    for (const { cause } of errors) expect(String(cause)).toContain("METER_GENERATIONS");
    expect(await statusOf(putJson(`${id}/failure`, { reason: "no GPU" }, undecided))).toBe(200);
    expect(await statusOf(call("/api/generations", { as: orgId, ...undecided }))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });
});

describe("the names at Polar", () => {
  it("are those of the settings, for generations and voices", async () => {
    const names = {
      POLAR_METER_TTS_GENERATION: "speech",
      POLAR_METER_TTS_PROPERTY: "letters",
    };
    const { orgId } = await givenStored({ text: "Hi" }, { env: names });
    await runCron();
    expect(await meteredEvents(orgId)).toMatchObject([{ name: "speech", metadata: { letters: 2 } }]);
  });

  it("an empty setting is the contract's name", async () => {
    const empty = { POLAR_METER_TTS_GENERATION: "", POLAR_METER_TTS_PROPERTY: "" };
    const { orgId } = await givenStored({ text: "Hi" }, { env: empty });
    expect(await outbox(orgId)).toMatchObject([{ name: "tts_generation", metadata: '{"characters":2}' }]);
  });
});

it("a generation that is stored by RPC is metered as well", async () => {
  const ingest = (exports as unknown as { AudioIngest: Service<typeof AudioIngest> }).AudioIngest;
  const [id, orgId] = [newId(), newOrg()];
  await ingest.beginGeneration(id, { orgId, voiceName: "Andy", text: "Hello" });
  expect(await ingest.storeAudio(id, new Blob([WAV]).stream(), WAV.byteLength)).toMatchObject({ ok: true });
  expect(await outbox(orgId)).toMatchObject([{ name: "tts_generation", metadata: '{"characters":5}' }]);
});

it("a generation whose audio the app has stored is not metered", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId);
  expect(await statusOf(putAudio(id, WAV))).toBe(409);
  expect(await outbox(orgId)).toEqual([]);
});
