// Writes rows and objects into a running local stack with wrangler, as an operator does.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalStack } from "../stack/local-stack.ts";
import { encodeWav } from "../support/wav.ts";

const SAMPLE_RATE = 44_100;
export const LONG_SECONDS = 180;

/** A mono 16-bit WAV of a tone that rises each second, so that the pitch identifies the position. */
export function risingTone(seconds = LONG_SECONDS): Buffer {
  const samples = Buffer.alloc(seconds * SAMPLE_RATE * 2);
  for (let index = 0; index * 2 < samples.length; index += 1) {
    const hertz = 200 + 5 * Math.floor(index / SAMPLE_RATE);
    samples.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hertz * index) / SAMPLE_RATE)), index * 2);
  }
  return Buffer.from(encodeWav(samples, { sampleRate: SAMPLE_RATE }));
}

/** Stores `wav` as a generation of org_demo. Returns its path in the API. */
export async function givenLongGeneration(stack: LocalStack, wav: Buffer): Promise<string> {
  const key = "generations/orgs/org_demo/gen_long";
  const file = join(stack.state, "long.wav");
  await writeFile(file, wav);
  runWrangler(stack, ["r2", "object", "put", `resonance-audio/${key}`, "--file", file]);
  execute(
    stack,
    `insert into generations (id, org_id, voice_name, text, r2_object_key)
      values ('gen_long', 'org_demo', 'Andy', 'A long one', '${key}')`,
  );
  return "/api/audio/gen_long";
}

/** Creates `count` processing voices of a new organisation. Returns the organisation's id. */
export function givenManyVoices(stack: LocalStack, count: number): string {
  const orgId = "org_many";
  execute(
    stack,
    `insert into voices (id, org_id, name, variant)
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})
      select 'voice_many_' || n, '${orgId}', 'Voice ' || n, 'CUSTOM' from numbers`,
  );
  return orgId;
}

const execute = (stack: LocalStack, sql: string) =>
  runWrangler(stack, ["d1", "execute", "resonance", "--command", sql]);

function runWrangler({ state }: LocalStack, command: string[]): void {
  const local = ["--local", "--persist-to", state, "-c", join(state, "edge", "wrangler.json")];
  execFileSync("wrangler", [...command, ...local]);
}

export const demoToken = () =>
  execFileSync("npm", ["run", "-s", "token", "--", "--org", "org_demo"], { encoding: "utf8" }).trim();
