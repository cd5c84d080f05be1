// The input of the Polar fake: ingested events with the limits of Polar's API, and faults to inject.
import * as z from "zod";

export const polarFault = z.object({
  target: z.enum(["events", "customers", "event_list"]),
  /** `drop_events` answers as always, but stores nothing; `report_fewer` stores all, and answers with one less. */
  kind: z.enum(["status", "hang", "lose_response", "version_removed", "drop_events", "report_fewer"]),
  status: z.number().int().min(400).max(599).default(503),
  times: z.number().int().min(1).default(1),
  /** Seconds in the Retry-After of a 429. */
  retryAfter: z.number().int().min(1).default(7),
});

export type PolarFault = z.output<typeof polarFault>;

/** A budget of requests; null lifts it. Polar's, and the fake's, is 500 a minute; that of its sandbox 100. */
export const rateLimit = z.object({ perMinute: z.number().int().min(1).nullable() });

/** How many of the account's meters match each event. */
export const meters = z.object({ matching: z.number().int().min(0) });

// Polar's Schema rejects NUL in every string (server/polar/kit/schemas.py).
const text = z.string().refine((value) => !value.includes("\0"), "NUL characters are not allowed.");
const metadataKey = text.min(1).max(40);
const metadataValue = z.union([text.min(1).max(500), z.number(), z.boolean()]);
/** The keys with a structure of their own, in server/polar/event/schemas.py. */
const structuredMetadata = {
  _cost: z.looseObject({ amount: z.number(), currency: z.literal("usd") }).optional(),
  _llm: z
    .looseObject({
      ...{ vendor: z.string(), model: z.string() },
      ...{ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() },
    })
    .optional(),
};

/** An event as server/polar/event/schemas.py defines it. Neither an id nor the number of events has a limit there. */
const event = z
  .object({
    name: text.max(128),
    timestamp: z.iso
      .datetime({ offset: true })
      .refine((time) => Date.parse(time) <= Date.now(), "Timestamp must be in the past.")
      .optional(),
    organization_id: z.uuid().nullish(),
    external_id: text.nullish(),
    parent_id: text.nullish(),
    customer_id: z.uuid().optional(),
    external_customer_id: text.optional(),
    metadata: z
      .record(metadataKey, z.unknown())
      .pipe(z.object(structuredMetadata).catchall(metadataValue))
      .refine((entries) => Object.keys(entries).length <= 50, "At most 50 keys.")
      .optional(),
  })
  .refine((e) => (e.customer_id === undefined) !== (e.external_customer_id === undefined), {
    error: "Exactly one of customer_id and external_customer_id is required.",
  });

/** The body of `POST /v1/events/ingest`. */
export const ingestion = z.object({ events: z.array(event) });

export type IngestedEvent = z.output<typeof event>;

/** An event with the time of its receipt (ISO 8601) and the number of repeats with the same `external_id`. */
export type StoredEvent = IngestedEvent & { received_at: string; duplicates: number };
