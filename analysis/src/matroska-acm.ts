// The codec of a track "A_MS/ACM" in Matroska, which music-metadata does not tell: CodecPrivate is WAVEFORMATEX of mmreg.h.
import { dataViewOf } from "../../src/probe/bytes.ts";

const CODEC_ID = "A_MS/ACM";
/** The id of CodecPrivate (RFC 9559 section 5.1.4.1.24), and the length of its size by the first byte of that. */
const CODEC_PRIVATE = "\x63\xa2";
const sizeLength = (first: number): number => Math.clz32(first) - 23;
const FORMAT_BYTES = 16;
/** WAVEFORMATEXTENSIBLE: the format tag starts its SubFormat. */
const EXTENSIBLE = { tag: 0xfffe, subFormatAt: 24, bytes: 26 } as const;

/** The format tag; 0 when no CodecPrivate follows the codec's id in the first bytes. */
export function acmTagOf(head: Uint8Array): number {
  const text = String.fromCharCode(...head);
  const idAt = text.indexOf(CODEC_ID);
  const privateAt = idAt < 0 ? -1 : text.indexOf(CODEC_PRIVATE, idAt);
  if (privateAt < 0) return 0;
  const sizeAt = privateAt + CODEC_PRIVATE.length;
  const format = dataViewOf(head.subarray(sizeAt + sizeLength(head[sizeAt] ?? 0)));
  if (format.byteLength < FORMAT_BYTES) return 0;
  const tag = format.getUint16(0, true);
  const isExtensible = tag === EXTENSIBLE.tag && format.byteLength >= EXTENSIBLE.bytes;
  return isExtensible ? format.getUint16(EXTENSIBLE.subFormatAt, true) : tag;
}
