// Random rows of the lists from a seed, and the lists as JavaScript filters and sorts them.
import { env } from "cloudflare:workers";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";

export type Random = () => number;

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

export interface VoiceRow {
  id: string;
  org_id: string | null;
  name: string;
  category: string;
  language: string;
  variant: string;
  created_at: number;
}

export interface GenerationRow {
  id: string;
  org_id: string;
  voice_name: string;
  text: string;
  r2_object_key: string | null;
  failed_at: number | null;
  created_at: number;
}

const NAMES = ["a", "A", "b", "Ärger", "é", "Zoë", "🎙️", "ﬀ", "voice 1", "Voice 2", "_", "%"];
const LANGUAGES = [
  ...["en", "en-US", "en-us", "EN-GB", "en-GB-oed", "english", "e", "de-DE", "de-DE-1996", "zh-Hans-CN"],
  ...["zh-cmn-Hans-CN", "zh-cmn-Hans-CN-x-a", "zh-cmn-Hans-CN-x-ab", "sl-IT-nedis", "ca-ES-"],
];
/** No voice has it. */
export const ABSENT_CATEGORY = "CORPORATE";
const CATEGORIES = VOICE_CATEGORIES.filter((category) => category !== ABSENT_CATEGORY).slice(0, 4);

/** Few different times, so that rows share one. */
const timeOf = (random: Random) => Date.UTC(2026, 0, 1) + Math.floor(random() * 40) * 1000;

export const randomVoice = (random: Random, orgId: string | null): VoiceRow => ({
  id: `v${random().toString(36).slice(2)}`,
  org_id: orgId,
  name: pick(random, NAMES) + (random() < 0.5 ? "" : Math.floor(random() * 30)),
  category: pick(random, CATEGORIES),
  language: pick(random, LANGUAGES),
  variant: orgId === null ? "SYSTEM" : "CUSTOM",
  created_at: timeOf(random),
});

export function randomGeneration(random: Random, orgId: string): GenerationRow {
  const isStored = random() < 0.6;
  return {
    id: `g${random().toString(36).slice(2)}`,
    org_id: orgId,
    voice_name: "Voice",
    text: "Text",
    r2_object_key: isStored ? "key" : null,
    // Stored audio makes a generation ready even when a failure was reported.
    failed_at: random() < 0.4 ? Date.UTC(2026, 0, 1) : null,
    created_at: timeOf(random),
  };
}

export async function insert(table: "voices" | "generations", rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const values = columns.map((column) => `value ->> '$.${column}'`);
  await env.DB.prepare(
    `insert into ${table} (${columns.join(", ")}) select ${values.join(", ")} from json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run();
}

export type Query = Record<string, string>;

/** In the order of SQLite: lower case for A to Z, then the bytes of UTF-8. */
const nameKey = (name: string) => Buffer.from(name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

const newestFirst = <Row extends { id: string; created_at: number }>(a: Row, b: Row): number =>
  b.created_at - a.created_at || byId(b, a);

const byName = (a: VoiceRow, b: VoiceRow): number => nameKey(a.name).compare(nameKey(b.name)) || byId(a, b);

/** RFC 4647 §3.3.1, subtag by subtag. */
function isInRange(language: string, range: string): boolean {
  const subtags = language.toLowerCase().split("-");
  return range
    .toLowerCase()
    .split("-")
    .every((subtag, index) => subtags[index] === subtag);
}

/** The ids of the whole list that `orgId` sees. */
export const expectedVoices = (rows: readonly VoiceRow[], orgId: string, query: Query): string[] =>
  rows
    .filter((row) => row.org_id === null || row.org_id === orgId)
    .filter((row) => !("variant" in query) || row.variant === query.variant)
    .filter((row) => !("category" in query) || row.category === query.category)
    .filter((row) => !("language" in query) || isInRange(row.language, query.language))
    .toSorted(query.sort === "-createdAt" ? newestFirst : byName)
    .map(({ id }) => id);

const stateOf = ({ r2_object_key, failed_at }: GenerationRow) =>
  r2_object_key === null ? (failed_at === null ? "processing" : "failed") : "ready";

export const expectedGenerations = (rows: readonly GenerationRow[], orgId: string, query: Query): string[] =>
  rows
    .filter((row) => row.org_id === orgId)
    .filter((row) => !("state" in query) || stateOf(row) === query.state)
    .toSorted(newestFirst)
    .map(({ id }) => id);
