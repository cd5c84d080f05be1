// The lists: every combination of filters, order, first and deep page, and limit.

import { listGenerations } from "../../src/generations/queries.ts";
import { generationListQuery } from "../../src/generations/schema.ts";
import { listVoices } from "../../src/voices/queries.ts";
import { voiceListQuery } from "../../src/voices/schema.ts";
import {
  ABSENT_CATEGORY,
  COMMON_CATEGORY,
  COMMON_LANGUAGE,
  FAR_CATEGORY,
  FAR_LANGUAGE,
  ORG,
  type Size,
  timeOfRow,
} from "./data.ts";
import { type Scenario, scenario } from "./scenario.ts";

const LIMITS = [1, 50];

/** What a page with that limit may read. */
const maxRowsRead = (limit: number) => 4 * (limit + 1);

const CATEGORIES = [undefined, COMMON_CATEGORY, FAR_CATEGORY, ABSENT_CATEGORY];
const VARIANTS = [undefined, "SYSTEM", "CUSTOM"];
/** By their number of subtags: common ones, one at the far end, and one that no voice has. */
const LANGUAGES = [
  [undefined],
  ["en", "mt", "sl"],
  ["en-US", "mt-Latn", "sl-IT"],
  [COMMON_LANGUAGE, "mt-Latn-MT", "sl-Latn-IT"],
  [`${COMMON_LANGUAGE}-x`, FAR_LANGUAGE],
];

/** The position of a row that has about one of a hundred behind it, in each order. */
const deepPositions = (rows: number) => ({
  name: { value: "Voice 99", id: "m" },
  "-createdAt": { value: timeOfRow(rows / 100), id: "m" },
});

type Parameters = Record<string, string | undefined>;

/** The first page and a deep one, with each limit. */
const pagesOf = (sort: "name" | "-createdAt", filters: Parameters, rows: number): Parameters[] => {
  const { value, id } = deepPositions(rows)[sort];
  const cursor = Buffer.from(JSON.stringify([sort, value, id])).toString("base64url");
  return LIMITS.flatMap((limit) =>
    [undefined, cursor].map((position) => ({ ...filters, sort, cursor: position, limit: String(limit) })),
  );
};

const named = (...parts: (string | false)[]) => parts.filter(Boolean).join(", ");

function voiceLists({ voices }: Size): Scenario[] {
  const sorts = ["name", "-createdAt"] as const;
  return sorts.flatMap((sort) =>
    CATEGORIES.flatMap((category) =>
      LANGUAGES.flatMap((languages, subtags) =>
        languages.flatMap((language) =>
          VARIANTS.flatMap((variant) =>
            pagesOf(sort, { category, language, variant }, voices).map((parameters) => {
              const query = { ...voiceListQuery.parse(parameters), sort };
              const filters = named(
                category !== undefined && "of a category",
                subtags > 0 && `of a language range of ${subtags} subtag${subtags === 1 ? "" : "s"}`,
              );
              return scenario(named(`voices by ${sort}`, filters), listVoices, () => [ORG, query], {
                maxRowsRead: maxRowsRead(query.limit),
              });
            }),
          ),
        ),
      ),
    ),
  );
}

const generationLists = ({ generations }: Size): Scenario[] =>
  [undefined, "processing", "ready", "failed"].flatMap((state) =>
    pagesOf("-createdAt", { state }, generations).map((parameters) => {
      const query = { ...generationListQuery.parse(parameters), sort: "-createdAt" as const };
      return scenario(named("generations", state ?? ""), listGenerations, () => [ORG, query], {
        maxRowsRead: maxRowsRead(query.limit),
      });
    }),
  );

export const lists = (size: Size): Scenario[] => [...voiceLists(size), ...generationLists(size)];
