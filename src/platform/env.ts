// The Worker's settings: the only file that reads and checks them. It also checks that the bindings exist, and declares
// the base context of every request.
import * as z from "zod/mini";
import type { AudioFacts } from "./audio-facts.ts";
import { isEventsUrl } from "./events-url.ts";
import { type LinkKey, toLinkKey } from "./link-key.ts";

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const required = <T extends z.ZodMiniType>(type: T) => z.pipe(z.transform(unsetWhenEmpty), type);
const optional = <T extends z.ZodMiniType>(type: T) => required(z.optional(type));

const parseList = (list: string) => list.split(",").flatMap((item) => item.trim() || []);

// A key pasted with literal \n would make every request 401: name it as a configuration error instead.
const PEM_PUBLIC_KEY = /^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/;

const MIN_SECRET_CHARACTERS = 32;

// Standard Webhooks: 24 to 64 random bytes in base64.
const EVENTS_SECRET =
  /^whsec_(?=.{32,88}$)(?!.{30}==$)(?!.{31}=$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const withDefault = (type: z.ZodMiniString<string>, value: string) => required(z._default(type, value));

/** Polar's limits of an event's name and of a metadata key (server/polar/event/schemas.py, kit/metadata.py). */
const eventName = z.string().check(z.regex(/^\P{Cc}{1,128}$/u, "is not a name of at most 128 characters"));
// Polar gives these two a structure of their own.
const metadataKey = z
  .string()
  .check(z.regex(/^(?!_(?:llm|cost)$)\P{Cc}{1,40}$/u, "is not a property of at most 40 characters"));

const list = z._default(z.string(), "");
const choice = z._default(z.enum(["", "true", "false"], 'is not "true" or "false"'), "");

const configuration = z
  .object({
    CLERK_JWT_KEY: optional(z.string().check(z.regex(PEM_PUBLIC_KEY, "is not a PEM public key"))),
    CLERK_SECRET_KEY: optional(z.string()),
    CLERK_PUBLISHABLE_KEY: optional(z.string().check(z.regex(/^pk_(test|live)_/, "does not start with pk_"))),
    CLERK_AUTHORIZED_PARTIES: z
      .pipe(required(z.string("is missing")), z.transform(parseList))
      .check(z.refine((origins) => origins.length > 0, "names no origin")),
    CLERK_REQUIRE_AZP: z.pipe(
      choice,
      z.transform((value) => value === "true"),
    ),
    POLAR_ACCESS_TOKEN: required(z.string("is missing")),
    POLAR_BASE_URL: z.pipe(
      required(z.url("is not a URL")),
      z.transform((url) => url.replace(/\/+$/, "")),
    ),
    POLAR_WEBHOOK_SECRET: optional(
      // Polar generates whsec_, before that polar_whs_, and 43 characters.
      z
        .string()
        .check(
          z.regex(/^\S+$/, "contains spaces"),
          z.minLength(MIN_SECRET_CHARACTERS, `has fewer than ${MIN_SECRET_CHARACTERS} characters`),
        ),
    ),
    METER_GENERATIONS: choice,
    POLAR_METER_VOICE_CREATION: withDefault(eventName, "voice_creation"),
    POLAR_METER_TTS_GENERATION: withDefault(eventName, "tts_generation"),
    POLAR_METER_TTS_PROPERTY: withDefault(metadataKey, "characters"),
    INGEST_SECRET: z
      .pipe(list, z.transform(parseList))
      .check(
        z.refine(
          (secrets) =>
            secrets.every((secret) => /^\S+$/.test(secret) && secret.length >= MIN_SECRET_CHARACTERS),
          `must have at least ${MIN_SECRET_CHARACTERS} characters and no spaces`,
        ),
      ),
    LINK_SECRET: z
      .pipe(
        list,
        z.transform((keys) => parseList(keys).map(toLinkKey)),
      )
      .check(
        z.refine(
          (keys) => keys.every(({ secret }) => secret.length >= MIN_SECRET_CHARACTERS),
          `must be ID:SECRET, the id of at most 16 letters, digits, _ and -, the secret of at least ${MIN_SECRET_CHARACTERS} characters without spaces`,
        ),
        z.refine(
          (keys) => new Set(keys.map(({ id }) => id)).size === keys.length,
          "has two entries with one id",
        ),
      ),
    SIGN_IN_URL: optional(z.url({ protocol: /^https?$/, error: "is not a URL with http or https" })),
    APP_ORIGINS: z.pipe(list, z.transform(parseList)),
    // request-log.ts reads it, also while another setting is wrong.
    LOG_READS_ONE_IN: optional(
      z.string().check(z.regex(/^[1-9]\d{0,3}$/, "is not a whole number from 1 to 9999")),
    ),
    EVENTS_URL: optional(
      z
        .url({ error: "is not a URL", abort: true })
        .check(z.refine(isEventsUrl, "is not https, or has credentials")),
    ),
    EVENTS_SECRET: optional(
      z.string().check(z.regex(EVENTS_SECRET, "is not whsec_ and the base64 of at least 24 bytes")),
    ),
    DB: z.looseObject({}, "is not bound"),
    SEARCH_DB: z.looseObject({}, "is not bound"),
    AUDIO: z.looseObject({}, "is not bound"),
    VOICE_CREATION_RATE_LIMIT: z.looseObject({}, "is not bound"),
    ANALYSIS: z.looseObject({}, "is not bound"),
  })
  .check(
    z.refine((env) => env.CLERK_JWT_KEY ?? env.CLERK_SECRET_KEY, {
      path: ["CLERK_JWT_KEY"],
      error: "is missing (CLERK_SECRET_KEY can be set instead)",
      // Also when another setting is wrong, so that one log line names every problem.
      when: () => true,
    }),
    z.refine((env) => !env.EVENTS_SECRET || env.EVENTS_URL, {
      path: ["EVENTS_URL"],
      error: "is missing, while EVENTS_SECRET is set",
      when: () => true,
    }),
    z.refine((env) => !env.EVENTS_URL || env.EVENTS_SECRET, {
      path: ["EVENTS_SECRET"],
      error: "is missing, while EVENTS_URL is set",
      when: () => true,
    }),
  );

/** Whether this service meters generations, and as which event, with their characters in which property. */
export type GenerationMeter =
  | { kind: "on"; eventName: string; property: string }
  | { kind: "off" }
  /** METER_GENERATIONS is unset: generations are not stored until somebody has decided. */
  | { kind: "undecided" };

/** The checked configuration. Holds secrets: never log it. */
export interface Config {
  clerk: {
    jwtKey: string | undefined;
    secretKey: string | undefined;
    publishableKey: string | undefined;
    authorizedParties: string[];
    /** Whether a session cookie without `azp` is refused, as every bearer token without it is. */
    requireAzp: boolean;
  };
  /** Webhooks are disabled without `webhookSecret`. */
  polar: { accessToken: string; baseUrl: string; webhookSecret: string | undefined };
  meters: { voiceCreation: string; generation: GenerationMeter };
  /** Each of these is accepted: two during a rotation. The internal HTTP API is disabled when there is none. */
  ingestSecrets: string[];
  /** The newest first: it signs, and each of them verifies. Playback links are disabled when there is none. */
  linkKeys: LinkKey[];
  /** Where a document navigation without a valid session is sent. */
  signInUrl: string | undefined;
  /** Origins besides the Worker's own whose pages may call the API with credentials. */
  appOrigins: string[];
  /** Where changes are sent; null when they are not. */
  events: EventReceiver | null;
}

export interface EventReceiver {
  url: string;
  /** Signs what is sent: `whsec_…`, as Standard Webhooks writes it. */
  secret: string;
}

/** The context of every request, as the request log sets it. */
export interface BaseEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** `DB` and `AUDIO`, instrumented: their operations appear in the request's log line. Use these, not `env`. */
    database: D1Database;
    bucket: R2Bucket;
    /** `SEARCH_DB`, instrumented together with `database`. */
    searchDatabase: D1Database;
    /** The organisation that the request acts for, for its log line. */
    loggedOrgId: string | undefined;
    /** Of the audio that the request brought, once it is accepted: for its log line. */
    loggedAudio: AudioFacts | undefined;
  };
}

/** A setting is missing or malformed; the message names each one, never a value. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
}

function toGenerationMeter(
  setting: "" | "true" | "false",
  eventName: string,
  property: string,
): GenerationMeter {
  if (setting === "") return { kind: "undecided" };
  return setting === "true" ? { kind: "on", eventName, property } : { kind: "off" };
}

/** The names of the events that this service sends to Polar. */
export const meteredNames = ({ voiceCreation, generation }: Config["meters"]): string[] =>
  generation.kind === "on" ? [voiceCreation, generation.eventName] : [voiceCreation];

const checkedConfigs = new WeakMap<object, Config>();

/**
 * The configuration in `env`, checked once per isolate.
 * @throws {ConfigurationError}
 */
export function readConfig(env: Env): Config {
  const checked = checkedConfigs.get(env);
  if (checked) return checked;
  const result = configuration.safeParse(env);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new ConfigurationError(problems.join("; "));
  }
  const { data } = result;
  const config = {
    clerk: {
      jwtKey: data.CLERK_JWT_KEY,
      secretKey: data.CLERK_SECRET_KEY,
      publishableKey: data.CLERK_PUBLISHABLE_KEY,
      authorizedParties: data.CLERK_AUTHORIZED_PARTIES,
      requireAzp: data.CLERK_REQUIRE_AZP,
    },
    polar: {
      accessToken: data.POLAR_ACCESS_TOKEN,
      baseUrl: data.POLAR_BASE_URL,
      webhookSecret: data.POLAR_WEBHOOK_SECRET,
    },
    meters: {
      voiceCreation: data.POLAR_METER_VOICE_CREATION,
      generation: toGenerationMeter(
        data.METER_GENERATIONS,
        data.POLAR_METER_TTS_GENERATION,
        data.POLAR_METER_TTS_PROPERTY,
      ),
    },
    ingestSecrets: data.INGEST_SECRET,
    linkKeys: data.LINK_SECRET,
    signInUrl: data.SIGN_IN_URL,
    appOrigins: data.APP_ORIGINS,
    events:
      data.EVENTS_URL && data.EVENTS_SECRET ? { url: data.EVENTS_URL, secret: data.EVENTS_SECRET } : null,
  };
  checkedConfigs.set(env, config);
  return config;
}

/** Whether the deployment has playback links. */
export const hasLinks = (env: Env): boolean => readConfig(env).linkKeys.length > 0;
