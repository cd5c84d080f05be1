// Parses a Range header (RFC 9110 §14) and resolves it against a representation's size.

/** The requested bytes before the size is known: an int-range or a suffix-range (§14.1.1). */
export type RangeSpec = { first: number; last: number | null } | { suffix: number };

/** The part of a representation to send: `length` bytes from `offset`. */
export interface ByteSpan {
  offset: number;
  length: number;
}

// §14.1.1: the unit's name is case-insensitive. §5.6.1: a list may have empty members, and space around commas.
const ONE_BYTE_RANGE = /^bytes=(?:(?:[ \t]*,)+[ \t]*)?(?:(\d+)-(\d*)|-(\d+))(?:[ \t]*,)*[ \t]*$/i;

/**
 * The one range that `header` requests, or null when the whole is sent: no header, another unit, a malformed set, or
 * several ranges, which a server may ignore (§14.2) because small requests could ask for large responses.
 */
export function parseRange(header: string | undefined): RangeSpec | null {
  const [, first, last, suffix] = ONE_BYTE_RANGE.exec(header ?? "") ?? [];
  if (suffix !== undefined) return { suffix: toPosition(suffix) };
  if (first === undefined || last === undefined) return null;
  if (last === "") return { first: toPosition(first), last: null };
  // §14.1.1: an int-range whose last-pos is less than its first-pos is invalid, at any magnitude.
  if (BigInt(last) < BigInt(first)) return null;
  return { first: toPosition(first), last: toPosition(last) };
}

/** The bytes of `spec` within `size`, or null when it is unsatisfiable (§14.1.2). */
export function resolveRange(spec: RangeSpec, size: number): ByteSpan | null {
  if ("suffix" in spec) {
    const length = Math.min(spec.suffix, size);
    return length > 0 ? { offset: size - length, length } : null;
  }
  if (spec.first >= size) return null;
  const end = spec.last === null ? size : Math.min(spec.last + 1, size);
  return { offset: spec.first, length: end - spec.first };
}

// A position beyond 2^53 lies past the end of every object: its exact value does not matter.
const toPosition = (digits: string): number => Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1);
