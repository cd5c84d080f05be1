// A D1 database that loses a response, as a network does.
import { wrapMethods } from "../../dev/wrap-methods.ts";

/** A database whose first batch is applied, but whose response is lost: the caller repeats it. */
export function losingFirstResponse(d1: D1Database): D1Database {
  let isLost = false;
  return wrapMethods(d1, (name, method) => {
    if (name !== "batch") return (...args) => Reflect.apply(method, d1, args);
    return async (...args) => {
      const results: unknown = await Reflect.apply(method, d1, args);
      if (isLost) return results;
      isLost = true;
      throw new Error("Network connection lost");
    };
  });
}
