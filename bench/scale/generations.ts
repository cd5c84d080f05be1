// Generations besides their list: played, deleted, and written by the ingest.
import { deleteGenerationRows, findGeneration, findGenerations } from "../../src/generations/queries.ts";
import { commitAudio } from "../../src/ingest/commit-audio.ts";
import {
  acquireLease,
  expireLease,
  findGenerationRow,
  insertGeneration,
  isDeleted,
  markCleanedUp,
  releaseLease,
  renewLease,
} from "../../src/ingest/queries.ts";
import { markFailed, markRestored } from "../../src/ingest/state-changes.ts";
import { generationLevels } from "../../src/levels/queries.ts";
import type { ReadFrom } from "../../src/platform/database.ts";
import { findPlayableGeneration } from "../../src/playback/queries.ts";
import { NOW, ORG, POPULAR_VOICE, timeOfRow } from "./data.ts";
import { scenario } from "./scenario.ts";

const NEAREST: ReadFrom = "nearest";
const RECEIVER = { url: "https://events.test", secret: "whsec_" };
const MAX_DELETIONS = 100;
const row = (i: number) => `gen_${String(i).padStart(8, "0")}`;
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i));

const INPUT = {
  ...{ orgId: ORG, voiceId: POPULAR_VOICE, voiceName: "Voice", text: "Hello" },
  ...{ temperature: 0.8, topP: 0.95, topK: 1000, repetitionPenalty: 1.2 },
};

const audio = (r2ObjectKey: string) => ({
  ...{ r2ObjectKey, durationSeconds: 12, sizeBytes: 1000, audioMd5: "" },
  ...{ codec: "PCM", sampleRateHz: 48_000, channels: 1, bitsPerSample: 16 },
});

const METERED = { name: "tts_generation", metadata: { characters: 5 } };
const LEVELS = { peaks: new Uint8Array(2000), peakLevel: 1, clippedShare: 0, silenceShare: 0 };

export const generations = [
  scenario("a generation", findGeneration, () => [row(300), ORG]),
  scenario(
    "generations that a search has found",
    findGenerations,
    () => [ORG, rows(300, MAX_DELETIONS), {}],
    {
      maxRowsRead: 4 * MAX_DELETIONS,
    },
  ),
  scenario("play a generation", findPlayableGeneration, () => [row(300), ORG, NEAREST]),
  scenario("play a generation that is not there", findPlayableGeneration, () => ["absent", ORG, NEAREST]),
  scenario("the peaks of a generation", generationLevels.find, () => [row(300), ORG, NEAREST]),
  scenario("store the peaks of a generation", generationLevels.save, (run) => [
    {
      id: row(200 + run),
      r2ObjectKey: `generations/${200 + run}`,
      updatedAt: new Date(timeOfRow(200 + run)),
    },
    LEVELS,
  ]),
  scenario(
    "delete a generation",
    deleteGenerationRows,
    (run) => [{ ids: [row(400 + run)], orgId: ORG, includesUnbegun: false }, NOW, RECEIVER],
    { maxRowsRead: 30 },
  ),
  scenario("delete a generation that may begin later", deleteGenerationRows, (run) => [
    { ids: [`unbegun_${run}`], orgId: ORG, includesUnbegun: true },
    NOW,
    RECEIVER,
  ]),
  ...[false, true].map((losesResponse) =>
    scenario(
      `delete ${MAX_DELETIONS} generations${losesResponse ? ", twice after a lost response" : ""}`,
      deleteGenerationRows,
      (run) => [
        {
          ids: rows((losesResponse ? 2000 : 1000) + run * MAX_DELETIONS, MAX_DELETIONS),
          orgId: ORG,
          includesUnbegun: false,
        },
        NOW,
        RECEIVER,
      ],
      { losesResponse, maxRowsRead: 40 * MAX_DELETIONS },
    ),
  ),
  scenario("the row of a generation", findGenerationRow, () => [row(300)]),
  scenario("whether a generation was deleted", isDeleted, () => [{ id: row(300), orgId: ORG }]),
  scenario("begin a generation", insertGeneration, (run) => [`new_${run}`, INPUT, NOW]),
  scenario(
    "begin a generation, twice after a lost response",
    insertGeneration,
    (run) => [`repeated_${run}`, INPUT, NOW],
    { losesResponse: true },
  ),
  scenario("acquire the lease of an upload", acquireLease, (run) => [`new_${run}`, "lease", NOW]),
  scenario("renew it", renewLease, (run) => [`new_${run}`, "lease", NOW]),
  scenario("commit the audio of a generation", commitAudio, (run) => [
    { id: `new_${run}`, leaseId: "lease" },
    audio(`generations/new_${run}`),
    METERED,
    RECEIVER,
    NOW,
  ]),
  scenario("commit the audio of a generation that is gone", commitAudio, () => [
    { id: "absent", leaseId: "lease" },
    audio("generations/absent"),
    METERED,
    RECEIVER,
    NOW,
  ]),
  scenario("record that the same audio was stored again", markRestored, (run) => [
    { id: `new_${run}`, r2ObjectKey: `generations/new_${run}` },
    NOW,
    RECEIVER,
  ]),
  scenario("record a failure", markFailed, (run) => [`repeated_${run}`, "failed", NOW, RECEIVER]),
  scenario("expire the lease of an upload", expireLease, (run) => [`lost_${run}`, `lease_${run}`, NOW]),
  scenario("record a cleanup", markCleanedUp, (run) => [`lost_${run + 10}`, `lease_${run + 10}`, NOW]),
  scenario("release the lease of an upload", releaseLease, (run) => [
    `lost_${run + 20}`,
    `lease_${run + 20}`,
  ]),
];
