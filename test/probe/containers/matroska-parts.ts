// Builds WebM and Matroska files element by element.
import { bytesOf, type Part, u32, u64 } from "../../../bench/hostile-recordings/bytes.ts";

const idOf = (id: number) => u32(id).slice(Math.clz32(id) >> 3);
/** An element whose size is written in eight bytes. */
export const element = (id: number, ...content: Part[]) => {
  const bytes = bytesOf(...content);
  return bytesOf(idOf(id), 1, u64(bytes.length).slice(1), bytes);
};
export const UNKNOWN = Number.POSITIVE_INFINITY;
/** An element that claims `size`. */
export const claiming = (id: number, size: number, ...content: Part[]) =>
  bytesOf(idOf(id), 1, size === UNKNOWN ? new Uint8Array(7).fill(255) : u64(size).slice(1), ...content);

export const ebml = (docType: string) => element(0x1a45dfa3, element(0x4286, 1), element(0x4282, docType));
export const segment = (...content: Part[]) => bytesOf(ebml("webm"), element(0x18538067, ...content));
export const cluster = (...content: Part[]) => element(0x1f43b675, element(0xe7, 0), ...content);
export const trackEntry = (codec: string, { number = 1, type = 2, more = new Uint8Array() } = {}) =>
  element(0xae, element(0xd7, number), element(0x83, type), element(0x86, codec), more);
export const tracks = (...entries: Part[]) => element(0x1654ae6b, ...entries);
export const opusTracks = tracks(trackEntry("A_OPUS"));
export const void_ = (length: number) => element(0xec, new Uint8Array(length));

export const float64 = (value: number) => new Uint8Array(new Float64Array([value]).buffer).reverse();
export const sound = ({ rate = 8000, channels = 1, bits = 16 } = {}) =>
  element(0xe1, element(0xb5, float64(rate)), element(0x9f, channels), element(0x6264, bits));
export const stripping = (stripped: Uint8Array, algorithm = 3) =>
  element(0x6d80, element(0x6240, element(0x5034, element(0x4254, algorithm), element(0x4255, stripped))));

export const OPUS_20_MS = bytesOf(31 * 8, 0, 0);
/** Flags of a block: the type of lacing. */
export const [XIPH, FIXED, EBML] = [2, 4, 6];
export const block = (flags: number, ...content: Part[]) => bytesOf(0x81, 0, 0, flags, ...content);
export const simpleBlock = (flags = 0, ...content: Part[]) => element(0xa3, block(flags, ...content));
export const tenBlocks = bytesOf(...new Array<Uint8Array>(10).fill(simpleBlock(0, OPUS_20_MS)));
