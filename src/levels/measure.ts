// Has the analysis Worker measure the levels of a stored audio, and stores them.
import { type AudioLevels, mayHaveLevels } from "../platform/audio-levels.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { type LevelsAnswer, levelsAnswer } from "../platform/levels-answer.ts";
import { withTimeout } from "../platform/timeout.ts";
import type { AudioVersion } from "./policy.ts";
import { generationLevels, type LevelsTable, voiceLevels } from "./queries.ts";

/** The part of the analysis Worker that measures. Rejects when R2 fails, and when a limit ends its isolate. */
interface LevelsService {
  levels: (key: string) => Promise<LevelsAnswer>;
}

/** What measuring needs. */
export interface LevelsContext {
  env: object & { ANALYSIS: LevelsService };
  database: D1Database;
}

export type MeasuredLevels =
  | { kind: "levels"; levels: AudioLevels }
  /** Of compressed audio. */
  | { kind: "none" }
  | { kind: "missing" }
  /** Another request of this isolate is measuring it. */
  | { kind: "running" }
  | { kind: "failed"; cause: unknown };

/** R2 sends the largest generation in a few seconds. Less than the 30 seconds that `waitUntil` lasts. */
const MEASURING_TIMEOUT_MS = 20_000;
/** How long an isolate does not try again what failed. */
export const RETRY_AFTER_SECONDS = 60;
/** When measuring that is under way should have ended. */
export const RUNNING_RETRY_AFTER_SECONDS = 2;

/** By object key. */
const recentFailures = isolateCache(() => lru<true>());
/** By object key. An entry expires, because the platform can end a request without its `finally`. */
const running = isolateCache(() => lru<true>());

/** Measures a version of an audio, and stores what was found. */
export async function measureLevels(
  { env, database }: LevelsContext,
  table: LevelsTable,
  version: AudioVersion,
): Promise<MeasuredLevels> {
  const { r2ObjectKey } = version;
  const failures = recentFailures(env);
  if (failures.has(r2ObjectKey)) return { kind: "failed", cause: "it failed within the last minute" };
  // Not awaited: a request may not wait for the I/O of another one.
  if (running(env).has(r2ObjectKey)) return { kind: "running" };
  running(env).set(r2ObjectKey, true, { maxAge: MEASURING_TIMEOUT_MS });
  try {
    const measuring = env.ANALYSIS.levels(r2ObjectKey);
    const answer = levelsAnswer.parse(await withTimeout("the analysis", MEASURING_TIMEOUT_MS, measuring));
    if (answer.kind === "missing") return answer;
    if (answer.kind === "not-pcm") {
      await table.save(database, version, null);
      return { kind: "none" };
    }
    const { kind, ...levels } = answer;
    await table.save(database, version, levels);
    return { kind, levels };
  } catch (cause) {
    failures.set(r2ObjectKey, true, { maxAge: RETRY_AFTER_SECONDS * 1000 });
    return { kind: "failed", cause };
  } finally {
    running(env).delete(r2ObjectKey);
  }
}

/** Audio that was stored just now. */
type NewAudio = AudioVersion & { codec: string | null };

/**
 * Measures audio that was stored just now, so that no request has to wait for it.
 * @throws {Error} when it fails; the first request for the peaks tries again
 */
async function measureNew(context: LevelsContext, table: LevelsTable, audio: NewAudio): Promise<void> {
  if (!mayHaveLevels(audio.codec)) return;
  const measured = await measureLevels(context, table, audio);
  if (measured.kind === "failed") throw measured.cause;
}

export const measureNewVoice = (context: LevelsContext, voice: NewAudio) =>
  measureNew(context, voiceLevels, voice);

export const measureNewGeneration = (context: LevelsContext, generation: NewAudio) =>
  measureNew(context, generationLevels, generation);
