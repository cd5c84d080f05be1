// The data of the benchmarks: the same audio in every Worker, and the requests for it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, migrate, type RunningWorker, SERVICE_ENTRY, tokenOf } from "../dev/workerd.ts";
import { generationKey, systemVoiceKey } from "../src/platform/audio-store.ts";

/** By name, which is also the id of the generation and of the system voice with that size. */
export const SIZES = [
  ["64-KiB", 64 * 1024],
  ["1-MiB", 1024 * 1024],
  ["10-MiB", 10 * 1024 * 1024],
] as const;
export type Size = (typeof SIZES)[number][0];

export const RANGE = { Range: "bytes=1024-33791" };

export const bareScript = readFileSync(join(import.meta.dirname, "bare.js"), "utf8");
export const bareRowScript = readFileSync(join(import.meta.dirname, "bare-row.js"), "utf8");
export const bareHeadersScript = readFileSync(join(import.meta.dirname, "bare-headers.js"), "utf8");
export const serviceScript = (await bundle(SERVICE_ENTRY)).script;

const BENCH_ORG = "org_bench";

export const newSessionHeaders = async (orgId = BENCH_ORG) => ({
  Authorization: `Bearer ${await tokenOf({ userId: `user_of_${orgId}`, orgId, expiresInSeconds: 3600, version: 2 })}`,
});

/** The session of every warm request: one token, so that its identity is cached. */
export const sessionHeaders = await newSessionHeaders();

/** Stores an object, and a generation and a system voice that have it, of each size. The bare Worker's key is the size. */
export async function seed(workers: RunningWorker[]): Promise<void> {
  for (const worker of workers) {
    const { bucket, database } = worker;
    await migrate(worker);
    for (const [name, size] of SIZES) {
      const bytes = new Uint8Array(size);
      for (const key of [name, generationKey(BENCH_ORG, name), systemVoiceKey(name)]) {
        await bucket.put(key, bytes);
      }
      await insertGenerations(worker, [name]);
      await database
        .prepare("insert into voices (id, name, variant, r2_object_key) values (?, 'Bench', 'SYSTEM', ?)")
        .bind(name, systemVoiceKey(name))
        .run();
    }
  }
}

/** Inserts rows of generations whose audio is stored under its own key, as the service stores it. */
async function insertGenerations({ database }: RunningWorker, ids: string[]): Promise<void> {
  await database
    .prepare(
      "insert into generations (id, org_id, voice_name, text, r2_object_key) select value, ?2, '', '', ?3 || value from json_each(?1)",
    )
    .bind(JSON.stringify(ids), BENCH_ORG, generationKey(BENCH_ORG, ""))
    .run();
}

/** At once: more take as long, and more memory. */
const PUTS_AT_ONCE = 16;
/** The objects of the latest new generations of a Worker. */
const latestKeys = new WeakMap<RunningWorker, string[]>();

/**
 * The ids of `amount` new generations, each with an object of its own: no request has used them, so nothing of them is
 * cached. The objects of the ones before are deleted.
 */
export async function newGenerations(
  workers: RunningWorker[],
  size: Size,
  amount: number,
): Promise<string[]> {
  const ids = Array.from({ length: amount }, () => crypto.randomUUID());
  const keys = ids.map((id) => generationKey(BENCH_ORG, id));
  const bytes = new Uint8Array(new Map<Size, number>(SIZES).get(size) ?? 0);
  for (const worker of workers) {
    await worker.bucket.delete(latestKeys.get(worker) ?? []);
    latestKeys.set(worker, keys);
    for (let first = 0; first < amount; first += PUTS_AT_ONCE) {
      const some = keys.slice(first, first + PUTS_AT_ONCE);
      await Promise.all(some.map((key) => worker.bucket.put(key, bytes)));
    }
    await insertGenerations(worker, ids);
  }
  return ids;
}

/** The link of a generation. */
export async function linkOf({ url }: RunningWorker, size: Size): Promise<string> {
  const path = `/api/audio/${size}/link`;
  const response = await fetch(url + path, { method: "POST", headers: sessionHeaders });
  if (!response.ok) throw new Error(`${path} was answered by ${response.status}`);
  return ((await response.json()) as { url: string }).url;
}

/** Requests a system voice until the edge cache serves it. */
export async function fillEdgeCache({ url }: RunningWorker, path: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const response = await fetch(url + path, { headers: sessionHeaders });
    await response.arrayBuffer();
    if (response.headers.get("Cache-Status")?.endsWith("; hit")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} was never served from the edge cache`);
}
