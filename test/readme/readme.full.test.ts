// Runs the `sh` blocks of the README and of three documents, unchanged, against the stack that they say to start.
// Blocks that cannot run here (deployment, `npm ci`) have another info string, such as `bash`; some are checked as text.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";

const ROOT = join(import.meta.dirname, "../..");
const MAX_README_BYTES = 9000;
const DOCUMENTS = ["README.md", "docs/local-development.md", "docs/api.md", "docs/configuration.md"] as const;

const read = (file: string) => readFile(join(ROOT, file), "utf8");
const readBytes = (file: string) => readFile(join(ROOT, file));

const fencedBlocks = (markdown: string, infoString: string): string[] =>
  [...markdown.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, info, commands = ""]) =>
    info === infoString ? [commands] : [],
  );

let stack: LocalStack;
const work = await mkdtemp(join(tmpdir(), "resonance-readme-"));
beforeAll(async () => {
  // The port that the documents name.
  stack = await startLocalStack({ port: 8787 });
});
afterAll(async () => {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
});

/** Runs the `sh` blocks of a document in one shell, as a reader has; returns what they print. */
async function run(document: (typeof DOCUMENTS)[number]): Promise<string> {
  const commands = fencedBlocks(await read(document), "sh").join("\n");
  // Downloads go to a temporary folder.
  const script = `set -euo pipefail\n${commands.replaceAll(" -o ", ` -o ${work}/`)}`;
  return execFileSync("bash", ["-c", script], { cwd: ROOT, encoding: "utf8" });
}

it.each(DOCUMENTS)("%s has at least one sh block to run", async (document) => {
  expect(fencedBlocks(await read(document), "sh").length).toBeGreaterThan(0);
});

it("the README's curl command downloads a system voice as it was imported", async () => {
  await run("README.md");
  expect(await readFile(join(work, "aaron.mp3"))).toEqual(await readBytes("dev/seed/audio/aaron.mp3"));
});

it("the README's one-line commands for a fresh clone use scripts that package.json has", async () => {
  const { scripts } = JSON.parse(await read("package.json"));
  const blocks = fencedBlocks(await read("README.md"), "bash");
  expect(blocks).toEqual(["npm ci && npm run dev\n", "npm ci && npm test\n"]);
  expect(scripts).toMatchObject({ dev: expect.any(String), test: expect.any(String) });
});

it("the README has at most 9,000 bytes", async () => {
  expect((await readBytes("README.md")).byteLength).toBeLessThanOrEqual(MAX_README_BYTES);
});

it("every npm script in a sh or bash block of the documents exists in package.json", async () => {
  const { scripts } = JSON.parse(await read("package.json"));
  for (const document of [...DOCUMENTS, "docs/operations.md", "docs/migration.md"]) {
    const markdown = await read(document);
    const commands = [...fencedBlocks(markdown, "sh"), ...fencedBlocks(markdown, "bash")].join("\n");
    for (const [, name] of commands.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
      expect(scripts, `${document}: npm run ${name}`).toHaveProperty([name ?? ""]);
    }
  }
});

it("the walk-through of docs/local-development.md plays, creates, finds, ingests and meters", async () => {
  const printed = await run("docs/local-development.md");
  expect(printed).toContain('"message":"Voice created successfully"');
  expect(printed).toContain('"name":"voice_creation"');
  expect(printed).toContain('"name":"Grandma"');
  expect(printed).toContain('"state":"ready"');
  expect(await readFile(join(work, "hello.wav"))).toEqual(await readBytes("test/fixtures/speech.wav"));
  expect(await readFile(join(work, "aaron.mp3"))).toEqual(await readBytes("dev/seed/audio/aaron.mp3"));
  // Polar fails, then knows no subscription, then one: the documented errors in this order, and no other error.
  const errors = [...printed.matchAll(/"error":"([^"]*)"/g)].map(([, error]) => error);
  expect(errors).toEqual([
    "Your subscription could not be checked right now. Please try again.",
    "SUBSCRIPTION_REQUIRED",
  ]);
  expect(printed).toMatch(/SUBSCRIPTION_REQUIRED.*"name":"Jo","message":"Voice created successfully"/s);
  expect(printed).toContain('{"at":"2030-01-01T00:00:00.000Z"}');
});

it("the examples of docs/api.md give the responses that the page describes", async () => {
  const printed = await run("docs/api.md");
  expect((await readFile(join(work, "part.mp3"))).byteLength).toBe(1024);
  expect(await read("src/openapi/openapi.json").then(JSON.parse)).toEqual(
    JSON.parse(await readFile(join(work, "openapi.json"), "utf8")),
  );
  expect(printed).toMatch(/HTTP\/1\.1 200 OK.*?content-type: audio\/wav/is);
  // By a playback link, without a session.
  expect((await readFile(join(work, "part.wav"))).byteLength).toBe(1024);
  expect(printed).toMatch(/content-disposition: attachment; filename=Hello\.wav/i);
  expect(printed).toMatch(/idempotent-replayed: true/i);
  const ids = [...printed.matchAll(/\{"id":"([^"]+)","name":"Docs","message"/g)].map(([, id]) => id);
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(printed).toContain('"failureReason":"Out of memory"');
  expect(printed).toMatch(/"state":"failed".*"id":"docs-generation".*"state":"ready"/s);
  expect(printed).toContain('"type":"urn:problem-type:resonance:voice-not-found"');
  expect(printed).toContain('"status":"ok"');
  // The deleted voice is gone.
  const token = execFileSync("npm", ["run", "-s", "token"], { cwd: ROOT, encoding: "utf8" }).trim();
  const deleted = await fetch(`${stack.url}/api/voices/${ids[0]}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(deleted.status).toBe(404);
});

it("the example of docs/configuration.md shows a configured service", async () => {
  expect(await run("docs/configuration.md")).toContain(
    '{"status":"ok","checks":{"configuration":true,"database":true,"bucket":true,"analysis":true},"lastCronAt":',
  );
});
