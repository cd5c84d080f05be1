// Imports system voices into D1 and R2. It can be interrupted at any step: the row is inserted before the object is
// stored and gets the object's key afterwards, so the next run completes it.
import { openAsBlob } from "node:fs";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { NO_LEVELS, voices } from "../../src/platform/schema.ts";
import { recordVoiceChanges } from "../../src/search/changes.ts";
import type { Storage } from "../operator/storage.ts";
import { messageOf } from "../operator/tool-error.ts";
import { findExistingVoices } from "./existing-voices.ts";
import type { ManifestVoice } from "./manifest.ts";
import { type PlannedVoice, planVoices, type VoiceRow } from "./plan.ts";
import { probeRecordingFile, type RecordingResult } from "./recording.ts";

export type Outcome =
  | { kind: "added" | "updated" | "unchanged"; name: string }
  | { kind: "failed"; name: string; reason: string };

interface ImportOptions {
  /** Compare only. */
  dryRun?: boolean;
  /** Called as soon as a voice is done. */
  onOutcome?: (outcome: Outcome) => void;
}

type Recording = Extract<RecordingResult, { kind: "accepted" }>;
type Stores = Pick<Storage, "database" | "bucket">;

/** Hides the latency to Cloudflare; each voice may hold a recording of up to 20 MiB. */
const CONCURRENT_VOICES = 4;

/** @returns an outcome for each voice, in the manifest's order; a voice that fails does not stop the others */
export async function importVoices(
  stores: Stores,
  manifest: readonly ManifestVoice[],
  { dryRun = false, onOutcome }: ImportOptions = {},
): Promise<Outcome[]> {
  const plan = planVoices(manifest, await findExistingVoices(stores.database, manifest));
  const outcomes: Outcome[] = [];
  const queue = plan.entries();
  const work = async () => {
    for (const [index, planned] of queue) {
      const outcome = await importVoice(stores, planned, dryRun);
      outcomes[index] = outcome;
      onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_VOICES }, work));
  return outcomes;
}

async function importVoice(stores: Stores, planned: PlannedVoice, dryRun: boolean): Promise<Outcome> {
  const { name, audio } = planned.voice;
  if (planned.kind === "conflict") return { kind: "failed", name, reason: planned.reason };
  try {
    const recording = await probeRecordingFile(audio);
    if (recording.kind === "rejected")
      return { kind: "failed", name, reason: `${audio} ${recording.reason}` };
    return { kind: await writeVoice(stores, planned, recording, dryRun), name };
  } catch (error) {
    return { kind: "failed", name, reason: messageOf(error) };
  }
}

/** Inserts the row, stores the object, then sets the row's columns: nothing where D1 and R2 agree with the folder. */
async function writeVoice(
  { database, bucket }: Stores,
  { voice, id, row }: Extract<PlannedVoice, { kind: "import" }>,
  recording: Recording,
  dryRun: boolean,
): Promise<"added" | "updated" | "unchanged"> {
  const db = drizzle(database);
  const { name, category, language, description = null } = voice;
  const { contentType, durationSeconds, sizeBytes, facts } = recording;
  const r2ObjectKey = systemVoiceKey(id);
  const audio = { r2ObjectKey, contentType, durationSeconds, sizeBytes, ...facts };
  const wanted = { name, category, language, description, ...audio };
  const isSystemVoice = and(eq(voices.id, id), eq(voices.variant, "SYSTEM"));
  const isObjectCurrent = await hasObject(bucket, r2ObjectKey, recording);
  const isRowCurrent = row !== null && hasValues(row, wanted);
  if (isObjectCurrent && isRowCurrent) return "unchanged";
  const outcome = row?.r2ObjectKey ? "updated" : "added";
  if (dryRun) return outcome;

  if (!row) {
    await db.batch([
      db.insert(voices).values({ id, name, category, language, description, variant: "SYSTEM" }),
      recordVoiceChanges(db, isSystemVoice),
    ]);
  } else if (!isObjectCurrent) {
    // First, so that no request is answered with the levels of the recording that is replaced. Without its size, the row
    // does not look complete to an import that continues after an interruption.
    await db
      .update(voices)
      .set({ ...NO_LEVELS, sizeBytes: null })
      .where(isSystemVoice);
  }
  if (!isObjectCurrent) {
    // R2 verifies the MD5, so a file that changed since it was probed is rejected.
    const options = { md5: recording.md5, httpMetadata: { contentType } };
    await bucket.put(r2ObjectKey, await openAsBlob(voice.audio), options);
  }
  const isAudioCurrent = isObjectCurrent && row !== null && hasValues(row, audio);
  // Again, because the service may have measured the replaced recording meanwhile.
  const changes = isAudioCurrent ? wanted : { ...wanted, ...NO_LEVELS };
  const [changed] = await db.batch([
    db.update(voices).set(changes).where(isSystemVoice).returning({ id: voices.id }),
    recordVoiceChanges(db, isSystemVoice),
  ]);
  if (changed.length === 0) throw new Error("the row was deleted during the import: run the import again");
  return outcome;
}

/** Whether R2 stores the same bytes with the same content type. */
async function hasObject(bucket: R2Bucket, key: string, { md5, contentType }: Recording): Promise<boolean> {
  const object = await bucket.head(key);
  const stored = object?.checksums.md5;
  // R2 has no MD5 of an object that was uploaded in parts.
  if (!object || !stored) return false;
  return Buffer.from(stored).toString("hex") === md5 && object.httpMetadata?.contentType === contentType;
}

const hasValues = (row: VoiceRow, wanted: Partial<VoiceRow>): boolean =>
  Object.entries(wanted).every(([field, value]) => row[field as keyof VoiceRow] === value);
