// The client package: packed, installed in a project of its own, compiled there and called against the running stack.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { LOCAL_INGEST_SECRET } from "../../dev/identities.ts";
import type { createResonanceClient, ResonanceClient } from "../../integrations/client/client.ts";
import { startForwarder } from "./forwarder.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

const fixture = (name: string) => readFile(join(import.meta.dirname, "../fixtures", name));
const RECORDING = new Blob([await fixture("speech.mp3")], { type: "audio/mpeg" });
const FIELDS = { name: "By client", category: "GENERAL", language: "en-US" } as const;
const INSTALL_MS = 180_000;

/** Compiles only if the package's types say what the service says, and are no `any`. */
const TYPED = `
import { createResonanceClient, type ErrorCode, type Generation, ResonanceError, type Voice } from "resonance-audio-client";
const audio = createResonanceClient({ baseUrl: "https://app.example.com", token: "a", headers: { "X-Request-Id": "b" } });
export async function check(recording: Blob, audioStream: ReadableStream<Uint8Array>) {
  const { items, nextCursor } = await audio.voices.list({ search: "a", variant: "CUSTOM", sort: "-createdAt", limit: "10" });
  const [first]: Voice[] = items;
  const state: "processing" | "ready" | undefined = first?.state;
  const cursor: string | null = nextCursor;
  // @ts-expect-error no such category
  await audio.voices.all({ category: "OPERA" });
  // @ts-expect-error the duration is a number or null
  const duration: string | undefined = first?.durationSeconds;
  // @ts-expect-error an R2 key is not public
  const key = first?.r2ObjectKey;
  // @ts-expect-error language is required
  await audio.voices.create({ name: "a", category: "GENERAL" }, recording);
  const { id }: { id: string } = await audio.voices.create({ name: "a", category: "GENERAL", language: "en" }, recording, "k");
  const renamed: Voice = await audio.voices.update(id, { name: "b" });
  // @ts-expect-error a voice has no orgId to change
  await audio.voices.update(id, { orgId: "c" });
  const none: void = await audio.voices.delete(id);
  const generation: Generation = await audio.generations.get(id);
  // @ts-expect-error voiceName is required
  await audio.ingest.begin(id, { orgId: "a", text: "b" });
  await audio.ingest.storeAudio(id, audioStream, 44);
  const [channel]: number[][] = (await audio.generations.peaks(id)).peaks;
  // @ts-expect-error peaks are numbers
  const label: string | undefined = channel?.[0];
  const played: Response = await audio.voices.audio(id);
  return { state, cursor, duration, key, renamed, none, label, played, text: generation.text };
}
export function explain(error: unknown): ErrorCode | null | undefined {
  if (!(error instanceof ResonanceError)) return undefined;
  // @ts-expect-error no such code
  if (error.code === "no_such_code") return null;
  const wait: number | null = error.retryAfterSeconds;
  return error.code === "rate_limited" && wait ? error.code : null;
}
`;

const tokenOf = (orgId: string) =>
  execFileSync("npm", ["run", "-s", "token", "--", "--org", orgId], { encoding: "utf8" }).trim();

let stack: LocalStack;
let project: string;
let installed: { createResonanceClient: typeof createResonanceClient };
let token: string;
let audio: ResonanceClient;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "resonance-client-"));
  const packed = execFileSync("npm", ["run", "-s", "client"], { encoding: "utf8" }).trim();
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  await writeFile(join(project, "typed.ts"), TYPED);
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", packed, "typescript@5.9.3"];
  execFileSync("npm", install, { cwd: project });
  installed = await import(join(project, "node_modules/resonance-audio-client/index.js"));
  stack = await startLocalStack();
  token = tokenOf("org_demo");
  audio = installed.createResonanceClient({ baseUrl: stack.url, token });
}, INSTALL_MS);
afterAll(async () => {
  await stack.stop();
  await rm(project, { recursive: true, force: true });
});

it.each([
  ["Bundler", "ESNext"],
  ["NodeNext", "NodeNext"],
])(
  "the package's types compile with TypeScript 5, module resolution %s and library checks",
  async (resolution, module) => {
    const compilerOptions = {
      ...{ target: "ES2022", lib: ["ES2022", "DOM"], types: [], module, moduleResolution: resolution },
      ...{ strict: true, skipLibCheck: false, noEmit: true },
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    execFileSync(join(project, "node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8" });
  },
);

it("the package needs nothing but hono, and its declarations import nothing but each other", async () => {
  const folder = join(project, "node_modules/resonance-audio-client");
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  expect(Object.keys(manifest.dependencies)).toEqual(["hono"]);
  for (const file of ["index.d.ts", "contract.d.ts", "error.d.ts"]) {
    const text = await readFile(join(folder, file), "utf8");
    const imported = [...text.matchAll(/(?:from |import\()"([^"]+)"/g)].map(([, specifier]) => specifier);
    expect(
      imported.filter((specifier) => !["./contract.js", "./error.js"].includes(specifier ?? "")),
    ).toEqual([]);
  }
});

it("one idempotency key creates one voice, which can be renamed and deleted", async () => {
  const created = await audio.voices.create(FIELDS, RECORDING, "client-1");
  expect(await audio.voices.create(FIELDS, RECORDING, "client-1")).toEqual(created);
  expect(await audio.voices.get(created.id)).toMatchObject({ name: "By client", contentType: "audio/mpeg" });
  expect(await audio.voices.update(created.id, { name: "Renamed" })).toMatchObject({ name: "Renamed" });
  expect((await audio.voices.list({ search: "renamed" })).items).toMatchObject([{ id: created.id }]);
  expect((await audio.voices.audio(created.id)).headers.get("Content-Type")).toBe("audio/mpeg");
  // Of compressed audio, no levels are measured.
  await expect(audio.voices.peaks(created.id)).rejects.toMatchObject({ code: "peaks_not_available" });
  expect(await audio.voices.delete(created.id)).toBeUndefined();
  await expect(audio.voices.get(created.id)).rejects.toMatchObject({ status: 404, code: "voice_not_found" });
});

it("a back end deletes a voice and a generation of any organisation, and may repeat it", async () => {
  const { ingest } = installed.createResonanceClient({ baseUrl: stack.url, token: LOCAL_INGEST_SECRET });
  const voice = await audio.voices.create(FIELDS, RECORDING);
  const id = `deleted-${Date.now()}`;
  await ingest.begin(id, { orgId: "org_demo", voiceName: "Andy", text: "Hello" });
  for (const _time of [1, 2]) {
    expect(await ingest.deleteVoice(voice.id)).toBeUndefined();
    expect(await ingest.deleteGeneration(id, "org_demo")).toBeUndefined();
  }
  await expect(audio.voices.get(voice.id)).rejects.toMatchObject({ code: "voice_not_found" });
  await expect(audio.generations.get(id)).rejects.toMatchObject({ code: "generation_not_found" });
  await expect(audio.voices.audio(voice.id)).rejects.toMatchObject({ code: "voice_not_found" });
});

it("a monitor sees that the service is healthy", async () => {
  const { health } = installed.createResonanceClient({ baseUrl: stack.url });
  expect(await health()).toMatchObject({ status: "ok", checks: { configuration: true, database: true } });
});

it("the generations of several pages are returned together", async () => {
  const orgId = `org_${Date.now()}`;
  const ingest = installed.createResonanceClient({ baseUrl: stack.url, token: LOCAL_INGEST_SECRET }).ingest;
  const ids = Array.from({ length: 101 }, (_, index) => `many-${Date.now()}-${index}`);
  for (const id of ids) await ingest.begin(id, { orgId, voiceName: "Andy", text: id });
  const { generations } = installed.createResonanceClient({ baseUrl: stack.url, token: tokenOf(orgId) });
  expect((await generations.list()).items).toHaveLength(50);
  expect((await generations.all()).map(({ id }) => id)).toEqual(ids.toReversed());
  expect(await generations.all({ search: "-100" })).toMatchObject([{ id: ids[100] }]);
});

it.each([true, false])(
  "a back end streams a generation into the service (with its size, as Content-Length: %s)",
  async (sized) => {
    const uploads: IncomingHttpHeaders[] = [];
    const forwarder = await startForwarder(stack.url, ({ url = "", headers }) => {
      if (url.endsWith("/audio")) uploads.push(headers);
      return url;
    });
    onTestFinished(forwarder.close);
    const { ingest } = installed.createResonanceClient({
      baseUrl: forwarder.url,
      token: LOCAL_INGEST_SECRET,
    });
    const wav = await fixture("speech.wav");
    const id = `client-${sized}-${Date.now()}`;
    const fields = { orgId: "org_demo", voiceId: "voice_system_andy", voiceName: "Andy", text: "Hello" };
    expect(await ingest.begin(id, fields)).toMatchObject({ state: "processing" });
    expect(await ingest.fail(id, "Out of memory")).toMatchObject({
      state: "failed",
      failureReason: "Out of memory",
    });
    const stored = await ingest.storeAudio(id, new Blob([wav]).stream(), sized ? wav.length : undefined);
    expect(stored).toMatchObject({ state: "ready", sizeBytes: wav.length });
    expect(uploads).toHaveLength(1);
    expect(uploads[0]?.["content-length"]).toBe(sized ? String(wav.length) : undefined);
    expect(uploads[0]?.["transfer-encoding"]).toBe(sized ? undefined : "chunked");
    expect(await audio.generations.get(id)).toMatchObject({ state: "ready", text: "Hello" });
    expect(Buffer.from(await (await audio.generations.audio(id)).arrayBuffer())).toEqual(wav);
    const { peaks, durationSeconds } = await audio.generations.peaks(id);
    expect(durationSeconds).toBeGreaterThan(1);
    expect(peaks[0]?.length).toBeGreaterThan(100);
    const { url } = await audio.generations.link(id);
    expect((await fetch(stack.url + url)).status).toBe(200);
    expect(await audio.generations.deleteMany([id, "none"])).toEqual({ deleted: [id], notFound: ["none"] });
    await expect(audio.generations.get(id)).rejects.toMatchObject({ code: "generation_not_found" });
  },
);

it("an error has the service's message, code, request id and issues", async () => {
  const silence = new Blob(["no audio"], { type: "audio/wav" });
  await expect(audio.voices.create(FIELDS, silence)).rejects.toMatchObject({
    name: "ResonanceError",
    status: 422,
    code: "invalid_audio",
    message: "File is not a valid audio file",
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    retryAfterSeconds: null,
    issues: [],
  });
  await expect(audio.voices.list({ limit: "0" })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: ["limit"], message: "limit must be at least 1" }],
  });
});

it("an id with a slash reaches no other route", async () => {
  await expect(audio.voices.delete("../generations/gen_demo_ready")).rejects.toMatchObject({
    code: "voice_not_found",
  });
});

it("an error page of a proxy is an error without a code, with its Retry-After", async () => {
  const proxy = createServer((request, response) => {
    request.resume();
    response.writeHead(503, { "Retry-After": "7", "Content-Type": "text/html" }).end("<h1>Busy</h1>");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await expect(installed.createResonanceClient({ baseUrl }).voices.all()).rejects.toMatchObject({
    message: "The audio service responded with 503",
    code: null,
    requestId: null,
    retryAfterSeconds: 7,
  });
  proxy.close();
});
