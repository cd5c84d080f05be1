// Bindings that note how often they are asked and how long for. What they answer is not touched.

/** What was asked of a binding. Operations that run side by side count in full: their times are added up. */
export interface Usage {
  operations: number;
  milliseconds: number;
}

export const unused = (): Usage => ({ operations: 0, milliseconds: 0 });

type Method = (...args: unknown[]) => unknown;

/** Calls `method` of `target` as one operation. */
async function timed(usage: Usage, target: object, method: Method, args: unknown[]): Promise<unknown> {
  const startedAt = Date.now();
  usage.operations += 1;
  try {
    return await Reflect.apply(method, target, args);
  } finally {
    usage.milliseconds += Date.now() - startedAt;
  }
}

/** `target`, with `wrap` in the place of its methods. */
function intercepted<T extends object>(target: T, wrap: (name: string, method: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? wrap(String(name), member as Method) : member;
    },
  });
}

/** A bucket, or an upload in parts: each call of it is an operation, but for taking an upload up again. */
function observed<T extends object>(target: T, usage: Usage): T {
  return intercepted(target, (name, method) => {
    switch (name) {
      case "resumeMultipartUpload":
        return (...args) => observed(Object(Reflect.apply(method, target, args)), usage);
      case "createMultipartUpload":
        return async (...args) => observed(Object(await timed(usage, target, method, args)), usage);
      default:
        return (...args) => timed(usage, target, method, args);
    }
  });
}

export const observedBucket = (bucket: R2Bucket, usage: Usage): R2Bucket => observed(bucket, usage);

/** A batch is one operation: it is one call over the network. */
export function observedDatabase<T extends D1Database | D1DatabaseSession>(database: T, usage: Usage): T {
  // D1 batches only statements of its own.
  const own = new WeakMap<object, object>();
  const statement = (prepared: object): object => {
    const proxy = intercepted(prepared, (name, method) =>
      name === "bind"
        ? (...args) => statement(Object(Reflect.apply(method, prepared, args)))
        : (...args) => timed(usage, prepared, method, args),
    );
    own.set(proxy, prepared);
    return proxy;
  };
  return intercepted(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => statement(Object(Reflect.apply(method, database, [query])));
      case "withSession":
        return (constraint) =>
          observedDatabase(Reflect.apply(method, database, [constraint]) as D1DatabaseSession, usage);
      case "getBookmark":
        return () => Reflect.apply(method, database, []);
      case "batch":
        return (statements) => {
          const owned = (statements as object[]).map((each) => own.get(each) ?? each);
          return timed(usage, database, method, [owned]);
        };
      default:
        return (...args) => timed(usage, database, method, args);
    }
  });
}
