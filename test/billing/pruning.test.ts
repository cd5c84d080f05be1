// The deletion of delivered metering events, after which nothing may be billed again.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { call, statusOf } from "../support/call.ts";
import { meteredEvents, newOrg, resetPolar, runCron } from "../support/fixtures.ts";
import { newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { costOf } from "../support/metered-isolate.ts";
import { silentWav } from "../support/wav.ts";
import { emptyMetering, givenEvents, numberOf } from "./given-metering.ts";

const DAY_MINUTES = 24 * 60;
const WAV = silentWav(2);

beforeEach(emptyMetering);
afterEach(resetPolar);

/** Marks every event as delivered `days` ago. */
const deliveredDaysAgo = (days: number) =>
  env.DB.prepare("update metering_events set delivered_at = ?")
    .bind(Date.now() - days * DAY_MINUTES * 60_000)
    .run();

it("an event is kept for 35 days after its delivery, and then deleted", async () => {
  await givenEvents(3);
  await runCron();
  await runCron({ minutesLater: 34 * DAY_MINUTES });
  expect(await numberOf("true")).toBe(3);
  await runCron({ minutesLater: 35 * DAY_MINUTES + 1 });
  expect(await numberOf("true")).toBe(0);
});

it("an event that is not delivered is never deleted", async () => {
  await givenEvents(1);
  await env.DB.prepare("update metering_events set occurred_at = 0, due_at = 9e15").run();
  await runCron({ minutesLater: 400 * DAY_MINUTES });
  expect(await numberOf("delivered_at is null")).toBe(1);
});

it("a run deletes at most 5000 events, and writes one row for each", async () => {
  await givenEvents(12_000);
  await deliveredDaysAgo(36);
  const { rowsWritten } = await costOf((isolate) => runCron({ env: isolate }));
  expect(await numberOf("true")).toBe(7_000);
  expect(rowsWritten).toBeLessThanOrEqual(5_000 + 5);
  for (let run = 0; run < 2; run += 1) await runCron();
  expect(await numberOf("true")).toBe(0);
});

it("a generation whose event was deleted is not billed again: not by its audio, nor under its id by a new one", async () => {
  const [id, orgId] = [newId(), newOrg()];
  const store = async () => {
    await putJson(id, newGeneration(orgId));
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  };
  await store();
  await runCron();
  await deliveredDaysAgo(36);
  await runCron();
  expect(await numberOf("true")).toBe(0);

  // Audio that is sent again is compared, also when R2 has lost the object, and records nothing.
  expect(await statusOf(putAudio(id, WAV))).toBe(200);
  await env.AUDIO.delete(`generations/orgs/${orgId}/${id}`);
  expect(await statusOf(putAudio(id, WAV))).toBe(200);
  expect(await numberOf("true")).toBe(0);

  // A new generation under the id records the same event, which Polar deduplicates for ever.
  expect(await statusOf(call(`/api/generations/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
  await runCron({ minutesLater: 27 * 60 });
  await store();
  expect(await numberOf("true")).toBe(1);
  await runCron({ minutesLater: 28 * 60 });
  expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 1 }]);
});
