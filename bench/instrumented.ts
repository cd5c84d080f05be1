// A Worker whose D1 and R2 operations are counted and can be delayed. `/__bench` returns the counts, resets them, and
// sets the delay.
import { wrapMethods } from "../dev/wrap-methods.ts";

const OPERATIONS = {
  d1: ["all", "raw", "run", "first", "batch"],
  r2: ["get", "head", "put", "delete", "list"],
};

const counts = { d1: 0, r2: 0 };
let delayMs = 0;

/** `binding` with its operations counted and delayed, and those of the bindings that its methods return. */
function instrument<T extends object>(binding: T, kind: keyof typeof OPERATIONS): T {
  return wrapMethods(binding, (name, method) => {
    if (OPERATIONS[kind].includes(name)) {
      return async (...args) => {
        counts[kind] += 1;
        if (delayMs > 0) await scheduler.wait(delayMs);
        return Reflect.apply(method, binding, args);
      };
    }
    return (...args) => {
      const result = Reflect.apply(method, binding, args);
      return typeof result === "object" && result !== null && !(result instanceof Promise)
        ? instrument(result, kind)
        : result;
    };
  });
}

const instrumentedEnvs = new WeakMap<object, Env>();

/** `worker` with instrumented bindings. */
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
