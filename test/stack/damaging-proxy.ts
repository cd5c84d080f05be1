// A TLS proxy in front of the local stack, as Cloudflare is in front of a deployment, that can damage one thing.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

interface Message {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
}

export interface Damage {
  /** Changes a request before it is forwarded, or delays it. */
  request?: (request: Message) => void | Promise<void>;
  /** Answers in the place of the stack. */
  answer?: (request: Message) => (Reply & { body: string }) | undefined;
  /** Breaks the connection of a request: before the stack sees it, or when the stack has answered it. */
  breakConnection?: (request: Message) => "at once" | "after the answer" | undefined;
  /** Changes the answer's status and headers. */
  response?: (request: Message, reply: Reply) => void;
}

export interface DamagingProxy {
  url: string;
  /** The file of its certificate. */
  ca: string;
  /** Undamaged when empty. */
  damage: Damage;
  close: () => Promise<void>;
}

/** HTTP/1.1 and HTTP/2 with a certificate of its own, which openssl writes into `folder`. */
export async function startDamagingProxy(stackUrl: string, folder: string): Promise<DamagingProxy> {
  const [keyFile, ca] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
      ],
      ...[
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        keyFile,
        "-out",
        ca,
      ],
    ],
    { stdio: "pipe" },
  );
  const tls = { key: await readFile(keyFile), cert: await readFile(ca), allowHTTP1: true };
  const proxy = { damage: {} as Damage };
  const server = createSecureServer(tls, (request, response) => {
    forward(stackUrl, proxy.damage, request, response).catch(() => request.destroy());
  });
  // A client that disconnects is no error of the proxy.
  server.on("sessionError", () => undefined).on("tlsClientError", () => undefined);
  server.listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `https://localhost:${port}`,
    ca,
    close: async () => {
      server.close();
      await once(server, "close");
    },
  });
}

const CONNECTION_HEADERS = ["connection", "keep-alive", "transfer-encoding", "host"];

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(":") && !CONNECTION_HEADERS.includes(name)),
  );

async function forward(
  stackUrl: string,
  damage: Damage,
  incoming: Http2ServerRequest,
  outgoing: Http2ServerResponse,
): Promise<void> {
  incoming.on("error", () => undefined);
  outgoing.on("error", () => undefined);
  const message = { method: incoming.method, path: incoming.url, headers: endToEnd(incoming.headers) };
  const connectionBreaks = damage.breakConnection?.(message);
  if (connectionBreaks === "at once") {
    incoming.socket.destroy();
    return;
  }
  await damage.request?.(message);
  const own = damage.answer?.(message);
  if (own) {
    outgoing.writeHead(own.status, own.headers);
    outgoing.end(own.body);
    return;
  }
  const { method, path, headers } = message;
  const upstream = requestHttp(new URL(path, stackUrl).href, { method, headers, agent: false });
  upstream.on("error", () => incoming.socket.destroy());
  upstream.on("response", (answer) => {
    if (connectionBreaks) {
      answer.resume().on("end", () => incoming.socket.destroy());
      return;
    }
    const reply = { status: answer.statusCode ?? 0, headers: endToEnd(answer.headers) };
    damage.response?.(message, reply);
    outgoing.writeHead(reply.status, reply.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(upstream);
}
