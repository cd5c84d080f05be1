// MPEG audio (MP3, MP2, MP1): counts every complete frame. A Xing, Info or VBRI header may only trim the result.
import { fourCc } from "../bytes.ts";
import { type MpegFrameHeader, parseMpegFrameHeader } from "../codecs/mpeg-frame.ts";
import type { MeasuredAudio, RecordingFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { UnsupportedAudioError } from "../unsupported-audio-error.ts";
import { countFrames, type FrameSyntax, type SyncFrame } from "./frame-sync.ts";

type MpegSyncFrame = MpegFrameHeader & SyncFrame;

/** What LAME writes into an Info header: the samples that the encoder added around the recording. */
interface EncoderDelay {
  /** Frames that follow the Info header. */
  frames: number;
  delaySamples: number;
  paddingSamples: number;
}

const HEADER_BYTES = 4;
/** Sync word, version, layer and sampling frequency. */
const SIGNATURE_MASK = 0xfffe0c00;
const CRC_BYTES = 2;
const XING = fourCc("Xing");
const INFO = fourCc("Info");
const VBRI = fourCc("VBRI");
const VBRI_AT = HEADER_BYTES + 32;
/** A Xing or Info header takes the place of the audio data, after the side information of layer III. */
const SIDE_INFO_BYTES = { mpeg1: { mono: 17, stereo: 32 }, lowRate: { mono: 9, stereo: 17 } } as const;
/** Flags of an Info header with frame count, byte count, seek table and quality, as encoders write it. */
const ALL_INFO_FIELDS = 0xf;
/** LAME's encoder delay and padding, 12 bits each (LAME tag, "Enc delays"). */
const LAME_DELAY_AT = 141;
const LAME_DELAY_BYTES = 3;
/** The delay of an MPEG audio decoder: the filter bank's 528 samples and one more. */
const DECODER_DELAY_SAMPLES = 529;

export const mpegAudio: RecordingFormat & FrameSyntax<MpegSyncFrame> = {
  container: "MPEG",
  contentType: "audio/mpeg",
  headerBytes: HEADER_BYTES,
  parse: (reader, at) => parseSyncFrame(reader.u32(at)),
  measure: (reader) => measureMpegAudio(reader, reader.size),
};

/**
 * Counts the MPEG frames from the reader's position to `end`, which lies within the recording.
 * @throws {UnsupportedAudioError} when there are none
 */
export async function measureMpegAudio(reader: Reader, end: number): Promise<MeasuredAudio> {
  let first: MpegFrameHeader | undefined;
  let encoderDelay: EncoderDelay | undefined;
  let frames = 0;
  let seconds = 0;
  await countFrames(reader, end, mpegAudio, (frame) => {
    const xingAt = findXingHeader(reader, frame);
    if (!first && xingAt !== null) encoderDelay = readLameDelay(reader, xingAt, frame.frameBytes);
    first ??= frame;
    if (xingAt !== null) return;
    frames += 1;
    seconds += frame.samples / frame.sampleRate;
  });
  if (!first) throw new UnsupportedAudioError("there are no MPEG audio frames");
  if (encoderDelay) {
    // A recording that was truncated or appended to does not end in the encoder's padding.
    const { delaySamples, paddingSamples } = encoderDelay;
    const endSamples = encoderDelay.frames === frames ? paddingSamples : DECODER_DELAY_SAMPLES;
    seconds = Math.max(0, seconds - (delaySamples + endSamples) / first.sampleRate);
  }
  return {
    codec: `MP${first.layer}`,
    sampleRateHz: first.sampleRate,
    channels: first.channels,
    durationSeconds: seconds,
  };
}

/** Free-format frames do not state their length. ffmpeg and browsers do not play them, so they count as none. */
function parseSyncFrame(header: number): MpegSyncFrame | null {
  const frame = parseMpegFrameHeader(header);
  return frame && frame.frameBytes > 0 ? { ...frame, signature: (header & SIGNATURE_MASK) >>> 0 } : null;
}

/** The offset in the frame of a Xing, Info or VBRI header, which replaces audio; null when there is none. */
function findXingHeader(
  reader: Reader,
  { layer, version, channels, frameBytes }: MpegFrameHeader,
): number | null {
  if (layer !== 3) return null;
  const sideInfo = SIDE_INFO_BYTES[version === 1 ? "mpeg1" : "lowRate"];
  const at = HEADER_BYTES + sideInfo[channels === 1 ? "mono" : "stereo"];
  const isTag = (tag: number, offset: number) => offset + 4 <= frameBytes && reader.u32(offset) === tag;
  if (isTag(XING, at) || isTag(INFO, at)) return at;
  // LAME leaves room for the CRC of the frames when they have one.
  const atAfterCrc = at + CRC_BYTES;
  if (isTag(XING, atAfterCrc) || isTag(INFO, atAfterCrc)) return atAfterCrc;
  return isTag(VBRI, VBRI_AT) ? VBRI_AT : null;
}

function readLameDelay(reader: Reader, at: number, frameBytes: number): EncoderDelay | undefined {
  const hasRoom = at + LAME_DELAY_AT + LAME_DELAY_BYTES <= frameBytes;
  if (!hasRoom || reader.u32(at) === VBRI) return undefined;
  if ((reader.u32(at + 4) & ALL_INFO_FIELDS) !== ALL_INFO_FIELDS) return undefined;
  const packed = reader.u24(at + LAME_DELAY_AT);
  return { frames: reader.u32(at + 8), delaySamples: packed >>> 12, paddingSamples: packed & 0xfff };
}
