// Runs the README's own commands, unchanged, against the local stack.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";

const README = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
const tryIt = README.split("\n## ").find((section) => section.startsWith("Try it")) ?? "";
const blocks = [...tryIt.matchAll(/```sh\n(.*?)```/gs)].map(([, commands]) => commands ?? "");

let stack: LocalStack;
const work = await mkdtemp(join(tmpdir(), "resonance-readme-"));
beforeAll(async () => {
  stack = await startLocalStack({ port: 8787 });
});
afterAll(async () => {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
});

it("the README has commands to run", () => expect(blocks.length).toBeGreaterThan(1));

it("the README's commands succeed unchanged", async () => {
  // One shell, as a reader has. The files that the commands write go to a temporary folder.
  const script = `set -euo pipefail\n${blocks.join("\n").replaceAll("-o ", `-o ${work}/`)}`;
  const printed = execFileSync("bash", ["-c", script], { encoding: "utf8" });
  expect(printed).toContain('"message":"Voice created successfully"');
  expect(printed).toContain('"name":"voice_creation"');
  expect(printed).not.toContain('"error"');
  expect(printed).toContain('"state":"ready"');
  expect(await readFile(join(work, "hello.wav"))).toEqual(
    await readFile(join(import.meta.dirname, "../fixtures/speech.wav")),
  );
  const played = await readFile(join(work, "aaron.mp3"));
  expect(played).toEqual(await readFile(join(import.meta.dirname, "../../dev/seed/audio/aaron.mp3")));
});
