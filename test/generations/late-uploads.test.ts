// A generation that is deleted while it is being stored or begun stays deleted, and leaves nothing behind.
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AudioIngest } from "../../src/ingest/rpc.ts";
import { FaultyBindings } from "../faults/faulty-bindings.ts";
import { beforeEachPart, withMethods } from "../support/bindings.ts";
import { statusOf } from "../support/call.ts";
import { givenGeneration, newOrg, runCron } from "../support/fixtures.ts";
import {
  getAudio,
  givenBegunGeneration,
  newGeneration,
  newId,
  putAudio,
  putJson,
} from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { DAY_MINUTES, remove, removeAll, statusAndBody, storedCounts } from "./deletions.ts";

const WAV = silentWav(2);
const DELETED = { error: "This generation was deleted" };

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a generation that is deleted while its audio is being stored", () => {
  const expectGone = async (id: string, orgId: string) => {
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 0 });
    expect(await statusOf(getAudio(id, orgId))).toBe(404);
    expect(await statusAndBody(putAudio(id, WAV))).toEqual([404, { error: "Generation not found" }]);
  };

  it.each(["before", "after"])(
    "%s its object is written: the upload is 409 and leaves nothing",
    async (when) => {
      const { id, orgId } = await givenBegunGeneration();
      const put = async (...args: Parameters<R2Bucket["put"]>) => {
        if (when === "before") expect(await statusOf(remove(id, orgId))).toBe(204);
        const stored = await env.AUDIO.put(...args);
        if (when === "after") expect(await statusOf(remove(id, orgId))).toBe(204);
        return stored;
      };
      const AUDIO = withMethods(env.AUDIO, { put });
      expect(await statusAndBody(putAudio(id, WAV, { env: { AUDIO } }))).toEqual([409, DELETED]);
      await expectGone(id, orgId);
    },
  );

  it("in parts: the upload is 409 and leaves nothing", async () => {
    const { id, orgId } = await givenBegunGeneration();
    let part = 0;
    const AUDIO = beforeEachPart(env.AUDIO, async () => {
      part += 1;
      if (part === 2) expect(await statusOf(remove(id, orgId))).toBe(204);
    });
    expect(await statusAndBody(putAudio(id, streamOf(silentWav(140)), { env: { AUDIO } }))).toEqual([
      409,
      DELETED,
    ]);
    await expectGone(id, orgId);
  });

  it("and whose Worker is then killed: the cron deletes the object a day later", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(remove(id, orgId))).toBe(204);
    await env.AUDIO.put(`generations/orgs/${orgId}/${id}`, "landed late");
    await runCron({ minutesLater: DAY_MINUTES });
    expect(await storedCounts(orgId)).toMatchObject({ objects: 1, queued: 1 });
    await runCron({ minutesLater: DAY_MINUTES + 61 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 0 });
  });

  it("again, because R2 had lost it: the upload is 409 and leaves nothing", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await env.AUDIO.delete(`generations/orgs/${orgId}/${id}`);
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      expect(await statusOf(remove(id, orgId))).toBe(204);
      return env.AUDIO.put(...args);
    };
    const AUDIO = withMethods(env.AUDIO, { put });
    expect(await statusAndBody(putAudio(id, WAV, { env: { AUDIO } }))).toEqual([409, DELETED]);
    await expectGone(id, orgId);
  });

  it.each([
    [
      "while another organisation begins its id: the upload is 409, and that generation is not touched",
      false,
    ],
    ["again, while another organisation begins its id: that generation is not touched", true],
  ])("%s", async (_fact, isRepeated) => {
    const [{ id, orgId }, other] = [await givenBegunGeneration(), newOrg()];
    if (isRepeated) {
      expect(await statusOf(putAudio(id, WAV))).toBe(200);
      await env.AUDIO.delete(`generations/orgs/${orgId}/${id}`);
    }
    const row = () => env.DB.prepare("select * from generations where id = ?").bind(id).first();
    let begun: unknown;
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      expect(await statusOf(remove(id, orgId))).toBe(204);
      expect(await statusOf(putJson(id, newGeneration(other)))).toBe(201);
      begun = await row();
      return env.AUDIO.put(...args);
    };
    const AUDIO = withMethods(env.AUDIO, { put });
    expect(await statusAndBody(putAudio(id, WAV, { env: { AUDIO } }))).toEqual([409, DELETED]);
    expect(await row()).toEqual(begun);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 0 });
  });
});

describe("a generation that was deleted", () => {
  it("does not begin again for a day, nor fail, nor get audio; later its id is free", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(remove(id, orgId))).toBe(204);
    const begin = () => putJson(id, newGeneration(orgId));
    expect(await statusAndBody(begin())).toEqual([409, DELETED]);
    expect(await statusOf(putAudio(id, WAV))).toBe(404);
    expect(await statusOf(putJson(`${id}/failure`, { reason: "late" }))).toBe(404);
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 1 });
    // Of another organisation it is another generation.
    expect(await statusOf(putJson(id, newGeneration(newOrg())))).toBe(201);
    await env.DB.prepare("delete from generations where id = ?").bind(id).run();

    await runCron({ minutesLater: DAY_MINUTES + 61 });
    expect(await statusOf(begin())).toBe(201);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    await runCron({ minutesLater: 3 * DAY_MINUTES });
    expect(await statusOf(getAudio(id, orgId))).toBe(200);
  });

  it("is refused also when its row named another key, and neither object comes back or stays", async () => {
    const orgId = newOrg();
    const r2ObjectKey = `generations/orgs/${orgId}/of-the-app`;
    const id = await givenGeneration(orgId, "processing", { r2ObjectKey });
    await env.AUDIO.put(r2ObjectKey, "audio");
    expect(await statusOf(remove(id, orgId))).toBe(204);
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 2 });
    expect(await statusAndBody(putJson(id, newGeneration(orgId)))).toEqual([409, DELETED]);
    await env.AUDIO.put(r2ObjectKey, "landed late");
    await runCron({ minutesLater: DAY_MINUTES + 61 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 0 });
  });

  it("is not brought back by a begin that takes effect after the deletion", async () => {
    const [id, orgId] = [newId(), newOrg()];
    // D1: looks for the row, inserts, and repeats the insertion that did not answer.
    const hangs = { step: 1, kind: "hangs", statement: 0, d1Error: "", r2Refusal: "" } as const;
    const faulty = new FaultyBindings([hangs], fakeDelays());
    expect(await statusOf(putJson(id, newGeneration(orgId), { env: faulty.bindings }))).toBe(201);
    expect(faulty.operations.join()).toContain("(hangs)");
    expect(await statusOf(remove(id, orgId))).toBe(204);
    await faulty.applyLate();
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0 });
  });

  it("is not brought back, nor billed, by a lease and a commit that take effect after the deletion", async () => {
    const delays = fakeDelays({ withDate: true });
    const { id, orgId } = await givenBegunGeneration();
    // The lease hangs once; then come its repetition, the put and the get; the commit hangs until the deadline.
    const faults = [0, 4, 5].map(
      (step) => ({ step, kind: "hangs", statement: 0, d1Error: "", r2Refusal: "" }) as const,
    );
    const faulty = new FaultyBindings(faults, delays);
    expect(await statusOf(putAudio(id, WAV, { env: faulty.bindings }))).toBe(500);
    expect(faulty.operations.filter((name) => name.includes("(hangs)"))).toHaveLength(3);
    expect(await statusOf(remove(id, orgId))).toBe(204);
    await faulty.applyLate();
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 0 });
    const events = env.DB.prepare("select count(*) as n from metering_events where org_id = ?").bind(orgId);
    expect(await events.first("n")).toBe(0);
  });

  it("stays deleted when the deletion itself takes effect twice", async () => {
    const orgId = newOrg();
    const [id, kept] = [await givenGeneration(orgId), await givenGeneration(orgId)];
    const hangs = { step: 0, kind: "hangs", statement: 0, d1Error: "", r2Refusal: "" } as const;
    const faulty = new FaultyBindings([hangs], fakeDelays());
    expect(await statusOf(remove(id, orgId, { env: faulty.bindings }))).toBe(204);
    await faulty.applyLate();
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, queued: 1 });
    expect(await statusOf(getAudio(kept, orgId))).toBe(200);
  });

  it("is named as deleted when the response of D1 was lost", async () => {
    const orgId = newOrg();
    const [a, b] = [await givenGeneration(orgId), await givenGeneration(orgId, "processing")];
    const r2ObjectKey = `generations/orgs/${orgId}/of-the-app`;
    const migrated = await givenGeneration(orgId, "processing", { r2ObjectKey });
    await env.AUDIO.put(r2ObjectKey, "audio");
    await statusOf(remove(b, orgId));
    const lost = {
      step: 0,
      kind: "response lost",
      statement: 0,
      r2Refusal: "",
      d1Error: "Network connection lost",
    } as const;
    const faulty = new FaultyBindings([lost], fakeDelays());
    // b was deleted by another request.
    const ids = [a, b, migrated, "none"];
    expect(await statusAndBody(removeAll(ids, orgId, { env: faulty.bindings }))).toEqual([
      200,
      { deleted: [a, migrated], notFound: [b, "none"] },
    ]);
    // The cron deletes the object whose key only the lost response had.
    await runCron({ minutesLater: 2 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 4 });
  });
});

it("a begin by RPC of a generation that was deleted returns the code generation_deleted", async () => {
  const { id, orgId } = await givenBegunGeneration();
  expect(await statusOf(remove(id, orgId))).toBe(204);
  const ingest = (exports as unknown as { AudioIngest: Service<typeof AudioIngest> }).AudioIngest;
  expect(await ingest.beginGeneration(id, newGeneration(orgId))).toMatchObject({
    ok: false,
    status: 409,
    code: "generation_deleted",
  });
});
