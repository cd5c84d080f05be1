// The lease of an audio upload: one upload of a generation at a time, and none that overwrites another one.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { beforeEachPart, withMethods } from "../support/bindings.ts";
import { bytesOf, statusOf } from "../support/call.ts";
import { fixture } from "../support/fixtures.ts";
import { getAudio, givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);
const OTHER_WAV = silentWav(3);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("storing the audio of a generation", () => {
  it("twice at once succeeds once; the other request is 409 with Retry-After", async () => {
    const { id, orgId } = await givenBegunGeneration();
    let other: Response | undefined;
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      other = await putAudio(id, OTHER_WAV);
      return env.AUDIO.put(...args);
    };
    expect(await statusOf(putAudio(id, WAV, { env: { AUDIO: withMethods(env.AUDIO, { put }) } }))).toBe(200);
    expect(other?.status).toBe(409);
    expect(other?.headers.get("Retry-After")).toBe("5");
    expect(await bytesOf(getAudio(id, orgId))).toEqual(WAV);
  });

  it("after its lease has expired is 409 and does not overwrite the audio that was stored meanwhile", async () => {
    const { id, orgId } = await givenBegunGeneration();
    let second = 0;
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      vi.advanceTimersByTime(3 * 60_000);
      second = await statusOf(putAudio(id, OTHER_WAV));
      return env.AUDIO.put(...args);
    };
    const late = putAudio(id, WAV, { env: { AUDIO: withMethods(env.AUDIO, { put }) } });
    expect([await statusOf(late), second]).toEqual([409, 200]);
    expect(await bytesOf(getAudio(id, orgId))).toEqual(OTHER_WAV);
  });
});

describe("an upload that takes longer than its lease", () => {
  it("renews the lease with each part, so that another upload is 409", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    const statuses: number[] = [];
    const AUDIO = beforeEachPart(env.AUDIO, async () => {
      vi.advanceTimersByTime(90_000);
      statuses.push(await statusOf(putAudio(id, WAV)));
    });
    expect(await statusOf(putAudio(id, streamOf(long), { env: { AUDIO } }))).toBe(200);
    expect(statuses).toEqual([409, 409, 409]);
    expect((await bytesOf(getAudio(id, orgId))).byteLength).toBe(long.byteLength);
  });

  it("is 409 with Retry-After and overwrites nothing once another upload has acquired the lease", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    let other = 0;
    const AUDIO = beforeEachPart(env.AUDIO, async () => {
      if (other) return;
      vi.advanceTimersByTime(150_000);
      other = await statusOf(putAudio(id, WAV));
    });
    const late = await putAudio(id, streamOf(long), { env: { AUDIO } });
    expect([await statusOf(Promise.resolve(late)), late.headers.get("Retry-After"), other]).toEqual([
      409,
      "5",
      200,
    ]);
    expect(await bytesOf(getAudio(id, orgId))).toEqual(WAV);
  });

  it("blocks other uploads until it is rolled back, and deletes nothing of theirs", async () => {
    const { id, orgId } = await givenBegunGeneration();
    let second = 0;
    const remove = async (keys: string | string[]) => {
      second = await statusOf(putAudio(id, WAV));
      await env.AUDIO.delete(keys);
    };
    const put = (...args: Parameters<R2Bucket["put"]>) => {
      vi.advanceTimersByTime(125_000);
      return env.AUDIO.put(...args);
    };
    const AUDIO = withMethods(env.AUDIO, { delete: remove, put });
    expect(await statusOf(putAudio(id, await fixture("speech.mp3"), { env: { AUDIO } }))).toBe(422);
    expect(second).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(getAudio(id, orgId))).toBe(200);
  });
});
