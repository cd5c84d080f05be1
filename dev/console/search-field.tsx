// Fields by which a list is narrowed.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

const PAUSE_MS = 200;

interface Field {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Tells of a change when the typing rests. */
export function SearchField({ label, value, onChange }: Field) {
  const [typed, setTyped] = useState(value);
  const report = useRef(onChange);
  report.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => report.current(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <label class="search-field">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}

/** One of a few. */
export const Choice = ({
  label,
  options,
  value,
  onChange,
}: Field & { options: [value: string, label: string][] }) => (
  <fieldset class="choice">
    <legend class="visually-hidden">{label}</legend>
    {options.map(([option, words]) => (
      <label key={option}>
        <input type="radio" name={label} checked={option === value} onChange={() => onChange(option)} />
        <span>{words}</span>
      </label>
    ))}
  </fieldset>
);
