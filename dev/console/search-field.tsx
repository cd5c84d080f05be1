// The filter fields of a list.
import { useEffect, useState } from "preact/hooks";
import { MAX_SEARCH_CHARACTERS } from "../../src/platform/pagination.ts";
import { Icon } from "./icons.tsx";

const DEBOUNCE_MS = 200;

interface Field<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
}

interface OptionField<Value extends string> extends Field<Value> {
  /** The text of each value, in the order in which JavaScript lists them: integers come first. */
  options: Record<Value, string>;
}

/** Debounced: reports a change when the user stops typing. */
export function SearchField({ label, value, onChange }: Field<string>) {
  /** Null when all that was typed is reported. */
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => {
      onChange(typed);
      setTyped(null);
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label class="search-field">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={typed ?? value}
        maxLength={MAX_SEARCH_CHARACTERS}
        dir="auto"
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}

/** A list of options. */
export const Select = <Value extends string>({ label, options, value, onChange }: OptionField<Value>) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}>
      {Object.entries<string>(options).map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

/** A group of radio buttons. */
export const Choice = <Value extends string>({ label, options, value, onChange }: OptionField<Value>) => (
  <fieldset class="choice">
    <legend class="visually-hidden">{label}</legend>
    {Object.entries<string>(options).map(([option, text]) => (
      <label key={option}>
        <input
          type="radio"
          name={label}
          checked={option === value}
          onChange={() => onChange(option as Value)}
        />
        <span>{text}</span>
      </label>
    ))}
  </fieldset>
);
