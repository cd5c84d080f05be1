// The port of the local stack: answers only requests for this machine's own names, and forwards them to wrangler. Any
// other Host can be that of a foreign page whose name was made to resolve to 127.0.0.1 (DNS rebinding). The Worker cannot
// check that: wrangler takes URL and Host from the header MF-Original-URL, which such a page can send.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { GATEWAY_HEADER } from "./gateway-header.ts";

interface Gateway {
  /** Where wrangler listens on 127.0.0.1. */
  wranglerPort: number;
  /** The value of {@link GATEWAY_HEADER}. */
  secret: string;
}

/** Cloudflare's limit for the headers of a request. */
const MAX_HEADER_BYTES = 128 * 1024;
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
/** Headers of one connection (RFC 9110 §7.6.1), and those that control wrangler's Miniflare. */
const NOT_FORWARDED = /^(?:connection|keep-alive|proxy-connection|upgrade|mf-.*|x-local-gateway)$/i;

export const createGateway = (gateway: Gateway): Server =>
  createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    if (isForThisMachine(incoming)) forward(gateway, incoming, outgoing);
    else refuse(incoming, outgoing);
  });

/** One local Host, and a target without a host of its own, which would take precedence (RFC 9112 §3.2.2). */
function isForThisMachine({ rawHeaders, url = "" }: IncomingMessage): boolean {
  const hosts = headerPairs(rawHeaders).flatMap(([name, value]) =>
    name.toLowerCase() === "host" ? [value] : [],
  );
  return hosts.length === 1 && LOCAL_HOST.test(hosts[0] ?? "") && url.startsWith("/");
}

function refuse({ socket }: IncomingMessage, outgoing: ServerResponse): void {
  const error = `The local stack answers only to localhost and 127.0.0.1: open http://localhost:${socket.localPort}/`;
  outgoing.writeHead(421, { "Content-Type": "application/json", Connection: "close" });
  outgoing.end(JSON.stringify({ error }));
}

function forward(
  { wranglerPort, secret }: Gateway,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const target = request({
    host: "127.0.0.1",
    port: wranglerPort,
    method: incoming.method,
    path: incoming.url,
    headers: [...forwarded(incoming.rawHeaders), GATEWAY_HEADER, secret],
    // A connection that is kept open can be closed by wrangler while a request is being written to it.
    agent: false,
  });
  target.on("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, forwarded(response.rawHeaders));
    // Headers of an event stream arrive before its first event.
    outgoing.flushHeaders();
    pipeline(response, outgoing, () => undefined);
  });
  target.on("error", () => {
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(503, { "Content-Type": "application/json", "Retry-After": "1" });
    outgoing.end(JSON.stringify({ error: "The local stack is starting, or has stopped." }));
  });
  outgoing.on("close", () => {
    target.destroy();
    // The rest of a body that was refused: the client sends it before its next request.
    incoming.resume();
  });
  incoming.pipe(target);
}

/** Names and values in turn, as in Node's `rawHeaders`. */
const forwarded = (rawHeaders: string[]): string[] =>
  headerPairs(rawHeaders)
    .filter(([name]) => !NOT_FORWARDED.test(name))
    .flat();

const headerPairs = (rawHeaders: string[]): [name: string, value: string][] =>
  Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] ?? "",
    rawHeaders[2 * index + 1] ?? "",
  ]);
