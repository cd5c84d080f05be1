// A search of voices: the organisation's own, then the system voices, each the newest first.
import type { Context } from "hono";
import type { SessionEnv } from "../auth/session.ts";
import { hasLinks } from "../platform/env.ts";
import { matchesLanguageRange } from "../platform/language-tag.ts";
import { type Page, searchCursor, searchPosition } from "../platform/pagination.ts";
import { searchPage } from "../search/page.ts";
import { textsOfVoice } from "../search/texts.ts";
import { findVoices } from "./queries.ts";
import { toVoiceResource, type VoiceListQuery, type VoiceResource } from "./schema.ts";

/** @throws {ApiError} `search_unavailable` */
export async function searchVoices<E extends SessionEnv>(
  c: Context<E>,
  query: Omit<VoiceListQuery, "sort">,
  text: string,
): Promise<Page<VoiceResource>> {
  const { database, searchDatabase: index, identity } = c.var;
  const { orgId } = identity;
  const owners = query.variant === "CUSTOM" ? [orgId] : query.variant === "SYSTEM" ? [null] : [orgId, null];
  const { rows, next } = await searchPage(
    { database, index },
    {
      kind: "voice",
      owners,
      text,
      limit: query.limit,
      from: searchPosition(query),
      load: async (ids) => {
        const rows = await findVoices(database, orgId, ids, query);
        return rows.filter(({ language }) => matchesLanguageRange(language, query.language));
      },
      textsOf: (row) => textsOfVoice(row),
    },
  );
  return {
    items: rows.map((row) => toVoiceResource(row, hasLinks(c.env))),
    nextCursor: next === null ? null : searchCursor(next),
  };
}
