// Writes files into a folder that exists only when all of them are complete, readable only by their owner.
import { rmSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, ToolError } from "../operator/tool-error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface WrittenFolder {
  path: string;
  /** All files that are written. Another file in the folder means that it is not one of ours. */
  names: readonly string[];
  /** Whether to replace the files of an earlier run. */
  overwrite: boolean;
}

/** Appends text to a file of the folder. */
export type Append = (name: string, text: string) => Promise<void>;

/** @throws {ToolError} when the folder holds other files, or files of an earlier run that must not be replaced */
export async function requireReplaceable({ path, names, overwrite }: WrittenFolder): Promise<void> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ToolError(`${path} cannot be used: ${error.message}`);
  });
  const foreign = entries.find((entry) => !names.includes(entry));
  if (foreign !== undefined) {
    throw new ToolError(`${path} contains ${foreign}, which is no part of an export: name another folder.`);
  }
  if (entries.length > 0 && !overwrite) {
    throw new ToolError(`${path} contains an export: name another folder, or add --overwrite to replace it.`);
  }
}

/**
 * Runs `write`, and gives the folder its name when it has succeeded. Until then, the files are in a folder beside it,
 * which is deleted after a failure or a signal.
 * @throws {ToolError} when a file cannot be written
 */
export async function writeFolder<T>(
  folder: WrittenFolder,
  write: (append: Append) => Promise<T>,
): Promise<T> {
  await requireReplaceable(folder);
  const partial = `${folder.path}.partial`;
  await createFolder(partial);
  const stopListening = removeOnExit(partial);
  const files = new Map<string, FileHandle>();
  const append: Append = async (name, text) => {
    const file = files.get(name) ?? (await open(`${partial}/${name}`, "wx", 0o600));
    files.set(name, file);
    await file.appendFile(text);
  };
  try {
    const result = await write((name, text) => explainErrors(partial, append(name, text)));
    await explainErrors(partial, complete(partial, folder, files));
    return result;
  } catch (error) {
    await closeAll(files);
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    stopListening();
  }
}

async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new ToolError(`${path} cannot be created: ${messageOf(error)}`);
    }
    throw new ToolError(
      `${path} is of an export that is running, or was killed: delete it in the second case.`,
    );
  }
}

async function complete(
  partial: string,
  folder: WrittenFolder,
  files: Map<string, FileHandle>,
): Promise<void> {
  for (const file of files.values()) await file.sync();
  await closeAll(files);
  await requireReplaceable(folder);
  // The earlier export is kept until the new one has its name.
  const earlier = `${folder.path}.earlier`;
  await rm(earlier, { recursive: true, force: true });
  await rename(folder.path, earlier).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(partial, folder.path);
  await rm(earlier, { recursive: true, force: true });
}

async function closeAll(files: Map<string, FileHandle>): Promise<void> {
  for (const file of files.values()) await file.close();
  files.clear();
}

/** Errors of the file system, such as a full disk, are the operator's to solve. */
async function explainErrors(path: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError(`${path} cannot be written: ${messageOf(error)}\nNothing was exported.`, {
      cause: error,
    });
  }
}

/** Miniflare also handles the signals, by calling `process.exit`, which leaves other handlers uncalled. */
function removeOnExit(path: string): () => void {
  const remove = () => rmSync(path, { recursive: true, force: true });
  const interrupt = (signal: NodeJS.Signals) => {
    remove();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once("exit", remove);
  for (const signal of SIGNALS) process.once(signal, interrupt);
  return () => {
    process.off("exit", remove);
    for (const signal of SIGNALS) process.off(signal, interrupt);
  };
}
