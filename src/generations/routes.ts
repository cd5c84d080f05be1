// Generations as JSON. Their audio is served by playback/.
import { createFactory } from "hono/factory";
import { session } from "../auth/session.ts";
import { type BaseEnv, hasLinks } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { paginate } from "../platform/pagination.ts";
import { validateQuery } from "../platform/validation.ts";
import { findGeneration, listGenerations } from "./queries.ts";
import { generationListQuery, toGenerationResource } from "./schema.ts";

/** GET /api/generations: the organisation's generations, the newest first. */
export const getGenerations = createFactory<BaseEnv>().createHandlers(
  session,
  validateQuery(generationListQuery),
  async (c) => {
    const query = c.req.valid("query");
    const rows = await listGenerations(c.var.database, c.var.identity.orgId, query);
    const cursorOf = ({ createdAt, id }: (typeof rows)[number]) => [createdAt.getTime(), id] as const;
    const toItem = (row: (typeof rows)[number]) => toGenerationResource(row, hasLinks(c.env));
    return c.json(paginate(rows, query.limit, cursorOf, toItem), 200);
  },
);

/** GET /api/generations/{generationId}. */
export const getGeneration = createFactory<BaseEnv, "/api/generations/:generationId">().createHandlers(
  session,
  async (c) => {
    const id = c.req.param("generationId");
    const generation = await findGeneration(c.var.database, id, c.var.identity.orgId);
    if (!generation) throw new ApiError("generation_not_found");
    return c.json(toGenerationResource(generation, hasLinks(c.env)), 200);
  },
);
