// The plan of an audio response: preconditions before If-Range before Range (RFC 9110 §13.2.2).
import { expect, it } from "vitest";
import { type AudioResponsePlan, planAudioResponse } from "../../src/http/audio-response-plan.ts";
import type { Conditions } from "../../src/http/preconditions.ts";
import type { RangeSpec } from "../../src/http/range.ts";

const version = { etag: '"v1"', lastModified: 0, size: 1000 };
const TEN_BYTES = { first: 0, last: 9 };
const PAST_THE_END = { first: 1000, last: null };

const cases: [conditions: Partial<Conditions>, range: RangeSpec | null, plan: AudioResponsePlan][] = [
  [{}, null, { kind: "whole" }],
  [{}, TEN_BYTES, { kind: "part", span: { offset: 0, length: 10 } }],
  [{}, { suffix: 10 }, { kind: "part", span: { offset: 990, length: 10 } }],
  [{}, PAST_THE_END, { kind: "range-not-satisfiable" }],
  [{ ifNoneMatch: '"v1"' }, PAST_THE_END, { kind: "not-modified" }],
  [{ ifMatch: '"v2"' }, PAST_THE_END, { kind: "precondition-failed" }],
  [{ ifMatch: '"v1"' }, TEN_BYTES, { kind: "part", span: { offset: 0, length: 10 } }],
  [{ ifRange: '"v1"' }, TEN_BYTES, { kind: "part", span: { offset: 0, length: 10 } }],
  [{ ifRange: '"v2"' }, TEN_BYTES, { kind: "whole" }],
  [{ ifRange: '"v2"' }, PAST_THE_END, { kind: "whole" }],
  [{ ifRange: '"v1"' }, PAST_THE_END, { kind: "range-not-satisfiable" }],
  [{ ifRange: '"v2"' }, null, { kind: "whole" }],
];

it.each(cases)("a request with %j and the range %j is answered by %j", (conditions, range, plan) => {
  const all: Conditions = {
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifUnmodifiedSince: undefined,
    ifRange: undefined,
    ...conditions,
  };
  expect(planAudioResponse({ conditions: all, range }, version)).toEqual(plan);
});
