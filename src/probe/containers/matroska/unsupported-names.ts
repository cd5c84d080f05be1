// What users call the codecs of Matroska that the probe recognises and does not count.
import { printable } from "../../bytes.ts";
import { type UnsupportedAudioError, unsupportedCodec } from "../../unsupported-audio-error.ts";

/** By the start of CodecID (matroska.org/technical/codec_specs.html). */
const NAMES: readonly (readonly [prefix: string, name: string])[] = [
  ["A_DTS", "DTS"],
  ["A_TRUEHD", "Dolby TrueHD"],
  ["A_MLP", "MLP"],
  ["A_TTA", "TTA"],
  ["A_WAVPACK", "WavPack"],
  ["A_REAL/", "RealAudio"],
  ["A_ATRAC/", "ATRAC"],
  ["A_QUICKTIME", "QuickTime audio"],
];

/** `codec` is a CodecID, or a name. */
export function unsupportedInMatroska(codec: string): UnsupportedAudioError {
  const name = NAMES.find(([prefix]) => codec.startsWith(prefix))?.[1] ?? printable(codec);
  return unsupportedCodec(`${name} in Matroska`);
}
