// Migrates 10,000 rows with difficult texts into a local D1 by a process that is killed repeatedly.
import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { givenFolder, inState, runScript } from "./local-state.ts";
import { csv, GENERATION_COLUMNS, generation, rowsInD1, VOICE_COLUMNS, voice } from "./postgres-rows.ts";

const VOICES = 500;
const GENERATIONS = 9_500;
/** Batches that each run reports before it is killed. */
const KILLED_AFTER = [2, 6, 12, 20];

const TEXTS = [
  "Plain words.",
  "It's 'quoted' \"twice\"; -- and no comment /* at all */",
  "Two\nlines\r\nand a third, \t tabbed, with a \\ and a \\n and a \\\\",
  "Ünïcödé 声 🎙️ \u{1F469}\u200d\u{1F4BB} \u202eright to left\u202c \ufeff",
  "",
  "'",
  "\\",
  "); DROP TABLE voices; --",
  "$$ $tag$ E'\\'' U&'\\0041' ::text",
  "NULL",
];

const padded = (index: number) => String(index).padStart(5, "0");

const voices: Row[] = Array.from({ length: VOICES }, (_, index) => {
  const isSystem = index % 5 === 0;
  return voice(`voice_${padded(index)}`, {
    name: `${TEXTS[index % TEXTS.length]} ${index}`,
    description: index % 3 === 0 ? null : (TEXTS[(index * 7) % TEXTS.length] ?? null),
    category: index % 2 === 0 ? "PODCAST" : "GENERAL",
    updated_at: Date.UTC(2025, 1, 1) + index * 61_001,
    ...(isSystem && {
      variant: "SYSTEM",
      org_id: null,
      r2_object_key: index % 10 === 0 ? null : `voices/system/${index}`,
    }),
  });
});

const generations: Row[] = Array.from({ length: GENERATIONS }, (_, index) =>
  generation(`gen_${padded(index)}`, {
    voice_id: index % 4 === 0 ? null : `voice_${padded(index % VOICES)}`,
    text: `${TEXTS[index % TEXTS.length]}${" more".repeat(index % 50)}${index % 3000 === 7 ? "long 長い ".repeat(50_000) : ""}`,
    voice_name: TEXTS[(index * 3) % TEXTS.length] ?? "",
    r2_object_key: index % 6 === 0 ? null : `generations/orgs/org_a/${index}`,
    temperature: index / 7,
    top_p: 10 ** -(index % 20),
    top_k: index * 1000,
    repetition_penalty: -1.5e10 * (index + 1),
    created_at: Date.UTC(1999, 11, 31) + index * 86_399_999,
    updated_at: Date.UTC(2025, 5, 1) + index,
  }),
);

const folder = givenFolder();

const stored = (state: string) =>
  inState(state, async ({ database }) => ({
    voices: await rowsInD1(database, "voices", VOICE_COLUMNS),
    generations: await rowsInD1(database, "generations", GENERATION_COLUMNS),
  }));

/** Writes both files, generations first: the order of the arguments must not matter. */
async function writeExports(): Promise<string[]> {
  const files = [folder.path("generations.csv"), folder.path("voices.csv")] as const;
  await writeFile(files[0], csv(GENERATION_COLUMNS, generations));
  await writeFile(files[1], csv(VOICE_COLUMNS, voices));
  return [...files];
}

it("a migration that is killed at any point is completed by the next run", { timeout: 300_000 }, async () => {
  const state = await folder.state();
  const files = await writeExports();
  const migrate = (...options: string[]) =>
    runScript("migrate-postgres", [...files, "--state", state, ...options]);

  const dryRun = await migrate();
  expect(dryRun).toMatchObject({ code: 0 });
  expect(dryRun.output).toContain(`voices: ${VOICES} in the source\n  ${VOICES} would be added`);
  expect(await stored(state)).toEqual({ voices: [], generations: [] });

  const expected = {
    voices: new Map(voices.map((row) => [row.id, row])),
    generations: new Map(generations.map((row) => [row.id, row])),
  };
  const counts: number[] = [];
  for (const batches of KILLED_AFTER) {
    const killed = await runScript("migrate-postgres", [...files, "--state", state, "--apply"], {
      killWhen: (output) => (output.match(/^Writing to D1: \d+/gm) ?? []).length >= batches,
    });
    expect(killed.code, killed.output).not.toBe(0);
    const found = await stored(state);
    for (const row of found.voices) expect(row).toEqual(expected.voices.get(row.id));
    for (const row of found.generations) expect(row).toEqual(expected.generations.get(row.id));
    counts.push(found.voices.length + found.generations.length);
  }
  expect(counts.toSorted((a, b) => a - b)).toEqual(counts);
  expect(new Set(counts).size).toBeGreaterThan(2);
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts.at(-1)).toBeLessThan(VOICES + GENERATIONS);

  const last = await migrate("--apply");
  expect(last, last.output).toMatchObject({ code: 0 });
  expect(last.output).toContain(
    `generations: ${GENERATIONS} in the source, ${GENERATIONS} in D1\n  0 missing\n  0 differ\n`,
  );
  expect(await stored(state)).toEqual({ voices, generations });

  const repeated = await migrate("--apply");
  expect(repeated).toMatchObject({ code: 0 });
  expect(repeated.output).toContain(`  0 added\n  0 changed\n  ${VOICES} unchanged\n`);
  expect(repeated.output).toContain(`  0 added\n  0 changed\n  ${GENERATIONS} unchanged\n`);
  expect(await stored(state)).toEqual({ voices, generations });
});

it("10,000 rows are written in one run", { timeout: 120_000 }, async () => {
  const files = await writeExports();
  const state = await folder.state();
  const startedAt = performance.now();
  const { code, output } = await runScript("migrate-postgres", [...files, "--state", state, "--apply"]);
  const seconds = (performance.now() - startedAt) / 1000;
  expect(code, output).toBe(0);
  console.log(`${VOICES + GENERATIONS} rows written and verified in ${seconds.toFixed(1)} s`);
  expect(await stored(state)).toEqual({ voices, generations });
});
