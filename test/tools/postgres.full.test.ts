// The Postgres that tests start: it holds data, ends with the process that started it, and says when it is missing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { startPostgres } from "../support/postgres.ts";

const folderOf = (url: string): string => new URL(url).searchParams.get("host") ?? "";

it("a started Postgres answers, and its folder is deleted when it is stopped", async () => {
  const { url, psql, rows, stop } = await startPostgres();
  try {
    await psql(
      "-c",
      "create table t (x text, y float)",
      "-c",
      "insert into t values (e'a\\n\"ü', 0.1), (null, 1e300)",
    );
    expect(await rows("select * from t")).toEqual([
      { x: 'a\n"ü', y: 0.1 },
      { x: null, y: 1e300 },
    ]);
    await expect(psql("-c", "select 1/0", "-c", "select 2")).rejects.toThrow("division by zero");
    expect(existsSync(join(folderOf(url), "data", "postmaster.pid"))).toBe(true);
  } finally {
    await stop();
  }
  expect(existsSync(folderOf(url))).toBe(false);
});

it("Postgres ends, and its folder is deleted, when the process that started it is killed", async () => {
  const support = JSON.stringify(join(import.meta.dirname, "../support/postgres.ts"));
  const script = `const { startPostgres } = await import(${support}); console.log((await startPostgres()).url)`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(starter.stdout, "data")) as [Buffer];
  const folder = folderOf(printed.toString().trim());
  expect(existsSync(join(folder, "data", "postmaster.pid"))).toBe(true);
  starter.kill("SIGKILL");
  await vi.waitUntil(() => !existsSync(folder), { timeout: 20_000, interval: 100 });
});

it("a missing Postgres is an error that says what to install", async () => {
  await expect(startPostgres(["/nowhere"])).rejects.toThrow(
    "on Debian and Ubuntu, install the package `postgresql`",
  );
});
