// Generations in JSON: the list and one of it. Their audio has a route of its own.
import type { Context } from "hono";
import { findGeneration, listGenerations } from "../adapters/generations.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { type GenerationListQuery, toGenerationResource } from "../rules/generation-resource.ts";
import { toPage } from "../rules/page.ts";

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
