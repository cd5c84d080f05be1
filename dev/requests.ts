// Records the latest requests that pass through the development host. Records no credentials, query or body.
import { Hono } from "hono";
import { decodeJwt } from "jose";
import { identityOf, type SessionClaims } from "../src/auth/session-claims.ts";

const MAX_RECORDED = 500;
const MAX_LISTED = 50;

/** A request and its response. An absent header is null. */
export interface RecordedRequest {
  /** Sequence number, from 1. */
  number: number;
  /** ISO 8601. */
  at: string;
  /** The organisation that the session token names. The token is not verified. Null without one. */
  orgId: string | null;
  method: string;
  /** Without the query. */
  path: string;
  /** Sec-Fetch-Dest: `audio` for a request by an audio element. */
  destination: string | null;
  range: string | null;
  ifNoneMatch: string | null;
  status: number;
  contentRange: string | null;
  contentLength: string | null;
  cacheStatus: string | null;
  etag: string | null;
  serverTiming: string | null;
  requestId: string | null;
  /** The time until the response's headers arrived. */
  milliseconds: number;
}

/** A log of the latest requests, with the newest first. */
export function createRequestLog() {
  const recorded: RecordedRequest[] = [];
  let count = 0;

  /** Forwards `request` and records it with its response. Reads no body. */
  async function record(request: Request, forward: (request: Request) => Promise<Response>) {
    const at = new Date();
    const requestHeaders = request.headers;
    const response = await forward(request);
    const responseHeaders = response.headers;
    count += 1;
    recorded.unshift({
      number: count,
      at: at.toISOString(),
      orgId: organisationOf(requestHeaders),
      method: request.method,
      path: new URL(request.url).pathname,
      destination: requestHeaders.get("Sec-Fetch-Dest"),
      range: requestHeaders.get("Range"),
      ifNoneMatch: requestHeaders.get("If-None-Match"),
      status: response.status,
      contentRange: responseHeaders.get("Content-Range"),
      contentLength: responseHeaders.get("Content-Length"),
      cacheStatus: responseHeaders.get("Cache-Status"),
      etag: responseHeaders.get("ETag"),
      serverTiming: responseHeaders.get("Server-Timing"),
      requestId: responseHeaders.get("X-Request-Id"),
      milliseconds: Date.now() - at.getTime(),
    });
    recorded.length = Math.min(recorded.length, MAX_RECORDED);
    return response;
  }

  /** `GET /` returns `{items}`, the newest first; with `?org=…` those of one organisation. */
  const routes = new Hono().get("/", (c) => {
    const org = c.req.query("org");
    const items = org === undefined ? recorded : recorded.filter(({ orgId }) => orgId === org);
    return c.json({ items: items.slice(0, MAX_LISTED) });
  });
  return { record, routes };
}

function organisationOf(headers: Headers): string | null {
  const bearer = /^Bearer (.+)$/i.exec(headers.get("Authorization") ?? "");
  const cookie = /(?:^|; )__session(?:_[\w-]+)?=([^;]+)/.exec(headers.get("Cookie") ?? "");
  const token = (bearer ?? cookie)?.[1] ?? "";
  try {
    return identityOf(decodeJwt<SessionClaims>(token))?.orgId ?? null;
  } catch {
    return null;
  }
}
