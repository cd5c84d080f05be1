// Uploads recordings as a client does.
import { type Call, call } from "./call.ts";

export const VALID_QUERY = { name: "My voice", category: "GENERAL", language: "en-US" };

export interface Upload extends Call {
  query?: Record<string, string> | string;
}

/** Creates a voice from `body`, as a member of `as` if it is given. Sets Content-Length unless the body is a stream. */
export function upload(
  as: string | undefined,
  body: BodyInit | null,
  { query = VALID_QUERY, headers = { "Content-Type": "audio/wav" }, ...rest }: Upload = {},
): Promise<Response> {
  return call(`/api/voices/create?${new URLSearchParams(query)}`, {
    method: "POST",
    ...(as !== undefined && { as }),
    body,
    headers: withContentLength(headers, body),
    ...rest,
  });
}

function withContentLength(headers: HeadersInit, body: BodyInit | null): Headers {
  const all = new Headers(headers);
  const length = typeof body === "string" ? body.length : Reflect.get(body ?? {}, "byteLength");
  if (typeof length === "number" && !all.has("Content-Length")) all.set("Content-Length", `${length}`);
  return all;
}

/** `bytes` as a stream: a body without a Content-Length. */
export const streamOf = (bytes: BodyInit): ReadableStream => new Response(bytes).body ?? new ReadableStream();

/** A body whose length is that of `bytes`, and whose connection breaks after `sent` of them. */
export function brokenOff(bytes: Uint8Array, sent: number): ReadableStream {
  const { readable, writable } = new FixedLengthStream(bytes.byteLength);
  const writer = writable.getWriter();
  const send = async () => {
    await writer.write(bytes.subarray(0, sent));
    // workerd's message for a client that disconnects.
    await writer.abort(new Error("Network connection lost."));
  };
  send().catch(() => undefined);
  return readable;
}
