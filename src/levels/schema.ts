// The response of the peaks endpoints.
import * as z from "zod";
import { clippedShare, peakLevel, silenceShare } from "../platform/audio-members.ts";

export const peaksResource = z
  .object({
    peaks: z.array(z.array(z.number().min(0).max(1))).meta({
      description:
        "The format of wavesurfer.js: one array, of all channels together, with the highest absolute sample of each of at most 2,000 equal parts of the duration, 0 to 1 of full scale",
      example: [[0.02, 0.41, 0.63]],
    }),
    durationSeconds: z.number().nullable().meta({ description: "Null for audio that was never probed" }),
    peakLevel,
    clippedShare,
    silenceShare,
  })
  .meta({ id: "Peaks" });

export type PeaksResource = z.output<typeof peaksResource>;
