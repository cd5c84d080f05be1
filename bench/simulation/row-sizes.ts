// What a row takes in the database with its indexes: measured on rows like real ones in SQLite with the shipped
// migrations, so that a new column or index changes the figures.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Random } from "./random.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");

/** What one generation holds. */
export interface GenerationShape {
  meanTextCharacters: number;
  charactersPerSecond: number;
  audioBytesPerSecond: number;
}

/** Bytes of a row with its entries in all indexes of its table. */
export interface RowSizes {
  generation: number;
  /** A generation whose peaks are stored elsewhere. */
  generationWithoutPeaks: number;
  meteringEvent: number;
  voice: number;
}

/** analysis/src/levels/levels.ts: points of the waveform, each one byte. */
const POINTS_PER_SECOND = 20;
const MIN_POINTS = 256;
const MAX_POINTS = 2000;
const MAX_TEXT_CHARACTERS = 5000;
const VOICES_PER_GENERATION = 0.02;
const ORGANISATIONS = 200;
/** 1 December 2026. */
const FIRST_CREATED_AT = 1_796_083_200_000;

/** Builds `rows` generations with their voices and events in memory, and divides what each table takes. */
export function measureRowSizes(shape: GenerationShape, rows: number, seed: number): RowSizes {
  const shipped = build(shape, rows, seed, true);
  const voices = Math.ceil(rows * VOICES_PER_GENERATION);
  return {
    generation: (shipped.get("generations") ?? 0) / rows,
    generationWithoutPeaks: (build(shape, rows, seed, false).get("generations") ?? 0) / rows,
    meteringEvent: (shipped.get("metering_events") ?? 0) / rows,
    voice: (shipped.get("voices") ?? 0) / voices,
  };
}

/** The bytes of the pages of each table and its indexes. */
function build(shape: GenerationShape, rows: number, seed: number, withPeaks: boolean): Map<string, number> {
  const random = new Random(seed);
  const database = new DatabaseSync(":memory:");
  try {
    for (const file of readdirSync(MIGRATIONS)
      .filter((name) => name.endsWith(".sql"))
      .sort()) {
      database.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
    }
    database.exec("begin");
    const voices = insertVoices(database, Math.ceil(rows * VOICES_PER_GENERATION), random);
    insertGenerations(database, rows, voices, shape, withPeaks, random);
    database.exec("commit");
    const sizes = database
      .prepare("select tbl_name, sum(pgsize) as bytes from dbstat join sqlite_schema using (name) group by 1")
      .all() as { tbl_name: string; bytes: number }[];
    return new Map(sizes.map(({ tbl_name, bytes }) => [tbl_name, bytes]));
  } finally {
    database.close();
  }
}

/** An id as cuid, Clerk and UUID write them: inserted in no order, which leaves the pages of an index partly empty. */
function randomId(random: Random, prefix: string, characters: number): string {
  let id = prefix;
  while (id.length < prefix.length + characters)
    id += random
      .below(36 ** 5)
      .toString(36)
      .padStart(5, "0");
  return id.slice(0, prefix.length + characters);
}

/** Of a byte each. SQLite compresses nothing. */
const text = (characters: number) => "a".repeat(characters);

const points = (seconds: number) =>
  Math.min(MAX_POINTS, Math.max(MIN_POINTS, Math.ceil(seconds * POINTS_PER_SECOND)));

const organisation = (random: Random) => `org_${random.below(ORGANISATIONS).toString(36).padStart(27, "2")}`;

function insertVoices(database: DatabaseSync, count: number, random: Random): string[] {
  const insert = database.prepare(
    `insert into voices (id, org_id, name, description, variant, r2_object_key, content_type, duration_seconds, size_bytes,
      codec, sample_rate_hz, channels, bits_per_sample, created_at, updated_at, peak_level, clipped_share, silence_share,
      peaks) values (?, ?, ?, ?, 'CUSTOM', ?, 'audio/wav', ?, ?, 'PCM', 44100, 1, 16, ?, ?, 0.9, 0.001, 0.1, ?)`,
  );
  return Array.from({ length: count }, (_, index) => {
    const [id, orgId] = [randomId(random, "c", 24), organisation(random)];
    const seconds = 10 + random.exponential(20);
    const at = FIRST_CREATED_AT + index * 1000;
    const [name, description] = [text(20), text(60)];
    const size = Math.ceil(seconds * 88_200);
    const peaks = new Uint8Array(points(seconds));
    insert.run(id, orgId, name, description, `voices/orgs/${orgId}/${id}`, seconds, size, at, at, peaks);
    return id;
  });
}

function insertGenerations(
  database: DatabaseSync,
  rows: number,
  voices: string[],
  { meanTextCharacters, charactersPerSecond, audioBytesPerSecond }: GenerationShape,
  withPeaks: boolean,
  random: Random,
): void {
  const insert = database.prepare(
    `insert into generations (id, org_id, voice_id, voice_name, text, r2_object_key, duration_seconds, size_bytes, codec,
      sample_rate_hz, channels, bits_per_sample, audio_md5, created_at, updated_at, peak_level, clipped_share,
      silence_share, peaks) values (?, ?, ?, ?, ?, ?, ?, ?, 'PCM', 24000, 1, 16, ?, ?, ?, 0.9, 0.001, 0.1, ?)`,
  );
  // A delivered event, as it is kept.
  const event = database.prepare(
    `insert into metering_events (id, name, org_id, metadata, occurred_at, due_at, delivered_at)
      values (?, 'tts_generation', ?, ?, ?, ?, ?)`,
  );
  for (let index = 0; index < rows; index += 1) {
    const [id, orgId] = [randomId(random, "c", 24), organisation(random)];
    const characters = Math.min(MAX_TEXT_CHARACTERS, Math.ceil(random.exponential(meanTextCharacters)));
    const seconds = characters / charactersPerSecond;
    const [at, updatedAt] = [FIRST_CREATED_AT + index * 1000, FIRST_CREATED_AT + index * 1000 + 4_321];
    const audio = [
      `generations/orgs/${orgId}/${id}`,
      seconds,
      Math.ceil(seconds * audioBytesPerSecond),
    ] as const;
    const voiceId = voices[random.below(voices.length)] ?? null;
    const peaks = withPeaks ? new Uint8Array(points(seconds)) : null;
    const md5 = randomId(random, "", 22);
    insert.run(id, orgId, voiceId, text(20), text(characters), ...audio, md5, at, updatedAt, peaks);
    const metadata = JSON.stringify({ characters });
    event.run(`generation/${orgId}/${id}`, orgId, metadata, at, updatedAt, updatedAt + 60_000);
  }
}
