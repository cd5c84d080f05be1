// The filter fields of a list.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

const DEBOUNCE_MS = 200;

interface Field {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Debounced: reports a change when the user stops typing. */
export function SearchField({ label, value, onChange }: Field) {
  const [typed, setTyped] = useState(value);
  const report = useRef(onChange);
  report.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => report.current(typed), DEBOUNCE_MS);
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

/** A group of radio buttons. */
export const Choice = ({
  label,
  options,
  value,
  onChange,
}: Field & { options: [value: string, label: string][] }) => (
  <fieldset class="choice">
    <legend class="visually-hidden">{label}</legend>
    {options.map(([option, text]) => (
      <label key={option}>
        <input type="radio" name={label} checked={option === value} onChange={() => onChange(option)} />
        <span>{text}</span>
      </label>
    ))}
  </fieldset>
);
