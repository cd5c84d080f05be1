// A deadline for a call that cannot be cancelled.

/** The call did not answer in time. Whether it has taken effect, or still will, is unknown. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** The result of `call`, which `callee` should give. @throws {TimeoutError} after `timeoutMs` */
export function withTimeout<T>(callee: string, timeoutMs: number, call: Promise<T>): Promise<T> {
  // Every D1 call is waited for here: Promise.race takes more CPU.
  return new Promise((resolve, reject) => {
    const expire = () => reject(new TimeoutError(`${callee} did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(expire, timeoutMs);
    const settle =
      <Outcome>(settleWith: (outcome: Outcome) => void) =>
      (outcome: Outcome) => {
        clearTimeout(timer);
        settleWith(outcome);
      };
    call.then(settle(resolve), settle(reject));
  });
}
