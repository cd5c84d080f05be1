// Fills a local state: the system voices, and a demo organisation's voices and generations in every state.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { getPlatformProxy } from "wrangler";
import { customVoiceKey, generationKey, systemVoiceKey } from "../src/adapters/audio-store.ts";
import { generations, voices } from "../src/adapters/schema.ts";
import { inspect } from "../src/inspection/inspect.ts";
import { judgeRecording } from "../src/rules/audio-verdict.ts";
import type { VoiceCategory } from "../src/rules/categories.ts";
import { DEMO_ORG } from "./identities.ts";
import { ROOT } from "./paths.ts";
import seedData from "./seed/system-voices.json" with { type: "json" };

const AUDIO = join(ROOT, "dev", "seed", "audio");

type VoiceRow = typeof voices.$inferInsert;
type GenerationRow = typeof generations.$inferInsert;

/** Writes the demo data into `state`, over whatever stands there under the same ids. */
export async function seed(state: string, edgeConfig: string): Promise<void> {
  const { env, dispose } = await getPlatformProxy<Env>({
    configPath: edgeConfig,
    persist: { path: join(state, "v3") },
  });
  try {
    const db = drizzle(env.DB);
    for (const row of [...(await systemVoices(env.AUDIO)), ...(await demoVoices(env.AUDIO))]) {
      await db.insert(voices).values(row).onConflictDoUpdate({ target: voices.id, set: row });
    }
    for (const row of await demoGenerations(env.AUDIO)) {
      await db.insert(generations).values(row).onConflictDoUpdate({ target: generations.id, set: row });
    }
  } finally {
    await dispose();
  }
}

const systemVoices = (bucket: R2Bucket): Promise<VoiceRow[]> =>
  Promise.all(
    seedData.systemVoices.map(async ({ id, name, description, category, language, audio }) => ({
      id,
      name,
      description,
      language,
      category: category as VoiceCategory,
      variant: "SYSTEM" as const,
      ...(await store(bucket, audio, systemVoiceKey(id))),
    })),
  );

/** One voice that plays (200), one still processing (409), one whose object is gone (502). */
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

/** One generation that plays (200), one still processing (409), one whose object is gone (502). */
async function demoGenerations(bucket: R2Bucket): Promise<GenerationRow[]> {
  const demo = (state: string): GenerationRow => ({
    id: `gen_demo_${state}`,
    orgId: DEMO_ORG,
    voiceId: "voice_system_andy",
    voiceName: "Andy",
    text: "This sentence was generated for you, and it is played by the edge.",
  });
  const keyOf = (state: string) => generationKey(DEMO_ORG, `gen_demo_${state}`);
  const generation = await readFile(join(AUDIO, "generation.wav"));
  await bucket.put(keyOf("ready"), generation, { httpMetadata: { contentType: "audio/wav" } });
  return [
    { ...demo("ready"), r2ObjectKey: keyOf("ready") },
    demo("processing"),
    { ...demo("missing"), r2ObjectKey: keyOf("missing") },
  ];
}

/** Puts a file of dev/seed/audio under `key`, after the same inspection that an upload gets. */
async function store(bucket: R2Bucket, file: string, key: string) {
  const bytes = new Uint8Array(await readFile(join(AUDIO, file)));
  const read = async (offset: number, length: number) => bytes.slice(offset, offset + length);
  const verdict = judgeRecording(await inspect({ size: bytes.byteLength, read }));
  if (verdict.kind !== "accepted") throw new Error(`${file} can't be a voice: ${verdict.kind}`);
  const { contentType, durationSeconds } = verdict;
  await bucket.put(key, bytes, { httpMetadata: { contentType } });
  return { r2ObjectKey: key, contentType, durationSeconds, sizeBytes: bytes.byteLength };
}
