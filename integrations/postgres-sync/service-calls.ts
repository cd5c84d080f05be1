// Tells the service what the app itself creates or deletes, with INGEST_SECRET. Call it on the app's server only, with an
// organisation from the session. Every call may be repeated.

export interface AudioService {
  /** The service's origin, such as https://app.example.com. */
  origin: string;
  /** The service's INGEST_SECRET. */
  ingestSecret: string;
}

/** The columns of a generation that the app chose. */
export interface NewGeneration {
  orgId: string;
  voiceId: string | null;
  voiceName: string;
  text: string;
  temperature: number;
  topP: number;
  topK: number;
  repetitionPenalty: number;
}

const TIMEOUT_MS = 30_000;

/** Makes a generation known and stores its WAV, in place of the app's upload to R2. */
export async function storeGeneration(
  service: AudioService,
  id: string,
  generation: NewGeneration,
  wav: ArrayBuffer | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const path = `/internal/generations/${encodeURIComponent(id)}`;
  const json = { "Content-Type": "application/json" };
  await send(service, "PUT", path, JSON.stringify(generation), json);
  await send(service, "PUT", `${path}/audio`, wav, { "Content-Type": "audio/wav" });
}

/** Deletes a custom voice and its recording. Succeeds when there is none. */
export const deleteVoice = (service: AudioService, id: string): Promise<void> =>
  send(service, "DELETE", `/internal/voices/${encodeURIComponent(id)}`);

/**
 * Deletes a generation of `orgId` and its audio. Succeeds when there is none; one that is begun later, by a call that
 * this one has overtaken, is refused for a day.
 */
export const deleteGeneration = (service: AudioService, id: string, orgId: string): Promise<void> =>
  send(
    service,
    "DELETE",
    `/internal/generations/${encodeURIComponent(id)}?${new URLSearchParams({ orgId })}`,
  );

/** @throws {Error} when the service does not answer, or with an error */
async function send(
  { origin, ingestSecret }: AudioService,
  method: "PUT" | "DELETE",
  path: string,
  body: BodyInit | null = null,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(origin + path, {
    method,
    headers: { Authorization: `Bearer ${ingestSecret}`, ...headers },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} responded with ${response.status}: ${answer}`);
}
