// POST /api/audio/{generationId}/link and /api/voices/{voiceId}/link: a link that plays one audio without a session.
import { csrfProtection } from "../auth/csrf.ts";
import { session } from "../auth/session.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import type { LinkKey } from "../platform/link-key.ts";
import { requireReadyGeneration } from "./generation-audio.ts";
import { type LinkedAudio, signLink } from "./link-token.ts";
import { findPlayableGeneration, findPlayableVoice } from "./queries.ts";
import type { PlaybackLink } from "./schema.ts";
import { requireReadyVoice } from "./voice-audio.ts";

const LINK_SECONDS = 3600;
const PATHS = { generation: "/api/audio", voice: "/api/voices" };

export const createGenerationLink = createFactory<BaseEnv, "/api/audio/:generationId/link">().createHandlers(
  session,
  csrfProtection,
  async (c) => {
    const key = requireLinkKey(c.env);
    const id = c.req.param("generationId");
    const { orgId } = c.var.identity;
    requireReadyGeneration(await findPlayableGeneration(c.var.database, id, orgId, "nearest"));
    return c.json(await createLink(key, orgId, { kind: "generation", id }), 200);
  },
);

export const createVoiceLink = createFactory<BaseEnv, "/api/voices/:voiceId/link">().createHandlers(
  session,
  csrfProtection,
  async (c) => {
    const key = requireLinkKey(c.env);
    const id = c.req.param("voiceId");
    const { orgId } = c.var.identity;
    requireReadyVoice(await findPlayableVoice(c.var.database, id, orgId, "nearest"));
    return c.json(await createLink(key, orgId, { kind: "voice", id }), 200);
  },
);

/** The newest key. @throws {ApiError} `links_not_available` when LINK_SECRET is unset */
function requireLinkKey(env: Env): LinkKey {
  const [key] = readConfig(env).linkKeys;
  if (!key) throw new ApiError("links_not_available");
  return key;
}

async function createLink(key: LinkKey, orgId: string, audio: LinkedAudio): Promise<PlaybackLink> {
  const expiresAt = Math.floor(Date.now() / 1000) + LINK_SECONDS;
  const query = new URLSearchParams({ link: await signLink(key, { ...audio, orgId, expiresAt }) });
  return {
    // A path, like every other address in the API: the caller may reach the service under another host than its users.
    url: `${PATHS[audio.kind]}/${encodeURIComponent(audio.id)}?${query}`,
    expiresAt: new Date(expiresAt * 1000).toISOString(),
  };
}
