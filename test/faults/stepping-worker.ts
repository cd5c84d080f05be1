// The Worker, announcing each operation to the test before it is done, and the last one after.
import worker from "../../src/index.ts";

type Host = Env & { HOST: Fetcher };

const OPERATIONS = new Set(["batch", "all", "raw", "run", "first", "put", "get", "head", "delete"]);

/** `binding` with each operation announced; the host may never answer. */
function announcing<T extends object>(binding: T, host: Fetcher): T {
  return new Proxy(binding, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (OPERATIONS.has(String(name))) {
        return async (...args: unknown[]) => {
          await host.fetch(`http://host/${String(name)}`);
          const result = await member.apply(target, args);
          await host.fetch(`http://host/${String(name)}-done`);
          return result;
        };
      }
      return (...args: unknown[]) => {
        const result = member.apply(target, args);
        const isBinding = typeof result === "object" && result !== null && !(result instanceof Promise);
        return isBinding ? announcing(result, host) : result;
      };
    },
  });
}

const announced = ({ HOST, ...env }: Host): Env => ({
  ...env,
  DB: announcing(env.DB, HOST),
  AUDIO: announcing(env.AUDIO, HOST),
});

export default {
  fetch: (request, env, ctx) => worker.fetch(request, announced(env), ctx),
  scheduled: (tick, env) => worker.scheduled(tick, announced(env)),
} satisfies ExportedHandler<Host>;
