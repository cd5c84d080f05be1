// The state of the Polar fake, in memory: subscriptions, events, faults and the budget of requests.
import { DEMO_ORG, FREE_ORG } from "./identities.ts";
import type { IngestedEvent, PolarFault, StoredEvent } from "./polar-schema.ts";

const MINUTE_MS = 60_000;
/** Of an organisation's tokens together (server/polar/rate_limit.py); 100 in the sandbox. */
const POLAR_PER_MINUTE = 500;

export class Account {
  readonly subscriptions = new Map([
    [DEMO_ORG, true],
    [FREE_ORG, false],
  ]);
  readonly faults: PolarFault[] = [];
  readonly events: StoredEvent[] = [];
  /** The number of requests by path of the API. */
  readonly calls: Record<string, number> = {};
  readonly #byExternalId = new Map<string, StoredEvent>();
  /** How many meters of the account match each event. */
  matchingMeters = 1;
  /** Requests in a minute; null without a limit. */
  perMinute: number | null = POLAR_PER_MINUTE;
  #window = { startedAt: 0, requests: 0 };

  /**
   * Counts a request, unless the budget of the minute is spent: then it returns the Retry-After in seconds. As in
   * asgi-ratelimit (backends/redis.py), a minute begins with its first request, and Retry-After is all of it.
   */
  spend(now: number): number | null {
    if (now - this.#window.startedAt >= MINUTE_MS) this.#window = { startedAt: now, requests: 0 };
    if (this.perMinute !== null && this.#window.requests >= this.perMinute) return MINUTE_MS / 1000;
    this.#window.requests += 1;
    return null;
  }

  /** Stores an event, or counts it as a duplicate of the stored one with the same `external_id`. */
  ingest(received: IngestedEvent): "inserted" | "duplicate" {
    const stored = this.#stored(received);
    if (stored) {
      stored.duplicates += 1;
      return "duplicate";
    }
    const event = { ...received, received_at: new Date().toISOString(), duplicates: 0 };
    this.events.push(event);
    if (event.external_id) this.#byExternalId.set(event.external_id, event);
    return "inserted";
  }

  /** The number of `received` that are not stored. */
  countNew(received: IngestedEvent[]): number {
    return received.filter((event) => !this.#stored(event)).length;
  }

  #stored({ external_id: id }: IngestedEvent): StoredEvent | undefined {
    return id ? this.#byExternalId.get(id) : undefined;
  }

  /** The next fault for `target`, if any; decrements its `times`. */
  nextFault(target: PolarFault["target"]): PolarFault | undefined {
    const next = this.faults.find((candidate) => candidate.target === target && candidate.times > 0);
    if (next) next.times -= 1;
    return next;
  }
}
