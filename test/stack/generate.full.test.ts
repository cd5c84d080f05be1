// The unchanged server action of examples/, against the running stack and a speech backend that streams.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LOCAL_INGEST_SECRET } from "../../dev/identities.ts";
import { createGenerateAction } from "../../examples/generate-from-next.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

const WAV = await readFile(join(import.meta.dirname, "../fixtures/speech.wav"));
const INPUT = { voiceId: "voice_system_andy", voiceName: "Andy", text: "Hello" };

let stack: LocalStack;
let speech: Server;
let token: string;

beforeAll(async () => {
  stack = await startLocalStack();
  token = execFileSync("npm", ["run", "-s", "token"], { encoding: "utf8" }).trim();
  speech = createServer((request, response) => {
    request.resume();
    if (request.url === "/broken") return response.writeHead(500).end("out of memory");
    if (request.url === "/sized") response.setHeader("Content-Length", WAV.length);
    response.write(WAV.subarray(0, 1000));
    setTimeout(() => response.end(WAV.subarray(1000)), 50);
  }).listen(0, "127.0.0.1");
  await once(speech, "listening");
});
afterAll(async () => {
  speech.close();
  await stack.stop();
});

const actionOf = (path: string, orgId: string | null = "org_demo") =>
  createGenerateAction(async () => ({ orgId }), settings(path));

const settings = (path: string) => ({
  audioOrigin: stack.url,
  ingestSecret: LOCAL_INGEST_SECRET,
  speechUrl: `http://127.0.0.1:${(speech.address() as AddressInfo).port}${path}`,
});

const get = (path: string) => fetch(stack.url + path, { headers: { Authorization: `Bearer ${token}` } });

it.each(["/sized", "/chunked"])(
  "the audio that the backend streams (%s) is served under the id that the action returned",
  async (path) => {
    const id = await actionOf(path)(INPUT);
    const played = await get(`/api/audio/${id}`);
    expect(played.status).toBe(200);
    expect(Buffer.from(await played.arrayBuffer())).toEqual(WAV);
  },
);

it("an error of the backend leaves a failed generation", async () => {
  const text = `Fails ${Date.now()}`;
  await expect(actionOf("/broken")({ ...INPUT, text })).rejects.toThrow("out of memory");
  const { items } = (await (await get(`/api/generations?search=${text}`)).json()) as { items: unknown[] };
  expect(items).toMatchObject([{ state: "failed", failureReason: "The speech could not be generated." }]);
});

it("a visitor without an organisation is rejected", async () => {
  await expect(actionOf("/sized", null)(INPUT)).rejects.toThrow("Not signed in");
});
