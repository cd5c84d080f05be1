// Polar's part: the organisation's subscription, what Polar was told, and what goes wrong there on purpose.
import { useState } from "preact/hooks";
import { ask, sendJson, toRefusal } from "./api.ts";
import { FaultPlan } from "./fault-plan.tsx";
import { formatClock } from "./formats.ts";
import { useLive } from "./live.ts";
import { useSignedIn } from "./session-context.ts";

const HOURS_AHEAD: [hours: number, label: string][] = [
  [0, "now"],
  [1, "an hour from now"],
  [25, "a day from now"],
];

export const Billing = () => (
  <section class="panel" id="billing-panel" aria-labelledby="billing-title">
    <div class="panel-head">
      <h2 id="billing-title">Polar</h2>
    </div>
    <SubscriptionSwitch />
    <Events />
    <Cron />
    <FaultPlan />
  </section>
);

/** Switches an organisation's local subscription. @throws {Refusal} */
export const switchSubscription = (orgId: string, active: boolean): Promise<Response> =>
  sendJson("PUT", `/__dev/polar/subscriptions/${orgId}`, { active });

function SubscriptionSwitch() {
  const { session } = useSignedIn();
  const live = useLive();
  const isActive = live?.subscription.active ?? false;
  return (
    <div class="switch-row">
      <span id="subscription-label">
        Subscription of <b>{session.orgId}</b>
      </span>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={isActive}
        aria-labelledby="subscription-label"
        disabled={live === null}
        onClick={() => void switchSubscription(session.orgId, !isActive).catch(() => undefined)}
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
        <p class="empty">None yet. Making a voice sends one.</p>
      ) : (
        <ol class="event-list" reversed aria-live="polite">
          {events.map((event) => (
            <li key={event.external_id ?? event.received_at}>
              <code>{event.name}</code>
              <span>{event.external_customer_id}</span>
              {event.duplicates > 0 && <span class="badge warn">+{event.duplicates} repeated</span>}
              <time class="quiet" dateTime={event.received_at}>
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
      await ask(`/__dev/cron?at=${at}`, { method: "POST" });
      setOutcome(`Done at ${formatClock(new Date().toISOString())}.`);
    } catch (error) {
      setOutcome(`It failed: ${toRefusal(error).message}`);
    }
  };
  return (
    <div class="cron">
      <h3>Cron</h3>
      <p class="quiet">Brings Polar what it has not heard, and clears up after uploads that never ended.</p>
      <div class="row">
        <label class="select">
          <span class="visually-hidden">As if it were</span>
          <select value={hours} onChange={({ currentTarget }) => setHours(Number(currentTarget.value))}>
            {HOURS_AHEAD.map(([ahead, label]) => (
              <option key={ahead} value={ahead}>
                as of {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button quiet-button" onClick={() => void run()}>
          Run the cron
        </button>
      </div>
      <p class="quiet" role="status">
        {outcome}
      </p>
    </div>
  );
}
