// The webhook endpoint that Polar keeps: deliveries, their retries, and when it is disabled
// (github.com/polarsource/polar, server/polar/webhook/tasks.py and service.py).

/** Delivers a webhook; the status of the answer. */
export type SendWebhook = (payload: unknown) => Promise<number>;

/** WEBHOOK_MAX_RETRIES in server/polar/config.py: deliveries of an event, the first included. */
const MAX_DELIVERIES = 10;
/** WEBHOOK_FAILURE_THRESHOLD: the last events that all failed for good, after which the endpoint is disabled. */
const FAILURE_THRESHOLD = 10;

interface PendingWebhook {
  payload: unknown;
  deliveries: number;
}

/**
 * An endpoint that is told of events. A delivery succeeds with a 2xx, and redirects are not followed. One that failed
 * waits for {@link retry}, since nobody waits for Polar's backoff here.
 */
export class WebhookEndpoint {
  readonly #send: SendWebhook;
  #pending: PendingWebhook[] = [];
  /** Events in a row that failed for good. */
  #failed = 0;

  constructor(send: SendWebhook) {
    this.#send = send;
  }

  get state() {
    const enabled = this.#failed < FAILURE_THRESHOLD;
    return {
      enabled,
      failed: this.#failed,
      pending: this.#pending.map(({ deliveries }) => ({ deliveries })),
    };
  }

  /** Delivers an event, unless the endpoint is disabled. */
  async notify(payload: unknown): Promise<void> {
    if (this.state.enabled) await this.#deliver({ payload, deliveries: 0 });
  }

  /** Delivers every pending event once more, the oldest first. */
  async retry(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    for (const webhook of pending) if (this.state.enabled) await this.#deliver(webhook);
  }

  /** Forgets what is pending, and enables the endpoint, as its owner can in Polar's dashboard. */
  reset(): void {
    this.#pending = [];
    this.#failed = 0;
  }

  async #deliver({ payload, deliveries }: PendingWebhook): Promise<void> {
    const status = await this.#send(payload).catch(() => null);
    if (status !== null && status >= 200 && status < 300) {
      this.#failed = 0;
      return;
    }
    if (deliveries + 1 < MAX_DELIVERIES) {
      this.#pending.push({ payload, deliveries: deliveries + 1 });
      return;
    }
    this.#failed += 1;
    // What is still pending is skipped.
    if (!this.state.enabled) this.#pending = [];
  }
}
