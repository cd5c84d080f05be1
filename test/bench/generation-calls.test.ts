// The calls of D1 that the simulation (bench/simulation/parameters.ts) assumes for a generation.
import { expect, it } from "vitest";
import { committed } from "../../bench/simulation/parameters.ts";
import { newCountingIsolate, statusOf } from "../support/call.ts";
import { givenVoice, newOrg } from "../support/fixtures.ts";
import { INGEST_SECRET, newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { silentWav } from "../support/wav.ts";

/** The begin is a batch of three statements, the commit one of two. */
const STATEMENTS_BEYOND_CALLS = 3;

it("a generation with a voice makes as many calls of D1 as the simulation assumes", async () => {
  const orgId = newOrg();
  const [id, voiceId] = [newId(), await givenVoice(orgId)];
  const { isolate, d1 } = newCountingIsolate({ INGEST_SECRET, METER_GENERATIONS: "true" });
  expect(await statusOf(putJson(id, newGeneration(orgId, { voiceId }), { isolate }))).toBe(201);
  expect(await statusOf(putAudio(id, silentWav(2), { isolate }))).toBe(200);
  const { readCallsPerGeneration, writeCallsPerGeneration } = committed;
  expect(d1).toEqual({ default: readCallsPerGeneration + writeCallsPerGeneration + STATEMENTS_BEYOND_CALLS });
});
