// One JSON line per thing worth knowing. Never given a token, a query string or a body.
import { DrizzleQueryError } from "drizzle-orm/errors";

/** An error as far as a log may know it: its name, words and causes, no stack. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : String(error);
  // A failed query's own message repeats its parameters: what users wrote.
  const message = error instanceof DrizzleQueryError ? error.query : error.message;
  return { name: error.name, message, cause: describe(error.cause) };
}

const line = (event: string, { cause, ...fields }: LogFields) =>
  JSON.stringify({ event, ...fields, cause: describe(cause) });

interface LogFields {
  cause?: unknown;
  [field: string]: unknown;
}

export const log = {
  error: (event: string, fields: LogFields = {}) => console.error(line(event, fields)),
};
