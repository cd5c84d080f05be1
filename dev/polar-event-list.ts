// The Polar fake's list of events: its query as server/polar/event/endpoints.py checks it, and a page of its answer.
// Parameters that no caller here uses are refused, so that none of them is ignored unnoticed.
import type { models } from "@polar-sh/sdk/2026-10";
import * as z from "zod";
import type { StoredEvent } from "./polar-schema.ts";

const UUID = "00000000-0000-4000-8000-000000000000";
/** API_PAGINATION_MAX_LIMIT in server/polar/config.py: a higher limit is lowered. */
const MAX_LIMIT = 100;

const positive = z.coerce.number().int().positive();
const timestamp = z.iso.datetime({ offset: true }).transform((time) => Date.parse(time));

const query = z.strictObject({
  start_timestamp: timestamp.optional(),
  end_timestamp: timestamp.optional(),
  name: z.array(z.string()).optional(),
  external_customer_id: z.array(z.string()).optional(),
  source: z.array(z.enum(["user", "system"])).optional(),
  page: positive.default(1),
  limit: positive.default(10),
  sorting: z.array(z.string()).default(["-timestamp"]),
});

type EventQuery = z.output<typeof query> & { kind: "valid"; descending: boolean };

interface InvalidQuery {
  kind: "invalid";
  error: "RequestValidationError" | "PolarRequestValidationError";
  issues: { type: string; loc: string[]; msg: string; input?: unknown }[];
}

const LISTS: ReadonlySet<string> = new Set(["name", "external_customer_id", "source", "sorting"]);

export function parseEventQuery(parameters: URLSearchParams): EventQuery | InvalidQuery {
  const given = Object.fromEntries(
    [...new Set(parameters.keys())].map((key) => [
      key,
      LISTS.has(key) ? parameters.getAll(key) : parameters.get(key),
    ]),
  );
  const parsed = query.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ code, path, message }) => ({
      type: code,
      loc: ["query", ...path.map(String)],
      msg: message,
    }));
    return { kind: "invalid", error: "RequestValidationError", issues };
  }
  // server/polar/kit/sorting.py
  const criterion = parsed.data.sorting.find((each) => !/^-?timestamp$/.test(each));
  if (criterion !== undefined) {
    const msg = "Invalid sorting criterion.";
    const issues = [{ type: "enum", loc: ["query", "sorting"], msg, input: criterion.replace(/^-/, "") }];
    return { kind: "invalid", error: "PolarRequestValidationError", issues };
  }
  return { kind: "valid", ...parsed.data, descending: parsed.data.sorting[0]?.startsWith("-") ?? true };
}

/** Both ends of the time are exclusive (filter_timestamp_range in server/polar/integrations/tinybird/service.py). */
export function eventPage(
  events: StoredEvent[],
  { start_timestamp, end_timestamp, name, external_customer_id, source, page, limit, descending }: EventQuery,
): models.ListResourceEvent {
  const found = events
    .map((event) => ({ event, time: Date.parse(event.timestamp ?? event.received_at) }))
    .filter(
      ({ event, time }) =>
        (start_timestamp === undefined || time > start_timestamp) &&
        (end_timestamp === undefined || time < end_timestamp) &&
        (name?.includes(event.name) ?? true) &&
        (external_customer_id?.includes(event.external_customer_id ?? "") ?? true) &&
        (source?.includes("user") ?? true),
    )
    .toSorted((a, b) => (descending ? b.time - a.time : a.time - b.time));
  const size = Math.min(limit, MAX_LIMIT);
  return {
    items: found.slice((page - 1) * size, page * size).map(({ event, time }) => userEvent(event, time)),
    pagination: { total_count: found.length, max_page: Math.ceil(found.length / size) },
  };
}

/** Without the `external_id`, which Polar does not return (server/polar/event/schemas.py). */
const userEvent = (event: StoredEvent, time: number): models.UserEvent => ({
  id: UUID,
  timestamp: new Date(time).toISOString(),
  organization_id: UUID,
  customer_id: event.customer_id ?? null,
  customer: null,
  external_customer_id: event.external_customer_id ?? null,
  child_count: 0,
  parent_id: null,
  label: event.name,
  name: event.name,
  source: "user",
  metadata: toOutput(event.metadata),
});

/** An amount is a decimal number, as text. */
function toOutput({
  _cost,
  _llm,
  ...own
}: NonNullable<StoredEvent["metadata"]> = {}): models.EventMetadataOutput {
  return {
    ...own,
    ...(_cost && { _cost: { amount: `${_cost.amount}`, currency: _cost.currency } }),
    ...(_llm && { _llm }),
  };
}
