// Which row in D1 a voice of a manifest belongs to.
import { expect, it } from "vitest";
import type { ManifestVoice } from "../../scripts/voices/manifest.ts";
import { planVoices, type VoiceRow } from "../../scripts/voices/plan.ts";

const manifestVoice = (name: string, id?: string): ManifestVoice => ({
  ...{ name, category: "GENERAL", language: "en-US", audio: `/voices/${name}.wav` },
  ...(id !== undefined && { id }),
});
const row = (id: string, name: string): VoiceRow => ({
  ...{ id, name, orgId: null, description: null, category: "GENERAL", language: "en-US", variant: "SYSTEM" },
  ...{ r2ObjectKey: null, contentType: null, durationSeconds: null, sizeBytes: null },
  ...{ codec: null, sampleRateHz: null, channels: null, bitsPerSample: null },
  ...{ createdAt: new Date(0), updatedAt: new Date(0) },
});
const plan = (manifest: ManifestVoice[], systemVoices: VoiceRow[], customIds: string[] = []) =>
  planVoices(manifest, { systemVoices, customIds: new Set(customIds) });

it("a voice with an id belongs to the row of that id, or becomes a new row with it", () => {
  const b = row("b", "Another name");
  expect(plan([manifestVoice("B", "b"), manifestVoice("C", "c")], [b])).toMatchObject([
    { kind: "import", id: "b", row: b },
    { kind: "import", id: "c", row: null },
  ]);
});

it("a voice without an id belongs to the system voice of its name, or gets a UUID", () => {
  const a = row("a", "A");
  expect(plan([manifestVoice("A"), manifestVoice("D")], [a])).toMatchObject([
    { kind: "import", id: "a", row: a },
    { kind: "import", id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4/), row: null },
  ]);
});

it("a row that the manifest names by id matches no other voice by its name", () => {
  const renamed = row("x", "Old");
  expect(plan([manifestVoice("New", "x"), manifestVoice("Old")], [renamed])).toMatchObject([
    { kind: "import", id: "x", row: renamed },
    { kind: "import", row: null },
  ]);
});

it("a name of two rows and the id of an organisation's voice are conflicts", () => {
  const rows = [row("a1", "A"), row("a2", "A")];
  expect(plan([manifestVoice("A"), manifestVoice("E", "custom")], rows, ["custom"])).toMatchObject([
    { kind: "conflict", reason: 'a1 and a2 both have this name: add the "id" of one to the manifest' },
    { kind: "conflict", reason: "the id custom belongs to a voice of an organisation" },
  ]);
});
