// `npm run smoke -- [https://HOST] [--create] [--only CHECKS] [--voice ID] …`
import { smoke } from "./smoke/command.ts";

process.exitCode = await smoke(process.argv.slice(2));
