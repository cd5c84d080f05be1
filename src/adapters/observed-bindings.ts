// Bindings that note how often they are asked and how long for. What they answer is not touched.

/** What was asked of a binding. Operations that run side by side count in full: their times are added up. */
export interface Usage {
  operations: number;
  milliseconds: number;
}

export const unused = (): Usage => ({ operations: 0, milliseconds: 0 });

async function timed<T>(usage: Usage, operation: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  usage.operations += 1;
  try {
    return await operation();
  } finally {
    usage.milliseconds += Date.now() - startedAt;
  }
}

type Method = (...args: unknown[]) => unknown;

/** `target`, with `wrap` around its methods. */
function intercepted<T extends object>(target: T, wrap: (name: string, method: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? wrap(String(name), member.bind(target)) : member;
    },
  });
}

/** A bucket, or an upload in parts: each call of it is an operation, but for the handle on an upload. */
function observed<T extends object>(target: T, usage: Usage): T {
  return intercepted(target, (name, method) => {
    switch (name) {
      case "resumeMultipartUpload":
        return (...args) => observed(Object(method(...args)), usage);
      case "createMultipartUpload":
        return async (...args) => observed(Object(await timed(usage, async () => method(...args))), usage);
      default:
        return (...args) => timed(usage, async () => method(...args));
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
        ? (...args) => statement(Object(method(...args)))
        : (...args) => timed(usage, async () => method(...args)),
    );
    own.set(proxy, prepared);
    return proxy;
  };
  return intercepted(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => statement(Object(method(query)));
      case "withSession":
        return (constraint) => observedDatabase(method(constraint) as D1DatabaseSession, usage);
      case "getBookmark":
        return method;
      case "batch":
        return (statements) =>
          timed(usage, async () => method((statements as object[]).map((each) => own.get(each) ?? each)));
      default:
        return (...args) => timed(usage, async () => method(...args));
    }
  });
}
