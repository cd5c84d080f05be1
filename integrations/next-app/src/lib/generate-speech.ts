// Generates speech with the app's text-to-speech backend and stores it with the audio service.
import "server-only";
import { TRPCError } from "@trpc/server";
import { type ResonanceClient, ResonanceError, type Voice } from "resonance-audio-client";
import { z } from "zod";
import { audioIngest, audioService, toIngestError } from "./audio-service";
import { setting } from "./setting";

const MAX_TEXT_CHARACTERS = 5000;
const STORE_ATTEMPTS = 4;
const MAX_PAUSE_SECONDS = 5;

export const speechOrder = z.object({
  text: z.string().min(1).max(MAX_TEXT_CHARACTERS),
  voiceId: z.string().min(1),
  temperature: z.number().min(0).max(2).default(0.8),
  topP: z.number().min(0).max(1).default(0.95),
  topK: z.number().min(1).max(10000).default(1000),
  repetitionPenalty: z.number().min(1).max(2).default(1.2),
});

type SpeechOrder = z.output<typeof speechOrder>;
type Ingest = ResonanceClient["ingest"];

/** Returns the id of the generation, whose audio is stored then. `orgId` is the session's, never one that a page sends. */
export async function generateSpeech(orgId: string, order: SpeechOrder): Promise<string> {
  const audio = await audioService();
  const voice = await audio.voices.get(order.voiceId);
  if (voice.state !== "ready") {
    throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Voice audio not available" });
  }
  const id = crypto.randomUUID();
  try {
    await generateAs(id, orgId, voice, order);
  } catch (error) {
    throw toIngestError(error);
  }
  return id;
}

async function generateAs(id: string, orgId: string, voice: Voice, order: SpeechOrder): Promise<void> {
  const ingest = audioIngest();
  await ingest.begin(id, { ...order, orgId, voiceName: voice.name });
  try {
    await storeSpeech(ingest, id, await requestSpeech(objectKey(voice, orgId), order));
  } catch (error) {
    if (!(await isStored(ingest, id))) throw error;
  }
}

/** Storing may be repeated: a generation is stored and billed once. */
async function storeSpeech(ingest: Ingest, id: string, speech: Blob): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ingest.storeAudio(id, speech);
      return;
    } catch (error) {
      const isRefused = error instanceof ResonanceError && error.status < 500;
      if (isRefused || attempt === STORE_ATTEMPTS) throw error;
      const retryAfterSeconds = error instanceof ResonanceError ? error.retryAfterSeconds : null;
      const pauseSeconds = Math.min(retryAfterSeconds ?? attempt, MAX_PAUSE_SECONDS);
      await new Promise((resume) => setTimeout(resume, pauseSeconds * 1000));
    }
  }
}

/** Reports the failure, without which the generation would count as processing, unless its audio is stored after all. */
async function isStored(ingest: Ingest, id: string): Promise<boolean> {
  try {
    await ingest.fail(id, "The speech could not be generated.");
  } catch (error) {
    if (error instanceof ResonanceError && error.code === "generation_already_complete") return true;
    // It must not hide the failure that it reports.
    console.error(error);
  }
  return false;
}

/** Where the service keeps a voice's recording in the bucket that the text-to-speech backend reads: the app's own keys. */
const objectKey = ({ id, variant }: Voice, orgId: string) =>
  variant === "SYSTEM" ? `voices/system/${id}` : `voices/orgs/${orgId}/${id}`;

async function requestSpeech(voiceKey: string, order: SpeechOrder): Promise<Blob> {
  const response = await fetch(`${setting("CHATTERBOX_API_URL")}/generate`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Api-Key": setting("CHATTERBOX_API_KEY") },
    body: JSON.stringify({
      prompt: order.text,
      voice_key: voiceKey,
      temperature: order.temperature,
      top_p: order.topP,
      top_k: order.topK,
      repetition_penalty: order.repetitionPenalty,
      norm_loudness: true,
    }),
  });
  if (!response.ok) {
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Failed to generate audio" });
  }
  // Whole, and not as a stream: its size is known, and it can be sent again.
  return response.blob();
}
