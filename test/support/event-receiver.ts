// A receiver of the change feed, outside of the Worker: verifies each message strictly, and keeps what it accepted. Has
// no module of the service but the message's schema: the signature is checked by Node's own HMAC.
import { createHmac, timingSafeEqual } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type ChangeEvent, generationEvent, voiceEvent } from "../../src/events/schema.ts";
import { EVENTS_SECRET, EVENTS_URL } from "./event-settings.ts";

/** What a request to the receiver meets. */
export interface ReceiverFault {
  kind: "status" | "hang" | "lose response" | "redirect" | "endless body";
  status?: number;
  retryAfter?: string;
  /** Only for this object, if given. */
  objectId?: string;
  /** How many requests; one when absent. */
  times?: number;
}

export interface ReceivedEvent {
  webhookId: string;
  event: ChangeEvent;
  /** Whether the sender got to know that the event was accepted. */
  isAnswered: boolean;
}

const TOLERANCE_SECONDS = 300;

/** The receiver at {@link EVENTS_URL}. Below /__control, tests read and set its state. */
export function createEventReceiver() {
  let received: ReceivedEvent[] = [];
  let faults: ReceiverFault[] = [];
  let calls: { objectId: string; sequence: number }[] = [];
  let refusals: string[] = [];
  let toleranceSeconds = TOLERANCE_SECONDS;

  const takeFault = (objectId: string): ReceiverFault | undefined => {
    const fault = faults.find((candidate) => (candidate.objectId ?? objectId) === objectId);
    if (!fault) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) faults = faults.filter((candidate) => candidate !== fault);
    return fault;
  };

  async function receive(request: Request): Promise<Response> {
    const body = await request.text();
    const event = parseEvent(body);
    const refusal = event ? refusalOf(request, body, toleranceSeconds) : `not a documented event: ${body}`;
    if (!event || refusal !== null) {
      refusals.push(String(refusal));
      return new Response(refusal, { status: 400 });
    }
    const { sequence } = event;
    const objectId = event.data.id;
    calls.push({ objectId, sequence });
    const fault = takeFault(objectId);
    const accept = (isAnswered: boolean) =>
      received.push({ webhookId: request.headers.get("webhook-id") ?? "", event, isAnswered });
    switch (fault?.kind) {
      case undefined:
        accept(true);
        return new Response(null, { status: 204 });
      case "status":
        return new Response("out of order", {
          status: fault.status ?? 500,
          ...(fault.retryAfter !== undefined && { headers: { "Retry-After": fault.retryAfter } }),
        });
      case "redirect":
        return new Response(null, { status: 307, headers: { Location: "/elsewhere" } });
      case "hang":
        return new Promise(() => undefined);
      case "lose response":
        accept(false);
        return new Response("the connection broke", { status: 502 });
      case "endless body":
        accept(true);
        return new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1024)) }),
        );
    }
  }

  return {
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      switch (`${request.method} ${pathname}`) {
        case "GET /__control":
          return Response.json({ received, calls, refusals });
        case "PUT /__control":
          faults = [...faults, (await request.json()) as ReceiverFault];
          return new Response(null, { status: 204 });
        case "DELETE /__control":
          received = [];
          faults = [];
          calls = [];
          refusals = [];
          // A test that fakes the Worker's time leaves that of this process behind.
          toleranceSeconds = request.url.endsWith("?anyTime") ? Number.POSITIVE_INFINITY : TOLERANCE_SECONDS;
          return new Response(null, { status: 204 });
        // Where a redirect leads to: whoever follows it is told that the event was accepted.
        case "POST /elsewhere":
          return new Response(null, { status: 204 });
        default:
          return receive(request);
      }
    },
  };
}

/** Why a message is none of Standard Webhooks for this receiver, or null. */
function refusalOf(request: Request, body: string, toleranceSeconds: number): string | null {
  const header = (name: string) => request.headers.get(name) ?? "";
  if (request.url !== EVENTS_URL || request.method !== "POST") return "not the address";
  if (header("content-type") !== "application/json") return "not JSON";
  const [id, timestamp, signature] = [
    header("webhook-id"),
    header("webhook-timestamp"),
    header("webhook-signature"),
  ];
  if (!/^[\w-]{1,128}$/.test(id)) return "no webhook-id";
  if (!/^\d{10}$/.test(timestamp)) return "no webhook-timestamp";
  if (Math.abs(Number(timestamp) - Date.now() / 1000) > toleranceSeconds) return "not sent now";
  const key = Buffer.from(EVENTS_SECRET.slice("whsec_".length), "base64");
  const expected = Buffer.from(
    `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "not signed";
  return null;
}

/** The event in a body, or null when it has not exactly the documented form. */
function parseEvent(body: string): ChangeEvent | null {
  const value: unknown = JSON.parse(body);
  for (const schema of [voiceEvent, generationEvent]) {
    const { success, data } = schema.safeParse(value);
    if (success && isDeepStrictEqual(data, value)) return data;
  }
  return null;
}
