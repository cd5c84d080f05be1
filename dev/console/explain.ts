// Says in plain words what a request to the service asked for and got, from its head alone.
import type { RecordedRequest } from "../requests.ts";
import { formatBytes } from "./formats.ts";

export type Tone = "good" | "plain" | "warn" | "bad";

/** A span of bytes within a whole of `size`; `to` is the last one's number. */
export interface Span {
  from: number;
  to: number;
  size: number;
}

export interface Explanation {
  words: string;
  tone: Tone;
  /** Which part of the audio the answer carries, where it carries any. */
  span: Span | null;
}

const NO_SUCCESS: Record<number, string> = {
  400: "refused: the input is not valid",
  401: "refused: nobody is signed in",
  403: "refused: no subscription, or a foreign page",
  404: "nothing there, or not yours",
  405: "this path has other methods",
  409: "not stored yet",
  412: "a precondition does not hold",
  413: "refused: larger than 20 MB",
  416: "the range lies past the end",
  422: "refused: not audio, or too short",
  429: "refused: too many in a short time",
};

export function explain(request: RecordedRequest): Explanation {
  const span = spanOf(request);
  return { words: wordsFor(request, span), tone: toneOf(request.status), span };
}

function wordsFor(request: RecordedRequest, span: Span | null): string {
  const { status, contentRange, contentLength, method } = request;
  const source = sourceOf(request.cacheStatus);
  const from = source ? `, ${source}` : "";
  if (status === 304) return `not modified: the browser's copy is still good${from}`;
  if (status === 206 && span) {
    return `bytes ${grouped(span.from)}–${grouped(span.to)} of ${formatBytes(span.size)}${from}`;
  }
  if (status >= 500) return "the service could not do it";
  if (status >= 400) {
    const size = /\*\/(\d+)$/.exec(contentRange ?? "")?.[1];
    return (NO_SUCCESS[status] ?? "refused") + (size ? ` (${formatBytes(Number(size))})` : "");
  }
  if (source && contentLength !== null) {
    const whole = `the whole, ${formatBytes(Number(contentLength))}${from}`;
    return method === "HEAD" ? `the head alone of ${whole}` : whole;
  }
  if (status === 201) return "a voice was made";
  if (status === 204) return "done";
  return "answered";
}

const grouped = (bytes: number) => bytes.toLocaleString("en");

/** `d1;dur=3;desc="2", total;dur=5` (Server-Timing, desc being how often) as `d1 3 ms ×2 · total 5 ms`. */
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

/** What Cache-Status (RFC 9211) tells. */
function sourceOf(cacheStatus: string | null): string | null {
  if (cacheStatus === null) return null;
  if (/;\s*hit\b/.test(cacheStatus)) return "from the edge cache";
  if (/\bstored\b/.test(cacheStatus)) return "from R2, and now into the edge cache";
  if (/\bfwd=bypass\b/.test(cacheStatus)) return "straight from R2, as private audio is";
  return "from R2";
}

function spanOf({ status, contentRange, contentLength, cacheStatus, method }: RecordedRequest): Span | null {
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? [];
  if (from && to && size) return { from: Number(from), to: Number(to), size: Number(size) };
  const whole = Number(contentLength ?? 0);
  const carriesAudio = status === 200 && cacheStatus !== null && method === "GET" && whole > 0;
  return carriesAudio ? { from: 0, to: whole - 1, size: whole } : null;
}

function toneOf(status: number): Tone {
  if (status >= 500) return "bad";
  if (status >= 400) return "warn";
  return status === 304 ? "plain" : "good";
}
