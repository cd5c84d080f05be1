// Voices besides their lists: read, changed, created and deleted, with what each leaves in the queues.
import { canUseVoice, findVoiceOwner } from "../../src/ingest/queries.ts";
import { voiceLevels } from "../../src/levels/queries.ts";
import type { ReadFrom } from "../../src/platform/database.ts";
import { findPlayableVoice } from "../../src/playback/queries.ts";
import {
  beginUpload,
  commitUpload,
  findUploadByIdempotencyKey,
  rollbackUpload,
} from "../../src/voice-creation/queries.ts";
import { deleteVoiceRow, findVoice, findVoices, updateVoiceRow } from "../../src/voices/queries.ts";
import { NOW, ORG, POPULAR_VOICE, timeOfRow } from "./data.ts";
import { scenario } from "./scenario.ts";

/** The rows that a search loads for a page. */
const FOUND = 100;

const NEAREST: ReadFrom = "nearest";
const RECEIVER = { url: "https://events.test", secret: "whsec_" };
const row = (i: number) => `voice_${String(i).padStart(8, "0")}`;

const newVoice = (name: string, run: number) => ({
  ...{ id: `${name}_${run}`, orgId: ORG, name: "New", description: null, createdAt: NOW },
  ...{ category: "GENERAL" as const, language: "en-US" },
});

const RECORDING = {
  ...{ r2ObjectKey: "voices/new", contentType: "audio/wav", durationSeconds: 12, sizeBytes: 1000 },
  ...{ codec: "PCM", sampleRateHz: 48_000, channels: 1, bitsPerSample: 16 },
};

const LEVELS = { peaks: new Uint8Array(2000), peakLevel: 1, clippedShare: 0, silenceShare: 0 };

const version = (run: number) => ({
  ...{ id: row(200 + run), r2ObjectKey: `voices/${200 + run}` },
  updatedAt: new Date(timeOfRow(200 + run)),
});

export const voices = [
  scenario("a voice", findVoice, () => [row(300), ORG]),
  scenario(
    "voices that a search has found",
    findVoices,
    () => [ORG, Array.from({ length: FOUND }, (_, i) => row(300 + i)), { language: "en" }],
    { maxRowsRead: 3 * FOUND },
  ),
  scenario("a voice that is not there", findVoice, () => ["absent", ORG]),
  scenario("play a voice", findPlayableVoice, () => [row(300), ORG, NEAREST]),
  scenario("play a voice that is not there", findPlayableVoice, () => ["absent", ORG, NEAREST]),
  scenario("the peaks of a voice", voiceLevels.find, () => [row(300), ORG, NEAREST]),
  scenario("store the peaks of a voice", voiceLevels.save, (run) => [version(run), LEVELS]),
  scenario("whether a voice may be used", canUseVoice, () => [row(300), ORG]),
  scenario("the owner of a voice", findVoiceOwner, () => [row(300)]),
  scenario("rename a voice", updateVoiceRow, (run) => [row(400 + run), ORG, { name: "New" }, RECEIVER]),
  scenario(
    "change all of a voice, twice after a lost response",
    updateVoiceRow,
    (run) => [
      row(500 + run),
      ORG,
      { name: "New", category: "PODCAST" as const, language: "de-DE", description: null },
      RECEIVER,
    ],
    { losesResponse: true, maxRowsRead: 30 },
  ),
  scenario("delete a voice", deleteVoiceRow, (run) => [row(600 + run), ORG, NOW, RECEIVER]),
  scenario(
    "delete a voice, twice after a lost response",
    deleteVoiceRow,
    (run) => [row(700 + run), ORG, NOW, RECEIVER],
    { losesResponse: true },
  ),
  scenario("delete a voice that made a tenth of the generations", deleteVoiceRow, () => [
    POPULAR_VOICE,
    ORG,
    NOW,
    RECEIVER,
  ]),
  scenario("look up an Idempotency-Key", findUploadByIdempotencyKey, () => [ORG, "key_1"]),
  scenario("begin to create a voice", beginUpload, (run) => [
    newVoice("new", run),
    { key: `new_${run}`, requestSha256: "" },
  ]),
  scenario("commit the creation of a voice", commitUpload, (run) => [
    newVoice("new", run),
    RECORDING,
    { name: "voice_creation", dueAt: NOW },
    "",
    RECEIVER,
  ]),
  scenario("commit the creation of a voice that is gone", commitUpload, () => [
    newVoice("absent", 0),
    RECORDING,
    { name: "voice_creation", dueAt: NOW },
    "",
    RECEIVER,
  ]),
  scenario("begin to create another voice", beginUpload, (run) => [newVoice("lost", run), null]),
  scenario("roll back the creation of a voice", rollbackUpload, (run) => {
    const { id: voiceId, orgId, createdAt } = newVoice("lost", run);
    return [{ voiceId, orgId, createdAt }];
  }),
];
