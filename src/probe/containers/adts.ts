// AAC in ADTS (ISO/IEC 14496-3 annex 1.A.3.2): a stream of frames, each of which states its own length.
import { AAC_FRAME_SAMPLES, AAC_SAMPLE_RATES, MIN_AAC_FRAME_BYTES } from "../codecs/aac-config.ts";
import type { RecordingFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { countFrames, type FrameSyntax, type SyncFrame } from "./frame-sync.ts";

interface AdtsFrame extends SyncFrame {
  sampleRate: number;
  /** Null where the frames contain a description of their channels. */
  channels: number | null;
  samples: number;
}

const HEADER_BYTES = 7;
const CRC_BYTES = 2;
/** Masks of the header's first 32 bits. */
const SYNC_AND_LAYER_MASK = 0xfff60000;
const SYNC_AND_LAYER = 0xfff00000;
const SIGNATURE_MASK = 0xfffefc00; // syncword, ID, layer, profile and sampling_frequency_index
const PROTECTION_ABSENT = 0x10000;
/** By channel_configuration (ISO/IEC 14496-3 table 1.19). 0 leaves it to a program_config_element in the frames. */
const CHANNELS: readonly (number | null)[] = [null, 1, 2, 3, 4, 5, 6, 8];

export const adts: RecordingFormat & FrameSyntax<AdtsFrame> = {
  container: "ADTS",
  contentType: "audio/aac",
  headerBytes: HEADER_BYTES,
  parse: parseAdtsFrame,

  async measure(reader) {
    let first: AdtsFrame | undefined;
    let durationSeconds = 0;
    // HE-AAC doubles both rate and samples by SBR: the core's values give the same seconds. ADTS does not state SBR.
    await countFrames(reader, reader.size, adts, (frame) => {
      first ??= frame;
      durationSeconds += frame.samples / frame.sampleRate;
    });
    return {
      codec: "AAC",
      sampleRateHz: first?.sampleRate ?? null,
      channels: first?.channels ?? null,
      durationSeconds,
    };
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
  const channels = CHANNELS[(reader.u16(at + 2) >>> 6) & 7] ?? null;
  return { frameBytes, signature: (header & SIGNATURE_MASK) >>> 0, sampleRate, channels, samples };
}
