// The server's access to the audio service: as the signed-in user, and as the back end that stores generations.
import "server-only";
import { auth } from "@clerk/nextjs/server";
import { createResonanceClient } from "resonance-audio-client";
import { setting } from "./setting";

/** The service, called as the user who sent the request that is being answered. */
export async function audioService() {
  const { getToken } = await auth();
  const token = await getToken();
  // As a cookie, not as a bearer token: a token that Clerk mints on a navigation names no origin (`azp`), and the service
  // accepts such a token as a cookie only.
  const headers = token ? { Cookie: `__session=${token}` } : undefined;
  return createResonanceClient({ baseUrl: setting("AUDIO_SERVICE_URL"), headers });
}

/** The internal API of the service, which trusts its caller to name the organisation. */
export const audioIngest = () =>
  createResonanceClient({ baseUrl: setting("AUDIO_SERVICE_URL"), token: setting("INGEST_SECRET") }).ingest;
