// Decides how a GET or HEAD of an audio is answered: in full, in part, or by a status alone.
import { type Conditions, evaluatePreconditions, rangeApplies, type Validators } from "./preconditions.ts";
import { type ByteSpan, type RangeSpec, resolveRange } from "./range.ts";

/** What a request asks of an audio, apart from which. */
export interface AudioRequest {
  conditions: Conditions;
  /** Null asks for the whole, as every HEAD does: Range means something to GET alone (RFC 9110 §14.2). */
  range: RangeSpec | null;
}

/** A stored version of an audio. */
export interface AudioVersion extends Validators {
  size: number;
}

export type Delivery =
  | { kind: "whole" }
  | { kind: "part"; span: ByteSpan }
  | { kind: "not-modified" }
  | { kind: "precondition-failed" }
  | { kind: "range-not-satisfiable" };

/** Preconditions come first, then If-Range, then the range (RFC 9110 §13.2.2). */
export function decideDelivery({ conditions, range }: AudioRequest, version: AudioVersion): Delivery {
  const precondition = evaluatePreconditions(conditions, version);
  if (precondition === "failed") return { kind: "precondition-failed" };
  if (precondition === "not-modified") return { kind: "not-modified" };
  if (range === null || !rangeApplies(conditions.ifRange, version)) return { kind: "whole" };
  const span = resolveRange(range, version.size);
  return span ? { kind: "part", span } : { kind: "range-not-satisfiable" };
}
