// The bindings that requests and jobs may use.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

it("only the request log reads the bindings of D1 and R2 themselves: all other code gets them with timeouts", async () => {
  const source = join(import.meta.dirname, "../../src");
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const reading = await Promise.all(
    files.map(async (name) =>
      /\benv\.(DB|AUDIO)\b/.test(await readFile(join(source, name), "utf8")) ? name : [],
    ),
  );
  expect(reading.flat()).toEqual([join("platform", "request-log.ts")]);
});
