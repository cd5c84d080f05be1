// `npm run stack -- FILE`
import { stack } from "./stack/command.ts";

process.exitCode = await stack(process.argv.slice(2));
