// The fields of a new voice, each with its validation message.
import type { ComponentChildren } from "preact";
import type { InputIssue } from "../../src/platform/input-issues.ts";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import {
  MAX_DESCRIPTION_CHARACTERS,
  MAX_LANGUAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
} from "../../src/platform/voice-fields.ts";
import { formatCategory } from "./formats.ts";
import { SUGGESTED_LANGUAGES } from "./suggested-languages.ts";
import type { VoiceDraft } from "./upload.ts";

interface Props {
  /** Begins the ids of the fields, so that two forms of a page have different ones. */
  idPrefix?: string;
  draft: VoiceDraft;
  issues: InputIssue[];
  onChange: (changes: Partial<VoiceDraft>) => void;
}

/** In UTF-16 code units, as the service and `maxlength` count. */
const MAX_LENGTHS: Partial<Record<keyof VoiceDraft, number>> = {
  name: MAX_NAME_CHARACTERS,
  language: MAX_LANGUAGE_CHARACTERS,
  description: MAX_DESCRIPTION_CHARACTERS,
};

export function VoiceFields({ idPrefix = "voice", draft, issues, onChange }: Props) {
  const renderField = (
    name: keyof VoiceDraft,
    label: string,
    renderControl: (attributes: object) => ComponentChildren,
  ) => {
    const id = `${idPrefix}-${name}`;
    const maxLength = MAX_LENGTHS[name] ?? Number.POSITIVE_INFINITY;
    const issue = issues.find(({ path }) => path[0] === name)?.message;
    // A longer paste was cut.
    const isFull = draft[name].length >= maxLength;
    const note = issue ?? (isFull ? `Limit of ${maxLength} characters reached` : undefined);
    const control = renderControl({
      ...{ id, name, value: draft[name], maxLength: MAX_LENGTHS[name] },
      "aria-invalid": issue !== undefined,
      "aria-describedby": note && `${id}-issue`,
      onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
        onChange({ [name]: currentTarget.value }),
    });
    return (
      <div class={`field field-${name}`}>
        <label for={id}>{label}</label>
        {control}
        {note && (
          <p class="field-issue" id={`${id}-issue`}>
            {note}
          </p>
        )}
      </div>
    );
  };
  return (
    <fieldset class="fields">
      <legend>About the voice</legend>
      {renderField("name", "Name", (attributes) => (
        <input {...attributes} autocomplete="off" />
      ))}
      {renderField("category", "Category", (attributes) => (
        <span class="select">
          <select {...attributes}>
            {VOICE_CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {formatCategory(category)}
              </option>
            ))}
          </select>
        </span>
      ))}
      {renderField("language", "Language", (attributes) => (
        <>
          <input {...attributes} list="languages" autocomplete="off" spellcheck={false} />
          <datalist id="languages">
            {SUGGESTED_LANGUAGES.map(({ tag, name }) => (
              <option key={tag} value={tag} label={name} />
            ))}
          </datalist>
        </>
      ))}
      {renderField("description", "Description (optional)", (attributes) => (
        <textarea {...attributes} rows={3} />
      ))}
    </fieldset>
  );
}
