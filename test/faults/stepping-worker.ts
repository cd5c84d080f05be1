// The Worker, which reports each D1 and R2 operation to its binding HOST before and after it.
import worker from "../../src/index.ts";
import { wrapMethods } from "../../src/platform/instrumented-bindings.ts";

type SteppingEnv = Env & { HOST: Fetcher };

const OPERATIONS = new Set(["batch", "all", "raw", "run", "first", "put", "get", "head", "delete"]);

/** `binding` with each operation reported. The operation waits for the host's response, which may never come. */
function reporting<T extends object>(binding: T, host: Fetcher): T {
  return wrapMethods(binding, (name, method) => {
    if (OPERATIONS.has(name)) {
      return async (...args) => {
        await host.fetch(`http://host/${name}`);
        const result = await Reflect.apply(method, binding, args);
        await host.fetch(`http://host/${name}-done`);
        return result;
      };
    }
    return (...args) => {
      const result = Reflect.apply(method, binding, args);
      const isBinding = typeof result === "object" && result !== null && !(result instanceof Promise);
      return isBinding ? reporting(result, host) : result;
    };
  });
}

const withReports = ({ HOST, ...env }: SteppingEnv): Env => ({
  ...env,
  DB: reporting(env.DB, HOST),
  AUDIO: reporting(env.AUDIO, HOST),
});

export default {
  fetch: (request, env, ctx) => worker.fetch(request, withReports(env), ctx),
  scheduled: (controller, env) => worker.scheduled(controller, withReports(env)),
} satisfies ExportedHandler<SteppingEnv>;
