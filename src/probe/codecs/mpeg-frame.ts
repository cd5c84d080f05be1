// The 32-bit header of an MPEG audio frame (ISO 11172-3, ISO 13818-3, and MPEG 2.5 as Fraunhofer extended it).

/** An MPEG audio frame as its header tells it. */
export interface MpegFrame {
  version: 1 | 2 | 2.5;
  layer: 1 | 2 | 3;
  sampleRate: number;
  channels: 1 | 2;
  /** Per channel. */
  samples: number;
  /** In bytes, with the header; 0 in the "free format", where only the next header tells. */
  length: number;
}

const VERSIONS = [2.5, null, 2, 1] as const;
const LAYERS = [null, 3, 2, 1] as const;
/** Of MPEG 1; half of it in MPEG 2, a quarter in MPEG 2.5. */
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;
const RESERVED_EMPHASIS = 2;
const MONO = 3;

/** In kbit/s, by the header's code, of which 15 is none. */
const BITRATES_1 = {
  1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const LOW_BITRATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const BITRATES_2 = {
  1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  2: LOW_BITRATES,
  3: LOW_BITRATES,
};

/** The frame that begins with `header`, or null when none does. */
export function mpegFrame(header: number): MpegFrame | null {
  if (header >>> 21 !== 0x7ff || (header & 3) === RESERVED_EMPHASIS) return null;
  const version = VERSIONS[(header >>> 19) & 3];
  const layer = LAYERS[(header >>> 17) & 3];
  const fullRate = SAMPLE_RATES[(header >>> 10) & 3];
  if (!version || !layer || !fullRate) return null;
  const bitrate = (version === 1 ? BITRATES_1 : BITRATES_2)[layer][(header >>> 12) & 0xf];
  if (bitrate === undefined) return null;

  const sampleRate = fullRate / (version === 2.5 ? 4 : version);
  const padding = (header >>> 9) & 1;
  const channels = ((header >>> 6) & 3) === MONO ? 1 : 2;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  // Layer I counts in slots of four bytes.
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor(((samples / 8 / slotBytes) * bitrate * 1000) / sampleRate) + padding;
  return { version, layer, sampleRate, channels, samples, length: bitrate === 0 ? 0 : slots * slotBytes };
}
