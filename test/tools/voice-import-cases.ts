// What an import writes and prints: the same cases for stores in memory and for a real local state.
import { mkdtemp, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wrapMethods } from "../../dev/wrap-methods.ts";
import { manageVoices } from "../../scripts/voices/command.ts";
import { importVoices } from "../../scripts/voices/import.ts";
import { readManifest } from "../../scripts/voices/manifest.ts";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import { runCommand, type Stores } from "./run-command.ts";
import { md5, type StoredRow, storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

interface Given {
  /** An empty state. */
  stores: () => Promise<Stores>;
  path: (...parts: string[]) => string;
}

const NO_LEVELS = { peak_level: null, clipped_share: null, silence_share: null, peaks: null };

/** Levels as if the service had measured them, of all voices. */
const givenLevels = ({ database }: Stores) =>
  database.prepare("update voices set peak_level = 0.5, silence_share = 0.1, peaks = x'00ff'").run();

const rowOf = ({ rows }: { rows: StoredRow[] }, name: string) => rows.find((row) => row.name === name);

export const describeImport = (title: string, given: Given) =>
  describe(title, () => {
    /** A folder of the voices A (matched by name) and B (matched by id), imported once. */
    async function givenImported() {
      const stores = await given.stores();
      const directory = await mkdtemp(given.path("voices-"));
      const voices = [entry("A", { description: "first" }), entry("B", { id: "voice_b" })];
      await writeVoices(directory, voices);
      await writeRecording(join(directory, "A.wav"), noise(1));
      await writeRecording(join(directory, "B.wav"), noise(2));
      const importAgain = async () => {
        const outcomes = await importVoices(stores, await readManifest(directory));
        return outcomes.map((outcome) =>
          [outcome.kind, outcome.name, ...("reason" in outcome ? [outcome.reason] : [])].join(" "),
        );
      };
      expect(await importAgain()).toEqual(["added A", "added B"]);
      return {
        ...stores,
        directory,
        voices,
        importAgain,
        run: (...options: string[]) => runCommand(manageVoices, ["import", directory, ...options], stores),
        stored: () => storedVoices(stores),
      };
    }

    it("adds new voices, with a new id where the manifest has none", async () => {
      const { stored } = await givenImported();
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
      const { directory, voices, importAgain, stored, ...stores } = await givenImported();
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
      const { database, directory, voices, importAgain } = await givenImported();
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
      const { database, importAgain, stored } = await givenImported();
      await database.prepare("update voices set codec = null, channels = null where name = 'A'").run();
      expect(await importAgain()).toEqual(["updated A", "unchanged B"]);
      expect(rowOf(await stored(), "A")).toMatchObject({ codec: "PCM", channels: 1 });
    });

    it("replaces the object of a changed recording under the same key, and forgets its levels", async () => {
      const { directory, importAgain, stored, ...stores } = await givenImported();
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
      const { bucket, importAgain, stored } = await givenImported();
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
      const { directory, voices, run, stored } = await givenImported();
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
      const { run } = await givenImported();
      const { output } = await run();
      expect(output).toMatch(/^Importing\nImporting: 1\/2 unchanged [AB]\nImporting: 2\/2 unchanged [AB]\n/);
    });

    it("prints why a recording cannot become a voice, and imports the others", async () => {
      const { directory, voices, run, stored } = await givenImported();
      const bad = ["short", "text", "form", "empty", "large", "missing", "folder"].map((name) => entry(name));
      await writeVoices(directory, [...bad, ...voices, entry("Good")]);
      await writeRecording(join(directory, "Good.wav"), noise(6));
      await writeRecording(join(directory, "short.wav"), noise(7, 9));
      await writeRecording(join(directory, "text.wav"), Buffer.from("I am not audio. ".repeat(1000)));
      const form = [Buffer.from("--x\r\nContent-Disposition: form-data\r\n\r\n"), noise(9)];
      await writeRecording(join(directory, "form.wav"), Buffer.concat(form));
      await writeRecording(join(directory, "empty.wav"), Buffer.alloc(0));
      await writeRecording(join(directory, "large.wav"), noise(8));
      await truncate(join(directory, "large.wav"), MAX_RECORDING_BYTES + 1);
      await writeRecording(join(directory, "folder.wav", "inside"), Buffer.alloc(1));
      const { code, output } = await run();
      expect(code).toBe(1);
      expect(output).toContain("1 added: Good\n0 updated\n2 unchanged: A, B\n7 failed");
      expect(output).toContain("short.wav is too short: 9.0 s, at least 10 s are required");
      expect(output).toContain("text.wav is not supported audio");
      expect(output).toContain("form.wav is a form or message that contains a file");
      expect(output).toContain("empty.wav is empty");
      expect(output).toContain("large.wav is larger than 20 MiB");
      expect(output).toMatch(/missing: ENOENT: no such file/);
      expect(output).toContain("folder.wav is not a file");
      const { rows, objects } = await stored();
      expect(rows.map(({ name }) => name)).toEqual(["A", "B", "Good"]);
      expect(objects).toHaveLength(3);
    });

    it("changes no voice of an organisation, and fails where two system voices have the name", async () => {
      const { database, directory, voices, importAgain, stored } = await givenImported();
      await database.batch([
        database.prepare(
          "insert into voices (id, org_id, name, variant) values ('voice_c', 'org_x', 'C', 'CUSTOM')",
        ),
        database.prepare("insert into voices (id, name, variant) values ('voice_a2', 'A', 'SYSTEM')"),
      ]);
      await writeVoices(directory, [...voices, entry("D", { id: "voice_c" })]);
      await writeRecording(join(directory, "D.wav"), noise(9));
      const before = await stored();
      expect(await importAgain()).toEqual([
        expect.stringMatching(
          /^failed A .* and .* both have this name: add the "id" of one to the manifest$/,
        ),
        "unchanged B",
        "failed D the id voice_c belongs to a voice of an organisation",
      ]);
      expect(await stored()).toEqual(before);
    });

    it.each([
      ["and is stopped", true, "failed"],
      ["while the service measures that", false, "updated"],
    ])(
      "that replaces a recording of the same length %s leaves no levels of the earlier one",
      async (_, isStopped, outcome) => {
        const { database, bucket, directory, stored, importAgain } = await givenImported();
        await givenLevels({ database, bucket });
        await writeRecording(join(directory, "B.wav"), noise(3));
        const replacing = wrapMethods(bucket, (name, method) => async (...args) => {
          // The service measures the earlier recording just before it is replaced.
          if (name === "put") await givenLevels({ database, bucket });
          const result = await Reflect.apply(method, bucket, args);
          if (name === "put" && isStopped) throw new Error("stopped");
          return result;
        });
        const outcomes = await importVoices({ database, bucket: replacing }, await readManifest(directory));
        expect(outcomes[1]).toMatchObject({ kind: outcome });
        expect(await importAgain()).toEqual(["unchanged A", isStopped ? "updated B" : "unchanged B"]);
        expect(rowOf(await stored(), "B")).toMatchObject(NO_LEVELS);
      },
    );

    it("that is stopped before any of its steps is completed by the next run", async () => {
      const { database, bucket } = await given.stores();
      const directory = await mkdtemp(given.path("stopped-"));
      await writeVoices(directory, [entry("A")]);
      await writeRecording(join(directory, "A.wav"), noise(1));
      const manifest = await readManifest(directory);
      let callsLeft = 0;
      const stopping = <T extends object>(target: T): T =>
        wrapMethods(target, (_, method) => (...args) => {
          callsLeft -= 1;
          if (callsLeft < 0) throw new Error("stopped");
          return Reflect.apply(method, target, args);
        });
      const stopped = { database: stopping(database), bucket: stopping(bucket) };
      const states: string[] = [];
      for (let steps = 1; ; steps += 1) {
        await database.prepare("delete from voices").run();
        await bucket.delete((await bucket.list()).objects.map(({ key }) => key));
        callsLeft = steps;
        const [outcome] = await importVoices(stopped, manifest);
        const found = await storedVoices({ database, bucket });
        states.push(
          `${found.rows.length} row, ${found.rows.filter((row) => row.r2_object_key).length} ready, ` +
            `${found.objects.length} object`,
        );
        if (outcome?.kind === "added") break;
        expect(outcome).toMatchObject({ kind: "failed", reason: "stopped" });
        expect(await importVoices({ database, bucket }, manifest)).toEqual([{ kind: "added", name: "A" }]);
        const { rows, objects } = await storedVoices({ database, bucket });
        expect(rows).toHaveLength(1);
        expect(objects).toMatchObject([{ key: rows[0]?.r2_object_key, md5: md5(noise(1)) }]);
      }
      // A call of the database can be the preparation of a statement, which changes nothing.
      expect(Array.from(new Set(states))).toEqual([
        "0 row, 0 ready, 0 object",
        "1 row, 0 ready, 0 object",
        "1 row, 0 ready, 1 object",
        "1 row, 1 ready, 1 object",
      ]);
    });
  });
