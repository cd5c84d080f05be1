// MPEG audio frames (MP1, MP2, MP3): the 32-bit header of ISO/IEC 11172-3 section 2.4.1.3, ISO/IEC 13818-3, and the
// unofficial MPEG 2.5 extension to lower sample rates.

type Version = 1 | 2 | 2.5;
type Layer = 1 | 2 | 3;

export interface MpegFrameHeader {
  version: Version;
  layer: Layer;
  sampleRate: number;
  channels: 1 | 2;
  /** Per channel. */
  samples: number;
  /** Header included; 0 in the "free format", whose frames do not state their size. */
  frameBytes: number;
}

/** The fields by their codes (ISO/IEC 11172-3 section 2.4.2.3); null is reserved. */
const VERSIONS = [2.5, null, 2, 1] as const;
const LAYERS = [null, 3, 2, 1] as const;
/** Of MPEG 1, in Hz. MPEG 2 has half of it and MPEG 2.5 a quarter. Code 3 is reserved. */
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;
const RATE_DIVISORS: Readonly<Record<Version, number>> = { 1: 1, 2: 2, 2.5: 4 };
const RESERVED_EMPHASIS = 2;
const MONO = 3;

/** By bitrate code, in kbit/s; 0 is the free format, and code 15 is forbidden. */
const LOW_RATE_LAYER_2_AND_3 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
const BITRATES_KBPS: Readonly<Record<"mpeg1" | "lowRate", Readonly<Record<Layer, readonly number[]>>>> = {
  mpeg1: {
    1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  lowRate: {
    1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: LOW_RATE_LAYER_2_AND_3,
    3: LOW_RATE_LAYER_2_AND_3,
  },
};

const MAX_MPEG_FRAME_SAMPLES = 1152;
const MIN_LAYER_3_FRAME_SAMPLES = 576;

/** A layer I frame is made of slots of four bytes, the others of one byte (section 2.4.3.1). */
const SLOT_BYTES: Readonly<Record<Layer, number>> = { 1: 4, 2: 1, 3: 1 };

function samplesPerFrame(version: Version, layer: Layer): number {
  if (layer === 1) return 384;
  return layer === 3 && version !== 1 ? MIN_LAYER_3_FRAME_SAMPLES : MAX_MPEG_FRAME_SAMPLES;
}

/** Parses a frame header; null when the sync word is missing or a value is reserved. */
export function parseMpegFrameHeader(header: number): MpegFrameHeader | null {
  if (header >>> 21 !== 0x7ff || (header & 3) === RESERVED_EMPHASIS) return null;
  const version = VERSIONS[(header >>> 19) & 3];
  const layer = LAYERS[(header >>> 17) & 3];
  const mpeg1SampleRate = SAMPLE_RATES[(header >>> 10) & 3];
  if (!version || !layer || !mpeg1SampleRate) return null;
  const bitratesKbps = BITRATES_KBPS[version === 1 ? "mpeg1" : "lowRate"][layer];
  const bitrateKbps = bitratesKbps[(header >>> 12) & 0xf];
  if (bitrateKbps === undefined) return null;

  const sampleRate = mpeg1SampleRate / RATE_DIVISORS[version];
  const padding = (header >>> 9) & 1;
  const channels = ((header >>> 6) & 3) === MONO ? 1 : 2;
  const samples = samplesPerFrame(version, layer);
  const slotBytes = SLOT_BYTES[layer];
  const slots = Math.floor(((samples / 8 / slotBytes) * bitrateKbps * 1000) / sampleRate) + padding;
  return {
    version,
    layer,
    sampleRate,
    channels,
    samples,
    frameBytes: bitrateKbps === 0 ? 0 : slots * slotBytes,
  };
}
