// Describes a recorded request in one line: what the client asked for, what it received and from where.
import type { RecordedRequest } from "../requests.ts";
import { formatBytes } from "./formats.ts";

/** Byte positions as in Content-Range (RFC 9110 §14.4): `first` and `last` are inclusive. */
export interface ByteRange {
  first: number;
  last: number;
  size: number;
}

export interface Explanation {
  text: string;
  tone: "good" | "neutral" | "warn" | "bad";
  /** The part of the audio in the body; null without one. */
  range: ByteRange | null;
}

const CLIENT_ERRORS: Record<number, string> = {
  400: "rejected: invalid input",
  401: "rejected: not signed in",
  403: "rejected: no subscription, or a page of another origin",
  404: "not found, or of another organisation",
  405: "rejected: method not allowed",
  409: "no audio stored yet",
  412: "precondition failed",
  413: "rejected: larger than 20 MB",
  416: "rejected: range beyond the end",
  422: "rejected: not audio, or too short",
  429: "rejected: rate limit exceeded",
};
const SUCCESSES: Record<number, string> = { 201: "voice created", 204: "done" };

export function explain(request: RecordedRequest): Explanation {
  const { status, contentRange, contentLength, cacheStatus, method } = request;
  const source = sourceOf(cacheStatus);
  const from = source ? `, ${source}` : "";
  if (status >= 500) return { text: "failed in the service", tone: "bad", range: null };
  if (status >= 400) {
    const size = /\*\/(\d+)$/.exec(contentRange ?? "")?.[1];
    const reason = CLIENT_ERRORS[status] ?? "rejected";
    return { text: size ? `${reason} (${formatBytes(Number(size))})` : reason, tone: "warn", range: null };
  }
  if (status === 304) {
    return { text: `not modified: the browser's copy is current${from}`, tone: "neutral", range: null };
  }
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? [];
  if (first && last && total) {
    const range = { first: Number(first), last: Number(last), size: Number(total) };
    const text = `bytes ${grouped(range.first)}–${grouped(range.last)} of ${formatBytes(range.size)}${from}`;
    return { text, tone: "good", range };
  }
  if (!source || contentLength === null) {
    return { text: SUCCESSES[status] ?? "answered", tone: "good", range: null };
  }
  const size = Number(contentLength);
  const text = `${formatBytes(size)}${from}`;
  if (method === "HEAD") return { text: `headers only of ${text}`, tone: "good", range: null };
  return { text: `complete, ${text}`, tone: "good", range: { first: 0, last: size - 1, size } };
}

const grouped = (bytes: number) => bytes.toLocaleString("en");

/** `d1;dur=3;desc="2", total;dur=5` (Server-Timing, `desc` is a count) as `d1 3 ms ×2 · total 5 ms`. */
export const explainTiming = (serverTiming: string): string =>
  [...serverTiming.matchAll(/([\w-]+);dur=([\d.]+)(?:;desc="(\d+)")?/g)]
    .map(([, name, duration, count]) => `${name} ${duration} ms${count === undefined ? "" : ` ×${count}`}`)
    .join(" · ");

/** The source of the body according to Cache-Status (RFC 9211). */
function sourceOf(cacheStatus: string | null): string | null {
  if (cacheStatus === null) return null;
  if (/;\s*hit\b/.test(cacheStatus)) return "from the edge cache";
  if (/\bstored\b/.test(cacheStatus)) return "from R2, stored in the edge cache";
  if (/\bfwd=bypass\b/.test(cacheStatus)) return "from R2, private audio is not cached";
  return "from R2";
}
