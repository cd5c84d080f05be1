// Two Workers in one workerd process, as they are deployed: whatever the analysis Worker does, an upload that depends on
// it ends in a clear answer, and all else works.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { bundle, migrate, type RunningWorker, start, tokenOf } from "../../dev/workerd.ts";
import { ANALYSIS_TIMEOUT_MS } from "../../src/recordings/analysis.ts";
import { ac3Wav } from "../support/uncounted-wav.ts";

const ORG = "org_analysis";
const PATH = "/api/voices/create?name=A&category=GENERAL&language=en";
const NOT_SUPPORTED = [
  422,
  { error: "AC-3 in WAV recordings are not supported. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF instead." },
];

const service = await bundle("src/index.ts");
const analysis = await bundle("analysis/src/index.ts");
/** An analysis Worker whose `claim` runs `body`. */
const claiming = (body: string) =>
  `import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { async claim(key) { ${body} } }`;

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

async function upload({ url }: RunningWorker, body: Uint8Array<ArrayBuffer>): Promise<[number, unknown]> {
  const token = await tokenOf({ userId: "user_a", orgId: ORG, expiresInSeconds: 600, version: 2 });
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "audio/wav" };
  const response = await fetch(url + PATH, { method: "POST", headers, body });
  return [response.status, await response.json()];
}

const storedKeys = async ({ bucket }: RunningWorker) => (await bucket.list()).objects.map(({ key }) => key);

it("the analysis Worker reads the recording that the service has stored", async () => {
  const [status] = await upload(await givenWorkers(analysis), ac3Wav(12.3));
  expect(status).toBe(201);
});

it.each([
  ["is absent", undefined],
  ["throws", claiming('throw new Error("out of memory")')],
  ["never answers", claiming("return new Promise(() => undefined)")],
  ["is still working at the deadline", claiming(`await scheduler.wait(${ANALYSIS_TIMEOUT_MS * 2})`)],
  ["answers something else", claiming('return "audio"')],
  ["is of a version without this method", claiming("").replace("claim(", "other(")],
  ["is a Worker of another kind", 'export default { fetch: () => new Response("no") }'],
])(
  "an upload that needs it is 422 when the analysis Worker %s, nothing is stored, and the next upload works",
  async (_, script) => {
    const workers = await givenWorkers(script);
    expect(await upload(workers, ac3Wav(12.3))).toEqual(NOT_SUPPORTED);
    expect(await storedKeys(workers)).toEqual([]);
    const counted = await readFile(join(import.meta.dirname, "../fixtures/speech.wav"));
    const [status] = await upload(workers, new Uint8Array(counted));
    expect(status).toBe(201);
  },
);
