// `npm run fixtures`: makes the short recordings in test/probe/fixtures again, and records in recordings.json what
// ffmpeg and ffprobe find in them. Needs ffmpeg and ffprobe; the results are committed, so tests do not.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ENCODINGS,
  FIXTURES_FOLDER,
  FIXTURES_INDEX,
  fixtureName,
  type RecordedFixture,
} from "./recording-fixtures/catalogue.ts";
import { type Encoding, makeRecording } from "./recording-fixtures/encoding.ts";
import { decodedSeconds, ffprobeAudio, noiseInput } from "./recording-fixtures/ffmpeg.ts";

/** The same bytes on every run: no encoder names, dates or random identifiers. */
const REPRODUCIBLE = ["-fflags", "+bitexact", "-flags", "+bitexact"];

rmSync(FIXTURES_FOLDER, { recursive: true, force: true });
mkdirSync(FIXTURES_FOLDER, { recursive: true });
const fixtures = ENCODINGS.map((encoding) => {
  try {
    return makeFixture(encoding);
  } catch (error) {
    throw new Error(`no fixture for ${encoding.expected.container}, ${encoding.name}`, { cause: error });
  }
});
if (new Set(fixtures.map(({ file }) => file)).size < fixtures.length) {
  throw new Error("two encodings have the same fixture name");
}
writeFileSync(FIXTURES_INDEX, `${JSON.stringify(fixtures, null, 2)}\n`);
execFileSync("npx", ["biome", "format", "--write", FIXTURES_INDEX], { stdio: "ignore" });
console.log(`${fixtures.length} recordings in test/probe/fixtures`);

function makeFixture(encoding: Encoding): RecordedFixture {
  const { fixture, keptShare, piped, args, extension } = encoding;
  const moreArgs = [...fixture.args, ...REPRODUCIBLE];
  const bytes = makeRecording(encoding, fixture.seconds, moreArgs);
  const file = fixtureName(encoding);
  writeFileSync(join(FIXTURES_FOLDER, file), bytes);
  return {
    file,
    container: encoding.expected.container,
    encoding: encoding.name,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ffmpegArgs: [...noiseInput(fixture.seconds), ...args, ...moreArgs, piped ? "pipe:1" : file],
    ...(keptShare !== undefined && { keptBytes: bytes.length }),
    ffprobe: ffprobeAudio(bytes, extension),
    decodedSeconds: decodedSeconds(bytes),
  };
}
