// The input of the Polar fake: ingested events with the limits of Polar's API, and faults to inject.
import * as z from "zod";

export const polarFault = z.object({
  target: z.enum(["events", "customers"]),
  kind: z.enum(["status", "hang", "lose_response"]),
  status: z.number().int().min(400).max(599).default(503),
  times: z.number().int().min(1).default(1),
  /** Seconds in the Retry-After of a 429. */
  retryAfter: z.number().int().min(1).default(7),
});

export type PolarFault = z.output<typeof polarFault>;

const metadataKey = z.string().max(40);
const metadataValue = z.union([z.string().min(1).max(500), z.number(), z.boolean()]);
const event = z
  .object({
    name: z.string().min(1),
    timestamp: z.iso
      .datetime({ offset: true })
      .refine((time) => Date.parse(time) <= Date.now(), "Timestamp must be in the past.")
      .optional(),
    organization_id: z.uuid().nullish(),
    external_id: z.string().nullish(),
    parent_id: z.string().nullish(),
    customer_id: z.uuid().optional(),
    external_customer_id: z.string().min(1).optional(),
    metadata: z
      .record(metadataKey, metadataValue)
      .refine((entries) => Object.keys(entries).length <= 50, "At most 50 keys.")
      .optional(),
  })
  .refine((e) => (e.customer_id === undefined) !== (e.external_customer_id === undefined), {
    error: "Exactly one of customer_id and external_customer_id is required.",
  });

/** The body of `POST /v1/events/ingest`. */
export const ingestion = z.object({ events: z.array(event).min(1) });

export type IngestedEvent = z.output<typeof event>;

/** An event with the time of its receipt (ISO 8601) and the number of repeats with the same `external_id`. */
export type StoredEvent = IngestedEvent & { received_at: string; duplicates: number };
