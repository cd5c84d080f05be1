// AMR frames as files store them (RFC 4867 section 5.3): a byte that states the frame's type, then its speech bits.

export interface AmrVariant {
  codec: string;
  sampleRate: number;
  /** By frame type, with the first byte: speech, comfort noise (SID), then frames without data. */
  frameBytes: readonly number[];
}

/** 3GPP TS 26.101 table 1a. */
export const AMR_NB: AmrVariant = {
  codec: "AMR-NB",
  sampleRate: 8000,
  frameBytes: [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1],
};
/** 3GPP TS 26.201 table 2. */
export const AMR_WB: AmrVariant = {
  codec: "AMR-WB",
  sampleRate: 16_000,
  frameBytes: [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1],
};

export const AMR_FRAME_SECONDS = 0.02;

/** The length of the frame that starts with `first`. */
export const amrFrameBytes = ({ frameBytes }: AmrVariant, first: number): number =>
  frameBytes[(first >> 3) & 0xf] ?? 1;
