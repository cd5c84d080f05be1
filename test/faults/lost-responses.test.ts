// Each D1 write of each flow fails once, before or after it took effect: the outcome is the same as without the failure.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { call, statusOf } from "../support/call.ts";
import {
  fixture,
  givenGeneration,
  givenPolarFault,
  givenSubscriber,
  givenVoice,
  NOTHING_STORED,
  newOrg,
  ONE_VOICE_STORED,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { givenBegunGeneration, newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { type FakeDelays, fakeDelays } from "../support/timeouts.ts";
import { streamOf, upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { TRANSIENT_D1_ERRORS } from "./documented-errors.ts";
import { type Fault, FaultyBindings } from "./faulty-bindings.ts";

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

type Flow = (bindings: Partial<Env>) => Promise<unknown>;

const KINDS: Fault["kind"][] = ["refused", "response lost", "hangs", "hangs after its effect"];

const first = (sql: string, id: string) => env.DB.prepare(sql).bind(id).first();

const createVoice =
  (key?: string): Flow =>
  async (bindings) => {
    const orgId = await givenSubscriber();
    const headers = { "Content-Type": "audio/mpeg", ...(key && { "Idempotency-Key": key }) };
    const status = await statusOf(upload(orgId, await fixture("speech.mp3"), { headers, env: bindings }));
    const uploads = await first("select count(*) as n from voice_uploads where org_id = ?", orgId);
    return { status, stored: await storedCounts(orgId), uploads };
  };

const FLOWS: [name: string, flow: Flow, outcome: unknown, kinds?: Fault["kind"][]][] = [
  ["creating a voice", createVoice(), { status: 201, stored: ONE_VOICE_STORED, uploads: { n: 1 } }],
  [
    "creating a voice under an Idempotency-Key",
    createVoice("key"),
    { status: 201, stored: ONE_VOICE_STORED, uploads: { n: 1 } },
  ],
  [
    "rolling back a voice that is too short",
    async (bindings) => {
      const orgId = await givenSubscriber();
      const status = await statusOf(upload(orgId, await fixture("short.mp3"), { env: bindings }));
      return { status, stored: await storedCounts(orgId) };
    },
    { status: 422, stored: NOTHING_STORED },
  ],
  [
    "counting a failed delivery",
    async (bindings) => {
      const orgId = await givenSubscriber();
      await givenPolarFault({ target: "events", kind: "status", status: 503 });
      const status = await statusOf(upload(orgId, await fixture("speech.mp3"), { env: bindings }));
      return { status, event: await first("select attempts from metering_events where org_id = ?", orgId) };
    },
    { status: 201, event: { attempts: 1 } },
  ],
  [
    "deleting a voice",
    async (bindings) => {
      const orgId = newOrg();
      const id = await givenVoice(orgId);
      const status = await statusOf(
        call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: bindings }),
      );
      await runCron({ minutesLater: 2 });
      return { status, stored: await storedCounts(orgId) };
    },
    { status: 204, stored: NOTHING_STORED },
  ],
  [
    "deleting a voice that is not ready",
    async (bindings) => {
      const orgId = newOrg();
      const id = await givenVoice(orgId, "processing");
      return statusOf(call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: bindings }));
    },
    204,
  ],
  [
    "renaming a voice",
    async (bindings) => {
      const orgId = newOrg();
      const id = await givenVoice(orgId);
      const status = await statusOf(
        call(`/api/voices/${id}`, {
          ...{ as: orgId, method: "PATCH", env: bindings },
          headers: { "Content-Type": "application/json" },
          body: '{"name":"Renamed"}',
        }),
      );
      return { status, voice: await first("select name from voices where id = ?", id) };
    },
    { status: 200, voice: { name: "Renamed" } },
  ],
  [
    "deleting generations",
    async (bindings) => {
      const orgId = newOrg();
      const ids = [await givenGeneration(orgId), await givenGeneration(orgId, "processing")];
      const response = await call("/api/generations/delete", {
        ...{ as: orgId, method: "POST", env: bindings },
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ids: [...ids, "none"] }),
      });
      const { deleted, notFound } = (await response.json()) as { deleted: string[]; notFound: string[] };
      await runCron({ minutesLater: 2 });
      return {
        ...{ status: response.status, deleted: deleted.length, notFound },
        rows: await first("select count(*) as n from generations where org_id = ?", orgId),
        objects: (await env.AUDIO.list({ prefix: `generations/orgs/${orgId}/` })).objects.length,
      };
    },
    { status: 200, deleted: 2, notFound: ["none"], rows: { n: 0 }, objects: 0 },
  ],
  [
    "beginning a generation",
    (bindings) => statusOf(putJson(newId(), newGeneration(newOrg()), { env: bindings })),
    201,
  ],
  [
    "storing the audio of a generation",
    async (bindings) => {
      const { id, orgId } = await givenBegunGeneration();
      const status = await statusOf(putAudio(id, silentWav(2), { env: bindings }));
      return {
        status,
        ...(await first(
          "select upload_lease_id as lease, codec, channels from generations where id = ?",
          id,
        )),
        events: await first(
          "select count(*) as n from metering_events where id = ?",
          `generation/${orgId}/${id}`,
        ),
      };
    },
    { status: 200, lease: null, codec: "PCM", channels: 1, events: { n: 1 } },
  ],
  [
    "storing the audio of a generation in parts",
    async (bindings) => {
      const { id } = await givenBegunGeneration();
      return statusOf(putAudio(id, streamOf(silentWav(70)), { env: bindings }));
    },
    200,
    // Each run stores several megabytes.
    ["response lost"],
  ],
  [
    "rolling back audio that is not a WAV",
    async (bindings) => {
      const { id, orgId } = await givenBegunGeneration();
      const status = await statusOf(putAudio(id, await fixture("speech.mp3"), { env: bindings }));
      return { status, object: await env.AUDIO.head(`generations/orgs/${orgId}/${id}`) };
    },
    { status: 422, object: null },
  ],
  [
    "reporting a failed generation",
    async (bindings) => {
      const { id } = await givenBegunGeneration();
      return statusOf(putJson(`${id}/failure`, { reason: "no GPU" }, { env: bindings }));
    },
    200,
  ],
];

const isWrite = (operation: string) => /^D1 (batch|insert|update|delete)/.test(operation);

it.each(FLOWS)(
  "%s has the same outcome when any one of its D1 writes fails once",
  async (_name, flow, outcome, kinds = KINDS) => {
    const faultless = new FaultyBindings([], delays);
    expect(await flow(faultless.bindings)).toEqual(outcome);
    const steps = faultless.operations.flatMap((operation, step) => (isWrite(operation) ? step : []));
    expect(steps).not.toHaveLength(0);
    for (const step of steps) {
      for (const [index, kind] of kinds.entries()) {
        delays.pass(60_000);
        const d1Error = TRANSIENT_D1_ERRORS[(step + index) % TRANSIENT_D1_ERRORS.length] ?? "";
        const faulty = new FaultyBindings([{ step, kind, d1Error, statement: 0, r2Refusal: "" }], delays);
        const context = () => `${kind}\n${faulty.operations.join("\n")}`;
        expect(await flow(faulty.bindings), context()).toEqual(outcome);
        expect(faulty.operations.join()).toContain(`(${kind})`);
      }
    }
  },
);
