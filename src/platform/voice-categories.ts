// The categories and variants of voices: the values of the contract, used by input checks and by D1's CHECKs.
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

/** SYSTEM voices are visible to every organisation, a CUSTOM voice to its own alone. */
export const VOICE_VARIANTS = ["SYSTEM", "CUSTOM"] as const;
