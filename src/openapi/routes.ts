// GET /api/openapi.json: the API's description, to anybody. scripts/openapi/ writes it from the code's own schemas.
import type { Context } from "hono";
import type { AppEnv } from "../platform/env.ts";
import description from "./openapi.json" with { type: "json" };

let written: string | undefined;

export function getDescription(c: Context<AppEnv>) {
  written ??= JSON.stringify(description);
  return c.body(written, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=300" });
}
