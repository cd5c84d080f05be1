// How long an upload without a declared size may take: it holds a part in memory and one of few slots.
import { afterEach, expect, it, vi } from "vitest";
import { newIsolate, statusOf } from "../support/call.ts";
import { givenBegunGeneration, INGEST_SECRET, putAudio } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { silentWav } from "../support/wav.ts";

const MINUTE_MS = 60_000;
const SLOTS = 4;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Begins an upload whose body does not end, and waits until the service reads it. */
async function beginUpload(isolate: Env) {
  const { id } = await givenBegunGeneration();
  const { readable, writable } = new IdentityTransformStream();
  const status = statusOf(putAudio(id, readable, { isolate }));
  await writable.getWriter().write(new Uint8Array(1000));
  return { id, status };
}

it("uploads that trickle for more than ten minutes are 400, and their slots are free for others", async () => {
  captureLog();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const isolate = newIsolate({ INGEST_SECRET });
  const uploads = [];
  while (uploads.length < SLOTS) uploads.push(await beginUpload(isolate));
  const { id } = await givenBegunGeneration();
  const send = () => statusOf(putAudio(id, new Blob([silentWav(2)]).stream(), { isolate }));
  expect(await send()).toBe(503);
  vi.advanceTimersByTime(10 * MINUTE_MS);
  for (const { status } of uploads) expect(await status).toBe(400);
  expect(await send()).toBe(200);
});
