// Uploads whose probe the analysis Worker does not finish, in each way in which it can fail.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PROBE_TIMEOUT_MS } from "../../src/recordings/probe-stored-upload.ts";
import { analysisWith } from "../support/analysis.ts";
import { statusOf } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  NOTHING_STORED,
  ONE_VOICE_STORED,
  resetPolar,
  storedCounts,
} from "../support/fixtures.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);
const AUDIO = {
  ...{ kind: "audio", contentType: "audio/wav", durationSeconds: 12, codec: "PCM" },
  ...{ sampleRateHz: 8000, channels: 1, bitsPerSample: 16 },
};

/** Words of Cloudflare's documentation and of workerd. */
const CPU_LIMIT = new Error("Worker exceeded CPU time limit.");
const MEMORY_LIMIT = new Error("Worker exceeded memory limit.");

let lines: ReturnType<typeof captureLog>;
beforeEach(() => {
  lines = captureLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

const probing = (probe: unknown) => analysisWith({ probe });
const answering = (answer: unknown) => probing(async () => answer);
const rejecting = (error: Error) => probing(() => Promise.reject(error));

/** A deadline that passes at once. */
function expireProbes(): void {
  const setTimer = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((handler: () => void, milliseconds: number) =>
    setTimer(handler, milliseconds === PROBE_TIMEOUT_MS ? 10 : milliseconds)) as typeof setTimeout);
}

interface Answer {
  status: number;
  retryAfter: string | null;
  error: string;
}

async function answerOf(pending: Promise<Response>): Promise<Answer> {
  const response = await pending;
  const { error } = (await response.json()) as { error: string };
  return { status: response.status, retryAfter: response.headers.get("Retry-After"), error };
}

/** Sends a recording and a generation's audio; expects that neither is stored or billed, and that both can be repeated. */
async function expectBothToBe(
  voice: Answer,
  generation: Answer,
  bindings: ReturnType<typeof probing>,
): Promise<void> {
  const orgId = await givenCustomer({ active: true });
  const headers = { "Content-Type": "audio/mpeg", "Idempotency-Key": "key" };
  const create = async (more: object = {}) =>
    upload(orgId, await fixture("speech.mp3"), { headers, ...more });
  expect(await answerOf(create({ env: bindings }))).toEqual(voice);
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  expect(await statusOf(create())).toBe(201);
  expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);

  const { id, orgId: other } = await givenBegunGeneration();
  expect(await answerOf(putAudio(id, WAV, { env: bindings }))).toEqual(generation);
  expect(await env.AUDIO.head(`generations/orgs/${other}/${id}`)).toBeNull();
  const events = env.DB.prepare("select count(*) as n from metering_events where org_id = ?").bind(other);
  expect(await events.first("n")).toBe(0);
  expect(await statusOf(putAudio(id, WAV))).toBe(200);
}

const UNCHECKED = {
  status: 503,
  retryAfter: "5",
  error: "The audio could not be checked right now. Please send it again in a moment.",
};

describe("an upload is 503 with Retry-After, is not stored, and can be repeated at once", () => {
  it.each([
    ["ends at its memory limit, which other uploads can have caused", rejecting(MEMORY_LIMIT)],
    ["cannot be reached", rejecting(new Error("Network connection lost."))],
    ["is of a version without this method", probing(undefined)],
    ["answers nothing", answering(undefined)],
    ["answers something else", answering("audio")],
    ["answers a type that is no audio", answering({ ...AUDIO, contentType: "text/html" })],
    ["answers a duration that is no number", answering({ ...AUDIO, durationSeconds: "12" })],
    ["answers an endless duration", answering({ ...AUDIO, durationSeconds: Number.POSITIVE_INFINITY })],
    ["answers no duration", answering({ ...AUDIO, durationSeconds: Number.NaN })],
    ["answers a rate that is not a whole number", answering({ ...AUDIO, sampleRateHz: 0.5 })],
  ])("when the analysis Worker %s", async (_, bindings) => {
    await expectBothToBe(UNCHECKED, UNCHECKED, bindings);
    expect(JSON.stringify(lines)).toContain("audio_check_unavailable");
  });

  it("when the analysis Worker has not answered after twenty seconds", async () => {
    expireProbes();
    const never = new Promise(() => undefined);
    await expectBothToBe(
      UNCHECKED,
      UNCHECKED,
      probing(() => never),
    );
  });
});

it("an upload whose probe exceeds the CPU limit of its call is refused for good", async () => {
  await expectBothToBe(
    { status: 422, retryAfter: null, error: "File is not a valid audio file" },
    {
      ...{ status: 422, retryAfter: null },
      error: "The audio of a generation must be a WAV file that contains audio",
    },
    rejecting(CPU_LIMIT),
  );
  expect(JSON.stringify(lines)).toContain("exceeds the CPU limit");
});

it("an upload that the analysis Worker cannot read is 500, as when the service cannot store it", async () => {
  await expectBothToBe(
    { status: 500, retryAfter: null, error: "Failed to create voice. Please retry." },
    { status: 500, retryAfter: null, error: "The audio could not be stored. Please send it again." },
    answering({ kind: "unreadable", reason: "get: We encountered an internal error (10001)" }),
  );
  expect(JSON.stringify(lines)).toContain("10001");
});

it("an upload is probed by one call, that of a generation without accepting claims", async () => {
  const orgId = await givenCustomer({ active: true });
  const probe = vi.fn(async () => AUDIO);
  const bindings = analysisWith({ probe });
  const recording = await fixture("speech.mp3");
  expect(await statusOf(upload(orgId, recording, { env: bindings }))).toBe(201);
  const [{ key } = { key: "" }] = (await env.AUDIO.list({ prefix: `voices/orgs/${orgId}/` })).objects;
  expect(probe.mock.calls).toEqual([[key, recording.byteLength, { acceptsClaims: true }]]);

  const { id, orgId: other } = await givenBegunGeneration();
  expect(await statusOf(putAudio(id, WAV, { env: bindings }))).toBe(200);
  expect(probe.mock.calls.slice(1)).toEqual([
    [`generations/orgs/${other}/${id}`, WAV.byteLength, { acceptsClaims: false }],
  ]);
});
