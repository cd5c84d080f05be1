// AAC in ADTS (ISO 14496-3 annex 1.A.3.2): a stream of frames, each of which names its own length.
import { type Format, isSampleRate } from "../container.ts";
import type { Reader } from "../reader.ts";
import { countFrames, type RunFrame } from "./frame-sync.ts";

interface AdtsFrame extends RunFrame {
  sampleRate: number;
  samples: number;
}

const HEADER_BYTES = 7;
const CRC_BYTES = 2;
const SYNC_AND_LAYER = 0xfff60000;
const SYNC = 0xfff00000;
/** Sync, version, layer, profile and sampling rate. */
const KIND = 0xfffefc00;
/**
 * A frame may claim up to four blocks of them, in two bits that nothing bears out. Of such frames, which hardly any
 * encoder writes, ffmpeg and browsers decode the first block: that one is counted.
 */
const SAMPLES_PER_FRAME = 1024;
/** One channel of silence, and the end of the block: a frame with less holds no audio. */
const LEAST_AUDIO_BYTES = 4;
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

export const adts: Format = {
  container: "ADTS",
  contentType: "audio/aac",
  magicBytes: HEADER_BYTES,
  matches: (reader) => adtsFrame(reader, 0) !== null,

  async measure(reader) {
    let durationSeconds = 0;
    await countFrames(reader, reader.size, {
      headerBytes: HEADER_BYTES,
      parse: adtsFrame,
      // With SBR (HE-AAC) both the rate and the samples are doubled: the core's give the same seconds.
      count: ({ samples, sampleRate }) => {
        durationSeconds += samples / sampleRate;
      },
    });
    return { codec: "AAC", durationSeconds };
  },
};

function adtsFrame(reader: Reader, at: number): AdtsFrame | null {
  const header = reader.u32(at);
  if ((header & SYNC_AND_LAYER) >>> 0 !== SYNC) return null;
  const sampleRate = SAMPLE_RATES[(header >>> 10) & 0xf] ?? 0;
  const length = (reader.u32(at + 3) >>> 13) & 0x1fff;
  const headerBytes = HEADER_BYTES + (header & 0x10000 ? 0 : CRC_BYTES);
  if (!isSampleRate(sampleRate) || length < headerBytes) return null;
  const samples = length - headerBytes < LEAST_AUDIO_BYTES ? 0 : SAMPLES_PER_FRAME;
  return { length, kind: (header & KIND) >>> 0, sampleRate, samples };
}
