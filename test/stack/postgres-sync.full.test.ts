// The change feed from a running Worker into a real Postgres, through the handler that adopters copy: whatever the
// receiver does meanwhile, Postgres and D1 end with the same rows.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  deleteGeneration,
  deleteVoice,
  storeGeneration,
} from "../../integrations/postgres-sync/service-calls.ts";
import { silentWav } from "../support/wav.ts";
import { startFeedStack } from "./feed-stack.ts";

let stack: Awaited<ReturnType<typeof startFeedStack>>;

beforeAll(async () => {
  stack = await startFeedStack();
}, 120_000);
afterAll(() => stack.stop());
beforeEach(() => {
  stack.receiver.trouble = "none";
});

const rename = (id: string, name: string) =>
  stack.asUser(`/api/voices/${id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });

async function generate(voiceId: string | null, id: string = crypto.randomUUID()): Promise<string> {
  const numbers = { temperature: 0.30000000000000004, topP: 1e-7, topK: 2147483647, repetitionPenalty: 1.2 };
  const text = `"Quoted" \\ and 長い\r\n${"words ".repeat(200)}`;
  const generation = { orgId: stack.orgId, voiceId, voiceName: "Grandma 声", text, ...numbers };
  await storeGeneration(stack.service, id, generation, silentWav(1));
  return id;
}

describe("Postgres behind the change feed", () => {
  it("has a voice and a generation without the cron, with every field as in D1, and loses them again", async () => {
    const voiceId = await stack.createVoice();
    const id = await generate(voiceId);
    await expect.poll(async () => (await stack.appRows()).generations).toMatchObject([{ id, voiceId }]);
    const { voices } = await stack.expectSameRows();
    expect(voices).toMatchObject([{ id: voiceId, name: "Grandma 声", description: "a\nb" }]);

    expect((await rename(voiceId, "Opa")).status).toBe(200);
    await expect.poll(async () => (await stack.appRows()).voices).toMatchObject([{ name: "Opa" }]);
    await stack.expectSameRows();

    expect((await stack.asUser(`/api/voices/${voiceId}`, { method: "DELETE" })).status).toBe(204);
    await expect.poll(async () => (await stack.appRows()).voices).toEqual([]);
    expect((await stack.expectSameRows()).generations).toMatchObject([{ id, voiceId: null }]);

    expect((await stack.asUser(`/api/generations/${id}`, { method: "DELETE" })).status).toBe(204);
    await expect.poll(async () => (await stack.appRows()).generations).toEqual([]);
    await stack.expectSameRows();
  });

  it("has what the app deletes over /internal deleted on both sides, whichever side is first", async () => {
    const [first, second] = [await stack.createVoice("First"), await stack.createVoice("Second")];
    await stack.settle();
    await deleteVoice(stack.service, first);
    await stack.sql(`delete from "Voice" where "id" = '${first}'`);
    await stack.sql(`delete from "Voice" where "id" = '${second}'`);
    for (const _time of [1, 2]) await deleteVoice(stack.service, second);
    const id = await generate(null);
    await stack.settle();
    await deleteGeneration(stack.service, id, stack.orgId);
    await stack.settle();
    expect(await stack.expectSameRows()).toEqual({ voices: [], generations: [] });
  });

  it("has no row of a generation that failed, as the app keeps none", async () => {
    const id = crypto.randomUUID();
    const begin = { orgId: stack.orgId, voiceName: "A", text: "B" };
    const put = (path: string, body: unknown) =>
      fetch(`${stack.service.origin}/internal/generations/${id}${path}`, {
        method: "PUT",
        headers: {
          Authorization: `Bearer ${stack.service.ingestSecret}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify(body),
      });
    expect((await put("", begin)).status).toBe(201);
    await stack.sql(
      `insert into "Generation" values ('${id}', '${stack.orgId}', null, 'B', 'A', null, 1, 1, 1, 1, now(), now())`,
    );
    expect((await put("/failure", { reason: "no GPU" })).status).toBe(200);
    await stack.settle();
    await stack.expectSameRows();
  });

  it.each(["answers 500", "hangs", "breaks after applying", "breaks before applying"] as const)(
    "has the same rows in the end when the receiver %s for a while",
    { timeout: 120_000 },
    async (kind) => {
      const kept = await stack.createVoice(`Kept ${kind}`);
      await stack.settle();
      stack.receiver.trouble = kind;
      const created = await stack.createVoice(`During ${kind}`);
      const generated = await generate(created);
      const ofDeleted = await generate(kept);
      for (const name of ["Second", "Third"]) expect((await rename(created, name)).status).toBe(200);
      const gone = await generate(null);
      expect((await stack.asUser(`/api/generations/${gone}`, { method: "DELETE" })).status).toBe(204);
      expect((await stack.asUser(`/api/voices/${kept}`, { method: "DELETE" })).status).toBe(204);
      await stack.tick(3);
      stack.receiver.trouble = "none";
      await stack.settle();
      const { voices, generations } = await stack.expectSameRows();
      expect(voices).toContainEqual(expect.objectContaining({ id: created, name: "Third" }));
      expect(generations).toContainEqual(expect.objectContaining({ id: generated, voiceId: created }));
      expect(generations).toContainEqual(expect.objectContaining({ id: ofDeleted, voiceId: null }));
    },
  );

  it("has the same rows in the end when the app is down for a while", { timeout: 60_000 }, async () => {
    await stack.receiver.stopListening();
    const voiceId = await stack.createVoice("Down");
    await generate(voiceId);
    await stack.tick(0);
    await stack.receiver.listen();
    await stack.settle();
    await stack.expectSameRows();
  });
});
