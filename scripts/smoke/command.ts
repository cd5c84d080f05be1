// The command `npm run smoke`: asks a deployment what a first deployment must be asked, and prints a table.
import { readFile } from "node:fs/promises";
import { parseCommandLine } from "../operator/arguments.ts";
import { DEPLOYMENT_OPTIONS } from "../operator/deployment.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { messageOf, ToolError, UsageError } from "../operator/tool-error.ts";
import type { Check, Context } from "./check.ts";
import { createClient } from "./client.ts";
import { findOrigin } from "./origin.ts";
import { findSystemVoice, PLAYBACK_CHECKS, playVoice, signedOutCheck } from "./playback-checks.ts";
import { isSuccess, tableOf } from "./report.ts";
import { runChecks } from "./run-checks.ts";
import { healthCheck, SERVICE_CHECKS } from "./service-checks.ts";
import { HOW_TO_GET_A_TOKEN, isShortLived, readSessionToken } from "./session-token.ts";
import { earlyAnswerCheck, UPLOAD_CHECKS } from "./upload-checks.ts";

// Those that need the token come early, because it lives for a minute; the cron, which may take one, comes last.
const CHECKS: Check[] = [
  healthCheck,
  ...PLAYBACK_CHECKS,
  ...UPLOAD_CHECKS,
  signedOutCheck,
  earlyAnswerCheck,
  ...SERVICE_CHECKS,
];
const NAMES = CHECKS.map(({ name }) => name);
const namesOf = (needsToken: boolean) =>
  CHECKS.flatMap((check) => (check.needsToken === needsToken ? check.name : [])).join(", ");
const DEFAULT_CRON_WAIT_SECONDS = 90;

const USAGE = `npm run smoke -- [https://HOST] [--token-file FILE] [--create] [--only CHECK,…] [--voice ID]

Asks a deployment what a first deployment must be asked. Without HOST, it is the first host in \`routes\`. It changes
nothing, except with --create. Its checks:

  with a session token  ${namesOf(true)}
  without one           ${namesOf(false)}

  --token TOKEN      a session token; better in the variable SMOKE_TOKEN or in a file, because npm prints the command
  --token-file FILE  a file that contains it
  --create           also create a voice, play it and delete it: one creation is billed
  --only CHECK,…     only these checks
  --voice ID         the voice to play (default: the first system voice)
  --cron-wait SEC    how long to wait for a run of the cron (default: ${DEFAULT_CRON_WAIT_SECONDS})
  --ca FILE          trust these certificates too (PEM)
  --env NAME         take the host from this environment of wrangler.toml
  --config FILE      another file than wrangler.toml

${HOW_TO_GET_A_TOKEN}`;

interface Dependencies {
  output?: Output;
  variables?: Record<string, string | undefined>;
}

/** @returns 0 when no check failed, 1 when one did or was interrupted, 2 for a usage error */
export const smoke = (
  args: string[],
  { output = consoleOutput, variables = process.env }: Dependencies = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const { values, positionals } = parseCommandLine({
      args,
      allowPositionals: true,
      options: {
        ...DEPLOYMENT_OPTIONS,
        token: { type: "string" },
        "token-file": { type: "string" },
        create: { type: "boolean", default: false },
        only: { type: "string" },
        voice: { type: "string" },
        "cron-wait": { type: "string", default: `${DEFAULT_CRON_WAIT_SECONDS}` },
        ca: { type: "string" },
      },
    } as const);
    const checks = selectChecks(values.only);
    const cronWaitMs = parseSeconds(values["cron-wait"]) * 1000;
    const origin = await findOrigin(positionals, values);
    const token = await readSessionToken({
      token: values.token,
      tokenFile: values["token-file"],
      variable: variables.SMOKE_TOKEN,
    });
    if (!token && checks.some(({ needsToken }) => needsToken)) {
      throw new UsageError(`These checks need a session token. ${HOW_TO_GET_A_TOKEN}`);
    }
    const ca = values.ca === undefined ? undefined : await readCertificates(values.ca);
    const safeOutput = withoutToken(output, token?.text);
    if (token && isShortLived(token)) safeOutput.error("The token expires in less than 20 seconds.");

    return untilInterrupted(async (interrupted) => {
      const client = createClient({ origin, token: token?.text, ca, interrupted });
      const context: Context = {
        ...{ client, token, cronWaitMs, interrupted },
        mayCreate: values.create,
        voiceId: once(async () => values.voice ?? (await findSystemVoice(context))),
        playedVoice: once(() => playVoice(context)),
      };
      try {
        const results = await withProgress(safeOutput, `Asking ${origin.host}`, checks.length, (advance) =>
          runChecks(checks, context, ({ name, outcome }) => advance(1, `${outcome.kind} ${name}`)),
        );
        safeOutput.log(tableOf(results));
        if (interrupted.aborted) safeOutput.error("Interrupted.");
        return isSuccess(results) && !interrupted.aborted ? 0 : 1;
      } finally {
        client.close();
      }
    });
  });

function selectChecks(only: string | undefined): Check[] {
  if (only === undefined) return CHECKS;
  const names = only.split(",");
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new UsageError(`Unknown check ${unknown.join(", ")}`);
  return CHECKS.filter(({ name }) => names.includes(name));
}

function parseSeconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new UsageError("--cron-wait must be a number of seconds");
  return Number(text);
}

const readCertificates = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: unknown) => {
    throw new ToolError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });

/** An answer, or an error of a library, could repeat the token. */
function withoutToken(output: Output, token: string | undefined): Output {
  const redact = (text: string) => (token === undefined ? text : text.replaceAll(token, "[token]"));
  return {
    ...output,
    log: (text) => output.log(redact(text)),
    error: (text) => output.error(redact(text)),
  };
}

/** Aborts the signal at the first SIGINT or SIGTERM, so that what was created can be deleted; a second one kills. */
async function untilInterrupted<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stopListening = () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      stopListening();
      process.kill(process.pid, signal);
    }
    controller.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
