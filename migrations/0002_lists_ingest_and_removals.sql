CREATE TABLE `removals` (
	`r2_object_key` text PRIMARY KEY NOT NULL,
	`requested_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `generations` ADD `duration_seconds` real;--> statement-breakpoint
ALTER TABLE `generations` ADD `size_bytes` integer;--> statement-breakpoint
ALTER TABLE `generations` ADD `audio_digest` text;--> statement-breakpoint
ALTER TABLE `generations` ADD `failed_at` integer;--> statement-breakpoint
ALTER TABLE `generations` ADD `failure` text;--> statement-breakpoint
ALTER TABLE `generations` ADD `attempt` text;--> statement-breakpoint
ALTER TABLE `generations` ADD `attempted_at` integer;--> statement-breakpoint
CREATE INDEX `generations_by_time` ON `generations` (`org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `generations_attempted` ON `generations` (`attempted_at`) WHERE "generations"."attempt" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_name` ON `voices` (`org_id`,lower("name"),`id`);