// What the client sends and receives, as the types of the app's routes have it. scripts/client.ts expands these types, so
// that the package's declarations need nothing of the Worker's source.
import type { hc, InferRequestType, InferResponseType } from "hono/client";
import type { AppType } from "../../src/app.ts";
import type * as errors from "../../src/platform/errors.ts";
import type * as issues from "../../src/platform/input-issues.ts";

type App = ReturnType<typeof hc<AppType>>;
type Voices = App["api"]["voices"];
type Generations = App["api"]["generations"];
type Ingest = App["internal"]["generations"][":generationId"];

export type Voice = InferResponseType<Voices[":voiceId"]["metadata"]["$get"]>;
export type VoiceQuery = InferRequestType<Voices["$get"]>["query"];
// Not the query of the route, whose type has null and lists, which a URL has not.
export type NewVoice = Pick<Voice, "name" | "category" | "language"> & { description?: string | undefined };
export type CreatedVoice = InferResponseType<Voices["create"]["$post"]>;
export type VoiceChanges = InferRequestType<Voices[":voiceId"]["$patch"]>["json"];
export type Generation = InferResponseType<Generations[":generationId"]["$get"]>;
export type GenerationQuery = InferRequestType<Generations["$get"]>["query"];
export type DeletedGenerations = InferResponseType<Generations["delete"]["$post"]>;
export type PlaybackLink = InferResponseType<App["api"]["audio"][":generationId"]["link"]["$post"]>;
export type Peaks = InferResponseType<Voices[":voiceId"]["peaks"]["$get"], 200>;
export type Health = InferResponseType<App["health"]["$get"]>;
export type NewGeneration = InferRequestType<Ingest["$put"]>["json"];
export type ErrorCode = errors.ErrorCode;
export type InputIssue = issues.InputIssue;
