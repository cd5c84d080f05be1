// A server in front of the local stack that a test can look into: it forwards each request as it is, or to another path.
import { once } from "node:events";
import { createServer, type IncomingMessage, request as requestHttp } from "node:http";
import type { AddressInfo } from "node:net";

export interface Forwarder {
  url: string;
  close: () => void;
}

/** `route` sees each request's headers, and returns the path to forward it to. */
export async function startForwarder(
  stackUrl: string,
  route: (request: IncomingMessage) => string = ({ url = "" }) => url,
): Promise<Forwarder> {
  const server = createServer((incoming, outgoing) => {
    const { host: _, ...headers } = incoming.headers;
    const upstream = requestHttp(new URL(route(incoming), stackUrl).href, {
      method: incoming.method,
      headers,
    });
    upstream.on("error", () => incoming.socket.destroy());
    upstream.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
