// The rows of the outbox: none without a receiver, in the batch of the change, and with sequences that only increase.
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { beforeEach, describe, expect, it } from "vitest";
import { recordGenerationEvents } from "../../src/events/record.ts";
import { generations } from "../../src/platform/schema.ts";
import { failingQueries } from "../support/bindings.ts";
import { call, statusOf } from "../support/call.ts";
import { EVENTS, receivedEvents, receivedTypes, resetEvents } from "../support/events.ts";
import {
  fixture,
  givenGeneration,
  givenSubscriber,
  givenVoice,
  newOrg,
  runCron,
} from "../support/fixtures.ts";
import { givenBegunGeneration, newId, putAudio } from "../support/ingest.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

beforeEach(resetEvents);

describe("the outbox of the change feed", () => {
  it("records nothing when EVENTS_URL is unset", async () => {
    const before = await env.DB.prepare("select count(*) as n from change_events").first("n");
    const orgId = await givenSubscriber();
    const response = await upload(orgId, await fixture("speech.mp3"), {
      headers: { "Content-Type": "audio/mpeg" },
    });
    const { id } = (await response.json()) as { id: string };
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    const begun = await givenBegunGeneration();
    expect(await statusOf(putAudio(begun.id, silentWav(1)))).toBe(200);
    await runCron({ minutesLater: 1 });
    expect(await env.DB.prepare("select count(*) as n from change_events").first("n")).toBe(before);
    expect(await receivedTypes(id)).toEqual([]);
  });

  it("makes no change whose event cannot be recorded", async () => {
    const orgId = await givenSubscriber();
    const id = await givenVoice(orgId);
    const generation = await givenBegunGeneration();
    const DB = failingQueries(env.DB, /^insert into "change_events"/);
    const broken = { ...EVENTS, DB };
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: broken }))).toBe(500);
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId }))).toBe(200);
    expect(await statusOf(putAudio(generation.id, silentWav(1), { env: broken }))).toBe(500);
    const row = env.DB.prepare("select r2_object_key from generations where id = ?").bind(generation.id);
    expect(await row.first("r2_object_key")).toBeNull();
    const headers = { "Content-Type": "audio/mpeg" };
    const created = upload(orgId, await fixture("speech.mp3"), { headers, env: broken });
    expect(await statusOf(created)).toBe(500);
    const voices = await env.DB.prepare("select id from voices where org_id = ?").bind(orgId).all();
    expect(voices.results).toEqual([{ id }]);
  });

  it("gives every event of one batch its own sequence, in one order", async () => {
    const orgId = newOrg();
    const ids = await Promise.all([1, 2, 3].map(() => givenGeneration(orgId)));
    const db = drizzle(env.DB);
    const receiver = { url: EVENTS.EVENTS_URL, secret: EVENTS.EVENTS_SECRET };
    const [insert] = recordGenerationEvents(db, receiver, "generation.deleted", eq(generations.orgId, orgId));
    await insert;
    const rows = await env.DB.prepare(
      "select sequence, id, object_id from change_events where object_id in (select id from generations where org_id = ?) order by sequence",
    )
      .bind(orgId)
      .all<{ sequence: number; id: string; object_id: string }>();
    expect(rows.results.map((row) => row.object_id)).toEqual(ids.toSorted());
    const [first = 0] = rows.results.map((row) => row.sequence);
    expect(rows.results.map((row) => row.sequence)).toEqual([first, first + 1, first + 2]);
    expect(new Set(rows.results.map((row) => row.id)).size).toBe(3);
    await env.DB.prepare("delete from change_events where sequence >= ?").bind(first).run();
  });

  it("goes on from the highest sequence, also when the clock is behind it", async () => {
    const ahead = Date.now() + 3_600_000;
    const sentinel = newId();
    await env.DB.prepare(
      "insert into change_events (sequence, id, type, object_id, data, occurred_at, due_at, delivered_at) values (?, 'x', 'voice.deleted', ?, '{}', 0, 0, 0)",
    )
      .bind(ahead, sentinel)
      .run();
    const { id } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, silentWav(1), { env: EVENTS }))).toBe(200);
    expect(await receivedEvents(id)).toMatchObject([{ sequence: ahead + 1 }]);
    await env.DB.prepare("delete from change_events where sequence >= ?").bind(ahead).run();
  });
});
