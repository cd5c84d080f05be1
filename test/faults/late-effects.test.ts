// D1 calls that were given up and rolled back, and take effect afterwards: they change nothing.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withMethods } from "../support/bindings.ts";
import { call, statusOf } from "../support/call.ts";
import {
  fixture,
  givenSubscriber,
  NOTHING_STORED,
  ONE_VOICE_STORED,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { getAudio, givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { type FakeDelays, fakeDelays } from "../support/timeouts.ts";
import { streamOf, upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { patch } from "../voices/updates.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

let delays: FakeDelays;
beforeEach(() => {
  delays = fakeDelays();
  captureLog();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await resetPolar();
});

/** Bindings whose D1 does not answer to the operations `steps`, which take effect with `applyLate`. */
const hangingAt = (...steps: number[]) =>
  new FaultyBindings(
    steps.map((step) => ({ step, kind: "hangs", statement: 0, d1Error: "", r2Refusal: "" })),
    delays,
  );

const uploadSpeech = async (orgId: string, bindings: Partial<Env>, headers: Record<string, string> = {}) =>
  statusOf(
    upload(orgId, await fixture("speech.mp3"), {
      headers: { "Content-Type": "audio/mpeg", ...headers },
      env: bindings,
    }),
  );

const countUploads = (orgId: string) =>
  env.DB.prepare("select count(*) as n from voice_uploads where org_id = ?").bind(orgId).first("n");

it("a begin of a voice of which nothing had taken effect before its rollback leaves no voice", async () => {
  const orgId = await givenSubscriber();
  // D1: reads the subscription, begins until the deadline, rolls back.
  const faulty = hangingAt(1, 2);
  expect(await uploadSpeech(orgId, faulty.bindings)).toBe(500);
  expect(faulty.operations.slice(1)).toEqual([
    "D1 batch of 3 (hangs)",
    "D1 batch of 3 (hangs)",
    "D1 batch of 4",
  ]);
  await faulty.applyLate();
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
});

it.each([
  ["without a key", {}],
  ["under an Idempotency-Key", { "Idempotency-Key": "key" }],
])(
  "a begin and a commit of a voice %s that land after its rollback leave no voice and no event",
  async (_, key) => {
    const orgId = await givenSubscriber();

    const send = (bindings: Partial<Env>) => uploadSpeech(orgId, bindings, key as Record<string, string>);
    const reads = "Idempotency-Key" in key ? 2 : 1;
    // The begin hangs once; then come its repetition, the put and the get; the commit hangs until the deadline.
    const faulty = hangingAt(reads, reads + 4, reads + 5);
    expect(await send(faulty.bindings), faulty.operations.join("\n")).toBe(500);
    expect(faulty.operations.filter((name) => name.includes("(hangs)"))).toEqual([
      "D1 batch of 3 (hangs)",
      "D1 batch of 3 (hangs)",
      "D1 batch of 3 (hangs)",
    ]);
    await faulty.applyLate();
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    const events = await env.DB.prepare("select count(*) as n from metering_events where org_id = ?")
      .bind(orgId)
      .first("n");
    expect(events).toBe(0);
    // The key is free.
    expect(await send({})).toBe(201);
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  },
);

it("a begin that lands after the voice was deleted during its upload does not bring it back", async () => {
  const orgId = await givenSubscriber();
  const faulty = hangingAt(1);
  let deleted: number | undefined;
  const put = async (...args: Parameters<R2Bucket["put"]>) => {
    const id = await env.DB.prepare("select id from voices where org_id = ?").bind(orgId).first("id");
    deleted = await statusOf(call(`/api/voices/${id}`, { as: orgId, method: "DELETE" }));
    await faulty.applyLate();
    return env.AUDIO.put(...args);
  };
  const AUDIO = withMethods(env.AUDIO, { put });
  expect(await uploadSpeech(orgId, { ...faulty.bindings, AUDIO })).toBe(409);
  expect(deleted).toBe(204);
  expect(faulty.operations).toContain("D1 batch of 3 (hangs)");
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
});

it("a begin that lands after the commit changes nothing, and the upload is forgotten after a day", async () => {
  const orgId = await givenSubscriber();
  const faulty = hangingAt(1);
  expect(await uploadSpeech(orgId, faulty.bindings)).toBe(201);
  expect(faulty.operations).toContain("D1 batch of 3 (hangs)");
  await faulty.applyLate();
  expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  expect(await countUploads(orgId)).toBe(1);
  await runCron({ minutesLater: 25 * 60 });
  expect(await countUploads(orgId)).toBe(0);
  expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
});

it("a commit of a voice that lands after it was renamed changes nothing", async () => {
  const orgId = await givenSubscriber();
  // D1 and R2: reads the subscription, begins, puts, gets; the commit hangs once.
  const faulty = hangingAt(4);
  expect(await uploadSpeech(orgId, faulty.bindings)).toBe(201);
  expect(faulty.operations).toContain("D1 batch of 3 (hangs)");
  const row = () => env.DB.prepare("select * from voices where org_id = ?").bind(orgId).first();
  const { id } = (await row()) as { id: string };
  expect(await statusOf(patch(id, orgId, { name: "Renamed" }))).toBe(200);
  const renamed = await row();
  await faulty.applyLate();
  expect(await row()).toEqual(renamed);
});

it("a commit of a generation that lands again does not clear its levels", async () => {
  delays = fakeDelays({ withDate: true });
  const { id } = await givenBegunGeneration();
  // The lease, the put and the get; the commit hangs once.
  const faulty = hangingAt(3);
  expect(await statusOf(putAudio(id, silentWav(2), { env: faulty.bindings }))).toBe(200);
  expect(faulty.operations.filter((name) => name.includes("(hangs)"))).toHaveLength(1);
  await env.DB.prepare("update generations set peak_level = 0.5 where id = ?").bind(id).run();
  await faulty.applyLate();
  const level = env.DB.prepare("select peak_level from generations where id = ?").bind(id);
  expect(await level.first("peak_level")).toBe(0.5);
});

it.each([
  ["an acquisition", "an upload that stored nothing", 0, () => streamOf(""), 400],
  ["a renewal", "the rollback of an upload that is no WAV", 3, () => fixture("speech.mp3"), 422],
])("%s of a lease that lands after %s does not block the next upload", async (_, __, step, body, status) => {
  delays = fakeDelays({ withDate: true });
  const { id } = await givenBegunGeneration();
  const faulty = hangingAt(step);
  expect(await statusOf(putAudio(id, await body(), { env: faulty.bindings }))).toBe(status);
  expect(faulty.operations.filter((name) => name.includes("(hangs)"))).toHaveLength(1);
  await faulty.applyLate();
  expect(await statusOf(putAudio(id, silentWav(2))), faulty.operations.join("\n")).toBe(200);
});

it("a lease and a commit of a generation's audio that land after its rollback leave it without audio and event", async () => {
  // Leases are compared by their time.
  delays = fakeDelays({ withDate: true });
  const { id, orgId } = await givenBegunGeneration();
  // The lease hangs once; then come its repetition, the put and the get; the commit hangs until the deadline.
  const faulty = hangingAt(0, 4, 5);
  expect(await statusOf(putAudio(id, silentWav(2), { env: faulty.bindings }))).toBe(500);
  expect(faulty.operations.filter((name) => name.includes("(hangs)"))).toHaveLength(3);
  await faulty.applyLate();
  const events = env.DB.prepare("select count(*) as n from metering_events where org_id = ?").bind(orgId);
  expect(await events.first("n")).toBe(0);
  expect(await statusOf(getAudio(id, orgId)), faulty.operations.join("\n")).toBe(409);
  expect(await statusOf(putAudio(id, silentWav(2)))).toBe(200);
  expect(await events.first("n")).toBe(1);
  expect(await statusOf(getAudio(id, orgId))).toBe(200);
});
