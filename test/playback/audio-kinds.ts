// Every way in which audio is served: by its kind, and by what the isolate and the edge cache hold of it.
import { env } from "cloudflare:workers";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, givenVoice } from "../support/fixtures.ts";

/** A stored audio and the isolate to request it from, as org_a. */
export interface ServedAudio {
  path: string;
  r2Key: string;
  isolate: Env;
}

/** Stores `bytes`. Returns a function that prepares one request, in the state that the kind describes. */
export type AudioKind = (bytes: Uint8Array) => Promise<() => Promise<ServedAudio>>;

type Stored = Omit<ServedAudio, "isolate">;

async function storeGeneration(bytes: Uint8Array): Promise<Stored> {
  const id = await givenGeneration("org_a", "ready", { bytes });
  return { path: `/api/audio/${id}`, r2Key: `generations/orgs/org_a/${id}` };
}

async function storeCustomVoice(bytes: Uint8Array): Promise<Stored> {
  const id = await givenVoice("org_a", "ready", { bytes });
  return { path: `/api/voices/${id}`, r2Key: `voices/orgs/org_a/${id}` };
}

async function storeSystemVoice(bytes: Uint8Array): Promise<Stored> {
  const id = await givenVoice(null, "ready", { bytes });
  return { path: `/api/voices/${id}`, r2Key: `voices/system/${id}` };
}

/** An isolate that has served the audio before. */
async function warmIsolate({ path }: Stored): Promise<Env> {
  const isolate = newIsolate();
  await statusOf(call(path, { as: "org_a", isolate }));
  return isolate;
}

/** Each request goes to a new isolate. */
const cold =
  (store: (bytes: Uint8Array) => Promise<Stored>): AudioKind =>
  async (bytes) => {
    const stored = await store(bytes);
    return async () => ({ ...stored, isolate: newIsolate() });
  };

/** Each request goes to the same isolate, which has served the audio before. */
const warm =
  (store: (bytes: Uint8Array) => Promise<Stored>): AudioKind =>
  async (bytes) => {
    const stored = await store(bytes);
    const isolate = await warmIsolate(stored);
    return async () => ({ ...stored, isolate });
  };

export const audioKinds: Record<string, AudioKind> = {
  "a generation (row not cached)": cold(storeGeneration),
  "a generation (row cached)": warm(storeGeneration),
  "a custom voice (row not cached)": cold(storeCustomVoice),
  "a custom voice (row cached)": warm(storeCustomVoice),
  // A miss fills the edge cache, so that each request needs a new voice.
  "a system voice (edge cache miss)": async (bytes) => async () => ({
    ...(await storeSystemVoice(bytes)),
    isolate: newIsolate(),
  }),
  "a system voice (edge cache hit)": warm(storeSystemVoice),
  "a system voice (edge cache hit in another isolate)": async (bytes) => {
    const stored = await storeSystemVoice(bytes);
    await warmIsolate(stored);
    return async () => ({ ...stored, isolate: newIsolate() });
  },
};

/** The validators of a stored object, as R2 has them. */
export async function validatorsOf(r2Key: string): Promise<{ etag: string; lastModified: string }> {
  const object = await env.AUDIO.head(r2Key);
  if (!object) throw new Error(`no object ${r2Key}`);
  return { etag: object.httpEtag, lastModified: object.uploaded.toUTCString() };
}
