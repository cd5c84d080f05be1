// What kinds of voices there are: the one list behind the input checks and the database's CHECKs.
export const VOICE_CATEGORIES = [
  "AUDIOBOOK",
  "CONVERSATIONAL",
  "CUSTOMER_SERVICE",
  "GENERAL",
  "NARRATIVE",
  "CHARACTERS",
  "MEDITATION",
  "MOTIVATIONAL",
  "PODCAST",
  "ADVERTISING",
  "VOICEOVER",
  "CORPORATE",
] as const;

export type VoiceCategory = (typeof VOICE_CATEGORIES)[number];

/** SYSTEM voices are everybody's; a CUSTOM voice is its organisation's own. */
export const VOICE_VARIANTS = ["SYSTEM", "CUSTOM"] as const;
