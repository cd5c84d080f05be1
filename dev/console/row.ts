// A row of a list, which is a voice or a generation: its kind, its name, and what is played of it.
import type { GenerationResource } from "../../src/generations/schema.ts";
import type { VoiceResource } from "../../src/voices/schema.ts";
import type { Track } from "./audio-element.ts";

export type Row = VoiceResource | GenerationResource;

const MAX_NAME_CHARACTERS = 80;

export const kindOf = (row: Row) => ("name" in row ? "voice" : "generation");

/** The name of a voice; of a generation the beginning of its text. */
export function nameOf(row: Row): string {
  if ("name" in row) return row.name;
  const { text } = row;
  return text.length > MAX_NAME_CHARACTERS ? `${text.slice(0, MAX_NAME_CHARACTERS).toWellFormed()}…` : text;
}

/** The tracks of the rows that have audio. */
export const tracksOf = (rows: Row[]): Track[] =>
  rows.flatMap((row) => {
    const { audioUrl: url, peaksUrl, durationSeconds: seconds } = row;
    const label = "name" in row ? row.name : `“${nameOf(row)}”`;
    return url === null ? [] : [{ url, peaksUrl, label, seconds }];
  });
