// What the two scripts contain: the parsers and the library are in the analysis Worker's alone.
import { expect, it } from "vitest";
import { ANALYSIS_ENTRY, bundle, SERVICE_ENTRY } from "../../scripts/operator/bundle.ts";

const filesOf = async (entry: string) => (await bundle(entry)).files.map(({ file }) => file);
const service = await filesOf(SERVICE_ENTRY);
const analysis = await filesOf(ANALYSIS_ENTRY);

const isOf = (name: string) => (file: string) => file.includes(`node_modules/${name}/`);

it.each(["music-metadata", "strtok3", "file-type", "token-types", "@borewit/text-codec"])(
  "the script of the service contains nothing of %s, and that of the analysis Worker does",
  (name) => {
    expect(service.filter(isOf(name))).toEqual([]);
    expect(analysis.filter(isOf(name))).not.toEqual([]);
  },
);

it("the script of the service contains no parser of recordings, and that of the analysis Worker does", () => {
  const isParser = (file: string) => /^(src\/probe|analysis)\//.test(file);
  expect(service.filter(isParser)).toEqual([]);
  expect(analysis.filter(isParser)).toContain("src/probe/probe.ts");
});

it("the script of the service has one router, and the OpenAPI document only in the other script", () => {
  const routers = service.flatMap((file) => /hono\/dist\/router\/([^/]+)\//.exec(file)?.[1] ?? []);
  expect(new Set(routers)).toEqual(new Set(["trie-router"]));
  expect(service).not.toContain("src/openapi/openapi.json");
  expect(analysis).toContain("src/openapi/openapi.json");
});

it.each(["hono", "drizzle-orm", "@clerk/backend", "@polar-sh/sdk", "zod"])(
  "the script of the analysis Worker, which answers no users, contains nothing of %s",
  (name) => {
    expect(service.filter(isOf(name))).not.toEqual([]);
    expect(analysis.filter(isOf(name))).toEqual([]);
  },
);
