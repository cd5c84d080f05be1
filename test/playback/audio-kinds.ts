// Every kind of audio that is delivered, each by the way it takes through the service.
import { call, newIsolate } from "../support/call.ts";
import { givenGeneration, givenVoice } from "../support/fixtures.ts";

export interface DeliveredAudio {
  path: string;
  /** The isolate to ask, so that what it knows of the audio stays as the kind has it. */
  isolate: Env;
}

/** An audio of the kind, made of `bytes`, to be asked for as org_a. */
export type AudioKind = (bytes: Uint8Array) => Promise<DeliveredAudio>;

const cold = async (path: string): Promise<DeliveredAudio> => ({ path, isolate: newIsolate() });

async function warm(path: string): Promise<DeliveredAudio> {
  const isolate = newIsolate();
  await (await call(path, { as: "org_a", isolate })).arrayBuffer();
  return { path, isolate };
}

export const audioKinds: Record<string, AudioKind> = {
  "a generation, cold": async (bytes) =>
    cold(`/api/audio/${await givenGeneration("org_a", "ready", { bytes })}`),
  "a generation, warm": async (bytes) =>
    warm(`/api/audio/${await givenGeneration("org_a", "ready", { bytes })}`),
  "a custom voice, cold": async (bytes) =>
    cold(`/api/voices/${await givenVoice("org_a", "ready", { bytes })}`),
  "a custom voice, warm": async (bytes) =>
    warm(`/api/voices/${await givenVoice("org_a", "ready", { bytes })}`),
  "a system voice, not cached": async (bytes) =>
    cold(`/api/voices/${await givenVoice(null, "ready", { bytes })}`),
  "a system voice, cached": async (bytes) =>
    warm(`/api/voices/${await givenVoice(null, "ready", { bytes })}`),
  "a system voice, cached, in another isolate": async (bytes) => {
    const { path } = await warm(`/api/voices/${await givenVoice(null, "ready", { bytes })}`);
    return cold(path);
  },
};
