// Applying changes to the search index: in any order, repeatedly, and by two runs at once.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { blockOf, writeDocuments } from "../../src/search/documents.ts";
import { applyChanges } from "../../src/search/feed.ts";
import { matchExpression } from "../../src/search/grams.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { drainSearchChanges, found } from "./found.ts";

describe("a change that is applied", () => {
  /** Applies a change of the organisation's only object: its sequence number, and its new text or "deleted". */
  const apply = async (orgId: string, change: string) => {
    const [sequence, text = ""] = change.split(" ");
    const object = {
      kind: "generation" as const,
      orgId,
      objectId: `of ${orgId}`,
      sequence: Number(sequence),
    };
    const texts = text === "deleted" ? null : [text];
    await writeDocuments(env.SEARCH_DB, [{ ...object, texts }], new Date());
  };
  const documentsWith = async (orgId: string, token: string) => {
    const scope = await env.SEARCH_DB.prepare("select id from scopes where org_id = ?")
      .bind(orgId)
      .first<number>("id");
    const query = matchExpression(blockOf(Number(scope) * 2 ** 28), token);
    return env.SEARCH_DB.prepare("select count(*) as n from tokens where tokens match ?")
      .bind(query)
      .first("n");
  };

  it.each([
    ["twice", ["7 new", "7 new"], { old: 0, new: 1 }],
    ["after a later one", ["8 new", "7 old"], { old: 0, new: 1 }],
    ["after the deletion of its object", ["8 deleted", "7 old"], { old: 0, new: 0 }],
    ["before the deletion of its object", ["7 old", "8 deleted"], { old: 0, new: 0 }],
    ["after the deletion of an earlier object", ["7 deleted", "8 new"], { old: 0, new: 1 }],
    [
      "again after each of them",
      ["7 old", "8 new", "7 old", "9 deleted", "8 new", "7 old"],
      { old: 0, new: 0 },
    ],
  ])("%s leaves the state of the last one", async (_fact, changes, expected) => {
    const orgId = newOrg();
    for (const change of changes) await apply(orgId, change);
    expect({ old: await documentsWith(orgId, "old"), new: await documentsWith(orgId, "new") }).toEqual(
      expected,
    );
  });

  it("by two runs at once is one document, with one number", async () => {
    const orgId = newOrg();
    const ids = await Promise.all(Array.from({ length: 20 }, () => givenGeneration(orgId)));
    const databases = { database: env.DB, index: env.SEARCH_DB };
    await Promise.all(Array.from({ length: 3 }, () => applyChanges(databases, 100)));
    await drainSearchChanges();
    const inScope = `documents d join scopes s on s.id = d.scope_id where org_id = '${orgId}'`;
    const documents = env.SEARCH_DB.prepare(`select count(*) as n from ${inScope}`);
    expect(await documents.first<number>("n")).toBe(20);
    expect(new Set(await found(orgId, "generations", "hello"))).toEqual(new Set(ids));
  });
});
