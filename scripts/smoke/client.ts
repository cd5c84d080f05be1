// The HTTP client of the checks: node:http and node:http2, because fetch chooses the version of HTTP and hides it. Every
// request has a deadline.
import { Agent as HttpAgent, type RequestOptions, request as requestHttp } from "node:http";
import { connect } from "node:http2";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { messageOf } from "../operator/tool-error.ts";

const TIMEOUT_MS = 15_000;
/** More than the largest recording of a voice. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024);

export interface Answer {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  httpVersion: string;
}

export interface Request {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Sends the session token. */
  withSession?: boolean;
}

/** An upload of `declaredBytes` zero bytes, which stops when the answer arrives. */
interface Upload extends Omit<Request, "body"> {
  declaredBytes: number;
}

/** The deployment did not answer: unreachable, too slow, or the connection broke. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

export type Client = ReturnType<typeof createClient>;

interface Options {
  origin: URL;
  token: string | undefined;
  /** PEM certificates to trust besides the usual ones. */
  ca: string | undefined;
  interrupted: AbortSignal;
}

export function createClient({ origin, token, ca, interrupted }: Options) {
  const isTls = origin.protocol === "https:";
  const agent = isTls ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true });
  const deadline = () => AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);

  const headersOf = ({ headers, withSession }: Pick<Request, "headers" | "withSession">) => ({
    ...headers,
    ...(withSession && token !== undefined && { Authorization: `Bearer ${token}` }),
  });
  const open = (path: string, options: RequestOptions) =>
    (isTls ? requestHttps : requestHttp)(new URL(path, origin).href, { ...(ca && { ca }), ...options });

  /** @param signal when to give up; a deadline, or the operator's interruption, when absent */
  function send(request: Request, signal = deadline()): Promise<Answer> {
    const { method = "GET", path, body } = request;
    const headers = { ...headersOf(request), ...(body && { "Content-Length": `${body.length}` }) };
    const outgoing = open(path, { method, headers, agent, signal });
    const answer = receive(outgoing);
    outgoing.end(body);
    return answer.catch((error: unknown) => {
      throw noAnswer(error, signal, interrupted);
    });
  }

  /** Sends the body until the answer arrives, as a browser does; `sentBytes` is how much that was. */
  async function upload(request: Upload): Promise<Answer & { sentBytes: number }> {
    const { path, declaredBytes } = request;
    const signal = deadline();
    const headers = { ...headersOf(request), "Content-Length": `${declaredBytes}`, Connection: "close" };
    const outgoing = open(path, { method: "POST", headers, agent: false, signal });
    let sentBytes = 0;
    let isAnswered = false;
    const sendMore = () => {
      while (!isAnswered && sentBytes < declaredBytes) {
        const chunk = CHUNK.subarray(0, declaredBytes - sentBytes);
        sentBytes += chunk.length;
        if (!outgoing.write(chunk)) return;
      }
      if (!isAnswered) outgoing.end();
    };
    outgoing.on("drain", sendMore).on("response", () => {
      isAnswered = true;
    });
    const answer = receive(outgoing);
    sendMore();
    try {
      return { ...(await answer), sentBytes };
    } catch (error) {
      const { message } = noAnswer(error, signal, interrupted);
      throw new NoAnswer(`${message}, after ${Math.round(sentBytes / 1024)} KiB of the body were sent`);
    } finally {
      outgoing.destroy();
    }
  }

  /** HEAD over HTTP/2. @throws {NoAnswer} also when the host does not offer it */
  async function headOverHttp2(path: string): Promise<Pick<Answer, "status" | "headers">> {
    const signal = deadline();
    const session = connect(origin.origin, { ...(ca && { ca }) });
    const { promise, resolve, reject } = Promise.withResolvers<Pick<Answer, "status" | "headers">>();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    session.on("error", reject);
    session
      .request({ ":method": "HEAD", ":path": path, ...headersOf({ withSession: true }) }, { endStream: true })
      .on("error", reject)
      .on("response", ({ ":status": status, ...headers }) => {
        resolve({ status: status ?? 0, headers: headers as Answer["headers"] });
      });
    try {
      return await promise;
    } catch (error) {
      throw noAnswer(error, signal, interrupted);
    } finally {
      session.destroy();
    }
  }

  return { origin, send, upload, headOverHttp2, close: () => agent.destroy() };
}

function receive(outgoing: ReturnType<typeof requestHttp>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.on("error", reject).on("response", (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MAX_BODY_BYTES) incoming.destroy(new Error(`the body exceeds ${MAX_BODY_BYTES} bytes`));
      });
      incoming.on("error", reject).on("end", () => {
        const { statusCode: status = 0, httpVersion } = incoming;
        const headers = incoming.headers as Answer["headers"];
        resolve({ status, headers, body: Buffer.concat(chunks), httpVersion });
      });
    });
  });
}

function noAnswer(error: unknown, signal: AbortSignal, interrupted: AbortSignal): NoAnswer {
  if (interrupted.aborted) return new NoAnswer("interrupted");
  if (signal.aborted) return new NoAnswer("no complete answer in time");
  const { code } = error as { code?: string };
  return new NoAnswer(`the connection failed: ${messageOf(error) || code}`);
}
