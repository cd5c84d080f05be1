// Decides how a GET or HEAD of audio is answered: in full, in part, or by a status alone.
import { type Conditions, evaluatePreconditions, rangeApplies, type Validators } from "./preconditions.ts";
import { type ByteSpan, type RangeSpec, resolveRange } from "./range.ts";

/** The headers of a request that decide how it is answered. */
export interface AudioRequest {
  method: "GET" | "HEAD";
  conditions: Conditions;
  /** Null asks for the whole, as every HEAD does: Range applies to GET alone (RFC 9110 §14.2). */
  range: RangeSpec | null;
}

/** A version of a stored audio. */
export interface AudioVersion extends Validators {
  /** Bytes. */
  size: number;
}

export type AudioResponsePlan =
  | { kind: "whole" }
  | { kind: "part"; span: ByteSpan }
  | { kind: "not-modified" }
  | { kind: "precondition-failed" }
  | { kind: "range-not-satisfiable" };

/** Preconditions are evaluated first, then If-Range, then the range (RFC 9110 §13.2.2). */
export function planAudioResponse(
  { conditions, range }: Pick<AudioRequest, "conditions" | "range">,
  version: AudioVersion,
): AudioResponsePlan {
  const precondition = evaluatePreconditions(conditions, version);
  if (precondition === "failed") return { kind: "precondition-failed" };
  if (precondition === "not-modified") return { kind: "not-modified" };
  if (range === null || !rangeApplies(conditions.ifRange, version)) return { kind: "whole" };
  const span = resolveRange(range, version.size);
  return span ? { kind: "part", span } : { kind: "range-not-satisfiable" };
}
