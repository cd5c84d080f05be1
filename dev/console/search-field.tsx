// The filter fields of a list.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_SEARCH_CHARACTERS } from "../../src/platform/pagination.ts";
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
  const reported = useRef(value);
  useEffect(() => {
    // A value that was reported from here may be older than what is typed.
    if (value !== reported.current) setTyped(value);
    reported.current = value;
  }, [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      reported.current = typed;
      report.current(typed);
    }, DEBOUNCE_MS);
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
        maxLength={MAX_SEARCH_CHARACTERS}
        dir="auto"
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}

/** A list of options, the first of which sets no filter. */
export const Select = ({ label, value, onChange, children }: Field & { children: ComponentChildren }) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {children}
    </select>
  </label>
);

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
