// The parts that hostile recordings are made of.

export interface HostileRecording {
  name: string;
  /** What a decoder that reads to the end could give at most; 0 where there is no audio at all. */
  atMostSeconds: number;
  make: () => Uint8Array<ArrayBuffer>;
}

export type Part = string | number | readonly number[] | Uint8Array;

export const SIZE = 20 * 1024 * 1024 - 64;
export const MAX_U32 = 0xffffffff;

export function bytesOf(...parts: Part[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : [...part];
    }),
  );
}
export const bigEndian = (size: number, value: number) =>
  Array.from({ length: size }, (_, byte) => Math.floor(value / 256 ** (size - 1 - byte)) % 256);
export const u16 = (value: number) => bigEndian(2, value);
export const u24 = (value: number) => bigEndian(3, value);
export const u32 = (value: number) => bigEndian(4, value);
export const u64 = (value: number) => bigEndian(8, value);
export const u16le = (value: number) => u16(value).reverse();
export const u32le = (value: number) => u32(value).reverse();
export const u64le = (value: number) => u64(value).reverse();
export const zeros = (count: number) => new Uint8Array(count);

/** `head`, then `unit` again and again, then `tail`. */
export function filled(head: Part[], unit: Part[], tail: Part[] = []): Uint8Array<ArrayBuffer> {
  const [first, again, last] = [bytesOf(...head), bytesOf(...unit), bytesOf(...tail)];
  const bytes = new Uint8Array(SIZE);
  bytes.set(first);
  const end = SIZE - last.length;
  bytes.set(again.subarray(0, end - first.length), first.length);
  for (let done = again.length; first.length + done < end; done *= 2) {
    bytes.copyWithin(first.length + done, first.length, Math.min(first.length + done, end - done));
  }
  bytes.set(last, end);
  return bytes;
}

export const repeated = (name: string, head: Part[], unit: Part[], atMostSeconds = 0): HostileRecording => ({
  name,
  atMostSeconds,
  make: () => filled(head, unit),
});
/** How many units of so many bytes there is room for. */
export const units = (bytes: number) => Math.ceil(SIZE / bytes);
