// The app's voices, read and changed in the audio service instead of in Postgres. The results are those of the app.
import type { Voice } from "resonance-audio-client";
import { z } from "zod";
import { audioProcedure } from "../audio-procedure";
import { createTRPCRouter } from "../init";

/** The longest search that the service accepts. */
const MAX_SEARCH_CHARACTERS = 200;

export const voicesRouter = createTRPCRouter({
  getAll: audioProcedure
    .input(z.object({ query: z.string().trim().optional() }).optional())
    .query(async ({ ctx: { audio }, input }) => {
      const search = input?.query ? { search: input.query.slice(0, MAX_SEARCH_CHARACTERS) } : {};
      const [custom, system] = await Promise.all([
        audio.voices.all({ ...search, variant: "CUSTOM", sort: "-createdAt" }),
        audio.voices.all({ ...search, variant: "SYSTEM" }),
      ]);
      // A search has no order but the newest first; there are few system voices.
      const byName = system.toSorted((a, b) => a.name.localeCompare(b.name));
      return { custom: custom.map(toAppVoice), system: byName.map(toAppVoice) };
    }),

  update: audioProcedure
    .input(
      // The service checks the values, as it does when a voice is created.
      z.object({
        id: z.string(),
        name: z.string().optional(),
        description: z.string().nullable().optional(),
        category: z.custom<Voice["category"]>((value) => typeof value === "string").optional(),
        language: z.string().optional(),
      }),
    )
    .mutation(async ({ ctx: { audio }, input: { id, ...changes } }) =>
      toAppVoice(await audio.voices.update(id, changes)),
    ),

  delete: audioProcedure.input(z.object({ id: z.string() })).mutation(async ({ ctx: { audio }, input }) => {
    await audio.voices.delete(input.id);
    return { success: true };
  }),
});

const toAppVoice = ({ id, name, description, category, language, variant }: Voice) => ({
  id,
  name,
  description,
  category,
  language,
  variant,
});
