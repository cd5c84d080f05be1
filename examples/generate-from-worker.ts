// A Worker that generates speech and stores it through a service binding:
//   [[services]]
//   binding = "AUDIO_INGEST"
//   service = "resonance-audio-edge"
//   entrypoint = "AudioIngest"
import type { AudioIngest, NewGeneration } from "../src/ingest/rpc.ts";

interface Bindings {
  AUDIO_INGEST: Service<typeof AudioIngest>;
}

/** Creates the generation, then streams `speech`, the response of a text-to-speech backend, into it. */
export async function generate(
  { AUDIO_INGEST: ingest }: Bindings,
  id: string,
  generation: NewGeneration,
  speech: Promise<Response>,
): Promise<void> {
  const started = await ingest.beginGeneration(id, generation);
  if (!started.ok) throw new Error(started.error);
  const { ok, body, headers } = await speech;
  if (!ok || !body) {
    await ingest.failGeneration(id, "The speech could not be generated.");
    return;
  }
  const length = headers.get("Content-Length");
  const stored = await ingest.storeAudio(id, body, length === null ? undefined : Number(length));
  if (!stored.ok) throw new Error(`${stored.error} (request ${stored.requestId})`);
}
