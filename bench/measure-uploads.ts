// Memory and CPU of 16 concurrent uploads of 20 MiB, as ratios to a bare put.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOCAL_POLAR_TOKEN } from "../dev/identities.ts";
import { createPolarFake } from "../dev/polar.ts";
import { ANALYSIS_ENTRY, bundle, migrate, type RunningWorker, start } from "../dev/workerd.ts";
import { newSessionHeaders, serviceScript } from "./fixtures.ts";
import { median } from "./load.ts";
import { type Kind, makeRecording, RECORDING_KINDS } from "./recordings.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

export const UPLOADS_AT_ONCE = 16;
/** An organisation may have two chunked uploads at once. */
const ORGANISATIONS = ["org_a", "org_b", "org_c", "org_d"];
const CREATE = "/api/voices/create?name=A&category=GENERAL&language=en";
const WAVES = 2;
const ROUNDS = 3;
/** What a response leaves to be done, as the levels of a WAV, is done when a process has used no CPU for so long. */
const IDLE_MS = 250;

interface Cost {
  peakMiB: number;
  cpuMs: number;
}

interface Variant {
  script: string;
  path: string;
  /** Probes what is uploaded. */
  analysis?: string;
  /** Sent without a Content-Length; the service accepts eight of them at once. */
  isChunked?: boolean;
}

type Costs = Record<"service" | "chunked" | "bare" | "buffering", Cost>;

const NAMES = { service: "service", chunked: "service, chunked, 8 at once", buffering: "buffering" };
const CHUNKED_AT_ONCE = 8;

export async function measureUploads(): Promise<Measurement> {
  const service = {
    script: serviceScript,
    path: CREATE,
    analysis: (await bundle(ANALYSIS_ENTRY)).script,
  };
  const variants: Record<keyof Costs, Variant> = {
    service,
    chunked: { ...service, isChunked: true },
    bare: { script: readFileSync(join(import.meta.dirname, "bare-put.js"), "utf8"), path: "/" },
    buffering: { script: (await bundle("bench/buffering-put.ts")).script, path: "/" },
  };
  const rows: Row[] = [];
  const targets: Measurement["targets"] = [];
  for (const kind of RECORDING_KINDS) {
    const recording = makeRecording(kind);
    const rounds: Costs[] = [];
    while (rounds.length < ROUNDS) {
      console.log(`Uploads of ${kind}, round ${rounds.length + 1} of ${ROUNDS} …`);
      rounds.push({
        service: await costOf(variants.service, recording),
        chunked: await costOf(variants.chunked, recording),
        bare: await costOf(variants.bare, recording),
        buffering: await costOf(variants.buffering, recording),
      });
    }
    const middle = (way: keyof Costs, figure: keyof Cost) =>
      median(rounds.map((round) => round[way][figure]));
    const ratio = (way: keyof Costs, figure: keyof Cost) =>
      median(rounds.map((round) => round[way][figure] / round.bare[figure]));
    for (const way of ["service", "chunked", "buffering"] as const) {
      rows.push([
        `${kind}, ${NAMES[way]}`,
        ...[ratio(way, "peakMiB").toFixed(2), ratio(way, "cpuMs").toFixed(2)],
        ...[middle(way, "peakMiB").toFixed(0), middle("bare", "peakMiB").toFixed(0)],
        ...[middle(way, "cpuMs").toFixed(0), middle("bare", "cpuMs").toFixed(0)],
      ]);
    }
    targets.push(...targetsOf(kind, ratio("service", "peakMiB"), ratio("service", "cpuMs")));
  }
  return { rows, targets };
}

/** Every frame of a VBR MP3 is parsed: its CPU is reported and has no target. */
function targetsOf(kind: Kind, memory: number, cpu: number): Measurement["targets"] {
  const peak = atMost(`uploads of 20 MiB ${kind}, peak memory`, 1.25, memory);
  return kind === "VBR MP3" ? [peak] : [peak, atMost(`uploads of 20 MiB ${kind}, CPU`, 1.3, cpu)];
}

/** The peak memory, and the CPU per upload, of a new process that receives repeated batches of concurrent uploads. */
async function costOf(
  { script, path, analysis, isChunked }: Variant,
  recording: Uint8Array<ArrayBuffer>,
): Promise<Cost> {
  const fake = createPolarFake(LOCAL_POLAR_TOKEN);
  const polar = async (request: Request) => fake.fetch(new Request(request.url, request as RequestInit));
  const sessions: Record<string, string>[] = [];
  for (const orgId of ORGANISATIONS) {
    const subscription = `http://polar.test/subscriptions/${orgId}`;
    await polar(new Request(subscription, { method: "PUT", body: '{"active":true}' }));
    sessions.push(await newSessionHeaders(orgId));
  }
  const worker = await start(script, { outside: polar, ...(analysis !== undefined && { analysis }) });
  try {
    await migrate(worker);
    const cpuBefore = worker.cpuSeconds();
    const atOnce = isChunked ? CHUNKED_AT_ONCE : UPLOADS_AT_ONCE;
    for (let uploaded = 0; uploaded < WAVES * UPLOADS_AT_ONCE; uploaded += atOnce) {
      const body = () => (isChunked ? new Blob([recording]).stream() : recording);
      const sessionOf = (index: number) => sessions[index % sessions.length] as Record<string, string>;
      await Promise.all(
        Array.from({ length: atOnce }, (_, index) => upload(worker, path, sessionOf(index), body())),
      );
    }
    await untilIdle(worker);
    const cpuMs = ((worker.cpuSeconds() - cpuBefore) * 1000) / (WAVES * UPLOADS_AT_ONCE);
    return { peakMiB: worker.peakBytes() / 2 ** 20, cpuMs };
  } finally {
    await worker.stop();
  }
}

async function untilIdle(worker: RunningWorker): Promise<void> {
  for (let before = -1; worker.cpuSeconds() > before; ) {
    before = worker.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  }
}

async function upload(
  { url }: RunningWorker,
  path: string,
  session: Record<string, string>,
  body: Uint8Array<ArrayBuffer> | ReadableStream,
) {
  const headers = { ...session, "Content-Type": "audio/wav" };
  const response = await fetch(url + path, { method: "POST", headers, body, duplex: "half" } as RequestInit);
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${text}`);
}
