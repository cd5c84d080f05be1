// The categories a voice may have: the one list behind the input check and the database's CHECK.
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
