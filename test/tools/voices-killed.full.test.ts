// Imports 200 voices into a local state by a process that is killed repeatedly.
import { expect, it } from "vitest";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { givenFolder, inState, runScript } from "./local-state.ts";
import { md5, storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

const COUNT = 200;
const KILLED_AFTER_ADDING = [1, 45, 3, 60];

const folder = givenFolder();

it("an import that is killed at any point is completed by the next run", { timeout: 180_000 }, async () => {
  const directory = folder.path("voices");
  const digests = new Map<string, string>();
  const voices = Array.from({ length: COUNT }, (_, index) => {
    const name = `Voice ${String(index).padStart(3, "0")}`;
    // Every other voice is matched by its name.
    return entry(name, { audio: `audio/${index}.wav`, ...(index % 2 === 0 && { id: `voice_${index}` }) });
  });
  for (const [index, { name, audio }] of voices.entries()) {
    const recording = noise(index);
    digests.set(name, md5(recording));
    await writeRecording(folder.path("voices", audio), recording);
  }
  await writeVoices(directory, voices);
  const state = await folder.state();
  const args = ["import", directory, "--state", state];

  let done = 0;
  for (const count of KILLED_AFTER_ADDING) {
    const killed = await runScript("voices", args, {
      killWhen: (output) => (output.match(/^Importing: \d+\/\d+ added/gm) ?? []).length >= count,
    });
    expect(killed.code, killed.output).not.toBe(0);
    done = await inState(state, async (storage) => {
      const { rows, objects } = await storedVoices(storage);
      const ready = rows.filter((row) => row.r2_object_key !== null);
      const stored = new Map(objects.map((object) => [object.key, object.md5]));
      // No ready row has a wrong object, and no object lacks its row.
      for (const { id, name } of ready) expect(stored.get(systemVoiceKey(id))).toBe(digests.get(name));
      const keys = new Set(rows.map(({ id }) => systemVoiceKey(id)));
      expect([...stored.keys()].filter((key) => !keys.has(key))).toEqual([]);
      return ready.length;
    });
  }
  expect(done).toBeGreaterThan(0);

  const last = await runScript("voices", args);
  expect(last, last.output).toMatchObject({ code: 0 });
  const before = await inState(state, storedVoices);
  expect(before.rows.map(({ name }) => name)).toEqual(voices.map(({ name }) => name));
  expect(before.objects).toHaveLength(COUNT);
  const stored = new Map(before.objects.map((object) => [object.key, object]));
  for (const row of before.rows) {
    expect(row).toMatchObject({
      variant: "SYSTEM",
      r2_object_key: systemVoiceKey(row.id),
      content_type: "audio/wav",
      duration_seconds: 10,
      size_bytes: 80_044,
    });
    expect(stored.get(systemVoiceKey(row.id))).toMatchObject({
      md5: digests.get(row.name),
      contentType: "audio/wav",
    });
  }

  const again = await runScript("voices", args);
  expect(again.code).toBe(0);
  expect(again.output).toContain(`0 added\n0 updated\n${COUNT} unchanged`);
  expect(await inState(state, storedVoices)).toEqual(before);

  const fresh = await folder.state();
  const startedAt = performance.now();
  expect((await runScript("voices", ["import", directory, "--state", fresh])).code).toBe(0);
  console.log(`${COUNT} voices imported in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
});
