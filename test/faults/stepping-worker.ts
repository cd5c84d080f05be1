// The Worker, which reports each D1 and R2 operation to its binding HOST before and after it, and those of the analysis
// Worker, which runs within it.
import Analysis from "../../analysis/src/index.ts";
import { wrapMethods } from "../../dev/wrap-methods.ts";
import worker from "../../src/index.ts";

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

function withReports({ HOST, ...env }: SteppingEnv, ctx: ExecutionContext): Env {
  const AUDIO = reporting(env.AUDIO, HOST);
  const ANALYSIS = new Analysis(ctx, { AUDIO }) as unknown as Env["ANALYSIS"];
  return { ...env, DB: reporting(env.DB, HOST), AUDIO, ANALYSIS };
}

export default {
  fetch: (request, env, ctx) => worker.fetch(request, withReports(env, ctx), ctx),
  scheduled: (controller, env, ctx) => worker.scheduled(controller, withReports(env, ctx)),
} satisfies ExportedHandler<SteppingEnv>;
