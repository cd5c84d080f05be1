// The Worker's bindings and variables, and the one place that reads and checks the configuration.
import * as z from "zod";
import type { Identity } from "../auth/session-claims.ts";
import type { IdempotentRequest } from "../voice-creation/queries.ts";
import type { Memory } from "./isolate-cache.ts";

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(type: T) => z.preprocess(unsetWhenEmpty, type.optional());
const required = <T extends z.ZodType>(type: T) => z.preprocess(unsetWhenEmpty, type);

const listed = (list: string) => list.split(",").flatMap((item) => item.trim() || []);

// A key pasted with literal \n would only show as a 401 for everyone: refuse it here, by name.
const PEM_PUBLIC_KEY = /^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/;

const MIN_SECRET_CHARACTERS = 32;

const configuration = z
  .object({
    CLERK_JWT_KEY: optional(z.string().regex(PEM_PUBLIC_KEY, "is not a PEM public key")),
    CLERK_SECRET_KEY: optional(z.string()),
    CLERK_PUBLISHABLE_KEY: optional(z.string().regex(/^pk_(test|live)_/, "does not start with pk_")),
    CLERK_AUTHORIZED_PARTIES: required(z.string("is missing"))
      .transform(listed)
      .refine((origins) => origins.length > 0, "names no origin"),
    POLAR_ACCESS_TOKEN: required(z.string("is missing")),
    POLAR_BASE_URL: required(z.url("is not a URL")).transform((url) => url.replace(/\/+$/, "")),
    POLAR_WEBHOOK_SECRET: optional(z.string()),
    INGEST_SECRET: z
      .string()
      .default("")
      .transform(listed)
      .refine(
        (secrets) =>
          secrets.every((secret) => /^\S+$/.test(secret) && secret.length >= MIN_SECRET_CHARACTERS),
        `must have at least ${MIN_SECRET_CHARACTERS} characters and no spaces`,
      ),
    APP_ORIGINS: z.string().default("").transform(listed),
    DB: z.object({}, "is not bound").loose(),
    AUDIO: z.object({}, "is not bound").loose(),
    CREATE_LIMIT: z.object({}, "is not bound").loose(),
  })
  .refine((env) => env.CLERK_JWT_KEY ?? env.CLERK_SECRET_KEY, {
    path: ["CLERK_JWT_KEY"],
    error: "is missing (CLERK_SECRET_KEY would do in its place)",
    // Also when another key is wrong: an operator wants to hear of all at once.
    when: () => true,
  });

/** The checked configuration. Holds secrets: never log it. */
export interface Config {
  clerk: {
    jwtKey: string | undefined;
    secretKey: string | undefined;
    publishableKey: string | undefined;
    authorizedParties: string[];
  };
  /** Without the secret no webhook is taken. */
  polar: { accessToken: string; baseUrl: string; webhookSecret: string | undefined };
  /** Any of these opens the way in for generations; two while one takes the other's place. Without any it is shut. */
  ingestSecrets: string[];
  /** Origins besides the Worker's own whose pages may call it. */
  appOrigins: string[];
}

/** What Hono's context carries through the app. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** DB and AUDIO, as the app is to use them: what is asked of them is noted. */
    database: D1Database;
    bucket: R2Bucket;
    config: Config;
    memory: Memory;
    identity: Identity;
    /** The organisation whose generation a backend hands in. */
    actsFor: string;
    credential: "bearer" | "cookie";
    idempotentRequest: IdempotentRequest | undefined;
  };
}

/** Thrown when the Worker is deployed without something that it needs; the message names each key. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
}

const checked = new WeakMap<object, Config>();

/**
 * The configuration in `env`, checked the first time an isolate sees it.
 * @throws {ConfigurationError} naming every key that is missing or malformed, never a value.
 */
export function readConfig(env: Env): Config {
  const known = checked.get(env);
  if (known) return known;
  const result = configuration.safeParse(env);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new ConfigurationError(problems.join("; "));
  }
  const config = {
    clerk: {
      jwtKey: result.data.CLERK_JWT_KEY,
      secretKey: result.data.CLERK_SECRET_KEY,
      publishableKey: result.data.CLERK_PUBLISHABLE_KEY,
      authorizedParties: result.data.CLERK_AUTHORIZED_PARTIES,
    },
    polar: {
      accessToken: result.data.POLAR_ACCESS_TOKEN,
      baseUrl: result.data.POLAR_BASE_URL,
      webhookSecret: result.data.POLAR_WEBHOOK_SECRET,
    },
    ingestSecrets: result.data.INGEST_SECRET,
    appOrigins: result.data.APP_ORIGINS,
  };
  checked.set(env, config);
  return config;
}
