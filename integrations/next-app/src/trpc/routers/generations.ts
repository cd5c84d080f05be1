// The app's generations, read and stored in the audio service instead of in Postgres. The results are those of the app.
import type { Generation } from "resonance-audio-client";
import { z } from "zod";
import { generateSpeech, speechOrder } from "@/lib/generate-speech";
import { requireSubscription } from "@/lib/subscription";
import { audioProcedure } from "../audio-procedure";
import { createTRPCRouter } from "../init";

export const generationsRouter = createTRPCRouter({
  /** The newest first. The app has no failed generations: it deletes their rows. */
  getAll: audioProcedure.query(async ({ ctx: { audio } }) =>
    (await audio.generations.all({ state: "ready" })).map(toAppGeneration),
  ),

  getById: audioProcedure.input(z.object({ id: z.string() })).query(async ({ ctx: { audio }, input }) => {
    const generation = await audio.generations.get(input.id);
    return { ...toAppGeneration(generation), audioUrl: `/api/audio/${generation.id}` };
  }),

  create: audioProcedure.input(speechOrder).mutation(async ({ ctx, input }) => {
    await requireSubscription(ctx.orgId);
    return { id: await generateSpeech(ctx.orgId, input) };
  }),
});

/** The columns of the app's table that its procedures return. */
const toAppGeneration = (generation: Generation) => ({
  id: generation.id,
  voiceId: generation.voiceId,
  voiceName: generation.voiceName,
  text: generation.text,
  temperature: generation.temperature,
  topP: generation.topP,
  topK: generation.topK,
  repetitionPenalty: generation.repetitionPenalty,
  createdAt: new Date(generation.createdAt),
  updatedAt: new Date(generation.updatedAt),
});
