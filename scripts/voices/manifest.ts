// A folder of system voices: its voices.json, read whole and believed in nothing.
import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import * as z from "zod";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import { type VoiceInput, voiceInput } from "../../src/voice-creation/schema.ts";
import { ToolError } from "../operator/tool-error.ts";

/** A voice as the manifest has it. */
export interface ManifestVoice extends VoiceInput {
  id?: string | undefined;
  /** The recording's path, absolute. */
  audio: string;
}

const manifest = z.object({ voices: z.array(z.unknown()).min(1, "There is no voice in it") }).strict();

const manifestVoice = z.strictObject({
  ...voiceInput.shape,
  // It becomes part of a URL and of the object's key.
  id: z
    .string()
    .regex(/^[\w-]{1,100}$/, "Id must be 1 to 100 letters, digits, - and _")
    .optional(),
  audio: z.string("Audio is required: the recording's path in the folder").min(1, "Audio must not be empty"),
});

/** @throws {ToolError} that names every fault of the manifest with its place */
export async function readManifest(directory: string): Promise<ManifestVoice[]> {
  const file = join(directory, "voices.json");
  const { voices: entries } = parseManifest(file, await readText(file));
  const results = entries.map((entry) => manifestVoice.safeParse(entry));
  const faults = [
    ...results.flatMap(({ error }, index) => (error ? fieldFaults(error, index) : [])),
    ...duplicates(entries, "name"),
    ...duplicates(entries, "id"),
    ...(await strayPaths(directory, entries)),
  ];
  if (faults.length > 0) throw new ToolError(`${file} is not right:\n${faults.map(indented).join("\n")}`);
  return results.flatMap(({ data }) => (data ? [{ ...data, audio: join(directory, data.audio) }] : []));
}

const indented = (line: string) => `  ${line}`;

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ToolError(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}

function parseManifest(file: string, text: string): z.output<typeof manifest> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ToolError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const { data, error } = manifest.safeParse(json);
  if (data) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join(".") || "voices.json"}: ${message}`);
  throw new ToolError(
    `${file} is not right: it should be {"voices":[…]}\n${faults.map(indented).join("\n")}`,
  );
}

const fieldFaults = (error: z.ZodError, index: number): string[] =>
  error.issues.map(({ path, message }) => {
    const field = path.length > 0 ? `.${path.join(".")}` : "";
    const hint = path[0] === "category" ? `: one of ${VOICE_CATEGORIES.join(", ")}` : "";
    return `voices[${index}]${field}: ${message}${hint}`;
  });

/** The text of `field` in an entry that may have any shape, trimmed as the rules trim it. */
function textOf(entry: unknown, field: string): string | null {
  const value: unknown = (entry as Record<string, unknown> | null)?.[field];
  return typeof value === "string" ? value.trim() : null;
}

function duplicates(entries: unknown[], field: "name" | "id"): string[] {
  const first = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const text = textOf(entry, field);
    if (text === null) return [];
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, index);
    return earlier === undefined
      ? []
      : [`voices[${index}].${field}: voices[${earlier}] has the same, ${JSON.stringify(text)}`];
  });
}

/** The recordings that are not in the folder, also by way of a link. One that is nowhere is told later. */
async function strayPaths(directory: string, entries: unknown[]): Promise<string[]> {
  const root = await realpath(directory);
  const faults = entries.map(async (entry, index) => {
    const audio = textOf(entry, "audio");
    if (audio === null) return [];
    const target = join(root, audio);
    const real = await realpath(target).catch(() => target);
    const isInside = !isAbsolute(audio) && leadsInto(root, target) && leadsInto(root, real);
    return isInside ? [] : [`voices[${index}].audio: ${JSON.stringify(audio)} leads out of the folder`];
  });
  return (await Promise.all(faults)).flat();
}

function leadsInto(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== "" && path.split(/[\\/]/)[0] !== ".." && !isAbsolute(path);
}
