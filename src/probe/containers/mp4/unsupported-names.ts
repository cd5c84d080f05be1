// What users call the codecs of MPEG-4 and QuickTime that the probe recognises and does not count.
import { printable } from "../../bytes.ts";
import { type UnsupportedAudioError, unsupportedCodec } from "../../unsupported-audio-error.ts";

/** By the four-character code of the sample entry (mp4ra.org, "Codecs", and QuickTime File Format "Sound Media"). */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["ac-4", "AC-4"],
  ["dtsc", "DTS"],
  ["dtse", "DTS"],
  ["dtsh", "DTS"],
  ["dtsl", "DTS"],
  ["dtsx", "DTS"],
  ["drms", "encrypted audio"],
  ["enca", "encrypted audio"],
  ["iamf", "IAMF"],
  ["mlpa", "Dolby TrueHD"],
  ["mha1", "MPEG-H 3D Audio"],
  ["mha2", "MPEG-H 3D Audio"],
  ["mhm1", "MPEG-H 3D Audio"],
  ["mhm2", "MPEG-H 3D Audio"],
  ["MAC3", "MACE 3:1"],
  ["MAC6", "MACE 6:1"],
  ["ms\0\x02", "Microsoft ADPCM"],
  ["ms\0\x11", "IMA ADPCM"],
  ["Qclp", "QCELP"],
  ["sqcp", "QCELP"],
  ["QDM2", "QDesign Music"],
  ["QDMC", "QDesign Music"],
  ["sawp", "AMR-WB+"],
  ["sevc", "EVRC"],
  ["spex", "Speex"],
]);

/** `codec` is a four-character code, or a name. */
export const unsupportedInMp4 = (codec: string, sampleRateHz: number | null = null): UnsupportedAudioError =>
  unsupportedCodec(`${NAMES.get(codec) ?? printable(codec)} in MP4`, sampleRateHz);
