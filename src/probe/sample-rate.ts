// The sample rates that the probe accepts.

const MIN_SAMPLE_RATE_HZ = 2000;
const MAX_SAMPLE_RATE_HZ = 768_000;

/**
 * Whether a recording may have this rate. The lower bound is a defence: a header that claims 1 Hz would turn ten bytes
 * of PCM into ten seconds of audio.
 */
export const isSupportedSampleRate = (sampleRate: number): boolean =>
  sampleRate >= MIN_SAMPLE_RATE_HZ && sampleRate <= MAX_SAMPLE_RATE_HZ;
