// Measures a recording with music-metadata. Looks at the bytes alone: no declared type reaches the parser.
import { parseBuffer } from "music-metadata";
import type { MeasuredAudio } from "../rules/audio-verdict.ts";

/** What is in `bytes`, or null when no parser can read them. */
export async function probeAudio(bytes: Uint8Array): Promise<MeasuredAudio | null> {
  try {
    // `duration` walks every frame where no header tells the length, as in a VBR MP3.
    const { format } = await parseBuffer(bytes, undefined, { duration: true, skipCovers: true });
    return {
      container: format.container,
      hasAudio: format.hasAudio ?? false,
      durationSeconds: format.duration,
    };
  } catch {
    return null;
  }
}
