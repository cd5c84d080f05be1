// Brings system voices into D1 and R2. Stopped anywhere, the next run goes on: the row stands before its object, and
// takes its key after it.
import { openAsBlob } from "node:fs";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { voices } from "../../src/platform/schema.ts";
import type { Storage } from "../operator/storage.ts";
import type { ManifestVoice } from "./manifest.ts";
import { type PlannedVoice, planVoices, type SystemVoice } from "./plan.ts";
import { type Examined, examineRecording } from "./recording.ts";

export type Outcome =
  | { kind: "added" | "updated" | "unchanged"; name: string }
  | { kind: "failed"; name: string; reason: string };

export interface ImportOptions {
  /** Find out what would be done, and write nothing. */
  dryRun?: boolean;
  /** Hears of each voice as soon as it is done. */
  onOutcome?: (outcome: Outcome) => void;
}

type Accepted = Extract<Examined, { kind: "accepted" }>;
type Data = Pick<Storage, "database" | "bucket">;

/** Voices on their way at a time: the way to Cloudflare is long, and a recording takes up to 20 MiB. */
const CONCURRENCY = 4;

/** Makes each voice of the manifest as it is there; answers with what became of each, in the manifest's order. */
export async function importVoices(
  data: Data,
  manifest: ManifestVoice[],
  { dryRun = false, onOutcome }: ImportOptions = {},
): Promise<Outcome[]> {
  const plan = await planVoices(data.database, manifest);
  const outcomes: Outcome[] = [];
  const queue = plan.entries();
  const work = async () => {
    for (const [index, planned] of queue) {
      const outcome = await settle(data, planned, dryRun);
      outcomes[index] = outcome;
      onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return outcomes;
}

async function settle(data: Data, planned: PlannedVoice, dryRun: boolean): Promise<Outcome> {
  const { name, audio } = planned.voice;
  if (planned.kind === "impossible") return { kind: "failed", name, reason: planned.reason };
  try {
    const examined = await examineRecording(audio);
    if (examined.kind === "refused") return { kind: "failed", name, reason: `${audio} ${examined.reason}` };
    return { kind: await bring(data, planned, examined, dryRun), name };
  } catch (error) {
    return { kind: "failed", name, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Row, object, then the row's key: each only where it is not yet as it should be. */
async function bring(
  { database, bucket }: Data,
  { voice, id, row }: Extract<PlannedVoice, { kind: "possible" }>,
  recording: Accepted,
  dryRun: boolean,
): Promise<"added" | "updated" | "unchanged"> {
  const db = drizzle(database);
  const { name, category, language, description = null } = voice;
  const { contentType, durationSeconds, sizeBytes } = recording;
  const r2ObjectKey = systemVoiceKey(id);
  const wanted = {
    ...{ name, category, language, description },
    ...{ r2ObjectKey, contentType, durationSeconds, sizeBytes },
  };
  const isStored = await holds(bucket, r2ObjectKey, recording);
  const isRecorded = row !== null && agrees(row, wanted);
  if (isStored && isRecorded) return "unchanged";
  const outcome = row?.r2ObjectKey ? "updated" : "added";
  if (dryRun) return outcome;

  if (!row) {
    await db.insert(voices).values({ id, name, category, language, description, variant: "SYSTEM" });
  }
  if (!isStored) {
    // R2 compares the digest: a file that has changed since it was examined is refused.
    const options = { md5: recording.md5, httpMetadata: { contentType } };
    await bucket.put(r2ObjectKey, await openAsBlob(voice.audio), options);
  }
  if (!isRecorded) {
    const isOurs = and(eq(voices.id, id), eq(voices.variant, "SYSTEM"));
    const changed = await db.update(voices).set(wanted).where(isOurs).returning({ id: voices.id });
    if (changed.length === 0) throw new Error("its row was removed meanwhile");
  }
  return outcome;
}

/** Whether R2 has these very bytes under `key`, as the type that they are. */
async function holds(bucket: R2Bucket, key: string, { md5, contentType }: Accepted): Promise<boolean> {
  const object = await bucket.head(key);
  const stored = object?.checksums.md5;
  // An object that came in parts has no digest.
  if (!object || !stored) return false;
  return Buffer.from(stored).toString("hex") === md5 && object.httpMetadata?.contentType === contentType;
}

const agrees = (row: SystemVoice, wanted: Partial<SystemVoice>): boolean =>
  Object.entries(wanted).every(([field, value]) => row[field as keyof SystemVoice] === value);
