// Starts a real Postgres for a test: with its own data, in a temporary folder, reachable only through a socket there.
// It ends with the process that started it, however that ends. Node only.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { chown, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Postgres {
  /** Of the empty database `postgres`: for psql and for drivers. */
  url: string;
  /** Runs psql with these arguments after the connection, and stops at an error; returns what it printed. */
  psql: (...args: string[]) => Promise<string>;
  /** Runs a shell command that names `$DATABASE_URL` and Postgres's programs, as the documents have them. */
  shell: (command: string, folder: string) => Promise<string>;
  /** The rows of a query, as Postgres writes them in JSON. */
  rows: <T>(query: string) => Promise<T[]>;
  stop: () => Promise<void>;
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs Postgres until its input ends: also when the process that holds the other end is killed. $1 is the folder of
 * the programs, $2 the temporary folder.
 */
const SERVER = `
set -e
trap 'test -e "$2/started" && "$1/pg_ctl" -D "$2/data" -m immediate stop > /dev/null; rm -rf "$2"' EXIT
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync > "$2/log" 2>&1 &&
  "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "-k $2 -c listen_addresses= -c fsync=off" start > /dev/null 2>&1 ||
  { cat "$2/log" >&2; exit 1; }
touch "$2/started"
echo ready
read -r _ || true`;

/**
 * Postgres refuses to run as root: for root it runs as the user `postgres`, which Debian's package adds.
 * @param folders where to look for its programs
 * @throws when Postgres is not installed: the message says what to install
 */
export async function startPostgres(folders = programFolders()): Promise<Postgres> {
  const programs = findPrograms(folders);
  const user = process.getuid?.() === 0 ? await findUser("postgres") : undefined;
  const folder = await mkdtemp(join(tmpdir(), "resonance-postgres-"));
  if (user) await chown(folder, user.uid, user.gid);
  const server = spawn("sh", ["-c", SERVER, "sh", programs, folder], {
    ...user,
    cwd: "/",
    env: { ...process.env, LC_ALL: "C" },
    // An interrupt at the terminal must not end it before Postgres is stopped.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const exited = once(server, "exit");
  let errors = "";
  server.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const isReady = await Promise.race([
    once(server.stdout, "data").then(() => true),
    exited.then(() => false),
  ]);
  if (!isReady) throw new Error(`Postgres could not be started:\n${errors}`);

  const url = `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const psql = async (...args: string[]) => {
    const { stdout } = await run(
      join(programs, "psql"),
      ["-X", "-q", "-v", "ON_ERROR_STOP=1", url, ...args],
      {
        env: { ...process.env, PGCLIENTENCODING: "UTF8" },
        maxBuffer: MAX_OUTPUT_BYTES,
      },
    );
    return stdout;
  };
  const shellEnv = {
    ...{ ...process.env, DATABASE_URL: url, PGCLIENTENCODING: "UTF8" },
    PATH: [programs, process.env.PATH].join(delimiter),
  };
  return {
    url,
    psql,
    shell: async (command, cwd) => {
      const { stdout } = await run("sh", ["-ec", command], {
        cwd,
        env: shellEnv,
        maxBuffer: MAX_OUTPUT_BYTES,
      });
      return stdout;
    },
    rows: async <T>(query: string) => {
      const lines = await psql("-A", "-t", "-c", `select to_json(q) from (${query}) q`);
      return lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as T);
    },
    stop: async () => {
      server.stdin.end();
      await exited;
    },
  };
}

/** Debian's package adds only the clients to the PATH. The newest version comes first. */
function programFolders(): string[] {
  const ofDebian = globSync("/usr/lib/postgresql/*/bin").sort((a, b) =>
    b.localeCompare(a, "en", { numeric: true }),
  );
  return [...ofDebian, ...(process.env.PATH ?? "").split(delimiter)];
}

function findPrograms(folders: readonly string[]): string {
  const found = folders.find((folder) =>
    ["initdb", "pg_ctl", "postgres", "psql"].every((program) => existsSync(join(folder, program))),
  );
  if (found !== undefined) return found;
  throw new Error(
    "Postgres is not installed (initdb, pg_ctl, postgres and psql): on Debian and Ubuntu, install the package " +
      "`postgresql`; elsewhere, add the folder of its programs to the PATH.",
  );
}

async function findUser(name: string): Promise<{ uid: number; gid: number }> {
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  } catch {}
  throw new Error(
    `Postgres does not run as root, and there is no user \`${name}\`: add one, or run the test as another user.`,
  );
}
