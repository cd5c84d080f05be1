// The Polar fake: the organisation's subscription, the events received, the cron and the injected faults.
import { useState } from "preact/hooks";
import { callApi, sendJson, toApiError } from "./api.ts";
import { FaultInjection } from "./fault-injection.tsx";
import { formatClock } from "./formats.ts";
import { useLive } from "./live.ts";
import { useSignedIn } from "./session-context.ts";

const CRON_TIMES: [hoursFromNow: number, label: string][] = [
  [0, "now"],
  [1, "1 hour from now"],
  [25, "25 hours from now"],
];

export const Billing = () => (
  <section class="panel" id="billing-panel" aria-labelledby="billing-title">
    <div class="panel-head">
      <h2 id="billing-title">Polar</h2>
    </div>
    <SubscriptionSwitch />
    <Events />
    <Cron />
    <FaultInjection />
  </section>
);

/** Activates or cancels an organisation's subscription in the Polar fake. @throws {ApiError} */
export const setSubscription = (orgId: string, active: boolean): Promise<Response> =>
  sendJson("PUT", `/__dev/polar/subscriptions/${orgId}`, { active });

function SubscriptionSwitch() {
  const { identity } = useSignedIn();
  const live = useLive();
  const isActive = live?.subscription.active ?? false;
  return (
    <div class="switch-row">
      <span id="subscription-label">
        Subscription of <b>{identity.orgId}</b>
      </span>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={isActive}
        aria-labelledby="subscription-label"
        disabled={live === null}
        onClick={() => void setSubscription(identity.orgId, !isActive).catch(() => undefined)}
      />
    </div>
  );
}

function Events() {
  const events = useLive()?.events.items.toReversed() ?? [];
  return (
    <>
      <h3>Events received</h3>
      {events.length === 0 ? (
        <p class="empty">No events yet. Creating a voice sends one.</p>
      ) : (
        <ol class="event-list" reversed aria-live="polite">
          {events.map((event) => (
            <li key={event.external_id ?? event.received_at}>
              <code>{event.name}</code>
              <span>{event.external_customer_id}</span>
              {event.duplicates > 0 && <span class="badge warn">duplicates: {event.duplicates}</span>}
              <time class="muted" dateTime={event.received_at}>
                {formatClock(event.received_at)}
              </time>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Cron() {
  const [hours, setHours] = useState(0);
  const [outcome, setOutcome] = useState("");
  const run = async () => {
    const at = new Date(Date.now() + hours * 3_600_000).toISOString();
    try {
      await callApi(`/__dev/cron?at=${at}`, { method: "POST" });
      setOutcome(`Done at ${formatClock(new Date().toISOString())}.`);
    } catch (error) {
      setOutcome(`Failed: ${toApiError(error).message}`);
    }
  };
  return (
    <div class="cron">
      <h3>Cron</h3>
      <p class="muted">Delivers pending events to Polar and removes abandoned uploads.</p>
      <div class="row">
        <label class="select">
          <span class="visually-hidden">Current time of the cron</span>
          <select value={hours} onChange={({ currentTarget }) => setHours(Number(currentTarget.value))}>
            {CRON_TIMES.map(([hoursFromNow, label]) => (
              <option key={hoursFromNow} value={hoursFromNow}>
                as of {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button secondary" onClick={() => void run()}>
          Run the cron
        </button>
      </div>
      <p class="muted" role="status">
        {outcome}
      </p>
    </div>
  );
}
