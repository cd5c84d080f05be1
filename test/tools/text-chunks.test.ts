// Files larger than a chunk are decoded without damage at the boundaries.
import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { readTextChunks } from "../../scripts/migrate-postgres/text-chunks.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();
const CHUNK_BYTES = 256 * 1024;

it("a character that spans two chunks is decoded whole, and every byte is reported once", async () => {
  const text = `${"x".repeat(CHUNK_BYTES - 2)}🎙️ 声 ${"é".repeat(CHUNK_BYTES)}`;
  await writeFile(path("text"), text);
  const read: number[] = [];
  const chunks = [...readTextChunks(path("text"), (bytes) => read.push(bytes))];
  expect(chunks.join("")).toBe(text);
  expect(chunks.length).toBeGreaterThan(2);
  expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBe(Buffer.byteLength(text));
});

it("a byte order mark is removed", async () => {
  await writeFile(path("bom"), "\ufeffid\n");
  expect([...readTextChunks(path("bom"), () => undefined)]).toEqual(["id\n"]);
});

it("invalid UTF-8 is reported with the bytes of its chunk, also when the file ends within a character", async () => {
  await writeFile(
    path("invalid"),
    Buffer.concat([Buffer.alloc(CHUNK_BYTES, "x"), Buffer.from([0x78, 0xe9, 0x78])]),
  );
  const read = (name: string) => [...readTextChunks(path(name), () => undefined)];
  expect(() => read("invalid")).toThrow(
    `is not UTF-8 between its bytes ${CHUNK_BYTES} and ${CHUNK_BYTES + 3}`,
  );
  await writeFile(path("cut"), Buffer.from("声").subarray(0, 2));
  expect(() => read("cut")).toThrow("is not UTF-8 between its bytes 2 and 2");
});
