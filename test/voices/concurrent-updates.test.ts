// Updates of a voice that meet other updates, their own late effects, or the measuring of its levels.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { FaultyBindings } from "../faults/faulty-bindings.ts";
import { analysisOf, HALF_SILENT, halfSilentWav, peaksOf } from "../levels/measured-audio.ts";
import { call, statusOf } from "../support/call.ts";
import { givenVoice, newOrg } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { metadata, nameOf, patch } from "./updates.ts";

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("concurrent updates of a voice", () => {
  it("all succeed, and lose no field", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const updates = [{ name: "A" }, { category: "PODCAST" }, { language: "de" }, { description: "B" }];
    const responses = await Promise.all(updates.map((update) => patch(id, orgId, update)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await metadata(id, orgId)).toMatchObject(Object.assign({}, ...updates));
  });

  it("an attempt that takes effect after a later update does not undo it", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { name: "First" });
    // D1: reads the version, updates, and repeats the update that did not answer.
    const hangs = { step: 1, kind: "hangs", statement: 0, d1Error: "", r2Refusal: "" } as const;
    const faulty = new FaultyBindings([hangs], fakeDelays());
    expect(await statusOf(patch(id, orgId, { name: "Second" }, { env: faulty.bindings }))).toBe(200);
    expect(faulty.operations.join()).toContain("(hangs)");
    expect(await nameOf(id)).toBe("Second");
    expect(await statusOf(patch(id, orgId, { name: "Third" }))).toBe(200);
    await faulty.applyLate();
    expect(await nameOf(id)).toBe("Third");
  });

  it("an update whose response D1 loses is applied once", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const lost = {
      step: 1,
      kind: "response lost",
      statement: 0,
      d1Error: "Network connection lost",
      r2Refusal: "",
    } as const;
    const faulty = new FaultyBindings([lost], fakeDelays());
    const response = await patch(id, orgId, { name: "A" }, { env: faulty.bindings });
    const { updatedAt } = (await response.json()) as VoiceResource;
    expect(response.status).toBe(200);
    // D1: reads the version, updates, finds that the repeated update changes nothing, and reads what was updated.
    expect(faulty.operations).toHaveLength(4);
    expect(await metadata(id, orgId)).toMatchObject({ name: "A", updatedAt });
  });

  it("an update whose clock is behind the last one still changes the voice, and moves updatedAt", async () => {
    const orgId = newOrg();
    const future = new Date(Date.now() + 60_000);
    const id = await givenVoice(orgId, "ready", { updatedAt: future });
    const voice = (await (await patch(id, orgId, { name: "A" })).json()) as VoiceResource;
    expect(voice).toMatchObject({ name: "A", updatedAt: new Date(future.getTime() + 1).toISOString() });
  });
});

describe("the levels of a voice that is renamed", () => {
  const givenPcm = (orgId: string) =>
    givenVoice(orgId, "ready", { bytes: halfSilentWav(1), durationSeconds: 1, codec: "PCM" });

  it("stay when they are known", async () => {
    const orgId = newOrg();
    const id = await givenPcm(orgId);
    const before = await peaksOf(await call(`/api/voices/${id}/peaks`, { as: orgId }));
    expect(await (await patch(id, orgId, { name: "A" })).json()).toMatchObject(HALF_SILENT);
    const unasked = analysisOf(() => ({ kind: "missing" }));
    const after = await call(`/api/voices/${id}/peaks`, { as: orgId, env: unasked });
    expect(await peaksOf(after)).toEqual(before);
    expect(unasked.ANALYSIS.levels).not.toHaveBeenCalled();
  });

  it("are measured by the next request when it is renamed while they are measured", async () => {
    const orgId = newOrg();
    const id = await givenPcm(orgId);
    const renaming = analysisOf(async () => {
      await statusOf(patch(id, orgId, { name: "A" }));
      return { kind: "levels", ...HALF_SILENT, peaks: Uint8Array.of(1) };
    });
    expect(await statusOf(call(`/api/voices/${id}/peaks`, { as: orgId, env: renaming }))).toBe(200);
    expect(await metadata(id, orgId)).toMatchObject({ name: "A", peakLevel: null });
    expect(await statusOf(call(`/api/voices/${id}/peaks`, { as: orgId }))).toBe(200);
    expect(await metadata(id, orgId)).toMatchObject({ name: "A", ...HALF_SILENT });
  });
});
