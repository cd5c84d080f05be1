// Sends a request as bytes, for what HTTP clients do not send. Node only.
import { once } from "node:events";
import { connect } from "node:net";

/** The status and the whole response of the server at 127.0.0.1:`port`, which must close the connection. */
export async function sendRaw(port: number, lines: string[]): Promise<{ status: number; text: string }> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.write(`${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);
  await once(socket, "close");
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]), text };
}

/** Requests for `path` whose host is not this machine, or not only. */
export const foreignRequests = (port: number, path: string): [what: string, lines: string[]][] => [
  ["a foreign Host", [`GET ${path} HTTP/1.1`, `Host: evil.example:${port}`]],
  ["a Host that begins with localhost", [`GET ${path} HTTP/1.1`, "Host: localhost.evil.example"]],
  ["a Host with userinfo", [`GET ${path} HTTP/1.1`, "Host: localhost@evil.example"]],
  ["a Host with a dot at its end", [`GET ${path} HTTP/1.1`, `Host: localhost.:${port}`]],
  ["the Host 0.0.0.0", [`GET ${path} HTTP/1.1`, `Host: 0.0.0.0:${port}`]],
  ["another address of this machine", [`GET ${path} HTTP/1.1`, `Host: 192.168.0.2:${port}`]],
  ["an empty Host", [`GET ${path} HTTP/1.1`, "Host:"]],
  ["two Hosts", [`GET ${path} HTTP/1.1`, `Host: localhost:${port}`, "Host: evil.example"]],
  ["no Host in HTTP/1.0", [`GET ${path} HTTP/1.0`]],
  ["a foreign target", [`GET http://evil.example${path} HTTP/1.1`, `Host: localhost:${port}`]],
  [
    "headers that name this machine",
    [
      `GET ${path} HTTP/1.1`,
      `Host: evil.example:${port}`,
      ...[`MF-Original-URL: http://localhost:${port}${path}`, "X-Forwarded-Host: localhost"],
    ],
  ],
];

/** The spellings of this machine's own names. */
export const localHosts = (port: number): string[] => [
  ...[`localhost:${port}`, "localhost", "LocalHost", `127.0.0.1:${port}`, `[::1]:${port}`],
];
