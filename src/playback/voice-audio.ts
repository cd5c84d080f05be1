// GET /api/voices/{voiceId}: the reference audio of a system voice, or of one of the organisation's own.
import type { Context } from "hono";
import type { AppEnv } from "../platform/env.ts";
import type { Ready } from "../platform/isolate-cache.ts";
import { findPlayableVoice, type PlayableVoice } from "../voices/queries.ts";
import { fillEdge, playFromEdge, SYSTEM_CACHE_CONTROL } from "./edge-cached-voice.ts";
import { playStored } from "./serve-stored-audio.ts";
import { servedTypeOf } from "./served-type.ts";

export async function getVoiceAudio(c: Context<AppEnv, "/api/voices/:voiceId">): Promise<Response> {
  const id = c.req.param("voiceId");
  const memoryKey = `${c.var.identity.orgId}/${id}`;
  const remembered = c.var.memory.customVoices.get(memoryKey);
  const fromEdge = remembered ? null : await playFromEdge(c, id);
  return fromEdge ?? playFromStore(c, id, memoryKey, remembered);
}

function playFromStore(
  c: Context<AppEnv>,
  id: string,
  memoryKey: string,
  remembered: Ready<PlayableVoice> | undefined,
): Promise<Response> {
  const { identity, memory } = c.var;
  return playStored(c, {
    remembered,
    find: (from) => findPlayableVoice(c.var.database, id, identity.orgId, from),
    // What is known of a system voice is kept by the edge cache, and expires with it.
    remember: (voice) => voice.variant === "CUSTOM" && memory.customVoices.set(memoryKey, voice),
    forget: () => memory.customVoices.delete(memoryKey),
    errors: {
      absent: "voice_not_found",
      notReady: () => "voice_not_ready",
      unavailable: "voice_unavailable",
    },
    present: ({ variant, r2ObjectKey, contentType }, audio) => {
      const type = servedTypeOf(contentType, audio.claimedType);
      if (variant === "CUSTOM") {
        return {
          "Content-Type": type,
          "Cache-Control": "private, max-age=3600",
          "Cache-Status": "Resonance; fwd=bypass",
        };
      }
      const fills = fillEdge(c, id, r2ObjectKey, { ...audio, contentType: type });
      return {
        "Content-Type": type,
        "Cache-Control": SYSTEM_CACHE_CONTROL,
        "Cache-Status": fills ? "Resonance; fwd=uri-miss; stored" : "Resonance; fwd=uri-miss",
      };
    },
  });
}
