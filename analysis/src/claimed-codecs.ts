// The codecs that nobody counts and music-metadata reads, each with its lowest rate: the bound of what a recording may
// claim. docs/decisions/0027 explains the two floors.

export interface ClaimedCodec {
  codec: string;
  /** The higher of the two is the lowest rate: of all channels in bits a second, of each one in bits a sample. */
  lowest: { bitsPerSecond: number; bitsPerSample: number };
  /** The rate that the header states is that of every second, so it bounds the duration as well. */
  isConstantRate: boolean;
  isLossless: boolean;
}

/**
 * A silent frame of some codecs takes next to nothing, so their own lowest rate would bound nothing. This is below any
 * rate at which they carry speech (AMR and CELP start at 4.75 and 4.8 kbit/s).
 */
const SPEECH_FLOOR_BITS_PER_SECOND = 4000;
/** The same for lossless codecs: half of what 8-bit speech at 8 kHz takes in them, and a fifth of other speech. */
const LOSSLESS_FLOOR = { bitsPerSecond: 16_000, bitsPerSample: 1 };

const variable = (codec: string, bitsPerSecond = SPEECH_FLOOR_BITS_PER_SECOND): ClaimedCodec => ({
  codec,
  lowest: { bitsPerSecond, bitsPerSample: 0 },
  isConstantRate: false,
  isLossless: false,
});
const constant = (codec: string, bitsPerSecond: number): ClaimedCodec => ({
  ...variable(codec, bitsPerSecond),
  isConstantRate: true,
});
const sampled = (codec: string, bitsPerSample: number): ClaimedCodec => ({
  ...variable(codec),
  lowest: { bitsPerSecond: SPEECH_FLOOR_BITS_PER_SECOND, bitsPerSample },
});
const lossless = (codec: string, lowest: Partial<ClaimedCodec["lowest"]> = {}): ClaimedCodec => ({
  ...variable(codec),
  lowest: { ...LOSSLESS_FLOOR, ...lowest },
  isLossless: true,
});

// ETSI TS 102 366 table F.7.1 (32 kbit/s) and TS 102 114 (24 kbit/s for DTS Express); TrueHD has 1,200 access units a
// second of at least four bytes.
const AC3 = constant("AC-3", 32_000);
const DTS = variable("DTS", 24_000);
const TRUE_HD = lossless("TrueHD", { bitsPerSecond: 38_400 });
const AAC = variable("AAC");
const GSM = constant("GSM 6.10", 13_000);
const G722 = constant("G.722", 48_000);
const TRUE_SPEECH = constant("TrueSpeech", 8500);
const G723 = variable("G.723.1");
const VORBIS = variable("Vorbis");
const MACE_3 = sampled("MACE 3:1", 8 / 3);
const MACE_6 = sampled("MACE 6:1", 8 / 6);

export const MONKEYS_AUDIO = lossless("Monkey's Audio");
export const MUSEPACK = variable("Musepack");
/** A sample is one bit, of which the compression leaves a third or more. */
export const WAVPACK_DSD = lossless("DSD in WavPack", { bitsPerSample: 0.1 });
/** One bit a sample at 64 times 44.1 kHz, the lowest rate of DSD. */
export const DSD: ClaimedCodec = { ...constant("DSD", 2_822_400), isLossless: true };

/** By format tag (mmreg.h), as ffmpeg's riff.c maps them. */
export const FORMAT_TAG_CODECS: Readonly<Record<number, ClaimedCodec>> = {
  1: sampled("PCM", 8),
  2: sampled("Microsoft ADPCM", 4),
  3: sampled("IEEE float", 32),
  6: sampled("A-law", 8),
  7: sampled("µ-law", 8),
  16: sampled("OKI ADPCM", 4),
  17: sampled("IMA ADPCM", 4),
  20: sampled("G.726", 2),
  23: sampled("OKI ADPCM", 4),
  32: sampled("Yamaha ADPCM", 4),
  34: TRUE_SPEECH,
  49: GSM,
  50: GSM,
  56: variable("AMR-NB"),
  64: sampled("G.726", 2),
  66: G723,
  69: sampled("G.726", 2),
  80: variable("MP2", 8000),
  85: variable("MP3", 8000),
  87: variable("AMR-NB"),
  88: variable("AMR-WB"),
  97: sampled("IMA ADPCM DK4", 4),
  98: sampled("IMA ADPCM DK3", 8 / 3),
  100: sampled("G.726", 2),
  101: G722,
  105: sampled("Xbox ADPCM", 4),
  117: variable("VoxWare MetaSound", 6000),
  131: variable("G.729", 6400),
  146: AC3,
  273: G723,
  304: variable("ACELP.net", 5000),
  352: variable("WMA 1"),
  353: variable("WMA 2"),
  354: variable("WMA Professional"),
  355: lossless("WMA Lossless"),
  512: sampled("Creative ADPCM", 4),
  576: AC3,
  577: AC3,
  624: constant("ATRAC3", 33_000),
  655: G722,
  1025: sampled("Intel Music Coder", 2),
  5376: GSM,
  5377: TRUE_SPEECH,
  5632: AAC,
  5634: AAC,
  8192: AC3,
  8193: DTS,
  21318: sampled("SWF ADPCM", 2),
  26447: VORBIS,
  26448: VORBIS,
  26449: VORBIS,
  26479: VORBIS,
  26480: VORBIS,
  26481: VORBIS,
  29594: variable("G.729", 6400),
  41216: G723,
  // The first two bytes of identifiers of their own in WAVEFORMATEXTENSIBLE (ffmpeg's riff.c).
  32811: variable("MP2", 8000),
  32812: AC3,
  34735: variable("E-AC-3", 32_000),
  61868: lossless("FLAC"),
};

/** Codecs whose frames state no size: decoders find them in the packets of ASF and Matroska, and not in the data of WAVE. */
export const PACKET_CODECS: Readonly<Record<number, ClaimedCodec>> = {
  255: AAC,
  5648: AAC,
  16707: AAC,
  22127: VORBIS,
  28781: AAC,
  41222: AAC,
  41225: variable("Speex"),
};

/** By Matroska's codec id, without "A_". A Map, because the id is a text of the recording's choice. */
export const MATROSKA_CODECS: ReadonlyMap<string, ClaimedCodec> = new Map(
  Object.entries({
    AAC,
    WAVPACK4: lossless("WavPack"),
    TTA1: lossless("True Audio"),
    MPC: MUSEPACK,
    TRUEHD: TRUE_HD,
    MLP: TRUE_HD,
    DTS,
    "DTS/EXPRESS": DTS,
    "DTS/LOSSLESS": DTS,
    "REAL/14_4": constant("RealAudio 14.4", 8000),
    "REAL/28_8": constant("RealAudio 28.8", 15_000),
    "REAL/COOK": variable("RealAudio Cook", 6000),
    "REAL/SIPR": variable("RealAudio SIPR", 5000),
    "REAL/RALF": lossless("RealAudio Lossless"),
    "REAL/ATRC": constant("ATRAC3", 33_000),
    "QUICKTIME/QDMC": variable("QDesign Music"),
    "QUICKTIME/QDM2": variable("QDesign Music 2"),
  }),
);

/** Of "mp4a", whose configuration says what it is: by the format that src/probe recognises. */
export const MP4A_CODECS: ReadonlyMap<string, ClaimedCodec> = new Map(
  Object.entries({
    "DTS in MP4": DTS,
    "EVRC in MP4": variable("EVRC"),
    "QCELP in MP4": variable("QCELP"),
    "CELP in MP4": variable("CELP"),
    "HVXC in MP4": variable("HVXC", 2000),
    "MPEG-4 ALS in MP4": lossless("MPEG-4 ALS"),
    "MPEG-4 SLS in MP4": lossless("MPEG-4 SLS"),
    "xHE-AAC in MP4": variable("xHE-AAC"),
  }),
);

/** By the four letters of QuickTime, which AIFF-C uses as well. */
export const QUICKTIME_CODECS: ReadonlyMap<string, ClaimedCodec> = new Map(
  Object.entries({
    MAC3: MACE_3,
    MAC6: MACE_6,
    QDMC: variable("QDesign Music"),
    QDM2: variable("QDesign Music 2"),
    Qclp: variable("QCELP"),
    sqcp: variable("QCELP"),
    "GSM ": GSM,
    agsm: GSM,
    G722,
    G726: sampled("G.726", 2),
    SDX2: sampled("SDX2", 8),
    mp4a: variable("MPEG-4 audio"),
    dtsc: DTS,
    dtse: DTS,
    dtsh: DTS,
    dtsl: DTS,
    mlpa: TRUE_HD,
    ilbc: variable("iLBC", 13_333),
  }),
);

/** The bits a second below which no recording of `codec` is believed. The sample rate and the channels are stated ones. */
export const lowestBitsPerSecond = (
  { lowest }: ClaimedCodec,
  sampleRateHz: number,
  channels: number,
): number => Math.max(lowest.bitsPerSecond, lowest.bitsPerSample * sampleRateHz * channels);
