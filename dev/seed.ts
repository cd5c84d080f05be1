// Writes the demo data: the system voices, and the demo organisation's voices and generations in every state.
import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { openStorage, type Storage } from "../scripts/operator/storage.ts";
import { importVoices } from "../scripts/voices/import.ts";
import { readManifest } from "../scripts/voices/manifest.ts";
import { probeRecordingFile } from "../scripts/voices/recording.ts";
import { validateGenerationAudio } from "../src/ingest/policy.ts";
import { customVoiceKey, generationKey } from "../src/platform/audio-store.ts";
import { generations, voices } from "../src/platform/schema.ts";
import { probeUpload } from "../src/probe/probe-upload.ts";
import { restartBuild } from "../src/search/build.ts";
import { updateSearchIndex } from "../src/search/job.ts";
import { DEMO_ORG } from "./identities.ts";
import { ROOT } from "./paths.ts";

const SEED = join(ROOT, "dev", "seed");

type VoiceRow = typeof voices.$inferInsert;
type GenerationRow = typeof generations.$inferInsert;

/** Writes the demo data into `state`. Replaces rows and objects with the same ids and keys. */
export async function seed(state: string): Promise<void> {
  const { database, searchDatabase: index, bucket, close } = await openStorage({ kind: "local", state });
  try {
    const db = drizzle(database);
    await seedSystemVoices({ database, bucket });
    for (const row of await demoVoices(bucket)) {
      await db.insert(voices).values(row).onConflictDoUpdate({ target: voices.id, set: row });
    }
    for (const row of await demoGenerations(bucket)) {
      await db.insert(generations).values(row).onConflictDoUpdate({ target: generations.id, set: row });
    }
    // These rows are in no outbox.
    await restartBuild(index);
    await updateSearchIndex({ database, index }, new Date());
  } finally {
    await close();
  }
}

async function seedSystemVoices(storage: Pick<Storage, "database" | "bucket">): Promise<void> {
  const outcomes = await importVoices(storage, await readManifest(SEED));
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  if (failed.length > 0) throw new Error(failed.map(({ name, reason }) => `${name}: ${reason}`).join("\n"));
}

/** One voice that plays (200), one that is processing (409), one whose object is missing (502). */
async function demoVoices(bucket: R2Bucket): Promise<VoiceRow[]> {
  const demo = (state: string): VoiceRow => ({
    id: `voice_demo_${state}`,
    orgId: DEMO_ORG,
    name: `Demo voice (${state})`,
    variant: "CUSTOM",
  });
  const ready = demo("ready");
  const missing = demo("missing");
  return [
    { ...ready, ...(await store(bucket, "andy.mp3", customVoiceKey(DEMO_ORG, ready.id))) },
    demo("processing"),
    { ...missing, r2ObjectKey: customVoiceKey(DEMO_ORG, missing.id), contentType: "audio/mpeg" },
  ];
}

/** One generation that plays (200), one processing (409), one failed (409), one whose object is missing (502). */
async function demoGenerations(bucket: R2Bucket): Promise<GenerationRow[]> {
  const demo = (state: string): GenerationRow => ({
    id: `gen_demo_${state}`,
    orgId: DEMO_ORG,
    voiceId: "voice_system_andy",
    voiceName: "Andy",
    text: "This sentence was generated for you, and it is played by the edge.",
  });
  const keyOf = (state: string) => generationKey(DEMO_ORG, `gen_demo_${state}`);
  const ready = demo("ready");
  return [
    { ...ready, ...(await storeGeneration(bucket, "generation.wav", keyOf("ready"))) },
    demo("processing"),
    { ...demo("failed"), failedAt: new Date(), failureReason: "The speech model ran out of memory." },
    { ...demo("missing"), r2ObjectKey: keyOf("missing") },
  ];
}

/** Stores a file of dev/seed/audio under `key`. Returns the columns that the ingest would set. */
async function storeGeneration(bucket: R2Bucket, file: string, key: string) {
  const path = join(SEED, "audio", file);
  const audio = await openAsBlob(path);
  const read = async (offset: number, length: number) =>
    new Uint8Array(await audio.slice(offset, offset + length).arrayBuffer());
  const probed = validateGenerationAudio(await probeUpload({ size: audio.size, read }));
  if (probed.kind !== "accepted") throw new Error(`${path} is not a WAV`);
  await bucket.put(key, audio, { httpMetadata: { contentType: "audio/wav" } });
  return {
    r2ObjectKey: key,
    durationSeconds: probed.durationSeconds,
    sizeBytes: audio.size,
    ...probed.facts,
  };
}

/** Stores a file of dev/seed/audio under `key`. Returns the columns that the probe of an upload would set. */
async function store(bucket: R2Bucket, file: string, key: string) {
  const path = join(SEED, "audio", file);
  const recording = await probeRecordingFile(path);
  if (recording.kind === "rejected") throw new Error(`${path} ${recording.reason}`);
  const { contentType, durationSeconds, sizeBytes, facts } = recording;
  await bucket.put(key, await openAsBlob(path), { httpMetadata: { contentType } });
  return { r2ObjectKey: key, contentType, durationSeconds, sizeBytes, ...facts };
}
