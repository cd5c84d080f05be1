// The Polar fake: the organisation's subscription, the events received, the cron and the injected faults.
import type { LiveState } from "../live.ts";
import { callApi, sendJson } from "./api.ts";
import { FaultInjection, SelectField } from "./fault-injection.tsx";
import { formatClock } from "./formats.ts";
import type { Live } from "./live.ts";
import { LivePanel } from "./live-panel.tsx";
import { notify, notifyThat } from "./toasts.tsx";

/** By the hours from now. */
const CRON_TIMES = { 0: "as of now", 1: "as of 1 hour from now", 25: "as of 25 hours from now" };

export const Billing = ({ live }: { live: Live }) => (
  <LivePanel name="billing" title="Polar" live={live}>
    {({ subscription, events, faults }) => (
      <>
        <SubscriptionSwitch {...subscription} />
        <h3>Events received</h3>
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

function SubscriptionSwitch({ orgId, active }: LiveState["subscription"]) {
  const toggle = () =>
    void setSubscription(orgId, !active).catch(notifyThat("The subscription was not changed"));
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
        onClick={toggle}
      />
    </div>
  );
}

const Events = ({ items }: LiveState["events"]) =>
  items.length === 0 ? (
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
  );

function runCron(hoursFromNow: number): void {
  const at = new Date(Date.now() + hoursFromNow * 3_600_000).toISOString();
  callApi(`/__dev/cron?at=${at}`, { method: "POST" }).then(
    () => notify("The cron has run."),
    notifyThat("The cron has failed"),
  );
}

const Cron = () => (
  <form
    class="cron"
    onSubmit={(event) => {
      event.preventDefault();
      runCron(Number(new FormData(event.currentTarget).get("hours")));
    }}
  >
    <h3>Cron</h3>
    <p class="muted">Delivers pending events to Polar and removes abandoned uploads.</p>
    <div class="row">
      <SelectField label="Current time of the cron" name="hours" options={CRON_TIMES} />
      <button type="submit" class="button secondary">
        Run the cron
      </button>
    </div>
  </form>
);
