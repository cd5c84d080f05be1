// A deadline for a call that cannot be cancelled.

/** The call did not answer in time. Whether it has taken effect, or still will, is unknown. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** The result of `call`, which `callee` should give. @throws {TimeoutError} after `timeoutMs` */
export async function withTimeout<T>(callee: string, timeoutMs: number, call: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const expire = () => reject(new TimeoutError(`${callee} did not answer within ${timeoutMs} ms`));
  const timer = setTimeout(expire, timeoutMs);
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
