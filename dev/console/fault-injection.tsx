// Injects faults into the Polar fake: what fails, how, and how many times.
import type { PolarFault } from "../polar-schema.ts";
import { callApi, sendJson } from "./api.ts";
import { notifyThat } from "./toasts.tsx";

const PATH = "/__dev/polar/faults";
const TARGETS = {
  customers: "Reading the subscription",
  events: "Receiving an event",
  event_list: "Counting events",
};
const KINDS = {
  "status 503": "responds with 503",
  "status 429": "responds with 429",
  "status 401": "responds with 401",
  hang: "never responds",
  lose_response: "loses the response",
  version_removed: "no longer has this API version",
  drop_events: "stores nothing",
  report_fewer: "reports one event less",
};

const notifyOfFailure = notifyThat("The faults were not changed");

function inject(fields: FormData): void {
  const [kind, status = 503] = String(fields.get("kind")).split(" ");
  const [target, times] = [fields.get("target"), Number(fields.get("times"))];
  sendJson("PUT", PATH, { target, kind, status: Number(status), times }).catch(notifyOfFailure);
}

export const FaultInjection = ({ pending }: { pending: PolarFault[] }) => (
  <form
    class="fault-injection"
    onSubmit={(event) => {
      event.preventDefault();
      inject(new FormData(event.currentTarget));
    }}
  >
    <h3>Faults</h3>
    <div class="row">
      <SelectField label="Operation" name="target" options={TARGETS} />
      <SelectField label="Fault" name="kind" options={KINDS} />
      <label class="times">
        <input type="number" name="times" min={1} max={100} defaultValue={1} />
        <span>times</span>
      </label>
      <button type="submit" class="button secondary">
        Inject
      </button>
    </div>
    {pending.length > 0 && (
      <div class="pending warn">
        <ul>
          {pending.map((fault, index) => (
            <li key={index}>{describe(fault)}</li>
          ))}
        </ul>
        <button
          type="button"
          class="button secondary"
          onClick={() => void callApi(PATH, { method: "DELETE" }).catch(notifyOfFailure)}
        >
          Clear faults
        </button>
      </div>
    )}
  </form>
);

function describe({ target, kind, status, times }: PolarFault): string {
  const effect = kind === "status" ? `responds with ${status}` : KINDS[kind];
  return `${TARGETS[target]} ${effect}, ${times} more ${times === 1 ? "time" : "times"}`;
}

interface SelectFieldProps {
  label: string;
  name: string;
  /** By value. */
  options: Record<string, string>;
}

/** A list of options in a form. */
export const SelectField = ({ label, name, options }: SelectFieldProps) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select name={name}>
      {Object.entries(options).map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
