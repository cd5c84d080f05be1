// An invalid manifest is reported with every error and its path.
import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { manageVoices } from "../../scripts/voices/command.ts";
import { readManifest } from "../../scripts/voices/manifest.ts";
import { createMemoryStores, runCommand } from "./run-command.ts";
import { storedVoices } from "./stored-voices.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { entry, noise, tagged, writeRecording, writeVoices } from "./voice-folder.ts";

const path = temporaryFolder();
beforeAll(() => writeRecording(path("A.wav"), noise(1)));

/** What the import prints for a manifest; it must not write anything. */
async function messageFor(text: string): Promise<string> {
  await writeFile(path("voices.json"), text);
  const stores = createMemoryStores();
  const { code, output } = await runCommand(manageVoices, ["import", path()], stores);
  expect(code).toBe(1);
  expect(await storedVoices(stores)).toEqual({ rows: [], objects: [] });
  return output;
}

it("a valid manifest gives its voices with absolute paths, trimmed names and normalised languages", async () => {
  await writeVoices(path(), [entry(" A ", { audio: "A.wav", id: "a", description: "", language: "en_US-" })]);
  expect(await readManifest(path())).toEqual([
    {
      ...{ id: "a", name: "A", category: "GENERAL", language: "en-US", description: null },
      audio: join(path(), "A.wav"),
    },
  ]);
});

describe("a voice without a name", () => {
  const unnamed = (file: string) => ({ category: "GENERAL", language: "en-US", audio: file });
  const namesOf = async () => (await readManifest(path())).map(({ name }) => name);

  it("gets the title of its recording, or the artist where there is no title", async () => {
    await writeRecording(path("both.wav"), tagged({ INAM: " Grandma ", IART: "A singer" }));
    await writeRecording(path("artist.wav"), tagged({ IART: "A singer" }));
    await writeVoices(path(), [
      unnamed("both.wav"),
      unnamed("artist.wav"),
      entry("Own", { audio: "both.wav" }),
    ]);
    expect(await namesOf()).toEqual(["Grandma", "A singer", "Own"]);
  });

  it("is an error when its recording has neither, or is missing", async () => {
    const output = await messageFor(JSON.stringify({ voices: [unnamed("A.wav"), unnamed("absent.wav")] }));
    for (const index of [0, 1]) {
      expect(output).toContain(
        `voices[${index}].name: Voice name is required: add it here, or a title to the tags of the recording`,
      );
    }
  });

  it("gets a name that is checked like one in the manifest", async () => {
    await writeRecording(path("again.wav"), tagged({ INAM: "Grandma" }));
    await writeRecording(path("long.wav"), tagged({ INAM: "n".repeat(201) }));
    const voices = [entry("Grandma", { audio: "A.wav" }), unnamed("again.wav"), unnamed("long.wav")];
    const output = await messageFor(JSON.stringify({ voices }));
    expect(output).toContain('voices[1].name: voices[0] has the same value, "Grandma"');
    expect(output).toContain("voices[2].name: Voice name must have at most 200 characters");
  });

  it("whose recording is outside the folder gets none: that is not read", async () => {
    await writeRecording(path("both.wav"), tagged({ INAM: "Grandma" }));
    await writeVoices(path("nested"), [unnamed("../both.wav")]);
    const reading = readManifest(path("nested"));
    await expect(reading).rejects.toThrow('voices[0].audio: "../both.wav" is outside the folder');
    await expect(reading).rejects.toThrow("voices[0].name: Voice name is required");
  });
});

describe("an invalid manifest", () => {
  it("is reported with every error and its path", async () => {
    const invalid = [
      entry("A"),
      { ...entry("B"), audio: "A.wav", category: "SPEECH", language: "en--US" },
      { name: " A ", category: "GENERAL", language: "en", audio: "../A.wav", extra: 1 },
      { ...entry("C"), audio: "/etc/hostname", id: "a b" },
      "voice",
      { ...entry("D"), audio: "A.wav", id: "one" },
      { ...entry("E"), audio: "A.wav", id: "one", description: "d".repeat(2001) },
      { ...entry("\u2800\u200b"), audio: "A.wav" },
      { ...entry("\u202eF"), audio: "A.wav" },
    ];
    const output = await messageFor(JSON.stringify({ voices: invalid }));
    expect(output).toContain("voices[1].category: Invalid category: one of AUDIOBOOK, CONVERSATIONAL");
    expect(output).toContain("voices[1].language: Language must be a BCP 47 tag such as en-US");
    expect(output).toContain('voices[2].name: voices[0] has the same value, "A"');
    expect(output).toContain('voices[2]: Unrecognized key: "extra"');
    expect(output).toContain('voices[2].audio: "../A.wav" is outside the folder');
    expect(output).toContain('voices[3].audio: "/etc/hostname" is outside the folder');
    expect(output).toContain("voices[3].id: Id must be");
    expect(output).toContain("voices[4]: Invalid input: expected object, received string");
    expect(output).toContain('voices[6].id: voices[5] has the same value, "one"');
    expect(output).toContain("voices[6].description: Description must have at most 2000 characters");
    expect(output).toContain("voices[7].name: Voice name must contain a visible character");
    expect(output).toContain("voices[8].name: Voice name must not contain characters that reverse");
    expect(output).not.toContain("voices[0]:");
  });

  it("cannot name a recording outside the folder through a symbolic link", async () => {
    await symlink("/etc", path("link"));
    const output = await messageFor(JSON.stringify({ voices: [entry("A", { audio: "link/hostname" })] }));
    expect(output).toContain('voices[0].audio: "link/hostname" is outside the folder');
    await rm(path("link"));
  });

  it.each([
    ["{", /voices\.json is not JSON: .*position 1/],
    ["[]", /must have the form \{"voices":\[…\]\}/],
    ['{"voices":[]}', /The list must not be empty/],
  ])("that is %s is reported", async (text, expected) => {
    expect(await messageFor(text)).toMatch(expected);
  });
});
