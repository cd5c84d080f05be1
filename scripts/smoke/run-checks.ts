// Runs the checks one after the other, and turns what they throw into outcomes.
import { type Check, CheckFailure, type Context, type Outcome } from "./check.ts";
import { NoAnswer } from "./client.ts";
import { HOW_TO_GET_A_TOKEN, isExpired } from "./session-token.ts";

export interface Result {
  name: string;
  outcome: Outcome;
}

/** Stops asking when the operator interrupts, or when the host does not even answer the first check. */
export async function runChecks(
  checks: readonly Check[],
  context: Context,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let reasonToStop: string | undefined;
  for (const { name, ...check } of checks) {
    if (context.interrupted.aborted) reasonToStop = "interrupted";
    const outcome: Outcome =
      reasonToStop === undefined
        ? await runCheck(check, context).catch((error: unknown) => {
            if (!(error instanceof NoAnswer)) throw error;
            if (results.length === 0) reasonToStop = "the host does not answer";
            return failedWithoutAnswer(error);
          })
        : { kind: "not asked", detail: reasonToStop };
    results.push({ name, outcome });
    onResult({ name, outcome });
  }
  return results;
}

/** @throws {NoAnswer} when the deployment does not answer */
async function runCheck({ needsToken, run }: Omit<Check, "name">, context: Context): Promise<Outcome> {
  const { token, interrupted } = context;
  const isTokenExpired = () => needsToken && token !== undefined && isExpired(token);
  const expired = (detail: string): Outcome => ({
    kind: "token expired",
    detail,
    advice: HOW_TO_GET_A_TOKEN,
  });
  if (isTokenExpired()) return expired("before this was asked");
  try {
    return await run(context);
  } catch (error) {
    if (interrupted.aborted) return { kind: "not asked", detail: "interrupted" };
    if (!(error instanceof CheckFailure)) throw error;
    if (isTokenExpired()) return expired(error.message);
    return { kind: "failed", detail: error.message, advice: error.advice };
  }
}

const failedWithoutAnswer = ({ message }: NoAnswer): Outcome => ({
  kind: "failed",
  detail: message,
  advice: "Is the host right, proxied through Cloudflare, and deployed?",
});
