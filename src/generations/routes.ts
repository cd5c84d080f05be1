// Generations as JSON, and their deletion. Their audio is served by playback/.
import { csrfProtection } from "../auth/csrf.ts";
import { session } from "../auth/session.ts";
import { type BaseEnv, hasLinks } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { paginate } from "../platform/pagination.ts";
import { limitJsonBody, requireJson, validateJson, validateQuery } from "../platform/validation.ts";
import { deleteGenerationsWithObjects } from "./deletion.ts";
import { findGeneration, listGenerations } from "./queries.ts";
import { generationIds, generationListQuery, toGenerationResource } from "./schema.ts";
import { searchGenerations } from "./search.ts";

/** GET /api/generations: the organisation's generations, or those that match, the newest first. */
export const getGenerations = createFactory<BaseEnv>().createHandlers(
  session,
  validateQuery(generationListQuery),
  async (c) => {
    const { search, sort = "-createdAt", ...filters } = c.req.valid("query");
    if (search) return c.json(await searchGenerations(c, filters, search), 200);
    const query = { ...filters, sort };
    const rows = await listGenerations(c.var.database, c.var.identity.orgId, query);
    const toItem = (row: (typeof rows)[number]) => toGenerationResource(row, hasLinks(c.env));
    return c.json(
      paginate(rows, query, ({ createdAt }) => createdAt.getTime(), toItem),
      200,
    );
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

/** DELETE /api/generations/{generationId}. */
export const deleteGeneration = createFactory<BaseEnv, "/api/generations/:generationId">().createHandlers(
  session,
  csrfProtection,
  async (c) => {
    const deleted = await deleteGenerationsWithObjects(
      c,
      [c.req.param("generationId")],
      c.var.identity.orgId,
    );
    if (deleted.size === 0) throw new ApiError("generation_not_found");
    return c.body(null, 204);
  },
);

/**
 * POST /api/generations/delete: up to 100 at once. The ids are in a body, since 100 of them make a URL of 4 kB that
 * proxies log, and RFC 9110 §9.3.5 gives the content of a DELETE no meaning.
 */
export const deleteGenerations = createFactory<BaseEnv>().createHandlers(
  session,
  csrfProtection,
  limitJsonBody,
  requireJson,
  validateJson(generationIds),
  async (c) => {
    const ids = [...new Set(c.req.valid("json").ids)];
    const deleted = await deleteGenerationsWithObjects(c, ids, c.var.identity.orgId);
    const notFound = ids.filter((id) => !deleted.has(id));
    return c.json({ deleted: ids.filter((id) => deleted.has(id)), notFound }, 200);
  },
);
