// What the change feed costs in billed units: the figures that docs/costs.md calculates with.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVENTS, receivedTypes, resetEvents } from "../support/events.ts";
import { newOrg, resetPolar, runCron } from "../support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { costOf, expectSuccess, HEARTBEAT_ROWS } from "../support/metered-isolate.ts";
import { silentWav } from "../support/wav.ts";

const DAY_MINUTES = 24 * 60;

afterEach(resetPolar);

describe("with a receiver of the change feed", () => {
  beforeEach(resetEvents);

  it("a generation and its audio write 7 rows more: its event and the delivery", async () => {
    const generate = async (isolate: Env) => {
      const id = crypto.randomUUID();
      await expectSuccess(putJson(id, newGeneration(newOrg()), { isolate }));
      await expectSuccess(putAudio(id, silentWav(2), { isolate }));
      return id;
    };
    const without = await costOf(generate);
    let id = "";
    const cost = await costOf(async (isolate) => {
      id = await generate(isolate);
    }, EVENTS);
    expect(await receivedTypes(id)).toEqual(["generation.ready"]);
    expect(cost.rowsWritten).toBe(without.rowsWritten + 7);
    expect(cost.rowsRead - without.rowsRead).toBeLessThanOrEqual(30);
    expect(cost.r2).toEqual(without.r2);
  });

  it("the cron writes one row to delete an event a week later", async () => {
    const id = crypto.randomUUID();
    await expectSuccess(putJson(id, newGeneration(newOrg()), { env: EVENTS }));
    await expectSuccess(putAudio(id, silentWav(2), { env: EVENTS }));
    // What else is due by then.
    await runCron({ minutesLater: 8 * DAY_MINUTES });
    const events = await env.DB.prepare("select count(*) as n from change_events").first<number>("n");
    const week = (isolate: Env) => runCron({ env: isolate, minutesLater: 8 * DAY_MINUTES });
    const { rowsWritten } = await costOf(week, EVENTS);
    expect(rowsWritten).toBe(Number(events) + HEARTBEAT_ROWS);
  });

  it("a cron run without work writes one row, its heartbeat, and reads at most forty", async () => {
    const cost = await costOf((isolate) => runCron({ env: isolate }), EVENTS);
    expect(cost).toEqual({
      rowsRead: expect.toSatisfy((rows) => rows <= 40),
      rowsWritten: HEARTBEAT_ROWS,
      r2: {},
    });
  });
});
