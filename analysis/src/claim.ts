// What a recording claims of its audio, as music-metadata reads it, bounded by what its bytes could hold. For the kinds
// that src/probe recognises and does not count.
import { type IAudioMetadata, parseFromTokenizer } from "music-metadata";
import { BufferSizeError } from "strtok3";
import { printable } from "../../src/probe/bytes.ts";
import { skipId3 } from "../../src/probe/containers/id3.ts";
import type { ProbeResult, RecognisedFormat } from "../../src/probe/probe.ts";
import { type ByteSource, Reader } from "../../src/probe/reader.ts";
import { UnsupportedAudioError } from "../../src/probe/unsupported-audio-error.ts";
import { BoundedTokenizer } from "./bounded-tokenizer.ts";
import { type ClaimedCodec, lowestBitsPerSecond } from "./claimed-codecs.ts";
import { CLAIMED_CONTAINERS, type ClaimedContainer } from "./claimed-containers.ts";
import { HEAD_BYTES } from "./stated-bytes.ts";

const MAX_CHANNELS = 255;
/** DSD of 1024 times 48 kHz. */
const MAX_SAMPLE_RATE_HZ = 49_152_000;

/**
 * `recognised` is what the probe found: it names what the library does not.
 * @throws whatever `source` throws when it cannot be read
 */
export async function claimRecording(
  source: ByteSource,
  recognised: RecognisedFormat = { format: null },
): Promise<ProbeResult> {
  const reader = new Reader(source);
  try {
    await skipId3(reader);
    await reader.need(Math.min(HEAD_BYTES, reader.remaining));
    const head = reader.bytes(Math.max(0, Math.min(HEAD_BYTES, reader.remaining))).slice();
    const container = CLAIMED_CONTAINERS.find(({ magic }) => hasMagic(head, magic));
    if (!container) return refused("no claim of this container is read");
    return await readClaim(reader, container, head, recognised);
  } catch (error) {
    if (error instanceof UnsupportedAudioError) return refused(error.message);
    throw error;
  }
}

/** A reason can quote the recording, and goes to the log. */
const MAX_REASON_CHARACTERS = 200;

const refused = (reason: string): ProbeResult => ({
  kind: "unsupported",
  reason: reason.slice(0, MAX_REASON_CHARACTERS),
  format: null,
});

const hasMagic = (head: Uint8Array, { at, ascii }: ClaimedContainer["magic"]): boolean =>
  [...ascii].every((letter, index) => head[at + index] === letter.charCodeAt(0));

async function readClaim(
  reader: Reader,
  container: ClaimedContainer,
  head: Uint8Array,
  recognised: RecognisedFormat,
): Promise<ProbeResult> {
  const tokenizer = new BoundedTokenizer(reader, container.libraryType);
  const bytes = tokenizer.fileInfo.size;
  const statedBytes = container.statedBytes?.(reader);
  let format: IAudioMetadata["format"] | undefined;
  try {
    await parseFromTokenizer(tokenizer, {
      duration: false,
      skipCovers: true,
      skipPostHeaders: true,
      // The library returns nothing once a read throws: what it has found by then is kept.
      observer: ({ metadata }) => {
        format = metadata.format;
      },
    });
  } catch (error) {
    if (tokenizer.stopped?.kind === "source") throw tokenizer.stopped.error;
    const isTooLong = error instanceof BufferSizeError;
    if (!tokenizer.stopped && !isTooLong) return refused(`music-metadata: ${messageOf(error)}`);
  }
  const claimedSeconds = format?.duration ?? 0;
  if (!format || !(claimedSeconds > 0 && Number.isFinite(claimedSeconds))) {
    return refused(tokenizer.stopped?.error.message ?? "the recording claims no duration");
  }
  const codec = container.codecOf(format, head, recognised.format ?? "");
  if (!codec) return refused(`the lowest rate of its codec is not known (${printable(format.codec ?? "")})`);
  const isClipped = container.isClipped?.(format) ?? false;
  const presentShare = isClipped ? 1 : bytes / Math.max(bytes, statedBytes ?? tokenizer.furthest);
  const sampleRate = recognised.sampleRateHz ?? format.sampleRate ?? 0;
  const maxSeconds = secondsIn(bytes, codec, { ...format, sampleRate });
  const durationSeconds = Math.min(claimedSeconds * presentShare, maxSeconds);
  // A header can state an infinite rate, at which the bytes last no time.
  if (!(durationSeconds > 0)) return refused("none of the audio that the recording claims can be there");
  return {
    kind: "audio",
    container: container.container,
    contentType: container.contentType,
    codec: codec.codec,
    durationSeconds,
    sampleRateHz: whole(sampleRate, MAX_SAMPLE_RATE_HZ),
    channels: whole(format.numberOfChannels, MAX_CHANNELS),
    bitsPerSample: codec.isLossless ? whole(format.bitsPerSample, 64) : null,
  };
}

/** The longest that `bytes` can last. A stated rate may shorten that, never lengthen it. */
function secondsIn(bytes: number, codec: ClaimedCodec, format: IAudioMetadata["format"]): number {
  const lowest = lowestBitsPerSecond(codec, format.sampleRate ?? 0, format.numberOfChannels ?? 1);
  const stated = codec.isConstantRate ? (format.bitrate ?? 0) : 0;
  return (bytes * 8) / Math.max(lowest, stated);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const whole = (value: number | undefined, max: number): number | null =>
  value !== undefined && Number.isInteger(value) && value > 0 && value <= max ? value : null;
