// `npm run migrate-postgres -- VOICES.csv GENERATIONS.csv [--apply] [--remote [--env NAME] [--config FILE]] [--state DIR]`
import { migratePostgres } from "./migrate-postgres/command.ts";

process.exitCode = await migratePostgres(process.argv.slice(2));
