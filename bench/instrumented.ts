// Wraps a Worker so that its D1 and R2 operations are counted and can be delayed. `/__bench` returns the counts.
const OPERATIONS = {
  d1: ["all", "raw", "run", "first", "batch"],
  r2: ["get", "head", "put", "delete", "list"],
};

const counts = { d1: 0, r2: 0 };
let delayMs = 0;

/** `binding` with its operations counted and delayed, including those of the objects that its methods return. */
function instrument<T extends object>(binding: T, kind: keyof typeof OPERATIONS): T {
  return new Proxy(binding, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (OPERATIONS[kind].includes(String(name))) {
        return async (...args: unknown[]) => {
          counts[kind] += 1;
          if (delayMs > 0) await scheduler.wait(delayMs);
          return member.apply(target, args);
        };
      }
      return (...args: unknown[]) => {
        const result = member.apply(target, args);
        return typeof result === "object" && result !== null && !(result instanceof Promise)
          ? instrument(result, kind)
          : result;
      };
    },
  });
}

const instrumentedEnvs = new WeakMap<object, Env>();

/** The same Worker with instrumented bindings. */
export function instrumented(worker: ExportedHandler<Env>): ExportedHandler<Env> {
  return {
    async fetch(request, env, ctx) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/__bench") {
        delayMs = Number(searchParams.get("delay") ?? delayMs);
        const response = Response.json(counts);
        Object.assign(counts, { d1: 0, r2: 0 });
        return response;
      }
      let own = instrumentedEnvs.get(env);
      if (!own) {
        own = { ...env, DB: instrument(env.DB, "d1"), AUDIO: instrument(env.AUDIO, "r2") };
        instrumentedEnvs.set(env, own);
      }
      return (await worker.fetch?.(request as never, own, ctx)) ?? new Response(null, { status: 500 });
    },
  };
}
