// The one expected failure of a probe. Anything else that is thrown comes from the byte source or is a defect.

/** Bounds a format's name, which can come from the recording's bytes, before it reaches a log or a response. */
const MAX_FORMAT_LENGTH = 60;

/** The recording cannot be measured. The message is a full clause for the log; clients never see it. */
export class UnsupportedAudioError extends Error {
  override name = "UnsupportedAudioError";
  /** The name of a container or codec that was recognised and is not supported; null in every other case. */
  readonly format: string | null;
  /** Of that codec, where it is stated in a way of its own. */
  readonly sampleRateHz: number | null;

  constructor(message: string, format: string | null = null, sampleRateHz: number | null = null) {
    super(message);
    this.format = format;
    this.sampleRateHz = sampleRateHz;
  }
}

/** `codec` may contain any characters: those that a name does not have become "?". */
export function unsupportedCodec(codec: string, sampleRateHz: number | null = null): UnsupportedAudioError {
  const name = codec.replaceAll(/[^\w .,:/()+-]/g, "?").slice(0, MAX_FORMAT_LENGTH);
  return new UnsupportedAudioError(`the codec is not supported (${name})`, name, sampleRateHz);
}

export const unsupportedContainer = (format: string) =>
  new UnsupportedAudioError(`the format is not supported (${format})`, format);

export const invalidFormat = () =>
  new UnsupportedAudioError("the sample rate, channel count, sample size or frame size is invalid");
