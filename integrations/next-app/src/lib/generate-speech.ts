// Generates speech with the app's text-to-speech backend and streams it into the audio service.
import "server-only";
import { TRPCError } from "@trpc/server";
import type { Voice } from "resonance-audio-client";
import { z } from "zod";
import { audioIngest, audioService } from "./audio-service";
import { setting } from "./setting";

const MAX_TEXT_CHARACTERS = 5000;

export const speechOrder = z.object({
  text: z.string().min(1).max(MAX_TEXT_CHARACTERS),
  voiceId: z.string().min(1),
  temperature: z.number().min(0).max(2).default(0.8),
  topP: z.number().min(0).max(1).default(0.95),
  topK: z.number().min(1).max(10000).default(1000),
  repetitionPenalty: z.number().min(1).max(2).default(1.2),
});

type SpeechOrder = z.output<typeof speechOrder>;

/** Returns the id of the generation, whose audio is stored then. `orgId` is the session's, never one that a page sends. */
export async function generateSpeech(orgId: string, order: SpeechOrder): Promise<string> {
  const audio = await audioService();
  const voice = await audio.voices.get(order.voiceId);
  if (voice.state !== "ready") {
    throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Voice audio not available" });
  }
  const ingest = audioIngest();
  const id = crypto.randomUUID();
  await ingest.begin(id, { ...order, orgId, voiceName: voice.name });
  try {
    const speech = await requestSpeech(objectKey(voice, orgId), order);
    await ingest.storeAudio(id, speech.body, speech.sizeBytes);
  } catch (error) {
    // Without it the generation would count as processing. Its failure must not hide the first one.
    await ingest.fail(id, "The speech could not be generated.").catch(console.error);
    throw error;
  }
  return id;
}

/** Where the service keeps a voice's recording in the bucket that the text-to-speech backend reads: the app's own keys. */
const objectKey = ({ id, variant }: Voice, orgId: string) =>
  variant === "SYSTEM" ? `voices/system/${id}` : `voices/orgs/${orgId}/${id}`;

async function requestSpeech(voiceKey: string, order: SpeechOrder) {
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
  if (!response.ok || !response.body) {
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Failed to generate audio" });
  }
  const length = response.headers.get("Content-Length");
  return { body: response.body, sizeBytes: length === null ? undefined : Number(length) };
}
