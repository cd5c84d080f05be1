// One JSON line per thing worth knowing, with the id of its request. Never given a token, a query string or a body.
import { AsyncLocalStorage } from "node:async_hooks";
import { DrizzleQueryError } from "drizzle-orm/errors";

const MAX_FRAMES = 6;
const MAX_FRAME_CHARACTERS = 200;
/** A place in code, and no line of a message that begins alike. */
const FRAME = /^\s+at .*(:\d+:\d+|<anonymous>)\)?$/;
/** Of a message, which may hold another service's whole answer. */
const MAX_CHARACTERS = 500;

const requestIds = new AsyncLocalStorage<string>();

/** Runs `work`, and what it defers, with `requestId` in each of its log lines. */
export const withRequestId = <T>(requestId: string, work: () => T): T => requestIds.run(requestId, work);

/** An error as far as a log may know it: its name, words, place and causes. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : String(error);
  // A failed query's own message repeats its parameters: what users wrote.
  const message = (error instanceof DrizzleQueryError ? error.query : error.message).slice(0, MAX_CHARACTERS);
  return { name: error.name, message, at: framesOf(error), cause: describe(error.cause) };
}

/** The first places of a stack, which begins with the message. */
function framesOf({ stack = "", message }: Error): string[] {
  const end = stack.indexOf(message) + message.length;
  const frames = stack.includes(message) ? stack.slice(end).split("\n") : [];
  return frames
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().slice(0, MAX_FRAME_CHARACTERS));
}

const line = (event: string, { cause, ...fields }: LogFields) =>
  JSON.stringify({ event, requestId: requestIds.getStore(), ...fields, cause: describe(cause) });

interface LogFields {
  cause?: unknown;
  [field: string]: unknown;
}

export const log = {
  info: (event: string, fields: LogFields = {}) => console.log(line(event, fields)),
  error: (event: string, fields: LogFields = {}) => console.error(line(event, fields)),
};
