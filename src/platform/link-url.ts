// Where a client asks for a playback link, in the JSON of voices and generations. Pure: the console imports the types.
export const toLinkUrl = (audioUrl: string | null, hasLinks: boolean): string | null =>
  audioUrl !== null && hasLinks ? `${audioUrl}/link` : null;
