// Faults as fast-check draws them, and how a failing run is run again.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import type { Fault, FaultKind } from "./faulty-bindings.ts";

const faultKinds: FaultKind[] = [
  "refused",
  "answer lost",
  "landing late",
  "broken batch",
  "overtaken by a sweep",
  "dead before",
  "dead after",
];

/** A fault at one of the first `steps` operations. */
export const faultWithin = (steps: number): fc.Arbitrary<Fault> =>
  fc.record({ step: fc.nat(steps), kind: fc.constantFrom(...faultKinds), statement: fc.nat(5) });

export const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 5, arbitrary: fc.array(one, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(one, { minLength: 2, maxLength: 3 }) },
  );

/** `FAULT_SEED` and `FAULT_PATH`, as a failure prints them, run just that one again. */
export function replayed(): fc.Parameters<unknown> {
  const { FAULT_SEED, FAULT_PATH } = env;
  return {
    ...(FAULT_SEED && { seed: Number(FAULT_SEED) }),
    ...(FAULT_PATH && { path: FAULT_PATH }),
  };
}
