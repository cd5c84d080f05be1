// Plans Polar's faults: what fails next, how, and how often.
import { useState } from "preact/hooks";
import { ask, type Refusal, sendJson, toRefusal } from "./api.ts";
import { useLive } from "./live.ts";
import type { PolarFault } from "./models.ts";

const PATH = "/__dev/polar/faults";
const TARGETS = { customers: "Asking for a subscription", events: "Taking an event" } as const;
const KINDS = {
  "status 503": "answers 503",
  "status 429": "answers 429",
  "status 401": "answers 401",
  hang: "never answers",
  lose_response: "loses its answer",
} as const;

type KindName = keyof typeof KINDS;

const keyOf = <Names extends object>(names: Names, text: string): keyof Names & string => {
  const found = (Object.keys(names) as (keyof Names & string)[]).find((name) => name === text);
  if (found === undefined) throw new Error(`${text} is no choice`);
  return found;
};

export function FaultPlan() {
  const [target, setTarget] = useState<PolarFault["target"]>("customers");
  const [kindName, setKindName] = useState<KindName>("status 503");
  const [times, setTimes] = useState(1);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const change = (switching: Promise<Response>) => {
    setRefusal(null);
    switching.catch((error) => setRefusal(toRefusal(error)));
  };
  const plan = () => {
    const [kind, status] = kindName.split(" ");
    change(sendJson("PUT", PATH, { target, kind, times, ...(status && { status: Number(status) }) }));
  };
  const planned = useLive()?.faults.items ?? [];
  return (
    <form
      class="fault-plan"
      onSubmit={(event) => {
        event.preventDefault();
        plan();
      }}
    >
      <h3>Faults</h3>
      <div class="row">
        <Select label="What fails" names={TARGETS} value={target} onChange={setTarget} />
        <Select label="How it fails" names={KINDS} value={kindName} onChange={setKindName} />
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
        <button type="submit" class="button quiet-button">
          Plan it
        </button>
      </div>
      {refusal && <p role="alert">Not planned: {refusal.message}</p>}
      {planned.length > 0 && (
        <div class="planned">
          <ul>
            {planned.map((fault, index) => (
              <li key={index}>
                {TARGETS[fault.target]} {nameOf(fault)}, {fault.times} more{" "}
                {fault.times === 1 ? "time" : "times"}
              </li>
            ))}
          </ul>
          <button
            type="button"
            class="button quiet-button"
            onClick={() => change(ask(PATH, { method: "DELETE" }))}
          >
            Forget the faults
          </button>
        </div>
      )}
    </form>
  );
}

const nameOf = ({ kind, status }: PolarFault): string =>
  kind === "status" ? `answers ${status}` : KINDS[kind];

interface SelectProps<Name extends string> {
  label: string;
  names: Record<Name, string>;
  value: Name;
  onChange: (name: Name) => void;
}

const Select = <Name extends string>({ label, names, value, onChange }: SelectProps<Name>) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChange(keyOf(names, currentTarget.value))}>
      {Object.entries<string>(names).map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </select>
  </label>
);
