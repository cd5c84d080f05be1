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
  const findIssue = (field: keyof VoiceDraft) => issues.find(({ path }) => path[0] === field)?.message;
  /** What is wrong with a field, or that it is full: a longer paste was cut. */
  const issueOf = (field: keyof VoiceDraft) => {
    const max = MAX_LENGTHS[field] ?? Number.POSITIVE_INFINITY;
    return findIssue(field) ?? (draft[field].length < max ? undefined : `Limit of ${max} characters reached`);
  };
  const bind = (field: keyof VoiceDraft) => ({
    id: `${idPrefix}-${field}`,
    name: field,
    value: draft[field],
    maxLength: MAX_LENGTHS[field],
    "aria-invalid": findIssue(field) !== undefined,
    "aria-describedby": issueOf(field) && `${idPrefix}-${field}-issue`,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange({ [field]: currentTarget.value }),
  });
  return (
    <fieldset class="fields">
      <legend>About the voice</legend>
      <Field idPrefix={idPrefix} name="name" label="Name" issue={issueOf("name")}>
        <input {...bind("name")} autocomplete="off" />
      </Field>
      <Field idPrefix={idPrefix} name="category" label="Category" issue={issueOf("category")}>
        <span class="select">
          <select {...bind("category")}>
            {VOICE_CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {formatCategory(category)}
              </option>
            ))}
          </select>
        </span>
      </Field>
      <Field idPrefix={idPrefix} name="language" label="Language" issue={issueOf("language")}>
        <input {...bind("language")} list="languages" autocomplete="off" spellcheck={false} />
        <datalist id="languages">
          {SUGGESTED_LANGUAGES.map(({ tag, name }) => (
            <option key={tag} value={tag} label={name} />
          ))}
        </datalist>
      </Field>
      <Field
        idPrefix={idPrefix}
        name="description"
        label="Description (optional)"
        issue={issueOf("description")}
      >
        <textarea {...bind("description")} rows={3} />
      </Field>
    </fieldset>
  );
}

interface FieldProps {
  idPrefix: string;
  name: keyof VoiceDraft;
  label: string;
  issue: string | undefined;
  children: ComponentChildren;
}

const Field = ({ idPrefix, name, label, issue, children }: FieldProps) => (
  <div class={`field field-${name}`}>
    <label for={`${idPrefix}-${name}`}>{label}</label>
    {children}
    {issue && (
      <p class="field-issue" id={`${idPrefix}-${name}-issue`}>
        {issue}
      </p>
    )}
  </div>
);
