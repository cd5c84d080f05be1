// The development host's receiver of the change feed: it verifies each message, and lists them by organisation.
import { describe, expect, it } from "vitest";
import { createChangeLog, type RecordedChange } from "../../dev/changes.ts";
import { generation, message, voice } from "../stack/feed-messages.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";

const OTHER_SECRET = `whsec_${btoa("the secret of someone else")}`;

const post = (log: ReturnType<typeof createChangeLog>, { headers, body }: Request) =>
  log.request("/", { method: "POST", headers, body, duplex: "half" } as RequestInit);

async function list(log: ReturnType<typeof createChangeLog>, org: string): Promise<RecordedChange[]> {
  const response = await log.request(`/?org=${org}`);
  return ((await response.json()) as { items: RecordedChange[] }).items;
}

describe("the change log", () => {
  it("lists the events of one organisation, the oldest first, and none of another or of a system voice", async () => {
    const log = createChangeLog(EVENTS_SECRET);
    const events = [
      voice("created", 1),
      generation("ready", 2, { orgId: "org_b" }),
      voice("updated", 3, { orgId: null, variant: "SYSTEM" }),
      generation("deleted", 4),
    ];
    for (const event of events) expect((await post(log, message(event))).status).toBe(204);
    expect((await list(log, "org_a")).map(({ sequence }) => sequence)).toEqual([1, 4]);
    expect((await list(log, "org_b")).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await list(log, "")).toEqual([]);
    expect(await list(log, "null")).toEqual([]);
  });

  it("lists the name of a voice and the first 200 characters of a generation's text, and no more of them", async () => {
    const log = createChangeLog(EVENTS_SECRET);
    await post(log, message(voice("created", 1, { name: "Jo" })));
    await post(log, message(generation("ready", 2, { text: "x".repeat(100_000) })));
    expect(await list(log, "org_a")).toEqual([
      { type: "voice.created", sequence: 1, id: "voice_a", orgId: "org_a", title: "Jo" },
      { type: "generation.ready", sequence: 2, id: "gen_a", orgId: "org_a", title: "x".repeat(200) },
    ]);
  });

  it("refuses a message that another secret signed with 401, and does not list it", async () => {
    const log = createChangeLog(EVENTS_SECRET);
    expect((await post(log, message(voice("created", 1), { secret: OTHER_SECRET }))).status).toBe(401);
    expect(await list(log, "org_a")).toEqual([]);
  });

  it("lists the latest 50 events of an organisation, also after 60 of another one", async () => {
    const log = createChangeLog(EVENTS_SECRET);
    for (let sequence = 1; sequence <= 53; sequence += 1)
      await post(log, message(voice("updated", sequence)));
    for (let sequence = 54; sequence <= 113; sequence += 1) {
      await post(log, message(voice("updated", sequence, { orgId: "org_b" })));
    }
    const sequences = (await list(log, "org_a")).map(({ sequence }) => sequence);
    expect(sequences).toHaveLength(50);
    expect(sequences.at(-1)).toBe(53);
  });
});
