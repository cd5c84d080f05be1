// What music-metadata reads through: its bounds, and that a skip never rejects.
import { expect, it } from "vitest";
import { BoundedTokenizer } from "../../analysis/src/bounded-tokenizer.ts";
import { Reader } from "../../src/probe/reader.ts";
import { memorySource } from "../probe/memory-source.ts";

const MIB = 1024 * 1024;

function tokenizerOf(bytes: number) {
  const recording = new Uint8Array(bytes);
  for (let at = 0; at < 100; at += 1) recording[at] = at;
  const source = memorySource(recording);
  return { source, tokenizer: new BoundedTokenizer(new Reader(source), "audio/wav") };
}

it("reads and peeks at the position, and moves it by reads alone", async () => {
  const { tokenizer } = tokenizerOf(1000);
  const bytes = new Uint8Array(3);
  await tokenizer.ignore(10);
  await tokenizer.peekBuffer(bytes);
  expect([...bytes, tokenizer.position]).toEqual([10, 11, 12, 10]);
  await tokenizer.readBuffer(bytes);
  expect([...bytes, tokenizer.position]).toEqual([10, 11, 12, 13]);
});

it("a read past the end throws, unless it may be shorter", async () => {
  const { tokenizer } = tokenizerOf(10);
  await expect(tokenizer.readBuffer(new Uint8Array(11))).rejects.toThrow("End-Of-Stream");
  expect(await tokenizer.readBuffer(new Uint8Array(11), { mayBeLess: true })).toBe(10);
});

it("a skip past the end stops there, and is recorded as how far the recording should reach", async () => {
  const { tokenizer } = tokenizerOf(10);
  expect(await tokenizer.ignore(100)).toBe(10);
  expect([tokenizer.position, tokenizer.furthest]).toEqual([10, 100]);
});

it.each([
  ["of more than 512 KiB", MIB, [512 * 1024 + 1], "is too long"],
  ["that makes more than 1 MiB together", 4 * MIB, [400_000, 400_000, 400_000], "budget of 1048576 bytes"],
])(
  "a read %s throws before anything is read for it, and so does each later one",
  async (_, size, reads, reason) => {
    const { source, tokenizer } = tokenizerOf(size);
    const refused = reads.pop() ?? 0;
    for (const length of reads) await tokenizer.readBuffer(new Uint8Array(length));
    const { bytesRead } = source;
    await expect(tokenizer.readBuffer(new Uint8Array(refused))).rejects.toThrow(reason);
    await expect(tokenizer.readBuffer(new Uint8Array(1))).rejects.toThrow(reason);
    expect(source.bytesRead).toBe(bytesRead);
  },
);

it("the seventeenth read from the source throws", async () => {
  const { source, tokenizer } = tokenizerOf(20 * MIB);
  for (let index = 0; index < 16; index += 1) {
    await tokenizer.readBuffer(new Uint8Array(1));
    await tokenizer.ignore(MIB);
  }
  await expect(tokenizer.readBuffer(new Uint8Array(1))).rejects.toThrow("budget of 16 windows");
  expect(source.reads).toBe(16);
});

it("skips that spend the budget of calls do not reject, because the library does not await all of them", async () => {
  const { tokenizer } = tokenizerOf(100_000);
  for (let call = 0; call <= 20_000; call += 1) await tokenizer.ignore(1);
  await expect(tokenizer.ignore(1)).resolves.toBe(1);
  await expect(tokenizer.readBuffer(new Uint8Array(1))).rejects.toThrow("budget of 20000 calls");
});

it.each([-1, Number.NaN, Number.MAX_SAFE_INTEGER])(
  "a skip of %s bytes does not reject, but the next read",
  async (length) => {
    const { tokenizer } = tokenizerOf(100);
    await tokenizer.readBuffer(new Uint8Array(1));
    await expect(tokenizer.ignore(length)).resolves.toBe(0);
    await expect(tokenizer.readBuffer(new Uint8Array(1))).rejects.toThrow("is impossible");
  },
);
