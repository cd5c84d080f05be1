// D1 and R2 bindings that fail at chosen operations, with the errors that Cloudflare documents: before or after they take
// effect, by not answering, or by ending the Worker. R2 accepts one write a second to a key.
import { env } from "cloudflare:workers";
import { wrapMethods } from "../../dev/wrap-methods.ts";
import { runCron } from "../support/fixtures.ts";
import type { FakeDelays } from "../support/timeouts.ts";

const WRITE_INTERVAL_MS = 1_000;

export type FaultKind =
  /** The operation fails and has no effect. */
  | "refused"
  /** The operation takes effect, and its response is lost. */
  | "response lost"
  /** The operation fails, and takes effect later all the same, when {@link FaultyBindings.applyLate} is called. */
  | "applied late"
  /** The operation never answers, and takes effect later, as above. R2, which has no timeout here, refuses. */
  | "hangs"
  /** The operation takes effect and never answers. R2's response is lost. */
  | "hangs after its effect"
  /** A statement in the middle of a batch fails; other operations are refused. */
  | "broken batch"
  /** An hour passes before the operation, and the cron runs. */
  | "preceded by cleanup"
  /** The Worker is killed before the operation: nothing that comes after takes effect. */
  | "Worker killed before"
  /** The Worker is killed when the operation has taken effect. */
  | "Worker killed after";

export interface Fault {
  /** The operation that fails, counted from 0. */
  step: number;
  kind: FaultKind;
  /** The statement of the batch, for "broken batch". */
  statement: number;
  /** What D1 reports. */
  d1Error: string;
  /** What R2 reports when it refuses a write. */
  r2Refusal: string;
}

/** D1 fails for a time. */
export interface Outage {
  /** The operation, counted from 0, that it begins with. */
  fromStep: number;
  durationMs: number;
  d1Error: string;
  /** Whether the operations during the outage take effect, in turn. */
  isApplied: boolean[];
}

type Act = () => Promise<unknown>;

interface Operation {
  service: "D1" | "R2";
  name: string;
  act: Act;
  /** Prepares what takes effect late; `act` when absent. */
  prepareLate?: () => Promise<Act>;
  actBroken?: (statement: number) => Promise<unknown>;
}

/** The bindings of one Worker, with `faults` injected. */
export class FaultyBindings {
  /** The operations so far, for the message of a failed run. */
  readonly operations: string[] = [];
  #faults: Fault[];
  #delays: FakeDelays;
  #outage: Outage | undefined;
  #outageEndsAt: number | undefined;
  #step = 0;
  #isKilled: boolean = false;
  #late: Act[] = [];

  constructor(faults: Fault[], delays: FakeDelays, outage?: Outage) {
    this.#faults = faults;
    this.#delays = delays;
    this.#outage = outage;
  }

  get bindings(): Partial<Env> {
    return {
      DB: this.#database(env.DB),
      SEARCH_DB: this.#database(env.SEARCH_DB),
      AUDIO: this.#bucket(env.AUDIO),
    };
  }

  /** Lets the operations that are late take effect. */
  async applyLate(): Promise<void> {
    for (const act of this.#late.splice(0)) await act().catch(() => undefined);
  }

  async #operate(operation: Operation): Promise<unknown> {
    if (this.#isKilled) throw new Error("the Worker was killed");
    const fault = this.#faults.find((candidate) => candidate.step === this.#step);
    this.#step += 1;
    const { service, name } = operation;
    if (service === "D1" && this.#isOutage()) return this.#fail(operation);
    this.operations.push(fault ? `${service} ${name} (${fault.kind})` : `${service} ${name}`);
    return fault ? this.#inject(fault, operation) : operation.act();
  }

  async #inject(fault: Fault, { service, name, act, prepareLate, actBroken }: Operation): Promise<unknown> {
    const isD1 = service === "D1";
    const expirations = this.#delays.expirations();
    const refuse = () => Promise.reject(new Error(isD1 ? fault.d1Error : "injected fault"));
    switch (fault.kind) {
      case "refused":
        return isD1 || name === "get" ? refuse() : Promise.reject(new Error(fault.r2Refusal));
      case "broken batch":
        return actBroken ? actBroken(fault.statement) : refuse();
      case "hangs":
      case "applied late":
        this.#late.push(prepareLate ? await prepareLate() : act);
        return isD1 && fault.kind === "hangs" ? this.#hang(expirations) : refuse();
      case "hangs after its effect":
        await act();
        return isD1 ? this.#hang(expirations) : refuse();
      case "preceded by cleanup":
        await runCron({ minutesLater: 61 });
        return act();
      case "response lost":
        await act();
        return refuse();
      case "Worker killed before":
        this.#isKilled = true;
        return refuse();
      case "Worker killed after":
        await act();
        this.#isKilled = true;
        return refuse();
    }
  }

  /** Lets the timeout of a call pass that began after so many expirations, unless it has passed meanwhile. */
  #hang(expirations: number): Promise<never> {
    // The call's timeout is set when this has returned. Another job's call may hang at the same time: calls that begin
    // after both have timed out must not expire with the second.
    queueMicrotask(() => {
      if (this.#delays.expirations() === expirations) this.#delays.expireCalls();
    });
    return new Promise(() => undefined);
  }

  #isOutage(): boolean {
    if (!this.#outage || this.#step <= this.#outage.fromStep) return false;
    this.#outageEndsAt ??= performance.now() + this.#outage.durationMs;
    return performance.now() < this.#outageEndsAt;
  }

  async #fail({ name, act }: Operation): Promise<never> {
    const { isApplied = [], d1Error } = this.#outage ?? {};
    const takesEffect = isApplied[this.#step % isApplied.length];
    this.operations.push(`D1 ${name} (outage, ${takesEffect ? "applied" : "refused"})`);
    if (takesEffect) await act();
    throw new Error(d1Error);
  }

  #database(binding: D1Database): D1Database {
    const database: D1Database = wrapMethods(binding, (name, method) => {
      switch (name) {
        case "prepare":
          return (sql) => this.#statement(String(sql), binding.prepare(String(sql)));
        case "withSession":
          return () => database;
        case "batch":
          return (statements) => this.#batch(binding, statements as D1PreparedStatement[]);
        default:
          return method;
      }
    });
    return database;
  }

  #batch(binding: D1Database, statements: D1PreparedStatement[]): Promise<unknown> {
    return this.#operate({
      service: "D1",
      name: `batch of ${statements.length}`,
      act: () => binding.batch(statements),
      actBroken: (index) =>
        binding.batch(statements.with(index % statements.length, binding.prepare("injected fault"))),
    });
  }

  #statement(sql: string, prepared: D1PreparedStatement): D1PreparedStatement {
    return wrapMethods(prepared, (name, method) =>
      name === "bind"
        ? (...values) => this.#statement(sql, prepared.bind(...values))
        : (...args) =>
            this.#operate({
              service: "D1",
              name: sql.slice(0, 60),
              act: async () => Reflect.apply(method, prepared, args),
            }),
    );
  }

  /** A bucket, or a multipart upload that it created. */
  #bucket<T extends R2Bucket | R2MultipartUpload>(binding: T): T {
    return wrapMethods(binding, (name, method) => (...args) => {
      const call = async (values = args) => Reflect.apply(method, binding, values);
      return this.#operate({
        service: "R2",
        name,
        act: async () => {
          if (name === "complete") limitWrites(name, [(binding as R2MultipartUpload).key]);
          if (name === "put" || name === "delete") limitWrites(name, [args[0]].flat() as string[]);
          const result = await call();
          return name === "createMultipartUpload" ? this.#bucket(result as R2MultipartUpload) : result;
        },
        // The body's stream is consumed now: its bytes are kept under another key until they are stored late.
        ...(name === "put" && {
          prepareLate: async () => {
            const [key, body, options] = args as Parameters<R2Bucket["put"]>;
            const temporaryKey = `late/${crypto.randomUUID()}`;
            await call([temporaryKey, body]);
            const bytes = await (await env.AUDIO.get(temporaryKey))?.arrayBuffer();
            await env.AUDIO.delete(temporaryKey);
            return () => env.AUDIO.put(key, bytes ?? "", options);
          },
        }),
      });
    });
  }
}

/** When each key was last written, over all bindings. */
const lastWrites = new Map<string, number>();

function limitWrites(name: string, keys: string[]): void {
  const now = performance.now();
  if (keys.some((key) => now - (lastWrites.get(key) ?? Number.NEGATIVE_INFINITY) < WRITE_INTERVAL_MS)) {
    throw new Error(`${name}: Reduce your concurrent request rate for the same object. (10058)`);
  }
  for (const key of keys) lastWrites.set(key, now);
}
