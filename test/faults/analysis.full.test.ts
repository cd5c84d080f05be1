// Two Workers in one workerd process, as they are deployed: whatever the analysis Worker does, an upload ends in a clear
// answer, and all else works.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { migrate, type RunningWorker, start, tokenOf } from "../../dev/workerd.ts";
import { ANALYSIS_ENTRY, bundle, SERVICE_ENTRY } from "../../scripts/operator/bundle.ts";
import { PROBE_TIMEOUT_MS } from "../../src/recordings/probe-stored-upload.ts";
import { ac3Wav } from "../support/uncounted-wav.ts";

const ORG = "org_analysis";
const PATH = "/api/voices/create?name=A&category=GENERAL&language=en";
const UNCHECKED = [503, "5", "The audio could not be checked right now. Please send it again in a moment."];

const service = (await bundle(SERVICE_ENTRY)).script;
const analysis = (await bundle(ANALYSIS_ENTRY)).script;
/** An analysis Worker whose `probe` runs `body`. */
const probing = (body: string) =>
  `import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { async probe(key) { ${body} } }`;

const speech = new Uint8Array(await readFile(join(import.meta.dirname, "../fixtures/speech.wav")));

let worker: RunningWorker | undefined;
afterEach(() => worker?.stop());

async function givenWorkers(script: string | undefined): Promise<RunningWorker> {
  const fake = createPolarFake(LOCAL_POLAR_TOKEN);
  const polar = (request: Request) =>
    Promise.resolve(fake.fetch(new Request(request.url, request as RequestInit)));
  const subscription = new Request(`http://polar.test/subscriptions/${ORG}`, {
    method: "PUT",
    body: '{"active":true}',
  });
  await polar(subscription);
  worker = await start(service, { outside: polar, ...(script !== undefined && { analysis: script }) });
  await migrate(worker);
  return worker;
}

const session = async () => ({
  Authorization: `Bearer ${await tokenOf({ userId: "user_a", orgId: ORG, expiresInSeconds: 600, version: 2 })}`,
});

async function upload({ url }: RunningWorker, body: Uint8Array<ArrayBuffer>): Promise<unknown[]> {
  const headers = { ...(await session()), "Content-Type": "audio/wav" };
  const response = await fetch(url + PATH, { method: "POST", headers, body });
  const { error } = (await response.json()) as { error?: string };
  return [response.status, response.headers.get("Retry-After"), error];
}

const storedKeys = async ({ bucket }: RunningWorker) => (await bucket.list()).objects.map(({ key }) => key);

it("the analysis Worker reads the recording that the service has stored: what is counted, and what is claimed", async () => {
  const workers = await givenWorkers(analysis);
  for (const recording of [speech, ac3Wav(12.3)]) {
    const [status] = await upload(workers, recording);
    expect(status).toBe(201);
  }
  expect(await storedKeys(workers)).toHaveLength(2);
});

it.each([
  ["is the service itself", undefined],
  ["throws", probing('throw new Error("out of memory")')],
  ["never answers", probing("return new Promise(() => undefined)")],
  ["is still working at the deadline", probing(`await scheduler.wait(${PROBE_TIMEOUT_MS * 2})`)],
  ["answers something else", probing('return "audio"')],
  ["is of a version without this method", probing("").replace("probe(", "other(")],
  ["is a Worker of another kind", 'export default { fetch: () => new Response("no") }'],
])(
  "an upload is 503 when the analysis Worker %s, nothing is stored, and the service answers all else",
  { timeout: 60_000 },
  async (_, script) => {
    const workers = await givenWorkers(script);
    expect(await upload(workers, speech)).toEqual(UNCHECKED);
    expect(await storedKeys(workers)).toEqual([]);
    expect((await fetch(`${workers.url}/api/voices`, { headers: await session() })).status).toBe(200);
  },
);
