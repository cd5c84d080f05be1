// Injects faults into the Polar fake: what fails, how, and how many times.
import { useState } from "preact/hooks";
import type { PolarFault } from "../polar-schema.ts";
import { type ApiError, callApi, sendJson, toApiError } from "./api.ts";

const PATH = "/__dev/polar/faults";
const TARGETS = {
  customers: "Reading the subscription",
  events: "Receiving an event",
  event_list: "Counting events",
} as const;
const KINDS = {
  "status 503": "responds with 503",
  "status 429": "responds with 429",
  "status 401": "responds with 401",
  hang: "never responds",
  lose_response: "loses the response",
  version_removed: "no longer has this API version",
  drop_events: "stores nothing",
  report_fewer: "reports one event less",
} as const;

type KindName = keyof typeof KINDS;

const keyOf = <Names extends object>(names: Names, text: string): keyof Names & string => {
  const found = (Object.keys(names) as (keyof Names & string)[]).find((name) => name === text);
  if (found === undefined) throw new Error(`${text} is not an option`);
  return found;
};

export function FaultInjection({ pending }: { pending: PolarFault[] }) {
  const [target, setTarget] = useState<PolarFault["target"]>("customers");
  const [kindName, setKindName] = useState<KindName>("status 503");
  const [times, setTimes] = useState(1);
  const [error, setError] = useState<ApiError | null>(null);
  const showFailureOf = (request: Promise<Response>) => {
    setError(null);
    request.catch((reason) => setError(toApiError(reason)));
  };
  const inject = () => {
    const [kind, status] = kindName.split(" ");
    showFailureOf(sendJson("PUT", PATH, { target, kind, times, ...(status && { status: Number(status) }) }));
  };
  return (
    <form
      class="fault-injection"
      onSubmit={(event) => {
        event.preventDefault();
        inject();
      }}
    >
      <h3>Faults</h3>
      <div class="row">
        <Select label="Operation" names={TARGETS} value={target} onChange={setTarget} />
        <Select label="Fault" names={KINDS} value={kindName} onChange={setKindName} />
        <label class="times">
          <input
            type="number"
            min={1}
            max={100}
            value={times}
            onInput={({ currentTarget }) => setTimes(currentTarget.valueAsNumber)}
          />
          <span>times</span>
        </label>
        <button type="submit" class="button secondary">
          Inject
        </button>
      </div>
      {error && <p role="alert">The fault was not injected: {error.message}</p>}
      {pending.length > 0 && (
        <div class="pending warn">
          <ul>
            {pending.map((fault, index) => (
              <li key={index}>
                {TARGETS[fault.target]} {nameOf(fault)}, {fault.times} more{" "}
                {fault.times === 1 ? "time" : "times"}
              </li>
            ))}
          </ul>
          <button
            type="button"
            class="button secondary"
            onClick={() => showFailureOf(callApi(PATH, { method: "DELETE" }))}
          >
            Clear faults
          </button>
        </div>
      )}
    </form>
  );
}

const nameOf = ({ kind, status }: PolarFault): string =>
  kind === "status" ? `responds with ${status}` : KINDS[kind];

interface SelectProps<Name extends string> {
  label: string;
  names: Record<Name, string>;
  value: Name;
  onChange: (name: Name) => void;
}

export const Select = <Name extends string>({ label, names, value, onChange }: SelectProps<Name>) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChange(keyOf(names, currentTarget.value))}>
      {Object.entries<string>(names).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
