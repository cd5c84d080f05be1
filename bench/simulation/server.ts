// One D1 database: it runs one query at a time, in the order of arrival, and refuses a query that would wait too long.

/** What a server did up to a time. */
export interface ServerReport {
  arrivals: number;
  done: number;
  /** Waiting or running at that time. */
  queued: number;
  refused: number;
  /** The time that all arrivals ask for, as a share of the time: more than 1 is too much. */
  offered: number;
  /** The busy share of the time. */
  utilisation: number;
  meanWaitMs: number;
  p99WaitMs: number;
}

export class Server {
  readonly #maxWaitMs: number;
  readonly #waits: number[] = [];
  readonly #departures: number[] = [];
  #freeAt = 0;
  #arrivals = 0;
  #offeredMs = 0;
  #busyMs = 0;

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** A query that arrives at `now`, not before the last one. Its wait follows from the one before it (Lindley). */
  submit(now: number, serviceMs: number): void {
    this.#arrivals += 1;
    this.#offeredMs += serviceMs;
    const startsAt = Math.max(now, this.#freeAt);
    if (startsAt - now > this.#maxWaitMs) return;
    this.#freeAt = startsAt + serviceMs;
    this.#busyMs += serviceMs;
    this.#waits.push(startsAt - now);
    this.#departures.push(this.#freeAt);
  }

  /** From time 0 to `end`. */
  report(end: number): ServerReport {
    const accepted = this.#waits.length;
    const done = this.#departures.filter((at) => at <= end).length;
    const waits = Float64Array.from(this.#waits).sort();
    return {
      arrivals: this.#arrivals,
      done,
      queued: accepted - done,
      refused: this.#arrivals - accepted,
      offered: this.#offeredMs / end,
      // What is still to be done after `end` is not part of the time before it.
      utilisation: (this.#busyMs - Math.max(0, this.#freeAt - end)) / end,
      meanWaitMs: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, accepted),
      p99WaitMs: waits[Math.floor((accepted - 1) * 0.99)] ?? 0,
    };
  }
}
