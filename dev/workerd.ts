// Runs a Worker in its own workerd process with its own local D1 and R2, to measure it or to kill it. Linux only.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exportSPKI, generateKeyPair } from "jose";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";
import { type SessionSubject, signSessionToken } from "./clerk.ts";
import { LOCAL_LINK_SECRET, LOCAL_ORIGIN, LOCAL_POLAR_TOKEN } from "./identities.ts";

export { ANALYSIS_ENTRY, type Bundle, bundle, SERVICE_ENTRY } from "../scripts/operator/bundle.ts";

const ROOT = join(import.meta.dirname, "..");
const clerk = await generateKeyPair("RS256", { extractable: true });

/** One Worker in one workerd process. */
export interface RunningWorker {
  url: string;
  bucket: R2Bucket;
  database: D1Database;
  /** The search index. */
  searchDatabase: D1Database;
  /** The CPU time that the workerd process has used. */
  cpuSeconds: () => number;
  /** The CPU time of its threads that still run: not in steps of 10 ms, as {@link cpuSeconds}. */
  threadMilliseconds: () => number;
  /** The peak resident memory of the workerd process. */
  peakBytes: () => number;
  /** Runs the cron with `at` as the current time. */
  tick: (at: Date) => Promise<void>;
  /** Kills the process with SIGKILL, without any cleanup. */
  kill: () => void;
  stop: () => Promise<void>;
}

/** A session token that every Worker started here accepts. */
export const tokenOf = (subject: SessionSubject) => signSessionToken(clerk.privateKey, subject);

const { vars } = unstable_readConfig({ config: join(ROOT, "wrangler.toml") }, { hideWarnings: true });
const COMPATIBILITY_DATE = "2026-11-01";
const SERVICE_NAME = "resonance-audio-edge";

/** What Miniflare needs of the analysis Worker besides its script and its bucket. */
export const ANALYSIS_WORKER = {
  name: "resonance-audio-analysis",
  modules: true,
  compatibilityDate: COMPATIBILITY_DATE,
} as const;

interface Options {
  /**
   * The script of the analysis Worker. When absent, ANALYSIS is the Worker itself, so that nothing else starts; it has
   * none of the methods.
   */
  analysis?: string;
  /** The folder that stores D1 and R2; in memory when absent. */
  state?: string;
  /** Handles the Worker's outgoing requests; they go to the network when absent. */
  outside?: (request: Request) => Promise<Response>;
  /** Handles requests to the Worker's binding HOST. */
  host?: (request: Request) => Promise<Response>;
  /** Settings besides the required ones. */
  settings?: Record<string, string>;
}

/** Starts `script` with the bindings and variables of wrangler.toml, but without an effective rate limit on voice creation. */
export async function start(
  script: string,
  { analysis, state, outside, host, settings }: Options = {},
): Promise<RunningWorker> {
  const before = new Set(workerdProcesses());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: SERVICE_NAME,
          modules: true,
          script,
          compatibilityDate: COMPATIBILITY_DATE,
          d1Databases: ["DB", "SEARCH_DB"],
          r2Buckets: ["AUDIO"],
          ratelimits: {
            VOICE_CREATION_RATE_LIMIT: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } },
          },
          ...(outside && { outboundService: outside as never }),
          serviceBindings: {
            ...(host && { HOST: host as never }),
            ANALYSIS: analysis === undefined ? SERVICE_NAME : ANALYSIS_WORKER.name,
          },
          bindings: {
            ...vars,
            CLERK_JWT_KEY: await exportSPKI(clerk.publicKey),
            CLERK_AUTHORIZED_PARTIES: LOCAL_ORIGIN,
            LINK_SECRET: LOCAL_LINK_SECRET,
            POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN,
            POLAR_BASE_URL: "http://polar.test",
            ...settings,
          },
        },
        ...(analysis === undefined ? [] : [{ ...ANALYSIS_WORKER, script: analysis, r2Buckets: ["AUDIO"] }]),
      ],
      ...(state && { resourcePersistencePath: state }),
      cf: false,
      // Request logs are dropped; errors are printed.
      handleStructuredLogs: ({ level, message }) => {
        if (level === "error") console.error(message);
      },
    }),
  );
  const url = (await miniflare.ready).origin;
  const pid = workerdProcesses().find((candidate) => !before.has(candidate));
  if (pid === undefined) throw new Error("no workerd process was started");
  return {
    url,
    bucket: (await miniflare.getR2Bucket("AUDIO")) as unknown as R2Bucket,
    database: (await miniflare.getD1Database("DB")) as unknown as D1Database,
    searchDatabase: (await miniflare.getD1Database("SEARCH_DB")) as unknown as D1Database,
    tick: async (scheduledTime) => {
      const worker = await miniflare.getWorker();
      await worker.scheduled({ scheduledTime, cron: "* * * * *" });
    },
    cpuSeconds: () => cpuSecondsOf(pid),
    threadMilliseconds: () => threadMillisecondsOf(pid),
    peakBytes: () => peakBytesOf(pid),
    kill: () => process.kill(pid, "SIGKILL"),
    stop: () => miniflare.dispose(),
  };
}

/** Applies the migrations of both databases. Splits them because D1 prepares one statement at a time. */
export async function migrate({
  database,
  searchDatabase,
}: Pick<RunningWorker, "database" | "searchDatabase">): Promise<void> {
  await migrateFrom("migrations", database, "--> statement-breakpoint");
  await migrateFrom("migrations-search", searchDatabase, /;$/m);
}

async function migrateFrom(folder: string, database: D1Database, breakpoint: string | RegExp): Promise<void> {
  for (const file of readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".sql"))
    .sort()) {
    const statements = readFileSync(join(ROOT, folder, file), "utf8").split(breakpoint);
    for (const statement of statements) if (statement.trim()) await database.prepare(statement).run();
  }
}

/** The pids of the workerd processes that this process started. */
const workerdProcesses = (): number[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const stat = statOf(pid);
      return stat?.command === "workerd" && stat.parent === process.pid;
    });

const CLOCK_TICKS_PER_SECOND = 100;

function cpuSecondsOf(pid: number): number {
  const stat = statOf(pid);
  if (!stat) throw new Error(`workerd ${pid} has ended`);
  return (stat.userTicks + stat.systemTicks) / CLOCK_TICKS_PER_SECOND;
}

/** The first field of /proc/[pid]/task/[tid]/schedstat (Documentation/scheduler/sched-stats.rst): nanoseconds on a CPU. */
const threadMillisecondsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);

/** VmHWM of proc(5): the peak of the resident set. */
function peakBytesOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

/** The fields of /proc/[pid]/stat, or null when the process has ended. */
function statOf(pid: number) {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  const [, command, rest] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
  const fields = rest?.split(" ") ?? [];
  return {
    command,
    parent: Number(fields[1]),
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
  };
}
