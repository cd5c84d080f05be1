// D1 and R2 bindings that fail at chosen operations: before or after they take effect, or by ending the Worker.
import { env } from "cloudflare:workers";
import { wrapMethods } from "../../src/platform/instrumented-bindings.ts";
import { runCron } from "../support/fixtures.ts";

export type FaultKind =
  /** The operation fails and has no effect. */
  | "refused"
  /** The operation takes effect, and its response is lost. */
  | "response lost"
  /** The operation fails, and takes effect later all the same, when {@link FaultyBindings.applyLate} is called. */
  | "applied late"
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
}

type Act = () => Promise<unknown>;

interface Operation {
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
  #step = 0;
  #isKilled: boolean = false;
  #late: Act[] = [];

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  get bindings(): Partial<Env> {
    return { DB: this.#database(), AUDIO: this.#bucket(env.AUDIO) };
  }

  /** Lets the operations that are late take effect. */
  async applyLate(): Promise<void> {
    for (const act of this.#late.splice(0)) await act().catch(() => undefined);
  }

  async #operate({ name, act, prepareLate, actBroken = refuse }: Operation): Promise<unknown> {
    if (this.#isKilled) throw new Error("the Worker was killed");
    const fault = this.#faults.find((candidate) => candidate.step === this.#step);
    this.#step += 1;
    this.operations.push(fault ? `${name} (${fault.kind})` : name);
    switch (fault?.kind) {
      case undefined:
        return act();
      case "refused":
        return refuse();
      case "broken batch":
        return actBroken(fault.statement);
      case "applied late":
        this.#late.push(prepareLate ? await prepareLate() : act);
        return refuse();
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

  #database(): D1Database {
    const database: D1Database = wrapMethods(env.DB, (name, method) => {
      switch (name) {
        case "prepare":
          return (sql) => this.#statement(String(sql), env.DB.prepare(String(sql)));
        case "withSession":
          return () => database;
        case "batch":
          return (statements) => this.#batch(statements as D1PreparedStatement[]);
        default:
          return method;
      }
    });
    return database;
  }

  #batch(statements: D1PreparedStatement[]): Promise<unknown> {
    return this.#operate({
      name: `D1 batch of ${statements.length}`,
      act: () => env.DB.batch(statements),
      actBroken: (index) =>
        env.DB.batch(statements.with(index % statements.length, env.DB.prepare("injected fault"))),
    });
  }

  #statement(sql: string, prepared: D1PreparedStatement): D1PreparedStatement {
    return wrapMethods(prepared, (name, method) =>
      name === "bind"
        ? (...values) => this.#statement(sql, prepared.bind(...values))
        : (...args) =>
            this.#operate({
              name: `D1 ${sql.slice(0, 60)}`,
              act: async () => Reflect.apply(method, prepared, args),
            }),
    );
  }

  /** A bucket, or a multipart upload that it created. */
  #bucket<T extends R2Bucket | R2MultipartUpload>(binding: T): T {
    return wrapMethods(binding, (name, method) => (...args) => {
      const call = async (values = args) => Reflect.apply(method, binding, values);
      return this.#operate({
        name: `R2 ${name}`,
        act: async () => {
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

const refuse = (): Promise<never> => Promise.reject(new Error("injected fault"));
