// `npm run export -- [DIR] [--format csv] [--overwrite] [--remote [--env NAME] [--config FILE]] [--state DIR]`
import { exportRows } from "./export/command.ts";

process.exitCode = await exportRows(process.argv.slice(2));
