// Plays the object that a row of D1 names: the way of everything that the edge cache does not answer.
import type { Context } from "hono";
import { describeAudio, openAudio, type StoredAudio } from "../platform/audio-store.ts";
import type { ReadFrom } from "../platform/database.ts";
import type { AppEnv } from "../platform/env.ts";
import { ApiError, type ErrorCode } from "../platform/errors.ts";
import type { Ready } from "../platform/isolate-cache.ts";
import { type AudioSource, type Presentation, playAudio } from "./serve-audio.ts";

export interface StoredPlayback<Row> {
  /** The row as it was found a short while ago, if it was. */
  remembered: Ready<Row> | undefined;
  /** The row as it will most likely be found: its object is opened while D1 is asked. */
  likely?: Ready<Row> | undefined;
  /** The row as it is now, as far as that is known there. */
  find: (from: ReadFrom) => Promise<Row | null>;
  remember: (row: Ready<Row>) => void;
  forget: () => void;
  errors: { absent: ErrorCode; notReady: (row: Row) => ErrorCode; unavailable: ErrorCode };
  /** Called once for each answer. */
  present: (row: Ready<Row>, audio: StoredAudio) => Presentation;
}

/**
 * Row and object: one after the other, or both at once where the key is as good as known. A remembered row whose object is gone is looked at again, so that a deleted one is 404.
 * @throws {ApiError} one of `errors`
 */
export async function playStored<Row extends { r2ObjectKey: string | null }>(
  c: Context<AppEnv>,
  playback: StoredPlayback<Row>,
): Promise<Response> {
  const { remembered, errors } = playback;
  if (remembered) {
    const answer = await playRow(c, playback, remembered);
    if (answer) return answer;
    playback.forget();
  }
  const { likely } = playback;
  const [found, ahead] = await Promise.allSettled([
    playback.find("nearest"),
    likely && playRow(c, playback, likely),
  ]);
  const row = found.status === "fulfilled" ? found.value : null;
  const isAsExpected = row !== null && row.r2ObjectKey === likely?.r2ObjectKey;
  // Nothing of what was opened ahead is shown before D1 has said that it may be.
  if (!isAsExpected && ahead.status === "fulfilled") await ahead.value?.body?.cancel();
  if (found.status === "rejected") throw found.reason;
  if (!row) throw new ApiError(errors.absent);
  if (!isReady(row)) throw new ApiError(errors.notReady(row));

  // Not there when it was opened ahead, it may have been stored since, just before its row was read.
  const answer = (isAsExpected && settledValue(ahead)) || (await playRow(c, playback, row));
  if (!answer) {
    // The nearest replica may not have heard yet that the row was deleted.
    if (!(await playback.find("primary"))) throw new ApiError(errors.absent);
    throw new ApiError(errors.unavailable, { cause: "object missing" });
  }
  playback.remember(row);
  return answer;
}

function settledValue<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

const isReady = <Row extends { r2ObjectKey: string | null }>(row: Row): row is Ready<Row> =>
  row.r2ObjectKey !== null;

function playRow<Row>(c: Context<AppEnv>, { errors, present }: StoredPlayback<Row>, row: Ready<Row>) {
  const unavailable = (cause: unknown) => {
    throw new ApiError(errors.unavailable, { cause });
  };
  const source: AudioSource<StoredAudio> = {
    describe: () => describeAudio(c.var.bucket, row.r2ObjectKey).catch(unavailable),
    open: (range) => openAudio(c.var.bucket, row.r2ObjectKey, range).catch(unavailable),
  };
  return playAudio(c, source, (audio) => present(row, audio));
}
