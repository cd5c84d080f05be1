// A Worker that generates speech and hands it to the service by a service binding:
//   [[services]]
//   binding = "AUDIO_INGEST"
//   service = "resonance-audio-edge"
//   entrypoint = "AudioIngest"
import type { AudioIngest, NewGeneration } from "../src/ingest/rpc.ts";

interface Bindings {
  AUDIO_INGEST: Service<typeof AudioIngest>;
}

/** Begins the generation, and stores `speech`, the answer of a text-to-speech backend, as it comes. */
export async function generate(
  { AUDIO_INGEST: ingest }: Bindings,
  id: string,
  generation: NewGeneration,
  speech: Promise<Response>,
): Promise<void> {
  const begun = await ingest.beginGeneration(id, generation);
  if (!begun.ok) throw new Error(begun.error);
  const { ok, body, headers } = await speech;
  if (!ok || !body) {
    await ingest.failGeneration(id, "The speech could not be generated.");
    return;
  }
  const length = headers.get("Content-Length");
  const stored = await ingest.storeAudio(id, body, length === null ? undefined : Number(length));
  if (!stored.ok) throw new Error(`${stored.error} (request ${stored.requestId})`);
}
