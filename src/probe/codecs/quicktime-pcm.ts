// The uncompressed and block-compressed formats that QuickTime and AIFF-C share, by four-character code (QuickTime File
// Format Specification, "Sound Media").

export interface PcmFormat {
  codec: string;
  /** Per channel, where the format fixes it; elsewhere the container states it. */
  bitsPerSample?: number;
  /** Samples per channel that are encoded together; 1 by default. */
  blockSamples?: number;
}

const PCM: PcmFormat = { codec: "PCM" };
export const FLOAT_32: PcmFormat = { codec: "IEEE float", bitsPerSample: 32 };
export const FLOAT_64: PcmFormat = { codec: "IEEE float", bitsPerSample: 64 };
export const MU_LAW: PcmFormat = { codec: "µ-law", bitsPerSample: 8 };
export const A_LAW: PcmFormat = { codec: "A-law", bitsPerSample: 8 };

const IMA_BLOCK_BYTES = 34;
const IMA_BLOCK_SAMPLES = 64;

export const QUICKTIME_PCM_FORMATS: Readonly<Record<string, PcmFormat>> = {
  NONE: PCM,
  "raw ": PCM,
  twos: PCM,
  sowt: PCM,
  in24: { codec: "PCM", bitsPerSample: 24 },
  in32: { codec: "PCM", bitsPerSample: 32 },
  fl32: FLOAT_32,
  fl64: FLOAT_64,
  ulaw: MU_LAW,
  alaw: A_LAW,
  ima4: {
    codec: "IMA ADPCM",
    bitsPerSample: (IMA_BLOCK_BYTES * 8) / IMA_BLOCK_SAMPLES,
    blockSamples: IMA_BLOCK_SAMPLES,
  },
};

/** Bits that one sample takes: as the format fixes it, otherwise as stated, rounded up to whole bytes. */
export const bitsPerSampleOf = ({ bitsPerSample }: PcmFormat, statedBits: number): number =>
  bitsPerSample ?? Math.ceil(statedBits / 8) * 8;
