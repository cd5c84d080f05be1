// Type tests, checked by tsc alone: this file fails to compile when a type becomes looser or stricter than stated here.
import { hc } from "hono/client";
import type { AppType } from "../src/app.ts";
import { session } from "../src/auth/session.ts";
import type { BaseEnv } from "../src/platform/env.ts";
import { createFactory } from "../src/platform/handlers.ts";

const factory = createFactory<BaseEnv>();

/** A route can read `identity` behind `session`, and only there. */
export const identityNeedsSession = [
  factory.createHandlers(session, (c) => c.text(c.var.identity.orgId)),
  // @ts-expect-error identity is not set without session
  factory.createHandlers((c) => c.text(c.var.identity.orgId)),
  factory.createHandlers((c) => c.text(c.var.requestId)),
];

/** A route knows the parameters of its path. */
export const pathParametersAreKnown = [
  createFactory<BaseEnv, "/a/:voiceId">().createHandlers((c) => c.text(c.req.param("voiceId"))),
  // @ts-expect-error the parameter is called voiceId
  createFactory<BaseEnv, "/a/:voiceId">().createHandlers((c) => c.text(c.req.param("id"))),
];

/** `hc<AppType>` knows the parameters of each route. */
export async function clientChecksParameters() {
  const { api } = hc<AppType>("https://app.example.com");
  await api.voices[":voiceId"].metadata.$get({ param: { voiceId: "a" } });
  // @ts-expect-error the parameter is called voiceId
  await api.voices[":voiceId"].metadata.$get({ param: { id: "a" } });
  // @ts-expect-error a path without its parameter
  await api.voices[":voiceId"].metadata.$get();
  // @ts-expect-error no such route
  await api.voices.unknown.$get();
  // @ts-expect-error no such method
  await api.generations.$delete();

  await api.voices.$get({ query: { search: "a", limit: "10", category: "GENERAL" } });
  // @ts-expect-error no such query parameter
  await api.voices.$get({ query: { name: "a" } });
  // @ts-expect-error no such category
  await api.voices.$get({ query: { category: "OPERA" } });
  await api.voices.create.$post({ query: { name: "a", category: "GENERAL", language: "en" } });
  await api.voices.$get({ query: { sort: "-createdAt", variant: "CUSTOM" } });
  // @ts-expect-error no such order
  await api.voices.$get({ query: { sort: "createdAt" } });
  await api.voices[":voiceId"].$patch({ param: { voiceId: "a" }, json: { name: "b", description: null } });
  // @ts-expect-error no such field
  await api.voices[":voiceId"].$patch({ param: { voiceId: "a" }, json: { state: "ready" } });
  // @ts-expect-error a name cannot be cleared
  await api.voices[":voiceId"].$patch({ param: { voiceId: "a" }, json: { name: null } });
  await api.generations[":generationId"].$delete({ param: { generationId: "a" } });
  await api.generations.delete.$post({ json: { ids: ["a"] } });
  // @ts-expect-error ids are required
  await api.generations.delete.$post({ json: {} });
  // @ts-expect-error language is required
  await api.voices.create.$post({ query: { name: "a", category: "GENERAL" } });
}

/** `hc<AppType>` knows the fields of each response. */
export async function clientChecksResponses() {
  const { api } = hc<AppType>("https://app.example.com");
  const voices = await (await api.voices.$get({ query: {} })).json();
  const [voice] = voices.items;
  const name: string | undefined = voice?.name;
  const cursor: string | null = voices.nextCursor;
  // @ts-expect-error an R2 key is not public
  const key = voice?.r2ObjectKey;
  // @ts-expect-error the duration is a number or null
  const duration: string | undefined = voice?.durationSeconds;
  const facts: [string | null, number | null] | undefined = voice && [voice.codec, voice.bitrateBps];

  const generation = await (
    await api.generations[":generationId"].$get({ param: { generationId: "a" } })
  ).json();
  const text: string = generation.text;
  // @ts-expect-error an organisation is not public
  const orgId = generation.orgId;
  const patched = await api.voices[":voiceId"].$patch({ param: { voiceId: "a" }, json: { name: "b" } });
  const newName: string = (await patched.json()).name;
  const removal = await api.generations.delete.$post({ json: { ids: ["a"] } });
  const deleted: string[] = (await removal.json()).deleted;
  const drawn = await api.voices[":voiceId"].peaks.$get({ param: { voiceId: "a" } });
  const link = await api.audio[":generationId"].link.$post({ param: { generationId: "a" } });
  const url: string | undefined = link.status === 200 ? (await link.json()).url : undefined;
  const peaks: number[] | undefined = drawn.status === 200 ? (await drawn.json()).peaks[0] : undefined;
  return { name, cursor, key, duration, facts, text, orgId, newName, deleted, url, peaks };
}
