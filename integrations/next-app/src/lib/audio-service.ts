// The server's access to the audio service: as the signed-in user, and as the back end that stores generations.
import "server-only";
import { auth } from "@clerk/nextjs/server";
import { createResonanceClient, ResonanceError } from "resonance-audio-client";
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

/**
 * What to throw for an error of `audioIngest`. That the service refuses the app's own secret is no fault of the user, who
 * would be sent to sign in for a 401.
 */
export function toIngestError(error: unknown): unknown {
  if (!(error instanceof ResonanceError) || !isRefusalOfSecret(error)) return error;
  const hint =
    error.status === 401
      ? "INGEST_SECRET is not the service's: set both to the same value"
      : "Nothing answers at AUDIO_SERVICE_URL below /internal: set INGEST_SECRET in the service, and route /internal/generations/* to it";
  console.error(`The audio service refused the app (${error.status}). ${hint}.`, error);
  return new Error("The audio service is not set up", { cause: error });
}

/** Without its INGEST_SECRET, the service answers 404 to everything below /internal, and Next.js where no route leads to it. */
const isRefusalOfSecret = ({ status, code }: ResonanceError) =>
  status === 401 || (status === 404 && code !== "generation_not_found");
