// The one expected failure of a probe. Anything else that is thrown comes from the byte source or is a defect.

/** The recording cannot be measured. The message is a full clause for the log; clients never see it. */
export class UnsupportedAudioError extends Error {
  override name = "UnsupportedAudioError";
  /** The name of a container or codec that was recognised and is not supported; null in every other case. */
  readonly format: string | null;

  constructor(message: string, format: string | null = null) {
    super(message);
    this.format = format;
  }
}

export const unsupportedCodec = (codec: string) =>
  new UnsupportedAudioError(`the codec is not supported (${codec})`, codec);

export const invalidFormat = () =>
  new UnsupportedAudioError("the sample rate, channel count, sample size or frame size is invalid");
