// The OpenAPI document and the service agree: each documented status of each operation occurs, and no other.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { acquireChunkedUploadSlot } from "../../src/recordings/chunked-uploads.ts";
import { failing, failingQueries, withMethods } from "../support/bindings.ts";
import { type Call, call, newIsolate, statusOf } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenGeneration,
  givenVoice,
  newOrg,
  resetPolar,
} from "../support/fixtures.ts";
import { INGEST_SECRET, ingest, newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { documentedOutcomes } from "../support/openapi-conformance.ts";
import { streamOf, upload } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";
import {
  audioScenarios,
  behindSession,
  linkScenarios,
  peaksScenarios,
  RECORDING,
  type Scenario,
  UNCONFIGURED,
} from "./audio-scenarios.ts";
import { changeScenarios } from "./change-scenarios.ts";

afterEach(resetPolar);

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

const REASON = { reason: "Out of memory" };

const deleteInternally = (path: string, secret = INGEST_SECRET, env: Call["env"] = {}) =>
  call(`/internal/${path}`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${secret}` },
    env: { INGEST_SECRET, ...env },
  });

/** The outcomes of every deletion of the internal API. */
const internalDeletion = (path: string, given: () => Promise<string>): Record<number, Scenario> => ({
  204: async () => deleteInternally(`${path}/${await given()}`),
  401: () => deleteInternally(`${path}/x`, "wrong"),
  404: () => deleteInternally(`${path}/x`, INGEST_SECRET, { INGEST_SECRET: "" }),
  500: () => deleteInternally(`${path}/x`, INGEST_SECRET, UNCONFIGURED),
});

/** The outcomes of every ingest operation: with a wrong secret, disabled, and in a misconfigured deployment. */
const behindIngestSecret = (step: string): Record<number, Scenario> => ({
  401: () => ingest(step, { headers: { Authorization: "Bearer wrong" } }),
  404: () => ingest(step, { env: { INGEST_SECRET: "" } }),
  500: () => ingest(step, { env: UNCONFIGURED }),
});

function takeAllUploadSlots(isolate: Env): void {
  for (let count = 0; count < 8; count += 1) {
    acquireChunkedUploadSlot(isolate, { pool: "creation", orgId: newOrg() });
    acquireChunkedUploadSlot(isolate, { pool: "ingest" });
  }
}

const uploadAs = async (body: BodyInit | null, more: Call = {}) =>
  upload(await givenCustomer({ active: true }), body, more);

const scenarios: Record<string, Record<number, Scenario>> = {
  ...changeScenarios,
  getGenerationAudio: audioScenarios("/api/audio/", givenGeneration),
  getVoiceAudio: audioScenarios("/api/voices/", givenVoice),
  createGenerationLink: linkScenarios("/api/audio/", givenGeneration),
  createVoiceLink: linkScenarios("/api/voices/", givenVoice),
  getGenerationPeaks: peaksScenarios("/api/audio/", givenGeneration),
  getVoicePeaks: peaksScenarios("/api/voices/", givenVoice),
  listVoices: {
    ...behindSession("/api/voices"),
    200: async () => {
      const orgId = newOrg();
      for (const state of ["ready", "processing"] as const) await givenVoice(orgId, state);
      return call("/api/voices?limit=1", { as: orgId });
    },
    400: () => call("/api/voices?limit=0", { as: newOrg() }),
  },
  createVoice: {
    ...behindSession("/api/voices/create", { method: "POST" }),
    201: () => uploadAs(RECORDING),
    400: () => uploadAs(null),
    403: () => upload(newOrg(), RECORDING),
    409: async () => {
      const orgId = await givenCustomer({ active: true });
      const send = (AUDIO: R2Bucket) =>
        upload(orgId, RECORDING, {
          headers: { "Content-Type": "audio/wav", "Idempotency-Key": "k" },
          env: { AUDIO },
        });
      let second: Promise<Response> | undefined;
      const put = async (...args: Parameters<R2Bucket["put"]>) => {
        second = send(env.AUDIO);
        await second;
        return env.AUDIO.put(...args);
      };
      await send(withMethods(env.AUDIO, { put }));
      return second ?? Promise.reject(new Error("nothing was put"));
    },
    413: () =>
      uploadAs("x", {
        headers: { "Content-Type": "audio/wav", "Content-Length": `${MAX_UPLOAD_BYTES + 1}` },
      }),
    422: async () => uploadAs(await fixture("short.mp3")),
    429: () => {
      const limit = { limit: async () => ({ success: false }) };
      return uploadAs(RECORDING, { env: { VOICE_CREATION_RATE_LIMIT: limit } });
    },
    503: async () => {
      const isolate = newIsolate();
      takeAllUploadSlots(isolate);
      return uploadAs(streamOf(RECORDING), { isolate });
    },
  },
  getVoice: {
    ...behindSession("/api/voices/x/metadata"),
    200: async () => call(`/api/voices/${await givenVoice(null)}/metadata`, { as: newOrg() }),
    404: () => call("/api/voices/none/metadata", { as: newOrg() }),
  },
  listGenerations: {
    ...behindSession("/api/generations"),
    200: async () => {
      const orgId = newOrg();
      await givenGeneration(orgId, "processing", { failedAt: new Date(), failureReason: "Out of memory" });
      return call("/api/generations", { as: orgId });
    },
    400: () => call("/api/generations?state=done", { as: newOrg() }),
  },
  getGeneration: {
    ...behindSession("/api/generations/x"),
    200: async () => {
      const orgId = newOrg();
      return call(`/api/generations/${await givenGeneration(orgId)}`, { as: orgId });
    },
    404: () => call("/api/generations/none", { as: newOrg() }),
  },
  beginGeneration: {
    ...behindIngestSecret("x"),
    200: async () => {
      const [id, input] = [crypto.randomUUID(), newGeneration(newOrg())];
      await putJson(id, input);
      return putJson(id, input);
    },
    201: () => putJson(crypto.randomUUID(), newGeneration(newOrg())),
    400: () => putJson("x", {}),
    409: async () => {
      const id = await givenGeneration(newOrg());
      return putJson(id, newGeneration(newOrg()));
    },
    413: () => putJson("x", "x".repeat(1024 * 1024)),
    415: () => ingest("x", { body: "{}" }),
  },
  storeGenerationAudio: {
    ...behindIngestSecret("x/audio"),
    200: async () => putAudio(await givenGeneration(newOrg(), "processing"), RECORDING),
    400: () => ingest("x/audio", { body: null }),
    404: () => putAudio("none", RECORDING),
    409: async () => putAudio(await givenGeneration(newOrg()), RECORDING),
    413: () => ingest("x/audio", { body: "x", headers: { "Content-Length": `${5 * MAX_UPLOAD_BYTES + 1}` } }),
    422: async () =>
      putAudio(await givenGeneration(newOrg(), "processing"), new TextEncoder().encode("text")),
    503: async () => {
      const isolate = newIsolate({ INGEST_SECRET });
      takeAllUploadSlots(isolate);
      return putAudio("x", streamOf(RECORDING), { isolate });
    },
  },
  failGeneration: {
    ...behindIngestSecret("x/failure"),
    200: async () => putJson(`${await givenGeneration(newOrg(), "processing")}/failure`, REASON),
    400: () => putJson("x/failure", {}),
    404: () => putJson("none/failure", REASON),
    409: async () => putJson(`${await givenGeneration(newOrg())}/failure`, REASON),
    413: () => putJson("x/failure", "x".repeat(1024 * 1024)),
    415: () => ingest("x/failure", { body: "{}" }),
  },
  deleteInternalGeneration: {
    ...internalDeletion("generations", () => givenGeneration(newOrg())),
    400: () => deleteInternally("generations/x?orgId="),
  },
  deleteInternalVoice: internalDeletion("voices", () => givenVoice(newOrg())),
  receivePolarWebhook: {
    204: () => sendWebhook(stateChanged(newOrg(), true)),
    403: () => sendWebhook(stateChanged(newOrg(), true), { secret: "whsec_Zm9yZ2Vk" }),
    404: () => sendWebhook(stateChanged(newOrg(), true), { env: { POLAR_WEBHOOK_SECRET: "" } }),
    413: () => sendWebhook({ type: "x".repeat(256 * 1024) }),
    500: () => sendWebhook(stateChanged(newOrg(), true), { env: { DB: failingQueries(env.DB, /insert/) } }),
  },
  getOpenApiDocument: {
    200: () => call("/api/openapi.json"),
    500: () => call("/api/openapi.json", { env: UNCONFIGURED }),
  },
  getHealth: {
    200: () => call("/health"),
    503: () => call("/health", { env: { AUDIO: failing(env.AUDIO, "head") } }),
  },
};

describe("the OpenAPI document", () => {
  it("has exactly the outcomes that are tested here", () => {
    const tested = Object.entries(scenarios).flatMap(([operation, byStatus]) =>
      Object.keys(byStatus).map((status) => `${operation} ${status}`),
    );
    expect(tested.sort(byText)).toEqual(documentedOutcomes.toSorted(byText));
  });

  for (const [operation, byStatus] of Object.entries(scenarios)) {
    for (const [status, scenario] of Object.entries(byStatus)) {
      // `call` checks the response against the document.
      it(`matches the response of ${operation} ${status}`, async () => {
        expect(await statusOf(scenario())).toBe(Number(status));
      });
    }
  }

  it("is served without a session, cacheable for five minutes", async () => {
    const response = await call("/api/openapi.json");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=300");
    expect(await response.json()).toMatchObject({ openapi: "3.1.1", paths: expect.any(Object) });
  });
});

const byText = (a: string, b: string) => a.localeCompare(b);
