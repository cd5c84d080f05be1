// The table of results: result, check, detail, and below a failure what to do.
import type { Outcome } from "./check.ts";
import type { Result } from "./run-checks.ts";

const isFailure = (outcome: Outcome) => outcome.kind === "failed" || outcome.kind === "token expired";

export const isSuccess = (results: readonly Result[]): boolean =>
  !results.some(({ outcome }) => isFailure(outcome));

export function tableOf(results: readonly Result[]): string {
  const kindWidth = Math.max(...results.map(({ outcome }) => outcome.kind.length));
  const nameWidth = Math.max(...results.map(({ name }) => name.length));
  const lines = results.flatMap(({ name, outcome }) => {
    const row = `${outcome.kind.padEnd(kindWidth)}  ${name.padEnd(nameWidth)}  ${outcome.detail}`;
    return "advice" in outcome ? [row, `${" ".repeat(kindWidth + nameWidth + 4)}→ ${outcome.advice}`] : [row];
  });
  const failures = results.filter(({ outcome }) => isFailure(outcome)).length;
  return [
    "",
    ...lines,
    "",
    failures === 0 ? "No check failed." : `${failures} of ${results.length} checks failed.`,
  ].join("\n");
}
