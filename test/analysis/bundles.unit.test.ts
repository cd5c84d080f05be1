// What the two scripts contain: the library is in the analysis Worker's alone.
import { expect, it } from "vitest";
import { largestParts } from "../../dev/workerd.ts";

const OF_THE_LIBRARY = ["music-metadata", "strtok3", "file-type", "token-types", "@borewit/text-codec"];

const packagesOf = async (entry: string) => (await largestParts(entry)).map(([name]) => name);

it("the script of the service contains nothing of music-metadata, and that of the analysis Worker does", async () => {
  const service = await packagesOf("src/index.ts");
  expect(service.filter((name) => OF_THE_LIBRARY.includes(name))).toEqual([]);
  expect(await packagesOf("analysis/src/index.ts")).toEqual(expect.arrayContaining(OF_THE_LIBRARY));
});

it("the script of the analysis Worker contains nothing that answers users or knows them", async () => {
  const analysis = await packagesOf("analysis/src/index.ts");
  for (const name of ["hono", "drizzle-orm", "@clerk/backend", "@polar-sh/sdk", "zod"]) {
    expect(analysis).not.toContain(name);
  }
});
