// The typed client against the OpenAPI document: which operations it can call, and with which methods and paths.
import { afterEach, expect, it, vi } from "vitest";
import { createResonanceClient } from "../../integrations/client/client.ts";
import document from "../../src/openapi/openapi.json" with { type: "json" };

/** Not for apps: Polar calls the one, developers' tools read the other. */
const NOT_CALLED = ["POST /api/webhooks/polar", "GET /api/openapi.json"];

afterEach(() => vi.unstubAllGlobals());

it("the client calls every operation of the document but Polar's webhook and the document itself", async () => {
  const called = new Set<string>();
  vi.stubGlobal("fetch", async (url: string, { method }: RequestInit) => {
    const { pathname } = new URL(url);
    const path = pathname.replace("VOICE", "{voiceId}").replace("GENERATION", "{generationId}");
    called.add(`${method} ${path}`);
    return Response.json({ items: [], nextCursor: null });
  });
  const { voices, generations, ingest, health } = createResonanceClient({
    baseUrl: "https://app.example.com",
  });
  const begin = { orgId: "org_a", voiceName: "Ann", text: "Hello" };
  await voices.list();
  await voices.all();
  await voices.get("VOICE");
  await voices.create({ name: "Ann", category: "GENERAL", language: "en-US" }, new Blob(["a"]));
  await voices.update("VOICE", { name: "Ann" });
  await voices.delete("VOICE");
  await voices.audio("VOICE");
  await voices.link("VOICE");
  await voices.peaks("VOICE");
  await generations.list();
  await generations.all();
  await generations.get("GENERATION");
  await generations.delete("GENERATION");
  await generations.deleteMany(["GENERATION"]);
  await generations.audio("GENERATION");
  await generations.link("GENERATION");
  await generations.peaks("GENERATION");
  await ingest.begin("GENERATION", begin);
  await ingest.storeAudio("GENERATION", new Blob(["a"]));
  await ingest.fail("GENERATION", "Out of memory");
  await ingest.deleteGeneration("GENERATION");
  await ingest.deleteVoice("VOICE");
  await health();

  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(called).toEqual(new Set(documented.filter((operation) => !NOT_CALLED.includes(operation))));
});
