// Generations as JSON: the list and one generation.
import { describe, expect, it } from "vitest";
import type { GenerationResource } from "../../src/generations/schema.ts";
import { call } from "../support/call.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";

interface GenerationPage {
  items: GenerationResource[];
  nextCursor: string | null;
}

async function list(as: string, query: Record<string, string> = {}): Promise<GenerationPage> {
  const response = await call(`/api/generations?${new URLSearchParams(query)}`, { as });
  expect(response.status).toBe(200);
  return response.json();
}

const ids = async (as: string, query: Record<string, string> = {}) =>
  (await list(as, query)).items.map(({ id }) => id);

const at = (second: number) => ({ createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)) });
const FAILED = { failedAt: new Date(), failureReason: "The model ran out of memory" };

describe("GET /api/generations", () => {
  itRejectsUnauthenticated("/api/generations");

  it("lists the organisation's own generations, newest first, with every public field and by state", async () => {
    const orgId = newOrg();
    await givenGeneration(newOrg());
    const facts = { codec: "PCM", sampleRateHz: 24_000, channels: 2, bitsPerSample: 24 };
    const levels = { peakLevel: 0.5, clippedShare: 0.01, silenceShare: 0.25 };
    const measured = { durationSeconds: 2.5, sizeBytes: 30, ...facts, ...levels };
    const ready = await givenGeneration(orgId, "ready", { ...at(1), ...measured });
    const failed = await givenGeneration(orgId, "processing", { ...at(3), ...FAILED });
    const processing = await givenGeneration(orgId, "processing", at(2));
    const { items, nextCursor } = await list(orgId);
    expect(nextCursor).toBeNull();
    expect(
      items.map(({ id, state, failureReason, audioUrl }) => ({ id, state, failureReason, audioUrl })),
    ).toEqual([
      { id: failed, state: "failed", failureReason: FAILED.failureReason, audioUrl: null },
      { id: processing, state: "processing", failureReason: null, audioUrl: null },
      { id: ready, state: "ready", failureReason: null, audioUrl: `/api/audio/${ready}` },
    ]);
    expect(items[2]).toEqual({
      id: ready,
      voiceId: null,
      voiceName: "Test voice",
      text: "Hello",
      state: "ready",
      failureReason: null,
      ...measured,
      bitrateBps: 96,
      temperature: 0.8,
      topP: 0.95,
      topK: 1000,
      repetitionPenalty: 1.2,
      createdAt: "2026-01-01T00:00:01.000Z",
      updatedAt: expect.any(String),
      audioUrl: `/api/audio/${ready}`,
      peaksUrl: `/api/audio/${ready}/peaks`,
      linkUrl: `/api/audio/${ready}/link`,
    });
    for (const [state, id] of Object.entries({ ready, failed, processing })) {
      expect(await ids(orgId, { state })).toEqual([id]);
    }
  });

  it("lists the first 1000 characters of a text, which one generation has in full", async () => {
    const orgId = newOrg();
    const text = "ä".repeat(5000);
    const id = await givenGeneration(orgId, "ready", { text });
    expect((await list(orgId)).items[0]?.text).toBe("ä".repeat(1000));
    const whole = await call(`/api/generations/${id}`, { as: orgId });
    expect(await whole.json()).toMatchObject({ text });
  });

  it("searches text and voice name in any letter case", async () => {
    const orgId = newOrg();
    const first = await givenGeneration(orgId, "ready", { ...at(1), text: "The QUICK fox" });
    const second = await givenGeneration(orgId, "ready", { ...at(2), voiceName: "Quickly" });
    await givenGeneration(orgId, "ready", { ...at(3), text: "slow" });
    expect(await ids(orgId, { search: "quick" })).toEqual([second, first]);
  });

  it("pages through generations of the same moment and lists each of them once", async () => {
    const orgId = newOrg();
    const given = new Set<string>();
    for (let count = 0; count < 5; count += 1) given.add(await givenGeneration(orgId, "ready", at(7)));
    const listed: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: GenerationPage = await list(orgId, { limit: "2", ...(cursor && { cursor }) });
      listed.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(listed).toHaveLength(5);
    expect(new Set(listed)).toEqual(given);
  });

  it("is sorted by -createdAt, the only order, and refuses the cursor of a list of voices", async () => {
    const orgId = newOrg();
    const [older, newer] = [
      await givenGeneration(orgId, "ready", at(1)),
      await givenGeneration(orgId, "ready", at(2)),
    ];
    expect(await ids(orgId, { sort: "-createdAt" })).toEqual([newer, older]);
    const cursor = btoa('["name","a","b"]');
    const response = await call(`/api/generations?cursor=${cursor}`, { as: orgId });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ issues: [{ path: ["cursor"] }] });
  });

  it.each([
    ["state", "done"],
    ["sort", "createdAt"],
    ["cursor", btoa('["a","b"]')],
    ["cursor", btoa('["-createdAt","a","b"]')],
    ["limit", "-1"],
  ])("is 400 for %s=%s and names the parameter", async (name, value) => {
    const response = await call(`/api/generations?${new URLSearchParams({ [name]: value })}`, {
      as: newOrg(),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [name] }] });
  });

  it.each(["search", "limit", "cursor", "sort", "state"])(
    "is 400 and says so when %s appears twice or is malformed",
    async (name) => {
      const messageOf = async (query: string) => {
        const response = await call(`/api/generations?${query}`, { as: newOrg() });
        const { issues } = (await response.json()) as { issues: unknown };
        return [response.status, issues];
      };
      const issue = (message: string) => [400, [{ code: "custom", message, path: [name] }]];
      expect(await messageOf(`${name}=1&${name}=1`)).toEqual(
        issue(`${name} appears more than once in the query`),
      );
      expect(await messageOf(`${name}=%C0%AF`)).toEqual(issue(`${name} is not valid percent-encoded UTF-8`));
    },
  );
});

describe("GET /api/generations/{generationId}", () => {
  itRejectsUnauthenticated("/api/generations/x");

  it("returns a generation to its organisation, and is 404 to another one and for an unknown id", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    const response = await call(`/api/generations/${id}`, { as: orgId });
    expect(await response.json()).toEqual((await list(orgId)).items[0]);
    for (const [path, as] of [
      [id, newOrg()],
      ["none", orgId],
    ] as const) {
      const rejected = await call(`/api/generations/${path}`, { as });
      expect(rejected.status).toBe(404);
      expect(await rejected.json()).toEqual({ error: "Generation not found" });
    }
  });
});

it("the audio of a failed generation is 409 with a message to generate it again", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId, "processing", FAILED);
  const response = await call(`/api/audio/${id}`, { as: orgId });
  expect(response.status).toBe(409);
  expect(await response.json()).toEqual({
    error: "The audio could not be generated. Please generate it again.",
  });
});
