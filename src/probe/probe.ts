// One inspection with one answer: what a recording is and how long its audio is, or why that can't be said.

import type { Format } from "./container.ts";
import { adts } from "./containers/adts.ts";
import { aiff } from "./containers/aiff.ts";
import { asf } from "./containers/asf/asf.ts";
import { flac } from "./containers/flac.ts";
import { skipId3 } from "./containers/id3.ts";
import { matroska, webm } from "./containers/matroska/matroska.ts";
import { mp4 } from "./containers/mp4/mp4.ts";
import { mpeg } from "./containers/mpeg-audio.ts";
import { ogg } from "./containers/ogg/ogg.ts";
import { wav } from "./containers/wav.ts";
import { wavpack } from "./containers/wavpack.ts";
import { type ByteSource, Reader, UnreadableAudio } from "./reader.ts";

export type Inspection =
  | { kind: "audio"; container: string; codec: string; contentType: string; durationSeconds: number }
  | { kind: "unreadable"; reason: string };

/** In this order; MPEG audio has no magic bytes and is looked for last. */
const FORMATS: readonly Format[] = [...[wav, mp4, ogg, webm, matroska, flac, aiff, asf, wavpack, adts], mpeg];

const MAGIC_BYTES = 64;

/**
 * Inspects a recording by its bytes alone, within the {@link Reader}'s budget.
 * @throws whatever `source` throws when it can't be read
 */
export async function inspect(source: ByteSource): Promise<Inspection> {
  const reader = new Reader(source);
  try {
    await skipId3(reader);
    await reader.need(Math.min(MAGIC_BYTES, reader.remaining));
    const format = FORMATS.find(
      ({ magicBytes, matches }) => reader.remaining >= magicBytes && matches(reader),
    );
    if (!format) throw new UnreadableAudio("is of no kind known here");
    const { container, contentType } = format;
    const { codec, durationSeconds } = await format.measure(reader);
    if (!(durationSeconds > 0)) throw new UnreadableAudio("holds no audio");
    return { kind: "audio", container, codec, contentType, durationSeconds };
  } catch (error) {
    if (error instanceof UnreadableAudio) return { kind: "unreadable", reason: error.message };
    throw error;
  }
}
