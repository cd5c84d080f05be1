// The levels of objects in R2: which audio has them, and what they cost in R2 reads.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { measureStored } from "../../../analysis/src/levels/stored-levels.ts";
import { countingBucket, withMethods } from "../../support/bindings.ts";
import { fixture } from "../../support/fixtures.ts";
import { encodeWav } from "../../support/wav.ts";

/** A WAV whose samples begin behind a chunk of `junkBytes`. */
function wavBehindJunk(junkBytes: number): Uint8Array<ArrayBuffer> {
  const wav = encodeWav(new Uint8Array(Int16Array.from({ length: 8000 }, () => 8192).buffer));
  const junk = new Uint8Array(8 + junkBytes);
  junk.set(new TextEncoder().encode("JUNK"));
  new DataView(junk.buffer).setUint32(4, junkBytes, true);
  return new Uint8Array([...wav.subarray(0, 12), ...junk, ...wav.subarray(12)]);
}

async function givenObject(bytes: Uint8Array | ArrayBuffer): Promise<string> {
  const key = crypto.randomUUID();
  await env.AUDIO.put(key, bytes);
  return key;
}

describe("the levels of an object in R2", () => {
  it.each([
    ["a WAV", () => fixture("speech.wav")],
    ["an AIFF", () => fixture("speech.aiff")],
  ])("take two reads for %s: its beginning, and its samples", async (_name, bytesOf) => {
    const { binding, calls } = countingBucket(env.AUDIO);
    const result = await measureStored(binding, await givenObject(await bytesOf()));
    expect(result).toMatchObject({ kind: "levels", clippedShare: 0 });
    expect(calls).toEqual({ get: 2 });
  });

  it("take as many reads as it has far chunks before the samples", async () => {
    const { binding, calls } = countingBucket(env.AUDIO);
    const result = await measureStored(binding, await givenObject(wavBehindJunk(300_000)));
    expect(result).toMatchObject({ kind: "levels", peakLevel: 0.25 });
    expect(calls).toEqual({ get: 3 });
  });

  it("are those of the samples alone, not of a chunk behind them", async () => {
    const silence = encodeWav(new Uint8Array(8000));
    const text = new TextEncoder().encode("LIST\x10\0\0\0INFOloud as text ");
    const result = await measureStored(env.AUDIO, await givenObject(new Uint8Array([...silence, ...text])));
    expect(result).toMatchObject({ kind: "levels", peakLevel: 0, silenceShare: 1 });
  });

  it.each([
    ["an MP3", () => fixture("speech.mp3")],
    ["a FLAC", () => fixture("speech.flac")],
    ["text", async () => new TextEncoder().encode("no audio")],
    ["a WAV without samples", async () => encodeWav(new Uint8Array())],
  ])("are none for %s, after one read", async (_name, bytesOf) => {
    const { binding, calls } = countingBucket(env.AUDIO);
    expect(await measureStored(binding, await givenObject(await bytesOf()))).toEqual({ kind: "not-pcm" });
    expect(calls).toEqual({ get: 1 });
  });

  it("are missing when there is no object", async () => {
    expect(await measureStored(env.AUDIO, crypto.randomUUID())).toEqual({ kind: "missing" });
  });

  it("are an error when the object is replaced between the reads: never a mixture of two", async () => {
    const key = await givenObject(await fixture("speech.wav"));
    let reads = 0;
    const get = async (...args: Parameters<R2Bucket["get"]>) => {
      reads += 1;
      if (reads === 2) await env.AUDIO.put(key, encodeWav(new Uint8Array(2_000_000)));
      return env.AUDIO.get(...args);
    };
    await expect(measureStored(withMethods(env.AUDIO, { get }), key)).rejects.toThrow("replaced");
  });

  it("come from the analysis Worker by RPC", async () => {
    const key = await givenObject(await fixture("speech.wav"));
    expect(await env.ANALYSIS.levels(key)).toEqual(await measureStored(env.AUDIO, key));
  });
});
