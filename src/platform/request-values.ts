// Small parts of requests that several capabilities read.
import type { Context } from "hono";
import { ApiError } from "./errors.ts";

/** The token of `Authorization: Bearer` (RFC 6750 §2.1), or undefined. */
export const bearerToken = (c: Context): string | undefined =>
  /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];

/** The media type of a Content-Type without its parameters, in lower case (RFC 9110 §8.3.1); empty when absent. */
export const mediaType = (contentType: string | undefined): string =>
  contentType?.split(";")[0]?.trim().toLowerCase() ?? "";

/** A path parameter of the matched route. @throws {ApiError} `not_found` when the route has no such parameter */
export function pathParam(c: Context, name: string): string {
  const value = c.req.param(name);
  if (value === undefined) throw new ApiError("not_found");
  return value;
}
