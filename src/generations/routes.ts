// Generations in JSON: the list and one of it. Their audio has a route of its own.
import type { Context } from "hono";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { toPage } from "../platform/pagination.ts";
import { findGeneration, listGenerations } from "./queries.ts";
import { type GenerationListQuery, toGenerationResource } from "./schema.ts";

type Listed = { out: { query: GenerationListQuery } };

/** GET /api/generations: the organisation's own, the newest first. */
export async function getGenerations(c: Context<AppEnv, "/api/generations", Listed>) {
  const query = c.req.valid("query");
  const rows = await listGenerations(c.var.database, c.var.identity.orgId, query);
  const endOf = ({ createdAt, id }: (typeof rows)[number]) => [createdAt.getTime(), id] as const;
  return c.json(toPage(rows, query.limit, endOf, toGenerationResource), 200);
}

/** GET /api/generations/{generationId}: what is known of one generation. */
export async function getGeneration(c: Context<AppEnv, "/api/generations/:generationId">) {
  const id = c.req.param("generationId");
  const generation = await findGeneration(c.var.database, id, c.var.identity.orgId);
  if (!generation) throw new ApiError("generation_not_found");
  return c.json(toGenerationResource(generation), 200);
}
