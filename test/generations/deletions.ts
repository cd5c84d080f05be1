// Requests that delete generations, and what is stored of an organisation's generations.
import { env } from "cloudflare:workers";
import { type Call, call } from "../support/call.ts";

export const remove = (id: string, as: string, more: Call = {}) =>
  call(`/api/generations/${id}`, { as, method: "DELETE", ...more });

export const removeAll = (ids: unknown, as: string, { headers, ...more }: Call = {}) =>
  call("/api/generations/delete", {
    as,
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ ids }),
    ...more,
  });

export const statusAndBody = async (pending: Promise<Response>) => {
  const response = await pending;
  return [response.status, await response.json()];
};

/** The rows, objects and queued deletions of an organisation's generations. */
export async function storedCounts(orgId: string) {
  const count = (sql: string) => env.DB.prepare(sql).bind(orgId).first<number>("n");
  const { objects } = await env.AUDIO.list({ prefix: `generations/orgs/${orgId}/` });
  return {
    rows: await count("select count(*) as n from generations where org_id = ?"),
    objects: objects.length,
    queued: await count(
      "select count(*) as n from pending_object_deletions where instr(r2_object_key, ?) > 0",
    ),
  };
}

export const DAY_MINUTES = 24 * 60;
