// Describes a recorded request in one line: what the client asked for, what it received and from where.
import type { RecordedRequest } from "../requests.ts";
import { formatBytes } from "./formats.ts";

type Tone = "good" | "neutral" | "warn" | "bad";

/** Byte positions as in Content-Range (RFC 9110 §14.4): `first` and `last` are inclusive. */
export interface ByteRange {
  first: number;
  last: number;
  size: number;
}

export interface Explanation {
  text: string;
  tone: Tone;
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

export function explain(request: RecordedRequest): Explanation {
  const range = rangeOf(request);
  return { text: describe(request, range), tone: toneOf(request.status), range };
}

function describe(request: RecordedRequest, range: ByteRange | null): string {
  const { status, contentRange, contentLength, method } = request;
  const source = sourceOf(request.cacheStatus);
  const from = source ? `, ${source}` : "";
  if (status === 304) return `not modified: the browser's copy is current${from}`;
  if (status === 206 && range) {
    return `bytes ${grouped(range.first)}–${grouped(range.last)} of ${formatBytes(range.size)}${from}`;
  }
  if (status >= 500) return "failed in the service";
  if (status >= 400) {
    const size = /\*\/(\d+)$/.exec(contentRange ?? "")?.[1];
    return (CLIENT_ERRORS[status] ?? "rejected") + (size ? ` (${formatBytes(Number(size))})` : "");
  }
  if (source && contentLength !== null) {
    const size = `${formatBytes(Number(contentLength))}${from}`;
    return method === "HEAD" ? `headers only of ${size}` : `complete, ${size}`;
  }
  if (status === 201) return "voice created";
  if (status === 204) return "done";
  return "answered";
}

const grouped = (bytes: number) => bytes.toLocaleString("en");

/** `d1;dur=3;desc="2", total;dur=5` (Server-Timing, `desc` is a count) as `d1 3 ms ×2 · total 5 ms`. */
export function explainTiming(serverTiming: string): string {
  const parts = serverTiming.split(",").map((metric) => {
    const [name = "", ...parameters] = metric.split(";").map((part) => part.trim());
    const parameter = (key: string) =>
      parameters
        .find((candidate) => candidate.startsWith(`${key}=`))
        ?.slice(key.length + 1)
        .replaceAll('"', "");
    const count = parameter("desc");
    return `${name} ${parameter("dur") ?? "?"} ms${count === undefined ? "" : ` ×${count}`}`;
  });
  return parts.join(" · ");
}

/** The source of the body according to Cache-Status (RFC 9211). */
function sourceOf(cacheStatus: string | null): string | null {
  if (cacheStatus === null) return null;
  if (/;\s*hit\b/.test(cacheStatus)) return "from the edge cache";
  if (/\bstored\b/.test(cacheStatus)) return "from R2, stored in the edge cache";
  if (/\bfwd=bypass\b/.test(cacheStatus)) return "from R2, private audio is not cached";
  return "from R2";
}

function rangeOf({
  status,
  contentRange,
  contentLength,
  cacheStatus,
  method,
}: RecordedRequest): ByteRange | null {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? [];
  if (first && last && size) return { first: Number(first), last: Number(last), size: Number(size) };
  const length = Number(contentLength ?? 0);
  const hasAudio = status === 200 && cacheStatus !== null && method === "GET" && length > 0;
  return hasAudio ? { first: 0, last: length - 1, size: length } : null;
}

function toneOf(status: number): Tone {
  if (status >= 500) return "bad";
  if (status >= 400) return "warn";
  return status === 304 ? "neutral" : "good";
}
