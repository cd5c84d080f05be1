// `npm run voices -- import DIR [--remote [--env NAME] [--config FILE]] [--state DIR] [--dry-run]`
import { manageVoices } from "./voices/command.ts";

process.exitCode = await manageVoices(process.argv.slice(2));
