// Uploads as a client makes them.
import { type Call, call } from "./call.ts";

export const VALID_QUERY = { name: "My voice", category: "GENERAL", language: "en-US" };

export interface Upload extends Call {
  query?: Record<string, string> | string;
}

/** Uploads `body`, with its length declared unless it is a stream. */
export function upload(
  as: string,
  body: BodyInit | null,
  { query = VALID_QUERY, headers = { "Content-Type": "audio/wav" }, ...rest }: Upload = {},
): Promise<Response> {
  return call(`/api/voices/create?${new URLSearchParams(query)}`, {
    method: "POST",
    as,
    body,
    headers: withLength(headers, body),
    ...rest,
  });
}

function withLength(headers: HeadersInit, body: BodyInit | null): Headers {
  const all = new Headers(headers);
  const length = typeof body === "string" ? body.length : Reflect.get(body ?? {}, "byteLength");
  if (typeof length === "number" && !all.has("Content-Length")) all.set("Content-Length", `${length}`);
  return all;
}

/** `bytes` as a body of declared length that breaks off after `sent` of them. */
export function brokenOff(bytes: Uint8Array, sent: number): ReadableStream {
  const { readable, writable } = new FixedLengthStream(bytes.byteLength);
  const writer = writable.getWriter();
  const send = async () => {
    await writer.write(bytes.subarray(0, sent));
    // In workerd's words for a client that went away.
    await writer.abort(new Error("Network connection lost."));
  };
  send().catch(() => undefined);
  return readable;
}

const WAV_HEADER_BYTES = 44;
const WAV_SAMPLE_RATE = 44_100;

/** A WAV of `seconds` of silence, 16 bits, mono. */
export function longWav(seconds: number): Uint8Array<ArrayBuffer> {
  const dataBytes = seconds * WAV_SAMPLE_RATE * 2;
  const bytes = new Uint8Array(WAV_HEADER_BYTES + dataBytes);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, WAV_SAMPLE_RATE, true);
  view.setUint32(28, WAV_SAMPLE_RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, dataBytes, true);
  return bytes;
}
