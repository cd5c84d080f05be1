// A playback link in the JSON of the API.
import * as z from "zod";

export const playbackLink = z
  .object({
    url: z.string().meta({
      description: "Relative to the service. Plays the audio without a session: whoever has it can play it",
      example: "/api/audio/gen_1?link=2026-11.1795600000.…",
    }),
    expiresAt: z.iso.datetime().meta({ description: "An hour after the request" }),
  })
  .meta({ id: "PlaybackLink" });

export type PlaybackLink = z.output<typeof playbackLink>;
