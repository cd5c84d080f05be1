// Which Content-Type may leave the service. A stored claim passes only if it names a kind of audio known here.

const FALLBACK = "audio/wav";

// Canonical types by themselves, and the aliases that browsers and the app's older uploads carry.
const CANONICAL: Readonly<Record<string, string>> = {
  "audio/wav": "audio/wav",
  "audio/wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/mpeg": "audio/mpeg",
  "audio/mp3": "audio/mpeg",
  "audio/mp4": "audio/mp4",
  "audio/m4a": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "audio/aac": "audio/aac",
  "audio/ogg": "audio/ogg",
  "audio/opus": "audio/ogg",
  "audio/flac": "audio/flac",
  "audio/x-flac": "audio/flac",
  "audio/webm": "audio/webm",
  "audio/matroska": "audio/matroska",
  "audio/aiff": "audio/aiff",
  "audio/x-aiff": "audio/aiff",
  "audio/x-ms-wma": "audio/x-ms-wma",
  "audio/x-wavpack": "audio/x-wavpack",
};

/**
 * The Content-Type to serve a voice as: the inspected type where there is one, otherwise what its object
 * claims if that is audio, otherwise WAV, which is what Resonance's own uploads are.
 */
export function servedTypeOf(inspected: string | null, claimed: string | undefined): string {
  const essence = (inspected ?? claimed)?.split(";")[0]?.trim().toLowerCase();
  return (essence !== undefined && Object.hasOwn(CANONICAL, essence) && CANONICAL[essence]) || FALLBACK;
}
