// Searches as a client does, page by page to the end; and rows to be found.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { applyChanges } from "../../src/search/feed.ts";
import { call } from "../support/call.ts";

interface Item {
  id: string;
}

/** The ids that a search finds, in their order. */
export async function found(
  orgId: string,
  path: "voices" | "generations",
  search: string,
  query: { limit?: string; [name: string]: string | undefined } = {},
  isolate?: Env,
): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const parameters: URLSearchParams = new URLSearchParams({ search, ...query, ...(cursor && { cursor }) });
    const response = await call(`/api/${path}?${parameters}`, { as: orgId, ...(isolate && { isolate }) });
    const page = (await response.json()) as { items: Item[]; nextCursor: string | null };
    expect(response.status, JSON.stringify(page)).toBe(200);
    expect(page.items.length).toBeLessThanOrEqual(Number(query.limit ?? 50));
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

/** Applies every change that waits for the search index. */
export async function drainSearchChanges(): Promise<void> {
  while ((await applyChanges({ database: env.DB, index: env.SEARCH_DB }, 100)) > 0);
}

/** Inserts `count` generations of `orgId` in one statement. Returns their ids, the newest first. */
export async function givenGenerations(orgId: string, count: number, text: string): Promise<string[]> {
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  const rows = JSON.stringify(ids);
  await env.DB.batch([
    env.DB.prepare(
      `insert into generations (id, org_id, voice_name, text, r2_object_key, created_at)
       select value, ?2, '~', ?3, 'key of ' || value, key from json_each(?1)`,
    ).bind(rows, orgId, text),
    env.DB.prepare(
      `insert into search_changes (kind, object_id, org_id) select 'generation', value, ?2 from json_each(?1)`,
    ).bind(rows, orgId),
  ]);
  return ids.toReversed();
}

/** Deletes generations of `orgId` in one statement. */
export async function givenDeletedGenerations(orgId: string, ids: string[]): Promise<void> {
  const rows = JSON.stringify(ids);
  await env.DB.batch([
    env.DB.prepare("delete from generations where id in (select value from json_each(?))").bind(rows),
    env.DB.prepare(
      `insert into search_changes (kind, object_id, org_id) select 'generation', value, ?2 from json_each(?1)`,
    ).bind(rows, orgId),
  ]);
}
