// The change feed and a receiver that asks for a pause, is down, or gets many events; and what is logged of it.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EVENTS_SECRET, EVENTS_URL } from "../support/event-settings.ts";
import { EVENTS, givenReceiverFault, receivedTypes, receiverState, resetEvents } from "../support/events.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { silentWav } from "../support/wav.ts";
import { cron, emptyOutbox, givenEvents } from "./given-events.ts";

beforeEach(async () => {
  await resetEvents();
  await emptyOutbox();
});
afterEach(() => vi.restoreAllMocks());

describe("a receiver", () => {
  it.each([
    [429, "1800", 30],
    [503, "1800", 30],
    [410, undefined, 60],
    [503, "86400", 360],
  ])(
    "that answers %i with Retry-After %s is not called for %i minutes, not for a new event either",
    async (status, retryAfter, minutes) => {
      const first = await givenEvents();
      await givenReceiverFault({ kind: "status", status, ...(retryAfter && { retryAfter }) });
      captureLog();
      await cron();
      const second = await givenEvents();
      const { id } = await givenBegunGeneration();
      await putAudio(id, silentWav(1), { env: EVENTS });
      await cron(minutes - 1);
      expect((await receiverState()).calls).toHaveLength(1);
      await cron(minutes + 1);
      for (const objectId of [first, second, id]) expect(await receivedTypes(objectId)).toHaveLength(1);
    },
  );

  it("that is down is asked four times in a run, however many events wait", async () => {
    await Promise.all(Array.from({ length: 30 }, () => givenEvents()));
    await givenReceiverFault({ kind: "status", status: 502, times: 1000 });
    captureLog();
    await cron();
    expect((await receiverState()).calls).toHaveLength(4);
  });

  it("gets at most 200 events in a run, and the rest in the next one", async () => {
    for (let objects = 0; objects < 205; objects += 1) await givenEvents();
    await cron();
    expect((await receiverState()).received).toHaveLength(200);
    await cron();
    expect((await receiverState()).received).toHaveLength(205);
  });
});

it("neither the address nor the secret is logged or stored, and a body is never logged", async () => {
  const lines = captureLog();
  await givenEvents();
  await givenReceiverFault({ kind: "status", status: 500 });
  await cron();
  await givenEvents();
  const fetches = vi.spyOn(globalThis, "fetch");
  fetches.mockRejectedValueOnce(new TypeError(`Fetch API cannot load: ${EVENTS_URL}`));
  await cron();
  expect(JSON.stringify(lines)).toContain("Fetch API cannot load: EVENTS_URL");
  const { results } = await env.DB.prepare("select last_error from change_events").all();
  const everything = JSON.stringify([lines, results]);
  expect(everything).toContain("event_delivery_failed");
  for (const secret of [EVENTS_URL, "of-the-address", EVENTS_SECRET, EVENTS_SECRET.slice(6), '"name'])
    expect(everything).not.toContain(secret);
});
