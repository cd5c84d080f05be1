CREATE TABLE `metering_events` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`org_id` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` integer NOT NULL,
	`delivered_at` integer,
	`stuck_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `metering_events_due` ON `metering_events` (`due_at`) WHERE "metering_events"."delivered_at" is null;--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`org_id` text PRIMARY KEY NOT NULL,
	`active` integer NOT NULL,
	`confirmed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`voice_id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	`swept_at` integer,
	`idempotency_key` text,
	`request_digest` text,
	`body_digest` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `uploads_idempotency_key` ON `uploads` (`org_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `uploads_open` ON `uploads` (`created_at`) WHERE "uploads"."completed_at" is null;--> statement-breakpoint
CREATE INDEX `uploads_completed` ON `uploads` (`completed_at`) WHERE "uploads"."completed_at" is not null;--> statement-breakpoint
CREATE INDEX `voices_unready` ON `voices` (`created_at`) WHERE "voices"."r2_object_key" is null;