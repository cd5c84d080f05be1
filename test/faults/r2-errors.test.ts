// R2's documented errors of a write, and its limit of one write a second to a key.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { countingBucket, withMethods } from "../support/bindings.ts";
import { call, statusOf } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenVoice,
  NOTHING_STORED,
  newOrg,
  storedCounts,
} from "../support/fixtures.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { type FakeDelays, fakeDelays } from "../support/timeouts.ts";
import { brokenOff, streamOf, upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const WAV = silentWav(2);
const LONG_WAV = silentWav(70);

let delays: FakeDelays;
beforeEach(() => {
  delays = fakeDelays();
  captureLog();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** R2 with its limit on writes. */
const limited = () => new FaultyBindings([], delays).bindings;

/** A bucket that refuses writes with `code`, and the calls of its other methods. */
function refusing(code: number) {
  const { binding, calls } = countingBucket(env.AUDIO);
  const refuse = () => Promise.reject(new Error(`put: Refused. (${code})`));
  const createMultipartUpload = async (key: string) =>
    withMethods(await env.AUDIO.createMultipartUpload(key), { complete: refuse });
  return { AUDIO: withMethods(binding, { put: refuse, createMultipartUpload }), calls };
}

const answer = async (pending: Promise<Response>) => {
  const response = await pending;
  const { error } = (await response.json()) as { error: string };
  return [response.status, response.headers.get("Retry-After"), error];
};

const INTERRUPTED = [400, null, "The upload was interrupted. Please try again."];
const BUSY = [503, "1", "The storage is busy. Please try again in a moment."];

describe.each([
  [10013, "the body is incomplete", INTERRUPTED],
  [10054, "the client disconnected", INTERRUPTED],
  [10058, "the key was written within the last second", BUSY],
])("when R2 refuses a write with %d (%s)", (code, _meaning, expected) => {
  it.each([
    ["in one piece", WAV],
    ["in parts", () => streamOf(LONG_WAV)],
  ])(
    `storing audio %s is ${expected[0]}, deletes nothing, and can be repeated at once`,
    async (_how, audio) => {
      const { id } = await givenBegunGeneration();
      const send = (AUDIO: R2Bucket) =>
        putAudio(id, typeof audio === "function" ? audio() : audio, { env: { AUDIO } });
      const { AUDIO, calls } = refusing(code);
      expect(await answer(send(AUDIO))).toEqual(expected);
      expect(calls.delete).toBeUndefined();
      expect(await statusOf(send(env.AUDIO))).toBe(200);
    },
  );

  it(`creating a voice is ${expected[0]}, deletes nothing and leaves nothing`, async () => {
    const orgId = await givenCustomer({ active: true });
    const { AUDIO, calls } = refusing(code);
    expect(await answer(upload(orgId, await fixture("speech.mp3"), { env: { AUDIO } }))).toEqual(expected);
    expect(calls.delete).toBeUndefined();
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });
});

it("a recording in parts that is too large is 413, also when R2 fails to abort the upload", async () => {
  const orgId = await givenCustomer({ active: true });
  const abort = vi.fn(() => Promise.reject(new Error("abortMultipartUpload: internal error (10001)")));
  const createMultipartUpload = async (key: string) =>
    withMethods(await env.AUDIO.createMultipartUpload(key), { abort });
  const AUDIO = withMethods(env.AUDIO, { createMultipartUpload });
  const body = streamOf(new Uint8Array(20 * 2 ** 20 + 1));
  expect(await statusOf(upload(orgId, body, { env: { AUDIO } }))).toBe(413);
  expect(abort).toHaveBeenCalledOnce();
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
});

describe("with one write a second to a key", () => {
  it.each([
    ["an empty body", () => streamOf("")],
    ["a connection that broke within the second part", () => brokenOff(LONG_WAV, LONG_WAV.byteLength - 1)],
  ])("audio can be sent again at once after %s, because nothing is deleted", async (_what, body) => {
    const { id } = await givenBegunGeneration();
    const bindings = limited();
    expect(await statusOf(putAudio(id, body(), { env: bindings }))).toBe(400);
    expect(await statusOf(putAudio(id, WAV, { env: bindings }))).toBe(200);
  });

  it("a file that is not a WAV is deleted after a second, and another one is 503 until a second later", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const bindings = limited();
    expect(await statusOf(putAudio(id, await fixture("speech.mp3"), { env: bindings }))).toBe(422);
    expect(performance.now()).toBe(1_000);
    expect(await env.AUDIO.head(`generations/orgs/${orgId}/${id}`)).toBeNull();
    expect(await answer(putAudio(id, WAV, { env: bindings }))).toEqual(BUSY);
    delays.pass(1_000);
    expect(await statusOf(putAudio(id, WAV, { env: bindings }))).toBe(200);
  });

  it.each([
    ["missing", (key: string) => env.AUDIO.delete(key)],
    ["of another size", (key: string) => env.AUDIO.put(key, "something else")],
  ])("the object of a ready generation that is %s is restored by one write", async (_what, damage) => {
    const { id, orgId } = await givenBegunGeneration();
    await statusOf(putAudio(id, LONG_WAV));
    for (const body of [LONG_WAV, streamOf(LONG_WAV)]) {
      await damage(`generations/orgs/${orgId}/${id}`);
      const { binding, calls } = countingBucket(env.AUDIO);
      const other = silentWav(71);
      for (const wrong of [other, streamOf(other)]) {
        expect(await statusOf(putAudio(id, wrong, { env: { AUDIO: binding } }))).toBe(409);
      }
      delays.pass(1_000);
      expect(await statusOf(putAudio(id, body, { env: { AUDIO: binding } }))).toBe(200);
      expect(calls.delete).toBeUndefined();
      expect((await env.AUDIO.head(`generations/orgs/${orgId}/${id}`))?.size).toBe(LONG_WAV.byteLength);
    }
  });

  it("a voice that is deleted within a second of being written is deleted with its object", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const { AUDIO } = limited();
    await AUDIO?.put(`voices/orgs/${orgId}/${id}`, WAV);
    const response = call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: { AUDIO } });
    expect(await statusOf(response)).toBe(204);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });
});
