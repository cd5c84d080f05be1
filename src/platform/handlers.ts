// The handlers of a route as a typed list. hono/factory has the same function, beside one that makes an app with Hono's
// default routers, which would come into the script with it (docs/decisions/0039).
import type { Env } from "hono";
import type { Factory } from "hono/factory";

const factory = { createHandlers: (...handlers: unknown[]) => handlers };

/** The `createHandlers` of hono/factory's `createFactory`. */
export const createFactory = <E extends Env, P extends string = string>() =>
  factory as unknown as Pick<Factory<E, P>, "createHandlers">;
