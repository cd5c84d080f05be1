// The faults that fast-check generates, the number of runs, and how a failed run is repeated.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { OTHER_D1_ERRORS, R2_REFUSALS, TRANSIENT_D1_ERRORS } from "./documented-errors.ts";
import type { Fault, FaultKind, Outage } from "./faulty-bindings.ts";

/** Without `FAULT_RUNS`: few cases, and always the same ones. */
const DEFAULT_RUNS = 25;
const DEFAULT_SEED = 1;

/** `FAULT_RUNS`, at most `fullRuns`. Only a full run has enough cases to expect each outcome to be frequent. */
export function plannedRuns(fullRuns: number): { runs: number; isFull: boolean } {
  const runs = Math.min(Number(env.FAULT_RUNS || DEFAULT_RUNS), fullRuns);
  return { runs, isFull: runs === fullRuns };
}

const faultKinds: FaultKind[] = [
  "refused",
  "response lost",
  "applied late",
  "hangs",
  "hangs after its effect",
  "broken batch",
  "preceded by cleanup",
  "Worker killed before",
  "Worker killed after",
];

/** A fault at one of the operations 0 to `lastStep`. */
export const faultWithin = (lastStep: number): fc.Arbitrary<Fault> =>
  fc.record({
    step: fc.nat(lastStep),
    kind: fc.constantFrom(...faultKinds),
    statement: fc.nat(5),
    d1Error: fc.oneof(fc.constantFrom(...TRANSIENT_D1_ERRORS), fc.constantFrom(...OTHER_D1_ERRORS)),
    r2Refusal: fc.constantFrom(...R2_REFUSALS),
  });

/** Transient errors of D1 that begin at one of the operations 0 to `lastStep`, and last less than `maxMs`. */
export const outageWithin = (lastStep: number, maxMs: number): fc.Arbitrary<Outage> =>
  fc.record({
    fromStep: fc.nat(lastStep),
    durationMs: fc.integer({ min: 1, max: maxMs - 1 }),
    d1Error: fc.constantFrom(...TRANSIENT_D1_ERRORS),
    isApplied: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  });

/** Most often one of `item`, sometimes none, sometimes two or three. */
export const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 5, arbitrary: fc.array(item, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(item, { minLength: 2, maxLength: 3 }) },
  );

/** `FAULT_SEED` and `FAULT_PATH`, as a failure prints them, repeat that one run. A full run draws its own seed. */
export function replayParameters(): fc.Parameters<unknown> {
  const { FAULT_RUNS, FAULT_SEED, FAULT_PATH } = env;
  const seed = FAULT_SEED || (FAULT_RUNS ? "" : DEFAULT_SEED);
  return {
    ...(seed && { seed: Number(seed) }),
    ...(FAULT_PATH && { path: FAULT_PATH }),
  };
}
