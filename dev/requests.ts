// The last requests that came through the local host, as their heads told of them. No token, no query, no body.
import { Hono } from "hono";

const KEPT = 50;

/** One request and its answer. A header that was not there is null. */
export interface SeenRequest {
  /** Counts up from 1. */
  number: number;
  /** ISO 8601. */
  at: string;
  method: string;
  /** Without the query. */
  path: string;
  /** What the browser wanted it for (Sec-Fetch-Dest): `audio` for a player's request. */
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
  /** Until the answer's head was there. */
  milliseconds: number;
}

/** Remembers the last requests that were answered through it. */
export function createRequestLog() {
  const seen: SeenRequest[] = [];
  let count = 0;

  /** Lets `answer` answer `request`, whose bodies it does not touch, and remembers both heads. */
  async function remember(request: Request, answer: (request: Request) => Promise<Response>) {
    const at = new Date();
    const asked = request.headers;
    const response = await answer(request);
    const told = response.headers;
    count += 1;
    seen.unshift({
      number: count,
      at: at.toISOString(),
      method: request.method,
      path: new URL(request.url).pathname,
      destination: asked.get("Sec-Fetch-Dest"),
      range: asked.get("Range"),
      ifNoneMatch: asked.get("If-None-Match"),
      status: response.status,
      contentRange: told.get("Content-Range"),
      contentLength: told.get("Content-Length"),
      cacheStatus: told.get("Cache-Status"),
      etag: told.get("ETag"),
      serverTiming: told.get("Server-Timing"),
      requestId: told.get("X-Request-Id"),
      milliseconds: Date.now() - at.getTime(),
    });
    seen.length = Math.min(seen.length, KEPT);
    return response;
  }

  /** `GET /` lists them, the newest first. */
  const routes = new Hono().get("/", (c) => c.json({ items: seen }));
  return { remember, routes };
}
