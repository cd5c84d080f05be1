// The log: one JSON line per event, with the id of its request. Never pass it a token, a query string or a body.
import { AsyncLocalStorage } from "node:async_hooks";
import { DrizzleQueryError } from "drizzle-orm/errors";

const MAX_FRAMES = 6;
const MAX_FRAME_CHARACTERS = 200;
/** A stack frame, as opposed to a line of the error's message that starts with "at". */
const STACK_FRAME = /^\s+at .*(:\d+:\d+|<anonymous>)\)?$/;
/** A message can contain a whole response of another service, or a part of a recording. */
const MAX_MESSAGE_CHARACTERS = 500;

const requestIds = new AsyncLocalStorage<string>();

/** Runs `work`, including what it leaves running in the background, with `requestId` in each of its log lines. */
export const withRequestId = <T>(requestId: string, work: () => T): T => requestIds.run(requestId, work);

/** The name, message, stack frames and causes of an error, without user input. */
function serializeError(error: unknown): unknown {
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return String(error).slice(0, MAX_MESSAGE_CHARACTERS);
  // The message of a failed query repeats its parameters, which are user input.
  const message = error instanceof DrizzleQueryError ? error.query : error.message;
  return {
    name: error.name,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    at: stackFrames(error),
    cause: serializeError(error.cause),
  };
}

/** The first frames of a stack. The stack begins with the message, which is cut off. */
function stackFrames({ stack = "", message }: Error): string[] {
  const end = stack.indexOf(message) + message.length;
  const lines = stack.includes(message) ? stack.slice(end).split("\n") : [];
  return lines
    .filter((line) => STACK_FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().slice(0, MAX_FRAME_CHARACTERS));
}

interface LogFields {
  cause?: unknown;
  [field: string]: unknown;
}

const toLine = (event: string, { cause, ...fields }: LogFields) =>
  JSON.stringify({ event, requestId: requestIds.getStore(), ...fields, cause: serializeError(cause) });

export const log = {
  info: (event: string, fields: LogFields = {}) => console.log(toLine(event, fields)),
  error: (event: string, fields: LogFields = {}) => console.error(toLine(event, fields)),
};
