// Any division of an audio into ranges, requested in any order, adds up to the audio.
import fc from "fast-check";
import { expect, it } from "vitest";
import { call } from "../support/call.ts";
import { audioKinds } from "./audio-kinds.ts";

const SIZE = 10_000;
const BYTES = crypto.getRandomValues(new Uint8Array(SIZE));
const cuts = fc.uniqueArray(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 12 });

/** A Range header for the bytes from `start` up to `end`, in one of its equivalent forms. */
const rangeOf = (start: number, end: number, form: number): string => {
  if (end === SIZE && form === 0) return `bytes=${start}-`;
  if (end === SIZE && form === 1) return `bytes=-${SIZE - start}`;
  if (end === SIZE && form === 2) return `bytes=${start}-${SIZE + 77}`;
  return `bytes=${start}-${end - 1}`;
};

it.each(Object.entries(audioKinds))("%s is the concatenation of its ranges", async (_kind, store) => {
  const prepare = await store(BYTES);
  const { path, isolate } = await prepare();
  await fc.assert(
    fc.asyncProperty(cuts, fc.nat({ max: 3 }), fc.infiniteStream(fc.nat()), async (points, form, shuffle) => {
      const edges = [0, ...points.sort((a, b) => a - b), SIZE];
      const spans = edges
        .slice(1)
        .map((end, index) => ({ start: edges[index] ?? 0, end, order: shuffle.next().value }));
      const whole = new Uint8Array(SIZE);
      for (const { start, end } of spans.sort((a, b) => a.order - b.order)) {
        const headers = { Range: rangeOf(start, end, form) };
        const response = await call(path, { as: "org_a", isolate, headers });
        expect(response.status).toBe(206);
        expect(response.headers.get("Content-Range")).toBe(`bytes ${start}-${end - 1}/${SIZE}`);
        whole.set(new Uint8Array(await response.arrayBuffer()), start);
      }
      expect(whole).toEqual(BYTES);
    }),
    { numRuns: 15 },
  );
});
