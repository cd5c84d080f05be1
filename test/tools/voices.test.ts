// What `npm run voices` does to a real local state, and what it says.
import { rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { importVoices } from "../../scripts/voices/import.ts";
import { readManifest } from "../../scripts/voices/manifest.ts";
import { systemVoiceKey } from "../../src/platform/audio-store.ts";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import { givenFolder, inState, runOnTerminal, runScript } from "./local-state.ts";
import { md5, type StoredRow, storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

const folder = givenFolder();

/** A folder of the voices A (known by name) and B (known by id), imported once. */
async function givenImported() {
  const state = await folder.state();
  const directory = join(state, "voices");
  const voices = [entry("A", { description: "first" }), entry("B", { id: "voice_b" })];
  await writeVoices(directory, voices);
  await writeRecording(join(directory, "A.wav"), noise(1));
  await writeRecording(join(directory, "B.wav"), noise(2));
  const again = () =>
    inState(state, async (storage) => {
      const outcomes = await importVoices(storage, await readManifest(directory));
      return outcomes.map((outcome) =>
        [outcome.kind, outcome.name, ...("reason" in outcome ? [outcome.reason] : [])].join(" "),
      );
    });
  expect(await again()).toEqual(["added A", "added B"]);
  return {
    state,
    directory,
    voices,
    again,
    run: (...more: string[]) => runScript("voices", ["import", directory, "--state", state, ...more]),
    stored: () => inState(state, storedVoices),
  };
}

const rowOf = ({ rows }: { rows: StoredRow[] }, name: string) => rows.find((row) => row.name === name);

describe("an import", () => {
  it("adds what is there, under a new id where none is given", async () => {
    const { stored } = await givenImported();
    const { rows, objects } = await stored();
    const a = rowOf({ rows }, "A");
    expect(a?.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect(a).toMatchObject({ variant: "SYSTEM", org_id: null, description: "first", size_bytes: 80_044 });
    expect(rowOf({ rows }, "B")).toMatchObject({
      id: "voice_b",
      r2_object_key: "voices/system/voice_b",
      duration_seconds: 10,
    });
    expect(new Set(objects.map((object) => object.md5))).toEqual(new Set([md5(noise(1)), md5(noise(2))]));
  });

  it("updates a changed description in place and leaves the rest alone", async () => {
    const { directory, voices, again, stored } = await givenImported();
    const before = await stored();
    await writeVoices(directory, [{ ...voices[0], description: "second" }, voices[1]]);
    expect(await again()).toEqual(["updated A", "unchanged B"]);
    const after = await stored();
    expect(rowOf(after, "A")).toEqual({
      ...rowOf(before, "A"),
      description: "second",
      updated_at: expect.any(Number),
    });
    expect(rowOf(after, "B")).toEqual(rowOf(before, "B"));
    expect(after.objects).toEqual(before.objects);
  });

  it("replaces the object of a changed recording under the same key", async () => {
    const { directory, again, stored } = await givenImported();
    const before = await stored();
    await writeRecording(join(directory, "B.wav"), noise(3, 12));
    expect(await again()).toEqual(["unchanged A", "updated B"]);
    const after = await stored();
    expect(rowOf(after, "B")).toMatchObject({ duration_seconds: 12, size_bytes: 96_044 });
    expect(after.objects.map(({ key }) => key)).toEqual(before.objects.map(({ key }) => key));
    expect(after.objects.find(({ key }) => key === systemVoiceKey("voice_b"))?.md5).toBe(md5(noise(3, 12)));
  });

  it("puts right an object that is gone, or claims another type", async () => {
    const { state, again, stored } = await givenImported();
    const before = await stored();
    const a = rowOf(before, "A")?.r2_object_key;
    await inState(state, async ({ bucket }) => {
      await bucket.put(systemVoiceKey("voice_b"), noise(2), { httpMetadata: { contentType: "text/html" } });
      await bucket.delete(a ?? "");
    });
    expect(await again()).toEqual(["updated A", "updated B"]);
    const told = (all: typeof before) =>
      all.objects.map(({ key, md5: digest, contentType }) => ({ key, digest, contentType }));
    expect(told(await stored())).toEqual(told(before));
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

  it("tells of each recording that is no voice, and imports the others", async () => {
    const { directory, voices, run, stored } = await givenImported();
    const bad = ["short", "text", "empty", "large", "missing", "folder"].map((name) => entry(name));
    await writeVoices(directory, [...bad, ...voices, entry("Good")]);
    await writeRecording(join(directory, "Good.wav"), noise(6));
    await writeRecording(join(directory, "short.wav"), noise(7, 9));
    await writeRecording(join(directory, "text.wav"), Buffer.from("I am not audio. ".repeat(1000)));
    await writeRecording(join(directory, "empty.wav"), Buffer.alloc(0));
    await writeRecording(join(directory, "large.wav"), noise(8));
    await truncate(join(directory, "large.wav"), MAX_RECORDING_BYTES + 1);
    await writeRecording(join(directory, "folder.wav", "inside"), Buffer.alloc(1));
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain("1 added: Good\n0 updated\n2 unchanged: A, B\n6 failed");
    expect(output).toContain("short.wav is too short: 9.0 s of at least 10 s");
    expect(output).toContain("text.wav is not audio that can be measured");
    expect(output).toContain("empty.wav is empty");
    expect(output).toContain("large.wav is larger than 20 MiB");
    expect(output).toMatch(/missing: ENOENT: no such file/);
    expect(output).toContain("folder.wav is not a file");
    const { rows, objects } = await stored();
    expect(rows.map(({ name }) => name)).toEqual(["A", "B", "Good"]);
    expect(objects).toHaveLength(3);
  });

  it("takes no organisation's voice, and guesses between no two of a name", async () => {
    const { state, directory, voices, again, stored } = await givenImported();
    await inState(state, ({ database }) =>
      database.batch([
        database.prepare(
          "insert into voices (id, org_id, name, variant) values ('voice_c', 'org_x', 'C', 'CUSTOM')",
        ),
        database.prepare("insert into voices (id, name, variant) values ('voice_a2', 'A', 'SYSTEM')"),
      ]),
    );
    await writeVoices(directory, [...voices, entry("D", { id: "voice_c" })]);
    await writeRecording(join(directory, "D.wav"), noise(9));
    const before = await stored();
    expect(await again()).toEqual([
      expect.stringMatching(/^failed A .* and .* are both called so: say by an "id" which one is meant$/),
      "unchanged B",
      "failed D voice_c is the id of an organisation's own voice",
    ]);
    expect(await stored()).toEqual(before);
  });
});

it("an import that is stopped before any of its steps is finished by the next one", async () => {
  const state = await folder.state();
  const directory = folder.path("stopped");
  await writeVoices(directory, [entry("A")]);
  await writeRecording(join(directory, "A.wav"), noise(1));
  const manifest = await readManifest(directory);
  await inState(state, async ({ database, bucket }) => {
    let left = 0;
    const stopping = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (_, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== "function") return member;
          return (...args: unknown[]) => {
            left -= 1;
            if (left < 0) throw new Error("stopped");
            return member.apply(target, args);
          };
        },
      });
    const stopped = { database: stopping(database), bucket: stopping(bucket) };
    const states: string[] = [];
    for (let steps = 1; ; steps += 1) {
      await database.prepare("delete from voices").run();
      await bucket.delete((await bucket.list()).objects.map(({ key }) => key));
      left = steps;
      const [outcome] = await importVoices(stopped, manifest);
      const found = await storedVoices({ database, bucket, close: async () => undefined });
      states.push(
        `${found.rows.length} row, ${found.rows.filter((row) => row.r2_object_key).length} ready, ` +
          `${found.objects.length} object`,
      );
      if (outcome?.kind === "added") break;
      expect(outcome).toMatchObject({ kind: "failed", reason: "stopped" });
      expect(await importVoices({ database, bucket }, manifest)).toEqual([{ kind: "added", name: "A" }]);
      const { rows, objects } = await storedVoices({ database, bucket, close: async () => undefined });
      expect(rows).toHaveLength(1);
      expect(objects).toMatchObject([{ key: rows[0]?.r2_object_key, md5: md5(noise(1)) }]);
    }
    expect(states).toEqual([
      "0 row, 0 ready, 0 object",
      "0 row, 0 ready, 0 object",
      "1 row, 0 ready, 0 object",
      "1 row, 0 ready, 1 object",
      "1 row, 1 ready, 1 object",
    ]);
  });
});

describe("a manifest that is not right", () => {
  const directory = () => folder.path("broken");
  beforeAll(() => writeRecording(join(directory(), "A.wav"), noise(1)));
  const refusal = async (text: string): Promise<string> => {
    await writeFile(join(directory(), "voices.json"), text);
    const { code, output } = await runScript("voices", [
      "import",
      directory(),
      "--state",
      folder.path("empty"),
    ]);
    expect(code).toBe(1);
    return output;
  };

  it("is told with every fault and its place", async () => {
    const faulty = [
      entry("A"),
      { ...entry("B"), audio: "A.wav", category: "SPEECH", language: "en_US" },
      { name: " A ", category: "GENERAL", language: "en", audio: "../A.wav", extra: 1 },
      { ...entry("C"), audio: "/etc/hostname", id: "a b" },
      "voice",
      { ...entry("D"), audio: "A.wav", id: "one" },
      { ...entry("E"), audio: "A.wav", id: "one", description: "d".repeat(2001) },
    ];
    const output = await refusal(JSON.stringify({ voices: faulty }));
    expect(output).toContain("voices[1].category: Invalid category: one of AUDIOBOOK, CONVERSATIONAL");
    expect(output).toContain("voices[1].language: Language must be a BCP 47 tag such as en-US");
    expect(output).toContain('voices[2].name: voices[0] has the same, "A"');
    expect(output).toContain('voices[2]: Unrecognized key: "extra"');
    expect(output).toContain('voices[2].audio: "../A.wav" leads out of the folder');
    expect(output).toContain('voices[3].audio: "/etc/hostname" leads out of the folder');
    expect(output).toContain("voices[3].id: Id must be");
    expect(output).toContain("voices[4]: Invalid input: expected object, received string");
    expect(output).toContain('voices[6].id: voices[5] has the same, "one"');
    expect(output).toContain("voices[6].description: Description must have at most 2000 characters");
    expect(output).not.toContain("voices[0]:");
  });

  it("may not reach out of its folder by a link", async () => {
    await symlink("/etc", join(directory(), "link"));
    const output = await refusal(JSON.stringify({ voices: [entry("A", { audio: "link/hostname" })] }));
    expect(output).toContain('voices[0].audio: "link/hostname" leads out of the folder');
    await rm(join(directory(), "link"));
  });

  it.each([
    ["{", /voices\.json is not JSON: .*position 1/],
    ["[]", /should be \{"voices":\[…\]\}/],
    ['{"voices":[]}', /There is no voice in it/],
  ])("is told when it is %s", async (text, expected) => {
    expect(await refusal(text)).toMatch(expected);
  });
});

describe("npm run voices", () => {
  it.each([
    [[], "What is to be done?"],
    [["export", "x"], "Unknown command export"],
    [["import"], "import takes one folder"],
    [["import", "x", "--fast"], "Unknown option '--fast'"],
    [["import", "x", "--remote", "--state", "y"], "--remote and --state exclude each other"],
  ])("prints its usage and ends with 2 for %j", async (args, message) => {
    const { code, output } = await runScript("voices", args);
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output).toContain("npm run voices -- import DIR");
  });

  it("shows a bar on a terminal and lines elsewhere", async () => {
    const { state, directory, run } = await givenImported();
    const bar = await runOnTerminal("voices", ["import", directory, "--state", state]);
    expect(bar.code, bar.output).toBe(0);
    expect(bar.output).toMatch(/Importing █{40} 100 % 2\/2 unchanged/);
    expect(bar.output).not.toContain("Importing: 1/2");
    const { output } = await run();
    expect(output).toMatch(/^Importing\nImporting: 1\/2 unchanged [AB]\nImporting: 2\/2 unchanged [AB]\n/);
  });

  it("says what to do where there is no manifest or no state", async () => {
    const directory = folder.path("one");
    expect(await runScript("voices", ["import", directory])).toMatchObject({
      code: 1,
      output: expect.stringContaining("voices.json can't be read: ENOENT"),
    });
    await writeVoices(directory, [entry("A")]);
    expect(await runScript("voices", ["import", directory, "--state", folder.path("none")])).toMatchObject({
      code: 1,
      output: expect.stringContaining("start `npm run dev` once"),
    });
  });
});
