// The Polar fake: the organisation's subscription, the events received, the cron and the injected faults.
import { useState } from "preact/hooks";
import type { LiveState } from "../live.ts";
import { callApi, sendJson, toApiError } from "./api.ts";
import { FaultInjection, Select } from "./fault-injection.tsx";
import { formatClock } from "./formats.ts";
import type { Live } from "./live.ts";
import { LivePanel } from "./live-panel.tsx";
import { useNotify } from "./toasts.tsx";

/** By the hours from now. */
const CRON_TIMES = { "0": "as of now", "1": "as of 1 hour from now", "25": "as of 25 hours from now" };

export const Billing = ({ live }: { live: Live }) => (
  <LivePanel name="billing" title="Polar" live={live}>
    {({ subscription, events, faults }) => (
      <>
        <SubscriptionSwitch subscription={subscription} />
        <Events items={events.items.toReversed()} />
        <Cron />
        <FaultInjection pending={faults.items} />
      </>
    )}
  </LivePanel>
);

/** Activates or cancels an organisation's subscription in the Polar fake. @throws {ApiError} */
export const setSubscription = (orgId: string, active: boolean): Promise<Response> =>
  sendJson("PUT", `/__dev/polar/subscriptions/${orgId}`, { active });

function SubscriptionSwitch({ subscription: { orgId, active } }: Pick<LiveState, "subscription">) {
  const notify = useNotify();
  const toggle = () =>
    setSubscription(orgId, !active).catch((error) =>
      notify(`The subscription was not changed: ${toApiError(error).message}`),
    );
  return (
    <div class="switch-row">
      <span id="subscription-label">
        Subscription of <b dir="auto">{orgId}</b>
      </span>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={active}
        aria-labelledby="subscription-label"
        onClick={() => void toggle()}
      />
    </div>
  );
}

function Events({ items }: LiveState["events"]) {
  return (
    <>
      <h3>Events received</h3>
      {items.length === 0 ? (
        <p class="empty">No events yet. Creating a voice sends one.</p>
      ) : (
        <ol reversed aria-live="polite">
          {items.map((event) => (
            <li key={event.external_id ?? event.received_at}>
              <code>{event.name}</code>
              <span dir="auto">{event.external_customer_id}</span>
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
  const [hours, setHours] = useState<keyof typeof CRON_TIMES>("0");
  const [outcome, setOutcome] = useState("");
  const run = async () => {
    const at = new Date(Date.now() + Number(hours) * 3_600_000).toISOString();
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
        <Select label="Current time of the cron" names={CRON_TIMES} value={hours} onChange={setHours} />
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
