// The handlers of a route as a typed list. hono/factory has the same function, beside one that makes an app with Hono's
// default routers, which would come into the script with it (docs/decisions/0039).
import type { Context, Env, Next } from "hono";
import type { Factory } from "hono/factory";
import type { BaseEnv } from "./env.ts";
import { withRequestId } from "./logger.ts";

const identifyLogLines = (c: Context<BaseEnv>, next: Next) => withRequestId(c.get("requestId"), next);

/**
 * The `createHandlers` of hono/factory's `createFactory`. What its handlers log has the id of the request, which costs
 * AsyncLocalStorage some microseconds: `logs: false` saves a route that is requested often, and never logs, this cost.
 */
export const createFactory = <E extends Env, P extends string = string>({ logs } = { logs: true }) => {
  const createHandlers = (...handlers: unknown[]) => (logs ? [identifyLogLines, ...handlers] : handlers);
  return { createHandlers } as unknown as Pick<Factory<E, P>, "createHandlers">;
};
