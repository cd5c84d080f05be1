// An HTTP proxy between Chromium and the local stack that breaks the connections of voice creations.
import { once } from "node:events";
import { createServer, request } from "node:http";

/** `lose-request`: before the service receives it. `lose-answer`: after the service has answered. */
export type ConnectionFault = "lose-request" | "lose-answer";

export interface LossyProxy {
  /** Its address. */
  server: string;
  /** The faults of the next voice creations, one each. */
  faults: ConnectionFault[];
  /** The Idempotency-Keys of the voice creations so far. */
  keys: string[];
  stop: () => Promise<void>;
}

export async function startLossyProxy(): Promise<LossyProxy> {
  const faults: ConnectionFault[] = [];
  const keys: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method, url = "", headers } = incoming;
    const isCreation = method === "POST" && url.includes("/api/voices/create");
    const fault = isCreation ? faults.shift() : undefined;
    if (isCreation) keys.push(String(headers["idempotency-key"]));
    if (fault === "lose-request") return incoming.socket.destroy();
    const forwarded = request(url, { method, headers, agent: false });
    forwarded.on("error", () => incoming.socket.destroy());
    forwarded.on("response", (response) => {
      if (fault === "lose-answer") return response.resume().on("end", () => incoming.socket.destroy());
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      outgoing.flushHeaders();
      response.pipe(outgoing);
    });
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, "close");
  };
  return { server: `http://127.0.0.1:${address.port}`, faults, keys, stop };
}
