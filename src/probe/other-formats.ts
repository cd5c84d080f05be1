// Files that are recognised and not measured: recordings in other formats, and common files that are no recordings.
import type { Reader } from "./reader.ts";

export type OtherFormat =
  /** A recording. `format` is a name, e.g. "CAF". */
  | { kind: "recording"; format: string }
  /** Another file. `format` has an article, e.g. "a PNG image". */
  | { kind: "file"; format: string };

/** First bytes in Latin-1, and the format that they stand for. "?" is any byte. */
type Signature = readonly [magic: string, format: string];

const RECORDINGS: readonly Signature[] = [
  ["caff\0", "CAF"],
  ["#!AMR\n", "AMR"],
  ["#!AMR_MC1.0\n", "AMR"],
  ["#!AMR-WB\n", "AMR-WB"],
  ["#!AMR-WB_MC1.0\n", "AMR-WB"],
  ["#!SILK_V3", "SILK"],
  // As WeChat and QQ write it.
  ["\x02#!SILK_V3", "SILK"],
  ["#!iLBC", "iLBC"],
  [".snd", "AU"],
  ["dns.", "AU"],
  ["riff\x2e\x91\xcf\x11", "Wave64 (W64)"],
  ["RIFX", "RIFX"],
  ["RIFF????AVI ", "AVI"],
  ["RIFF????QLCM", "QCP"],
  [".ra\xfd", "RealAudio"],
  [".RMF", "RealMedia"],
  ["TTA1", "True Audio (TTA)"],
  ["TTA2", "True Audio (TTA)"],
  ["tBaK", "TAK"],
  ["OFR ", "OptimFROG"],
  ["MAC ", "Monkey's Audio (APE)"],
  ["MP+", "Musepack"],
  ["MPCK", "Musepack"],
  ["ajkg", "Shorten"],
  ["DSD \x1c\0\0\0", "DSF"],
  ["FRM8????????DSD ", "DSDIFF"],
  ["Creative Voice File\x1a", "VOC"],
  ["FORM????8SVX", "8SVX"],
  ["NIST_1A\n", "NIST SPHERE"],
  ["\x64\xa3?\0", "IRCAM"],
  ["\0?\xa3\x64", "IRCAM"],
  // Of dictation machines by Olympus, Philips and Sony.
  ["\x02dss", "DSS"],
  ["\x03dss", "DSS"],
  ["\x03ds2", "DS2"],
  ["MS_VOICE", "Sony MSV"],
  ["ea3\x03", "ATRAC (OpenMG)"],
  ["EA3", "ATRAC (OpenMG)"],
  ["ADIF", "AAC (ADIF)"],
  ["FLV\x01", "FLV"],
  ["\x06\x0e\x2b\x34\x02\x05\x01\x01", "MXF"],
  ["\0\0\x01\xba", "MPEG program stream"],
  ["\x7f\xfe\x80\x01", "DTS"],
  ["\xfe\x7f\x01\x80", "DTS"],
  ["\x1f\xff\xe8\0", "DTS"],
  ["\xff\x1f\0\xe8", "DTS"],
  ["DTSHDHDR", "DTS"],
  ["????\xf8\x72\x6f\xba", "Dolby TrueHD"],
  ["????\xf8\x72\x6f\xbb", "MLP"],
];
const FILES: readonly Signature[] = [
  ["MThd\0\0\0\x06", "a MIDI file"],
  ["RIFF????RMID", "a MIDI file"],
  ["Extended Module: ", "a tracker module"],
  ["IMPM", "a tracker module"],
  ["\x89PNG\r\n\x1a\n", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF87a", "a GIF image"],
  ["GIF89a", "a GIF image"],
  ["RIFF????WEBP", "a WebP image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["%PDF-", "a PDF document"],
  ["PK\x03\x04", "a ZIP archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
  ["\x1f\x8b\x08", "a gzip archive"],
  ["#EXTM3U", "a playlist"],
  ["[playlist]", "a playlist"],
  // As FileReader.readAsDataURL returns a recording.
  ["data:audio/", "a data URL"],
];

/** The packets of an MPEG transport stream and, with a time code before each, of Blu-ray and camcorders. */
const TRANSPORT_PACKETS = [
  { start: 0, bytes: 188 },
  { start: 4, bytes: 192 },
];
const TRANSPORT_SYNC = "G";
const TRANSPORT_SYNCS = 3;

/** How much of a file is looked at. */
export const OTHER_FORMAT_BYTES = 600;

/** The format of the file at the reader's position, of which {@link OTHER_FORMAT_BYTES} are loaded or all that remain. */
export function findOtherFormat(reader: Reader): OtherFormat | undefined {
  const head = headOf(reader);
  const recording = isTransportStream(head) ? "MPEG transport stream" : findSignature(RECORDINGS, head);
  if (recording) return { kind: "recording", format: recording };
  const file = findSignature(FILES, head);
  return file ? { kind: "file", format: file } : undefined;
}

const headOf = (reader: Reader): string => reader.ascii(Math.min(OTHER_FORMAT_BYTES, reader.remaining));

const findSignature = (signatures: readonly Signature[], head: string): string | undefined =>
  signatures.find(
    ([magic]) =>
      head.length >= magic.length && [...magic].every((byte, at) => byte === "?" || byte === head[at]),
  )?.[1];

const isTransportStream = (head: string): boolean =>
  TRANSPORT_PACKETS.some(({ start, bytes }) =>
    Array.from({ length: TRANSPORT_SYNCS }, (_, index) => head[start + index * bytes]).every(
      (byte) => byte === TRANSPORT_SYNC,
    ),
  );

const AC3_SYNC_WORD = 0x0b77;
const AC3_HEADER_BYTES = 6;
const MAX_AC3_BSID = 10;
const MAX_EAC3_BSID = 16;
const MAX_AC3_FRAME_SIZE_CODE = 37;
const RESERVED_AC3_RATE = 3;

/**
 * The name of the AC-3 stream (ATSC A/52) at the reader's position. Its sync word is so short that MPEG audio which
 * starts in the middle of a frame can begin with it: only for a file in which no other audio is found.
 */
export function findAc3(reader: Reader): string | null {
  if (reader.remaining < AC3_HEADER_BYTES || reader.u16() !== AC3_SYNC_WORD) return null;
  const bsid = reader.u8(5) >> 3;
  if (bsid > MAX_AC3_BSID) return bsid <= MAX_EAC3_BSID ? "E-AC-3" : null;
  const isValid = reader.u8(4) >> 6 !== RESERVED_AC3_RATE && (reader.u8(4) & 0x3f) <= MAX_AC3_FRAME_SIZE_CODE;
  return isValid ? "AC-3" : null;
}
