// What the two scripts contain: the parsers and the library are in the analysis Worker's alone.
import { expect, it } from "vitest";
import { filesOf, largestParts } from "../../dev/workerd.ts";

const OF_THE_LIBRARY = ["music-metadata", "strtok3", "file-type", "token-types", "@borewit/text-codec"];

const packagesOf = async (entry: string) => (await largestParts(entry)).map(([name]) => name);

it("the script of the service contains nothing of music-metadata, and that of the analysis Worker does", async () => {
  const service = await packagesOf("src/index.ts");
  expect(service.filter((name) => OF_THE_LIBRARY.includes(name))).toEqual([]);
  expect(await packagesOf("analysis/src/index.ts")).toEqual(expect.arrayContaining(OF_THE_LIBRARY));
});

it("the script of the service contains no parser of recordings, and that of the analysis Worker does", async () => {
  const isParser = (file: string) => /^(src\/probe|analysis)\//.test(file);
  expect((await filesOf("src/index.ts")).filter(isParser)).toEqual([]);
  expect((await filesOf("analysis/src/index.ts")).filter(isParser)).toContain("src/probe/probe.ts");
});

it("the script of the service has one router, and the OpenAPI document only in the other script", async () => {
  const service = await filesOf("src/index.ts");
  const routers = service.flatMap((file) => /hono\/dist\/router\/([^/]+)\//.exec(file)?.[1] ?? []);
  expect(new Set(routers)).toEqual(new Set(["trie-router"]));
  expect(service).not.toContain("src/openapi/openapi.json");
  expect(await filesOf("analysis/src/index.ts")).toContain("src/openapi/openapi.json");
});

it("the script of the analysis Worker contains nothing that answers users or knows them", async () => {
  const analysis = await packagesOf("analysis/src/index.ts");
  for (const name of ["hono", "drizzle-orm", "@clerk/backend", "@polar-sh/sdk", "zod"]) {
    expect(analysis).not.toContain(name);
  }
});
