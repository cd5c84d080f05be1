// Fills hostile recordings of 20 MiB from a head and a unit that repeats.
import { bytesOf, type Part } from "./bytes.ts";

export interface HostileRecording {
  name: string;
  /** The most that a decoder could produce from it; 0 where there is no audio. */
  maxSeconds: number;
  make: () => Uint8Array<ArrayBuffer>;
}

export const SIZE = 20 * 1024 * 1024 - 64;

/** `head`, then `unit` repeated to the size, then `tail`. */
export function filled(head: Part[], unit: Part[], tail: Part[] = []): Uint8Array<ArrayBuffer> {
  const [first, repeatedUnit, last] = [bytesOf(...head), bytesOf(...unit), bytesOf(...tail)];
  const bytes = new Uint8Array(SIZE);
  bytes.set(first);
  const end = SIZE - last.length;
  bytes.set(repeatedUnit.subarray(0, end - first.length), first.length);
  for (let done = repeatedUnit.length; first.length + done < end; done *= 2) {
    bytes.copyWithin(first.length + done, first.length, Math.min(first.length + done, end - done));
  }
  bytes.set(last, end);
  return bytes;
}

export const repeated = (name: string, head: Part[], unit: Part[], maxSeconds = 0): HostileRecording => ({
  name,
  maxSeconds,
  make: () => filled(head, unit),
});
/** How many units of `bytes` fit. */
export const units = (bytes: number) => Math.ceil(SIZE / bytes);
