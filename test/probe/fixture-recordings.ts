// The committed recordings, which `npm run fixtures` makes, and what ffmpeg found in them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  FIXTURES_FOLDER,
  FIXTURES_INDEX,
  fixtureName,
  type RecordedFixture,
} from "../../scripts/recording-fixtures/catalogue.ts";
import type { Encoding } from "../../scripts/recording-fixtures/encoding.ts";

const RECORDED = JSON.parse(readFileSync(FIXTURES_INDEX, "utf8")) as RecordedFixture[];
const BY_FILE: ReadonlyMap<string, RecordedFixture> = new Map(
  RECORDED.map((fixture) => [fixture.file, fixture]),
);

export const RECORDED_FIXTURE_FILES: readonly string[] = [...BY_FILE.keys()];

/** What ffmpeg found in an encoding's committed recording. */
export function recordedFixture(encoding: Encoding): RecordedFixture {
  const fixture = BY_FILE.get(fixtureName(encoding));
  if (!fixture) throw new Error(`${fixtureName(encoding)} is not recorded: run \`npm run fixtures\``);
  return fixture;
}

/** An encoding's committed recording. */
export const readFixture = (encoding: Encoding): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(FIXTURES_FOLDER, fixtureName(encoding))));

/** A recording of test/fixtures, which all tests share. */
export const readSharedFixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../fixtures", name)));
