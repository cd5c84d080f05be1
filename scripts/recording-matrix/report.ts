// The report of a comparison, in Markdown.
import { type Comparison, isWronglyAccepted, isWronglyRefused, wrongFacts } from "./compare.ts";
import { isLongEnough } from "./judges.ts";

export interface NamedComparisons {
  name: string;
  comparisons: Comparison[];
}

/** What was compared, by origin. */
export interface Compared {
  made: NamedComparisons[];
  browsers: NamedComparisons[];
  fixtures: NamedComparisons[];
  samples: NamedComparisons[];
}

/** A duration is right within this much of what ffmpeg decodes. */
const TOLERANCE_SECONDS = 0.12;

export function reportOf({ made, browsers, fixtures, samples }: Compared): string {
  const origins: [string, NamedComparisons[]][] = [
    ["made by ffmpeg and sox", made],
    ["by Chromium's MediaRecorder", browsers],
    ["committed in test/", fixtures],
    ["samples of music-metadata", samples],
  ];
  const present = origins.filter(([, compared]) => compared.length > 0);
  const sections = present.map(([origin, compared]) => `## ${capitalised(origin)}\n\n${tableOf(compared)}`);
  return `# Verdicts compared with music-metadata and ffmpeg

Made by \`npm run differential\`; \`test/probe/differential.full.test.ts\` asserts the columns on refused and accepted recordings and on facts, but not for the samples. A recording passes when it is measured at 10 s or more. ffmpeg's seconds are what it decodes. music-metadata gets a recording as the documented endpoint passes it on, and without a type.

The samples of music-metadata are its test/samples (MIT licence), which neither its npm package nor this repository has. \`npm run differential -- --samples FOLDER\` compares a copy of them.

Of each kind that is made there is a recording of 10 s, or of 12 s where the others find less than 10 s in that, and one of 9.6 s, which ffmpeg decodes only where somebody takes it for 10 s. The seconds and facts in its row are those of the first; "passes" has one letter for each, y or n.

${summaryOf(present)}

${sections.join("\n\n")}
`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function summaryOf(origins: [string, NamedComparisons[]][]): string {
  const counts = origins.map(([origin, compared]) => {
    const all = compared.flatMap(({ comparisons }) => comparisons);
    const decoded = all.filter(({ ffmpegSeconds }) => (ffmpegSeconds ?? 0) > 0);
    const withFacts = all.filter(({ ours, ffmpegFacts }) => ours.facts && ffmpegFacts);
    const count = (test: (comparison: Comparison) => boolean) => all.filter(test).length;
    return [
      origin,
      all.length,
      count(isWronglyRefused),
      count(isWronglyAccepted),
      `${withFacts.filter((one) => wrongFacts(one).length > 0).length} of ${withFacts.length}`,
      `${decoded.filter((one) => isRight(one, one.ours.seconds)).length} of ${decoded.length}`,
      `${decoded.filter((one) => isRight(one, one.musicMetadataSeconds)).length} of ${decoded.length}`,
    ];
  });
  return table(
    [
      "recordings",
      "count",
      "refused, though music-metadata and ffmpeg say 10 s or more",
      "accepted, though shorter",
      "with a wrong codec, rate or channels",
      `measured within ${TOLERANCE_SECONDS} s`,
      "by music-metadata",
    ],
    counts,
  );
}

const isRight = ({ ffmpegSeconds }: Comparison, seconds: number | null): boolean =>
  seconds !== null && Math.abs(seconds - (ffmpegSeconds ?? 0)) <= TOLERANCE_SECONDS;

const tableOf = (compared: NamedComparisons[]): string =>
  table(
    ["recording", "ffmpeg s", "ours s", "music-metadata s", "ours passes", "music-metadata passes", "facts"],
    compared.map(({ name, comparisons }) => {
      const [first] = comparisons;
      if (!first) throw new Error(`nothing was compared of ${name}`);
      return [
        name.replaceAll("|", "\\|"),
        (first.ffmpegSeconds ?? 0).toFixed(2),
        first.ours.seconds?.toFixed(2) ?? first.ours.reason,
        first.musicMetadataSeconds?.toFixed(2) ?? "throws",
        letters(comparisons, ({ ours }) => ours.isAccepted),
        letters(comparisons, ({ musicMetadataSeconds }) => isLongEnough(musicMetadataSeconds)),
        factsOf(first),
      ];
    }),
  );

const letters = (comparisons: Comparison[], passes: (comparison: Comparison) => boolean): string =>
  comparisons.map((one) => (passes(one) ? "y" : "n")).join("");

function factsOf(comparison: Comparison): string {
  const { facts } = comparison.ours;
  if (!facts) return "";
  const wrong = wrongFacts(comparison);
  if (wrong.length > 0) return `**${wrong.join("; ")}**`;
  return `${facts.codec}, ${facts.sampleRateHz} Hz, ${facts.channels}`;
}

const table = (head: string[], rows: (string | number)[][]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
