// What becomes of a request of the outbox that Polar did not accept: which events have failed, and which are sent again
// in other requests. Pure.
import type { DeliveryResult } from "./polar.ts";

/**
 * Polar documents no maximum (github.com/polarsource/polar/issues/9190). Its server takes 10 MiB a request, and stores
 * for each event and meter that matches seven of the 32,767 parameters that Postgres allows in a statement
 * (server/polar/config.py and event/service.py): 1000 events fit with four meters, and are at most 0.6 MB.
 */
export const MAX_BATCH_EVENTS = 1_000;
/** Of a thousand events, five divisions leave one; so the worst of one bad event are 21 requests. */
const PARTS = 4;

export interface Batch<Event> {
  events: Event[];
  /** Why an earlier request of this run with these events got no usable answer: Polar may have received them. */
  earlierFailure?: { cause: unknown };
}

export interface SortedOut<Event> {
  failed: { event: Event; cause: unknown }[];
  again: Batch<Event>[];
}

/**
 * Of a batch that was refused or failed. What Polar names has failed, and the rest is sent again at once. Otherwise the
 * batch is divided: one event that Polar cannot take must not hold the others back, nor a request that is too large.
 */
export function sortOut<Event>(
  batch: Batch<Event>,
  result: Extract<DeliveryResult, { kind: "refused" | "failed" }>,
): SortedOut<Event> {
  const { events } = batch;
  const { cause } = result;
  if (events.length === 1) return { failed: events.map((event) => ({ event, cause })), again: [] };
  if (result.kind === "failed") return { failed: [], again: divide({ events, earlierFailure: { cause } }) };
  const { issues } = result;
  if (issues.size === 0) return { failed: [], again: divide(batch) };
  const rest = events.filter((_event, index) => !issues.has(index));
  return {
    failed: events.flatMap((event, index) => (issues.has(index) ? { event, cause: issues.get(index) } : [])),
    again: rest.length === 0 ? [] : [{ ...batch, events: rest }],
  };
}

const divide = <Event>(batch: Batch<Event>): Batch<Event>[] =>
  inGroups(batch.events, Math.ceil(batch.events.length / PARTS)).map((events) => ({ ...batch, events }));

export const inGroups = <Item>(items: Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, group) =>
    items.slice(group * size, (group + 1) * size),
  );
