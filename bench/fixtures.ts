// The data of the benchmarks: the same audio in every Worker, and the requests for it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, migrate, type RunningWorker, tokenOf } from "../dev/workerd.ts";
import { generationKey, systemVoiceKey } from "../src/platform/audio-store.ts";
import type { RequestSpec } from "./load.ts";

/** By name, which is also the id of the generation and of the system voice with that size. */
export const SIZES = [
  ["64-KiB", 64 * 1024],
  ["1-MiB", 1024 * 1024],
  ["10-MiB", 10 * 1024 * 1024],
] as const;
export type Size = (typeof SIZES)[number][0];
const BYTES = new Map(SIZES.map(([name, size]) => [name, new Uint8Array(size)]));

const CONCURRENT_INSERTS = 16;
export const RANGE = { Range: "bytes=1024-33791" };

export const bareScript = readFileSync(join(import.meta.dirname, "bare.js"), "utf8");
export const bareLoggingScript = readFileSync(join(import.meta.dirname, "bare-logging.js"), "utf8");
export const serviceScript = await bundle("src/index.ts");

const BENCH_ORG = "org_bench";

export const newSessionHeaders = async (orgId = BENCH_ORG) => ({
  Authorization: `Bearer ${await tokenOf({ userId: `user_of_${orgId}`, orgId, expiresInSeconds: 3600, version: 2 })}`,
});

/** The session of every warm request: one token, so that its identity is cached. */
export const sessionHeaders = await newSessionHeaders();

/** Stores an object of each size in every Worker, and a generation and a system voice of each size in the service. */
export async function seed(service: RunningWorker, others: RunningWorker[]): Promise<void> {
  await migrate(service);
  for (const [name, bytes] of BYTES) {
    for (const { bucket } of others) await bucket.put(name, bytes);
    await service.bucket.put(systemVoiceKey(name), bytes);
    await insertGeneration(service, name, bytes);
    await service.database
      .prepare("insert into voices (id, name, variant, r2_object_key) values (?, 'Bench', 'SYSTEM', ?)")
      .bind(name, systemVoiceKey(name))
      .run();
  }
}

async function insertGeneration(
  { bucket, database }: RunningWorker,
  id: string,
  bytes: Uint8Array,
): Promise<void> {
  const key = generationKey(BENCH_ORG, id);
  await bucket.put(key, bytes);
  await database
    .prepare("insert into generations (id, org_id, voice_name, text, r2_object_key) values (?, ?, '', '', ?)")
    .bind(id, BENCH_ORG, key)
    .run();
}

/** Requests whose generation and token no earlier request has used, so that nothing is cached. */
export async function coldRequests(
  service: RunningWorker,
  size: Size,
  headers: Record<string, string>,
  amount: number,
): Promise<RequestSpec[]> {
  const bytes = BYTES.get(size) ?? new Uint8Array();
  const specs: RequestSpec[] = [];
  while (specs.length < amount) {
    const ids = Array.from({ length: Math.min(CONCURRENT_INSERTS, amount - specs.length) }, () =>
      crypto.randomUUID(),
    );
    await Promise.all(ids.map((id) => insertGeneration(service, id, bytes)));
    for (const id of ids)
      specs.push({ path: `/api/audio/${id}`, headers: { ...headers, ...(await newSessionHeaders()) } });
  }
  return specs;
}

/** The link of a generation. */
export async function linkOf({ url }: RunningWorker, size: Size): Promise<string> {
  const path = `/api/audio/${size}/link`;
  const response = await fetch(url + path, { method: "POST", headers: sessionHeaders });
  if (!response.ok) throw new Error(`${path} was answered by ${response.status}`);
  return ((await response.json()) as { url: string }).url;
}

/** Requests for one generation, each with a session token that no earlier request has used. */
export const newSessionRequests = (
  size: Size,
  headers: Record<string, string>,
  amount: number,
): Promise<RequestSpec[]> =>
  Promise.all(
    Array.from({ length: amount }, async () => ({
      path: `/api/audio/${size}`,
      headers: { ...headers, ...(await newSessionHeaders()) },
    })),
  );

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
