// AAC in ADTS (ISO/IEC 14496-3 annex 1.A.3.2): a stream of frames, each of which states its own length.
import { AAC_FRAME_SAMPLES, AAC_SAMPLE_RATES, MIN_AAC_FRAME_BYTES } from "../codecs/aac-config.ts";
import type { ContainerFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { countFrames, type SyncFrame } from "./frame-sync.ts";

interface AdtsFrame extends SyncFrame {
  sampleRate: number;
  samples: number;
}

const HEADER_BYTES = 7;
const CRC_BYTES = 2;
/** Masks of the header's first 32 bits. */
const SYNC_AND_LAYER_MASK = 0xfff60000;
const SYNC_AND_LAYER = 0xfff00000;
const SIGNATURE_MASK = 0xfffefc00; // syncword, ID, layer, profile and sampling_frequency_index
const PROTECTION_ABSENT = 0x10000;

export const adts: ContainerFormat = {
  container: "ADTS",
  contentType: "audio/aac",
  magicBytes: HEADER_BYTES,
  matches: (reader) => parseAdtsFrame(reader, 0) !== null,

  async measure(reader) {
    let durationSeconds = 0;
    await countFrames(reader, reader.size, {
      headerBytes: HEADER_BYTES,
      parse: parseAdtsFrame,
      // HE-AAC doubles both rate and samples by SBR: the core's values give the same seconds.
      count: ({ samples, sampleRate }) => {
        durationSeconds += samples / sampleRate;
      },
    });
    return { codec: "AAC", durationSeconds };
  },
};

/**
 * A frame counts as one raw data block. The two bits of number_of_raw_data_blocks_in_frame can claim up to four, but
 * nothing confirms them, and ffmpeg and browsers decode only the first block.
 */
function parseAdtsFrame(reader: Reader, at: number): AdtsFrame | null {
  const header = reader.u32(at);
  if ((header & SYNC_AND_LAYER_MASK) >>> 0 !== SYNC_AND_LAYER) return null;
  const sampleRate = AAC_SAMPLE_RATES[(header >>> 10) & 0xf] ?? 0;
  const frameBytes = (reader.u32(at + 3) >>> 13) & 0x1fff;
  const headerBytes = HEADER_BYTES + (header & PROTECTION_ABSENT ? 0 : CRC_BYTES);
  if (!isSupportedSampleRate(sampleRate) || frameBytes < headerBytes) return null;
  const samples = frameBytes - headerBytes < MIN_AAC_FRAME_BYTES ? 0 : AAC_FRAME_SAMPLES;
  return { frameBytes, signature: (header & SIGNATURE_MASK) >>> 0, sampleRate, samples };
}
