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
    await writer.abort(new Error("connection lost"));
  };
  send().catch(() => undefined);
  return readable;
}
