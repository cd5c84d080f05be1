// A search of an organisation's generations, the newest first.
import type { Context } from "hono";
import type { SessionEnv } from "../auth/session.ts";
import { hasLinks } from "../platform/env.ts";
import { type Page, searchCursor, searchPosition } from "../platform/pagination.ts";
import { searchPage } from "../search/page.ts";
import { textsOfGeneration } from "../search/texts.ts";
import { findGenerations } from "./queries.ts";
import { type GenerationListQuery, type GenerationResource, toGenerationResource } from "./schema.ts";

/** @throws {ApiError} `search_unavailable` */
export async function searchGenerations<E extends SessionEnv>(
  c: Context<E>,
  query: Omit<GenerationListQuery, "sort">,
  text: string,
): Promise<Page<GenerationResource>> {
  const { database, searchDatabase: index, identity } = c.var;
  const { orgId } = identity;
  const { rows, next } = await searchPage(
    { database, index },
    {
      kind: "generation",
      owners: [orgId],
      text,
      limit: query.limit,
      from: searchPosition(query),
      load: (ids) => findGenerations(database, orgId, ids, query),
      textsOf: (row) => textsOfGeneration(row),
    },
  );
  return {
    items: rows.map((row) => toGenerationResource(row, hasLinks(c.env))),
    nextCursor: next === null ? null : searchCursor(next),
  };
}
