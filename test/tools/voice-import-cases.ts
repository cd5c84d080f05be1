// What an import writes and prints: the same cases for stores in memory and for a real local state.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { type GivenImport, givenImported, givenLevels, NO_LEVELS, rowOf } from "./given-import.ts";
import { md5 } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

export const describeImport = (title: string, given: GivenImport) =>
  describe(title, () => {
    it("adds new voices, with a new id where the manifest has none", async () => {
      const { stored } = await givenImported(given);
      const { rows, objects } = await stored();
      const a = rowOf({ rows }, "A");
      expect(a?.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
      expect(a).toMatchObject({ variant: "SYSTEM", org_id: null, description: "first", size_bytes: 80_044 });
      expect(rowOf({ rows }, "B")).toMatchObject({
        id: "voice_b",
        r2_object_key: "voices/system/voice_b",
        duration_seconds: 10,
        ...{ codec: "PCM", sample_rate_hz: 8000, channels: 1, bits_per_sample: 8 },
        ...NO_LEVELS,
      });
      expect(new Set(objects.map((object) => object.md5))).toEqual(new Set([md5(noise(1)), md5(noise(2))]));
    });

    it("updates the row of a changed description and writes nothing else", async () => {
      const { directory, voices, importAgain, stored, ...stores } = await givenImported(given);
      await givenLevels(stores);
      const before = await stored();
      await writeVoices(directory, [{ ...voices[0], description: "second" }, voices[1]]);
      expect(await importAgain()).toEqual(["updated A", "unchanged B"]);
      const after = await stored();
      expect(rowOf(after, "A")).toEqual({
        ...rowOf(before, "A"),
        description: "second",
        updated_at: expect.any(Number),
      });
      expect(rowOf(after, "B")).toEqual(rowOf(before, "B"));
      expect(after.objects).toEqual(before.objects);
    });

    it("records which voices the search index must read: those that it adds or changes", async () => {
      const { database, directory, voices, importAgain } = await givenImported(given);
      const recorded = async () => {
        const { results } = await database
          .prepare("select distinct v.name from search_changes c join voices v on v.id = c.object_id")
          .all<{ name: string }>();
        await database.prepare("delete from search_changes").run();
        return new Set(results.map(({ name }) => name));
      };
      expect(await recorded()).toEqual(new Set(["A", "B"]));
      await importAgain();
      expect(await recorded()).toEqual(new Set());
      await writeVoices(directory, [{ ...voices[0], description: "second" }, voices[1]]);
      await importAgain();
      expect(await recorded()).toEqual(new Set(["A"]));
    });

    it("adds the facts to a row that was stored without them", async () => {
      const { database, importAgain, stored } = await givenImported(given);
      await database.prepare("update voices set codec = null, channels = null where name = 'A'").run();
      expect(await importAgain()).toEqual(["updated A", "unchanged B"]);
      expect(rowOf(await stored(), "A")).toMatchObject({ codec: "PCM", channels: 1 });
    });

    it("replaces the object of a changed recording under the same key, and forgets its levels", async () => {
      const { directory, importAgain, stored, ...stores } = await givenImported(given);
      await givenLevels(stores);
      const before = await stored();
      await writeRecording(join(directory, "B.wav"), noise(3, 12));
      expect(await importAgain()).toEqual(["unchanged A", "updated B"]);
      const after = await stored();
      expect(rowOf(after, "A")).toEqual(rowOf(before, "A"));
      expect(rowOf(after, "B")).toMatchObject({ duration_seconds: 12, size_bytes: 96_044, ...NO_LEVELS });
      expect(after.objects.map(({ key }) => key)).toEqual(before.objects.map(({ key }) => key));
      expect(after.objects.find(({ key }) => key === systemVoiceKey("voice_b"))?.md5).toBe(md5(noise(3, 12)));
    });

    it("restores an object that is missing or has another content type", async () => {
      const { bucket, importAgain, stored } = await givenImported(given);
      const before = await stored();
      const keyOfA = rowOf(before, "A")?.r2_object_key;
      await bucket.put(systemVoiceKey("voice_b"), noise(2), { httpMetadata: { contentType: "text/html" } });
      await bucket.delete(keyOfA ?? "");
      expect(await importAgain()).toEqual(["updated A", "updated B"]);
      const withoutTimes = (all: typeof before) =>
        all.objects.map(({ key, md5: digest, contentType }) => ({ key, digest, contentType }));
      expect(withoutTimes(await stored())).toEqual(withoutTimes(before));
    });

    it("writes nothing in a dry run", async () => {
      const { directory, voices, run, stored } = await givenImported(given);
      const before = await stored();
      await writeVoices(directory, [...voices, entry("C")]);
      await writeRecording(join(directory, "C.wav"), noise(4));
      await writeRecording(join(directory, "B.wav"), noise(5));
      const { code, output } = await run("--dry-run");
      expect(code).toBe(0);
      expect(output).toContain("1 would be added: C\n1 would be updated: B\n1 unchanged: A\n0 failed");
      expect(await stored()).toEqual(before);
    });

    it("prints a line for each voice when the output is not a terminal", async () => {
      const { run } = await givenImported(given);
      const { output } = await run();
      expect(output).toMatch(/^Importing\nImporting: 1\/2 unchanged [AB]\nImporting: 2\/2 unchanged [AB]\n/);
    });
  });
