// Wraps a binding, for the tests and the benchmarks.
type Method = (...args: unknown[]) => unknown;

/** A proxy of `target` whose methods are replaced by what `wrap` returns for them. */
export function wrapMethods<T extends object>(target: T, wrap: (name: string, method: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? wrap(String(name), member as Method) : member;
    },
  });
}
