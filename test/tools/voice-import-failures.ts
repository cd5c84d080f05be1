// Voices that an import refuses, and imports that are stopped: the same cases for stores in memory and for a real local state.
import { mkdtemp, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wrapMethods } from "../../dev/wrap-methods.ts";
import { importVoices } from "../../scripts/voices/import.ts";
import { readManifest } from "../../scripts/voices/manifest.ts";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import { type GivenImport, givenImported, givenLevels, NO_LEVELS, rowOf } from "./given-import.ts";
import { md5, storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

export const describeFailingImport = (title: string, given: GivenImport) =>
  describe(title, () => {
    it("prints why a recording cannot become a voice, and imports the others", async () => {
      const { directory, voices, run, stored } = await givenImported(given);
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
      const { database, directory, voices, importAgain, stored } = await givenImported(given);
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
        const { database, bucket, directory, stored, importAgain } = await givenImported(given);
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
