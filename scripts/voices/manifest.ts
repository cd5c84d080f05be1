// Reads and validates the manifest (voices.json) of a folder of system voices.
import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import * as z from "zod";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import { type VoiceInput, voiceInput } from "../../src/voice-creation/schema.ts";
import { messageOf, ToolError } from "../operator/tool-error.ts";
import { withNameFromTags } from "./tags.ts";

export interface ManifestVoice extends VoiceInput {
  id?: string | undefined;
  /** Absolute path of the recording. */
  audio: string;
}

const manifest = z.object({ voices: z.array(z.unknown()).min(1, "The list must not be empty") }).strict();

const manifestVoice = z.strictObject({
  ...voiceInput.shape,
  // The id is used in URLs and in the object's key.
  id: z
    .string()
    .regex(/^[\w-]{1,100}$/, "Id must be 1 to 100 letters, digits, - and _")
    .optional(),
  audio: z.string("Audio is required: the recording's path in the folder").min(1, "Audio must not be empty"),
});

/** @throws {ToolError} that lists every error of the manifest with its path */
export async function readManifest(directory: string): Promise<ManifestVoice[]> {
  const file = join(directory, "voices.json");
  const { voices: stated } = parseManifest(file, await readText(file));
  const outside = await outsideErrors(directory, stated);
  // No recording outside the folder is read.
  const entries =
    outside.length > 0
      ? stated
      : await Promise.all(stated.map((entry) => withNameFromTags(directory, entry)));
  const results = entries.map((entry) => manifestVoice.safeParse(entry));
  const errors = [
    ...results.flatMap(({ error }, index) => (error ? fieldErrors(error, index) : [])),
    ...duplicateErrors(entries, "name"),
    ...duplicateErrors(entries, "id"),
    ...outside,
  ];
  if (errors.length > 0) throw new ToolError(`${file} is invalid:\n${errors.map(indent).join("\n")}`);
  return results.flatMap(({ data }) => (data ? [{ ...data, audio: join(directory, data.audio) }] : []));
}

const indent = (line: string) => `  ${line}`;

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ToolError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

function parseManifest(file: string, text: string): z.output<typeof manifest> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ToolError(`${file} is not JSON: ${messageOf(error)}`);
  }
  const { data, error } = manifest.safeParse(json);
  if (data) return data;
  const errors = error.issues.map(({ path, message }) => `${path.join(".") || "voices.json"}: ${message}`);
  throw new ToolError(
    `${file} is invalid: it must have the form {"voices":[…]}\n${errors.map(indent).join("\n")}`,
  );
}

const fieldErrors = (error: z.ZodError, index: number): string[] =>
  error.issues.map(({ path, message }) => {
    const field = path.length > 0 ? `.${path.join(".")}` : "";
    return `voices[${index}]${field}: ${message}${hintOf(String(path[0]), message)}`;
  });

function hintOf(field: string, message: string): string {
  if (field === "category") return `: one of ${VOICE_CATEGORIES.join(", ")}`;
  return message === "Voice name is required" ? ": add it here, or a title to the tags of the recording" : "";
}

/** The text of `field` in an unvalidated entry, trimmed as the schema trims it; null when it is no text. */
function textOf(entry: unknown, field: string): string | null {
  const value: unknown = (entry as Record<string, unknown> | null)?.[field];
  return typeof value === "string" ? value.trim() : null;
}

function duplicateErrors(entries: unknown[], field: "name" | "id"): string[] {
  const first = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const text = textOf(entry, field);
    if (text === null) return [];
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, index);
    return earlier === undefined
      ? []
      : [`voices[${index}].${field}: voices[${earlier}] has the same value, ${JSON.stringify(text)}`];
  });
}

/** Rejects recordings outside the folder, symbolic links included. A missing file is reported by the import. */
async function outsideErrors(directory: string, entries: unknown[]): Promise<string[]> {
  const root = await realpath(directory);
  const errors = entries.map(async (entry, index) => {
    const audio = textOf(entry, "audio");
    if (audio === null) return [];
    const target = join(root, audio);
    const real = await realpath(target).catch(() => target);
    const isInside = !isAbsolute(audio) && isWithin(root, target) && isWithin(root, real);
    return isInside ? [] : [`voices[${index}].audio: ${JSON.stringify(audio)} is outside the folder`];
  });
  return (await Promise.all(errors)).flat();
}

function isWithin(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== "" && path.split(/[\\/]/)[0] !== ".." && !isAbsolute(path);
}
