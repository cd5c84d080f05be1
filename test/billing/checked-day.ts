// A day whose events were sent to Polar, and the runs of the cron after it, for the tests of the daily check.
import { afterEach, beforeEach, vi } from "vitest";
import { polarCalls, resetPolar, runCron } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { emptyMetering, givenEvents } from "./given-metering.ts";

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
export const NAME = "voice_creation";
export const SPEECH = "tts_generation";
/** Midnight (UTC) of the day of the tests. Long ago, because the Polar fake, with its own clock, refuses the future. */
export const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 60 * DAY_MS;
export const day = new Date(DAY).toISOString().slice(0, 10);

let lines: LogLine[];
/** What was logged since the test began. */
export const logLines = () => lines;

/** Call once in a file: every test begins at 20:00 of the day, without events, and with Polar as it is by default. */
export function resetBeforeEachTest(): void {
  beforeEach(async () => {
    await emptyMetering();
    lines = captureLog();
    vi.useFakeTimers({ toFake: ["Date"], now: DAY + 20 * HOUR_MS });
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await resetPolar();
  });
}

/** Runs the cron `hours` after the end of the day. */
export async function cronAfter(hours: number, overrides: Partial<Env> = {}): Promise<void> {
  vi.setSystemTime(DAY + DAY_MS + hours * HOUR_MS);
  await runCron({ env: overrides });
}
/** Runs the cron in each of the first minutes after that: one that fails leaves other days to the next. */
export async function cronsAfter(hours: number): Promise<void> {
  for (let minute = 0; minute < 4; minute += 1) await cronAfter(hours + minute / 60);
}
export const alarms = (event = "metering_difference") => lines.filter((line) => line.event === event);
export const counts = () => polarCalls("/events/");

/** Five events of the day, and one of the day before, so that the service has metered the whole day. */
export async function givenMeteredDay(name = NAME): Promise<void> {
  await givenEvents(1, { name, occurredAt: DAY - DAY_MS });
  await givenEvents(5, { name, occurredAt: DAY + HOUR_MS });
  await runCron();
}

/** The check after the day has settled, and the one that confirms it. */
export async function checkTwice(overrides: Partial<Env> = {}): Promise<void> {
  await cronAfter(3.1, overrides);
  await cronAfter(15.2, overrides);
}
