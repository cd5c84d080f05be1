// The unchanged typed client of examples/, against the running stack.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Client, createClient, createVoice, findVoices } from "../../examples/typed-client.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

let stack: LocalStack;
let client: Client;

const tokenOf = (orgId: string) =>
  execFileSync("npm", ["run", "-s", "token", "--", "--org", orgId], { encoding: "utf8" }).trim();

beforeAll(async () => {
  stack = await startLocalStack();
  const token = tokenOf("org_demo");
  client = createClient(stack.url, async () => token);
});
afterAll(() => stack.stop());

async function namesOf(search: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of findVoices(client, search)) names.push(name);
  return names;
}

it("the typed client finds voices over several pages", async () => {
  const everything = await namesOf("");
  expect(everything).toEqual(expect.arrayContaining(["Aaron", "Walter", "Demo voice (ready)"]));
  expect(everything.length).toBeGreaterThanOrEqual(23);
  expect(await namesOf("friendly british")).toEqual(["Abigail"]);
});

it("the typed client creates one voice for an Idempotency-Key, and deletes it", async () => {
  const bytes = await readFile(join(import.meta.dirname, "../fixtures/speech.mp3"));
  const recording = new Blob([bytes], { type: "audio/mpeg" });
  const voice = await createVoice(client, "By client", recording, "client-1");
  expect(voice).toMatchObject({ name: "By client" });
  expect(await createVoice(client, "By client", recording, "client-1")).toEqual(voice);
  expect(await namesOf("by client")).toEqual(["By client"]);

  const param = { voiceId: voice.id };
  const metadata = await client.voices[":voiceId"].metadata.$get({ param });
  expect(await metadata.json()).toMatchObject({ state: "ready", contentType: "audio/mpeg" });
  expect((await client.voices[":voiceId"].$delete({ param })).status).toBe(204);
  expect(await namesOf("by client")).toEqual([]);
});

it("the typed client throws the message of an error with the id of its request", async () => {
  const invalid = new Blob(["no audio"], { type: "audio/wav" });
  await expect(createVoice(client, "Silent", invalid, "client-2")).rejects.toThrow(
    /^File is not a valid audio file \(request [\da-f-]{36}\)$/,
  );
});
