// Where a client asks for a playback link, in the JSON of voices and generations. Pure: the console imports the types.
import * as z from "zod";

export const linkUrl = z.string().nullable().meta({
  description: "POST here for a playback link; null unless ready, and where the service has none",
});

export const toLinkUrl = (audioUrl: string | null, hasLinks: boolean): string | null =>
  audioUrl !== null && hasLinks ? `${audioUrl}/link` : null;
