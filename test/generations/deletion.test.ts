// Deleting generations, one or several: their rows, their objects, and whose they are.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import { call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, newOrg, runCron } from "../support/fixtures.ts";
import { getAudio, newId } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { DAY_MINUTES, remove, removeAll, statusAndBody, storedCounts } from "./deletions.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("DELETE /api/generations/{generationId}", () => {
  itRejectsUnauthenticated("/api/generations/x", { method: "DELETE" });

  it("deletes row, object and cached row, is 404 when repeated, and forgets the generation after a day", async () => {
    const orgId = newOrg();
    const [id, kept] = [await givenGeneration(orgId), await givenGeneration(orgId)];
    const isolate = newIsolate();
    await statusOf(call(`/api/audio/${id}`, { as: orgId, isolate }));

    const response = await remove(id, orgId, { isolate });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, queued: 1 });
    expect(await statusAndBody(remove(id, orgId))).toEqual([404, { error: "Generation not found" }]);
    for (const path of [`/api/audio/${id}`, `/api/audio/${id}/peaks`, `/api/generations/${id}`]) {
      expect(await statusOf(call(path, { as: orgId, isolate })), path).toBe(404);
    }
    expect(await statusOf(getAudio(kept, orgId))).toBe(200);

    await runCron({ minutesLater: DAY_MINUTES });
    expect(await storedCounts(orgId)).toMatchObject({ queued: 1 });
    await runCron({ minutesLater: DAY_MINUTES + 61 });
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, queued: 0 });
  });

  it.each(["processing", "failed", "object missing"] as const)(
    "deletes a generation that is %s",
    async (state) => {
      const orgId = newOrg();
      const failed = state === "failed" ? { failedAt: new Date(), failureReason: "no GPU" } : {};
      const id = await givenGeneration(orgId, state === "failed" ? "processing" : state, failed);
      expect(await statusOf(remove(id, orgId))).toBe(204);
      expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 0 });
    },
  );

  it("deletes the object that the row names, also under another key", async () => {
    const orgId = newOrg();
    const r2ObjectKey = `generations/orgs/${orgId}/of-the-app`;
    const id = await givenGeneration(orgId, "processing", { r2ObjectKey });
    await env.AUDIO.put(r2ObjectKey, "audio");
    expect(await statusOf(remove(id, orgId))).toBe(204);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 0 });
  });

  it("is 404 for a generation of another organisation and an unknown id, and deletes nothing", async () => {
    const owner = newOrg();
    const id = await givenGeneration(owner);
    for (const [path, as] of [
      [id, newOrg()],
      [newId(), owner],
      [`${id}%00`, owner],
      [`${id}%22%5D`, owner],
    ] as const) {
      expect(await statusAndBody(remove(path, as))).toEqual([404, { error: "Generation not found" }]);
    }
    expect(await storedCounts(owner)).toEqual({ rows: 1, objects: 1, queued: 0 });
  });

  it("is 204 when R2 fails: the generation is 404 at once, and the cron deletes the object", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    const AUDIO = failing(env.AUDIO, "delete");
    expect(await statusOf(remove(id, orgId, { env: { AUDIO } }))).toBe(204);
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, queued: 1 });
    expect(await statusOf(getAudio(id, orgId))).toBe(404);
    await runCron({ minutesLater: 2, env: { AUDIO } });
    expect(await storedCounts(orgId)).toMatchObject({ objects: 1 });
    await runCron({ minutesLater: 2 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 1 });
  });

  it("is 500 and deletes nothing when D1 fails", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    expect(await statusOf(remove(id, orgId, { env: { DB: failing(env.DB, "batch") } }))).toBe(500);
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, queued: 0 });
  });

  it("is 403 with the session cookie and a disallowed origin, and deletes nothing", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    const headers = {
      Cookie: `__session=${await sessionToken({ orgId })}`,
      Origin: "https://evil.example",
      ...JSON_TYPE,
    };
    const body = JSON.stringify({ ids: [id] });
    for (const [method, path, init] of [
      ["DELETE", `/api/generations/${id}`, {}],
      ["POST", "/api/generations/delete", { body }],
    ] as const) {
      expect(await statusOf(call(path, { method, headers, ...init })), path).toBe(403);
    }
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, queued: 0 });
  });
});

describe("POST /api/generations/delete", () => {
  itRejectsUnauthenticated("/api/generations/delete", {
    method: "POST",
    headers: JSON_TYPE,
    body: '{"ids":["x"]}',
  });

  it("deletes those that the organisation has, names the others, and counts an id once", async () => {
    const [orgId, other] = [newOrg(), newOrg()];
    const [a, b, kept] = [
      await givenGeneration(orgId),
      await givenGeneration(orgId, "processing"),
      await givenGeneration(orgId),
    ];
    const foreign = await givenGeneration(other);
    const ids = ["none", b, foreign, a, b];
    expect(await statusAndBody(removeAll(ids, orgId))).toEqual([
      200,
      { deleted: [b, a], notFound: ["none", foreign] },
    ]);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 1, objects: 1 });
    expect(await storedCounts(other)).toEqual({ rows: 1, objects: 1, queued: 0 });
    expect(await statusOf(getAudio(kept, orgId))).toBe(200);
    expect(await statusAndBody(removeAll([a, b], orgId))).toEqual([200, { deleted: [], notFound: [a, b] }]);
  });

  it("deletes 100 with one D1 batch and one R2 call, and forgets them from the isolate", async () => {
    const orgId = newOrg();
    const ids = await Promise.all(Array.from({ length: 100 }, () => givenGeneration(orgId)));
    const batches: number[] = [];
    const batch = (statements: D1PreparedStatement[]) => {
      batches.push(statements.length);
      return env.DB.batch(statements);
    };
    const deletions: number[] = [];
    const deleteObjects = (keys: string[]) => {
      deletions.push(keys.length);
      return env.AUDIO.delete(keys);
    };
    const isolate = newIsolate({
      DB: withMethods(env.DB, { batch }),
      AUDIO: withMethods(env.AUDIO, { delete: deleteObjects }),
    });
    const [first = ""] = ids;
    await statusOf(call(`/api/audio/${first}`, { as: orgId, isolate }));
    expect(await statusAndBody(removeAll(ids, orgId, { isolate }))).toEqual([
      200,
      { deleted: ids, notFound: [] },
    ]);
    // The second batch updates the queue.
    expect({ batches, deletions }).toEqual({ batches: [3, 2], deletions: [100] });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 100 });
    expect(await statusOf(call(`/api/audio/${first}`, { as: orgId, isolate }))).toBe(404);
  });

  it.each([
    ["101 ids", Array.from({ length: 101 }, (_, index) => `id-${index}`)],
    ["no id", []],
    ["a number", [7]],
    ["null", null],
    ["text", "id"],
    ["an object", [{ id: "x" }]],
  ])("is 400 for %s, and touches neither D1 nor R2", async (_what, ids) => {
    const { isolate, d1, r2 } = newCountingIsolate();
    const response = await removeAll(ids, newOrg(), { isolate });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input" });
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  });

  it.each([
    ["an unknown field", 400, { body: '{"ids":["x"],"all":true}' }],
    ["malformed JSON", 400, { body: "{" }],
    ["another media type", 415, { headers: { "Content-Type": "text/plain" } }],
    ["a body over 1 MiB", 413, { body: JSON.stringify({ ids: ["x".repeat(1024 * 1024)] }) }],
  ])("with %s is %i and touches neither D1 nor R2", async (_what, status, request) => {
    const { isolate, d1, r2 } = newCountingIsolate();
    expect(await statusOf(removeAll(["x"], newOrg(), { ...request, isolate }))).toBe(status);
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  });
});
