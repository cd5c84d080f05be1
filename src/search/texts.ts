// Which texts of a voice and of a generation are searched: the index is made of them, and each match is checked with
// them.
import { sql } from "drizzle-orm";
import { generations, voices } from "../platform/schema.ts";
import { foldText } from "./fold.ts";

/** Of a generation's text: the index grows with each character, and a list does not show more either. */
export const EXCERPT_CHARACTERS = 1000;

/** The beginning of a generation's text, as lists show it. */
export const generationExcerpt = sql<string>`substr(${generations.text}, 1, ${EXCERPT_CHARACTERS})`;

export const VOICE_TEXTS = { name: voices.name, description: voices.description };
export const GENERATION_TEXTS = { text: generationExcerpt, voiceName: generations.voiceName };

export const textsOfVoice = ({ name, description }: { name: string; description: string | null }) =>
  description === null ? [name] : [name, description];

export const textsOfGeneration = ({ text, voiceName }: { text: string; voiceName: string }) => [
  text,
  voiceName,
];

/** Whether one of `texts` contains `needle`, a folded text. */
export const containsFolded = (texts: readonly string[], needle: string): boolean =>
  texts.some((text) => foldText(text).includes(needle));
