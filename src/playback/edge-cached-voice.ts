// System voices at the edge: answered without D1 and R2 while their version is known, filled behind a miss.
import type { Context } from "hono";
import { resolveRange } from "../http/range.ts";
import { openAudio } from "../platform/audio-store.ts";
import { defer } from "../platform/background.ts";
import type { AppEnv } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import {
  announceEdgeVoice,
  type EdgeVoice,
  findEdgeVoice,
  hasEdgeVoice,
  isFresh,
  openEdgeVoice,
  putEdgeVoice,
} from "./edge-cache.ts";
import { playAudio } from "./serve-audio.ts";

export const SYSTEM_CACHE_CONTROL = "public, max-age=86400";

/** Answers from the edge cache, or with null when it can't: not a system voice, not cached, not known any more. */
export async function playFromEdge(c: Context<AppEnv>, id: string): Promise<Response | null> {
  const voice = await currentVersion(c, id).catch(cacheFailed);
  if (!voice) return null;
  return playAudio(
    c,
    {
      describe: async () => voice,
      open: async (range) => {
        const span = range && resolveRange(range, voice.size);
        if (range && !span) return { ...voice, body: null };
        const body = await openEdgeVoice(id, voice, span).catch(cacheFailed);
        return body && { ...voice, body };
      },
    },
    () => ({
      "Content-Type": voice.contentType,
      "Cache-Control": SYSTEM_CACHE_CONTROL,
      "Cache-Status": "Resonance; hit",
    }),
  );
}

/** A cache that fails is one that has nothing. */
function cacheFailed(cause: unknown): null {
  log.error("edge_cache_failed", { cause });
  return null;
}

async function currentVersion(c: Context<AppEnv>, id: string): Promise<EdgeVoice | null> {
  const { systemVoices } = c.var.memory;
  const remembered = systemVoices.get(id);
  if (remembered && isFresh(remembered)) return remembered;
  const known = await findEdgeVoice(id);
  if (known) systemVoices.set(id, known);
  return known;
}

/**
 * Puts a version that D1 and R2 have just confirmed into the edge cache, behind the answer.
 * Answers whether it does: within an isolate one fill of a voice runs at a time.
 */
export function fillEdge(
  c: Context<AppEnv>,
  id: string,
  r2ObjectKey: string,
  confirmed: Omit<EdgeVoice, "confirmedAt">,
): boolean {
  const { fills, systemVoices } = c.var.memory;
  if (fills.has(id)) return false;
  fills.set(id, true);
  const { etag, lastModified, size, contentType } = confirmed;
  const voice = { etag, lastModified, size, contentType, confirmedAt: Date.now() };
  const fill = async () => {
    if (!(await hasEdgeVoice(id, voice))) {
      const audio = await openAudio(c.var.bucket, r2ObjectKey, null);
      // Replaced in between: the next miss fills what is there now.
      if (audio?.etag !== voice.etag || !audio.body) return void (await audio?.body?.cancel());
      await putEdgeVoice(id, voice, audio.body);
    }
    await announceEdgeVoice(id, voice);
    systemVoices.set(id, voice);
  };
  defer(
    c,
    "edge_fill",
    fill().finally(() => fills.delete(id)),
  );
  return true;
}
