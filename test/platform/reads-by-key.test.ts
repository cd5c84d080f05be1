// The queries that find one row by its key. SQLite compiles a statement with a bound LIMIT anew for each request.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { observeStatements } from "../../dev/observed-d1.ts";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, givenVoice } from "../support/fixtures.ts";

describe.each([
  ["/api/audio/{id}", givenGeneration],
  ["/api/audio/{id}/peaks", givenGeneration],
  ["/api/generations/{id}", givenGeneration],
  ["/api/voices/{id}", givenVoice],
  ["/api/voices/{id}/peaks", givenVoice],
  ["/api/voices/{id}/metadata", givenVoice],
])("GET %s", (path, given) => {
  it("reads the row without LIMIT", async () => {
    const id = await given("org_a");
    const queries: string[] = [];
    const isolate = newIsolate({ DB: observeStatements(env.DB, ({ sql }) => queries.push(sql)) });
    await statusOf(call(path.replace("{id}", id), { as: "org_a", isolate }));
    const selects = queries.filter((query) => query.startsWith("select"));
    expect(selects.length).toBeGreaterThan(0);
    for (const query of selects) expect(query).not.toMatch(/\blimit\b/i);
  });
});
