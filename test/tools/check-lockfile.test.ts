import { expect, it } from "vitest";
import { type Lockfile, lockfileProblems } from "../../scripts/check-lockfile.ts";

/** A lock file of version 1.0.0 with the packages `a` and `b`, where `a` has the optional package `b`. */
function lockfile(changes: Omit<Lockfile["packages"], ""> = {}): Lockfile {
  return {
    version: "1.0.0",
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version: "2.0.0", integrity: "sha512-a", optionalDependencies: { b: "3.0.0" } },
      "node_modules/b": { version: "3.0.0", integrity: "sha512-b" },
      ...changes,
    },
  };
}

it("a lock file that pins every package by digest has no problem", () => {
  expect(lockfileProblems(lockfile(), "1.0.0")).toEqual([]);
});

it("a package without integrity is a problem", () => {
  expect(lockfileProblems(lockfile({ "node_modules/c": { version: "1.2.3" } }), "1.0.0")).toEqual([
    'node_modules/c has no "integrity"',
  ]);
});

it("a bundled package and a link need no integrity", () => {
  const packages = { "node_modules/c": { inBundle: true }, "node_modules/d": { link: true } };
  expect(lockfileProblems(lockfile(packages), "1.0.0")).toEqual([]);
});

it("a package that is built in this repository needs no integrity, one at another path does", () => {
  const built = { version: "1.0.0", resolved: "file:../client/dist" };
  expect(lockfileProblems(lockfile({ "node_modules/c": built }), "1.0.0")).toEqual([]);
  const elsewhere = { version: "1.0.0", resolved: "file:/home/me/client" };
  expect(lockfileProblems(lockfile({ "node_modules/c": elsewhere }), "1.0.0")).toEqual([
    'node_modules/c names a registry ("resolved")',
    'node_modules/c has no "integrity"',
  ]);
});

it("an entry that names a registry is a problem", () => {
  const entry = { version: "3.0.0", integrity: "sha512-b", resolved: "https://registry.example/b.tgz" };
  expect(lockfileProblems(lockfile({ "node_modules/b": entry }), "1.0.0")).toEqual([
    'node_modules/b names a registry ("resolved")',
  ]);
});

it("an optional package without an entry is a problem", () => {
  const { "node_modules/b": _removed, ...packages } = lockfile().packages;
  expect(lockfileProblems({ version: "1.0.0", packages }, "1.0.0")).toEqual([
    "b, optional in node_modules/a, is missing",
  ]);
});

it("an optional package of a nested package is found where Node would find it", () => {
  const nested = {
    version: "1.0.0",
    integrity: "sha512-c",
    optionalDependencies: { b: "3.0.0", d: "1.0.0" },
  };
  const packages = {
    "node_modules/a/node_modules/c": nested,
    "node_modules/a/node_modules/d": { version: "1.0.0", integrity: "sha512-d" },
  };
  expect(lockfileProblems(lockfile(packages), "1.0.0")).toEqual([]);
});

it("a lock file of another version than package.json is a problem", () => {
  expect(lockfileProblems(lockfile(), "1.1.0")).toEqual([
    "package-lock.json states version 1.0.0, package.json 1.1.0",
  ]);
});
