// ASF files made by ffmpeg, against what ffmpeg decodes.
import { describe } from "vitest";
import { ASF_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/asf.ts";
import { itStatesFactsAsFfprobe } from "../facts-match-ffprobe.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";

describe("ASF", () => {
  itMatchesFfmpeg("an ASF file", ASF_ENCODINGS);
  itStatesFactsAsFfprobe("an ASF file", ASF_ENCODINGS);
});
