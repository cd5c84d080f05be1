CREATE TABLE `metering_totals` (
	`name` text NOT NULL,
	`day` text NOT NULL,
	`events` integer DEFAULT 0 NOT NULL,
	`duplicates` integer DEFAULT 0 NOT NULL,
	`settled_at` integer NOT NULL,
	`check_due_at` integer,
	`difference` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`name`, `day`)
);
--> statement-breakpoint
CREATE INDEX `metering_totals_check_due` ON `metering_totals` (`check_due_at`) WHERE "metering_totals"."check_due_at" is not null;--> statement-breakpoint
CREATE TABLE `polar_call_budget` (
	`id` integer PRIMARY KEY NOT NULL,
	`spent_until` integer NOT NULL,
	`paused_until` integer NOT NULL,
	CONSTRAINT "polar_call_budget_one_row" CHECK("polar_call_budget"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`org_id` text PRIMARY KEY NOT NULL,
	`active` integer NOT NULL,
	`confirmed_at` integer NOT NULL,
	`waiting_since` integer
);
--> statement-breakpoint
CREATE INDEX `subscriptions_waiting` ON `subscriptions` (`waiting_since`) WHERE "subscriptions"."waiting_since" is not null;--> statement-breakpoint
CREATE INDEX `subscriptions_active` ON `subscriptions` (`confirmed_at`) WHERE "subscriptions"."active" = 1;--> statement-breakpoint
CREATE TABLE `change_events` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`object_id` text NOT NULL,
	`data` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` integer NOT NULL,
	`delivered_at` integer,
	`stuck_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `change_events_due` ON `change_events` (`due_at`) WHERE "change_events"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX `change_events_undelivered` ON `change_events` (`object_id`) WHERE "change_events"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX `change_events_delivered` ON `change_events` (`delivered_at`) WHERE "change_events"."delivered_at" is not null;--> statement-breakpoint
CREATE TABLE `change_feed_pause` (
	`id` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	CONSTRAINT "change_feed_pause_one_row" CHECK("change_feed_pause"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `metering_events` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`org_id` text NOT NULL,
	`metadata` text,
	`occurred_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at` integer NOT NULL,
	`delivered_at` integer,
	`stuck_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `metering_events_due` ON `metering_events` (`due_at`) WHERE "metering_events"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX `metering_events_delivered` ON `metering_events` (`delivered_at`) WHERE "metering_events"."delivered_at" is not null;--> statement-breakpoint
CREATE TABLE `search_changes` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`object_id` text NOT NULL,
	`org_id` text
);
--> statement-breakpoint
CREATE INDEX `search_changes_owner` ON `search_changes` (`org_id`,`kind`);--> statement-breakpoint
CREATE TABLE `cron_heartbeat` (
	`id` integer PRIMARY KEY NOT NULL,
	`completed_at` integer NOT NULL,
	CONSTRAINT "cron_heartbeat_one_row" CHECK("cron_heartbeat"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `generations` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`voice_id` text,
	`voice_name` text NOT NULL,
	`text` text NOT NULL,
	`r2_object_key` text,
	`temperature` real DEFAULT 0.8 NOT NULL,
	`top_p` real DEFAULT 0.95 NOT NULL,
	`top_k` integer DEFAULT 1000 NOT NULL,
	`repetition_penalty` real DEFAULT 1.2 NOT NULL,
	`duration_seconds` real,
	`size_bytes` integer,
	`codec` text,
	`sample_rate_hz` integer,
	`channels` integer,
	`bits_per_sample` integer,
	`audio_md5` text,
	`failed_at` integer,
	`failure_reason` text,
	`upload_lease_id` text,
	`upload_leased_at` integer,
	`upload_cleaned_up_at` integer,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`peak_level` real,
	`clipped_share` real,
	`silence_share` real,
	`peaks` blob
);
--> statement-breakpoint
CREATE INDEX `generations_by_time` ON `generations` (`org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `generations_processing_by_time` ON `generations` (`org_id`,`created_at`,`id`) WHERE "generations"."r2_object_key" is null and "generations"."failed_at" is null;--> statement-breakpoint
CREATE INDEX `generations_ready_by_time` ON `generations` (`org_id`,`created_at`,`id`) WHERE "generations"."r2_object_key" is not null;--> statement-breakpoint
CREATE INDEX `generations_failed_by_time` ON `generations` (`org_id`,`created_at`,`id`) WHERE "generations"."r2_object_key" is null and "generations"."failed_at" is not null;--> statement-breakpoint
CREATE INDEX `generations_upload_leased` ON `generations` (`upload_leased_at`) WHERE "generations"."upload_lease_id" is not null and "generations"."upload_cleaned_up_at" is null;--> statement-breakpoint
CREATE INDEX `generations_upload_cleaned_up` ON `generations` (`upload_cleaned_up_at`) WHERE "generations"."upload_cleaned_up_at" is not null;--> statement-breakpoint
CREATE TABLE `pending_object_deletions` (
	`r2_object_key` text PRIMARY KEY NOT NULL,
	`due_at` integer NOT NULL,
	`kept_until` integer
);
--> statement-breakpoint
CREATE INDEX `pending_object_deletions_due` ON `pending_object_deletions` (`due_at`);--> statement-breakpoint
CREATE TABLE `voice_uploads` (
	`voice_id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	`cleaned_up_at` integer,
	`idempotency_key` text,
	`request_sha256` text,
	`body_md5` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `voice_uploads_idempotency_key` ON `voice_uploads` (`org_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `voice_uploads_open` ON `voice_uploads` (`created_at`) WHERE "voice_uploads"."completed_at" is null and "voice_uploads"."cleaned_up_at" is null;--> statement-breakpoint
CREATE INDEX `voice_uploads_cleaned_up` ON `voice_uploads` (`cleaned_up_at`) WHERE "voice_uploads"."cleaned_up_at" is not null;--> statement-breakpoint
CREATE INDEX `voice_uploads_completed` ON `voice_uploads` (`completed_at`) WHERE "voice_uploads"."completed_at" is not null;--> statement-breakpoint
CREATE TABLE `voices` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text,
	`name` text NOT NULL,
	`name_key` text GENERATED ALWAYS AS (lower("name")) VIRTUAL,
	`description` text,
	`category` text DEFAULT 'GENERAL' NOT NULL,
	`language` text DEFAULT 'en-US' NOT NULL,
	`language_range_1` text GENERATED ALWAYS AS (substr(lower("language"), 1, instr("language" || '-', '-') - 1)) VIRTUAL,
	`language_range_2` text GENERATED ALWAYS AS (case when length("language") > length("language_range_1") then substr(lower("language"), 1, length("language_range_1") + instr(substr("language", length("language_range_1") + 2) || '-', '-')) end) VIRTUAL,
	`language_range_3` text GENERATED ALWAYS AS (case when length("language") > length("language_range_2") then substr(lower("language"), 1, length("language_range_2") + instr(substr("language", length("language_range_2") + 2) || '-', '-')) end) VIRTUAL,
	`variant` text NOT NULL,
	`r2_object_key` text,
	`content_type` text,
	`duration_seconds` real,
	`size_bytes` integer,
	`codec` text,
	`sample_rate_hz` integer,
	`channels` integer,
	`bits_per_sample` integer,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`peak_level` real,
	`clipped_share` real,
	`silence_share` real,
	`peaks` blob,
	CONSTRAINT "voices_variant" CHECK("voices"."variant" in ('SYSTEM', 'CUSTOM')),
	CONSTRAINT "voices_category" CHECK("voices"."category" in ('AUDIOBOOK', 'CONVERSATIONAL', 'CUSTOMER_SERVICE', 'GENERAL', 'NARRATIVE', 'CHARACTERS', 'MEDITATION', 'MOTIVATIONAL', 'PODCAST', 'ADVERTISING', 'VOICEOVER', 'CORPORATE')),
	CONSTRAINT "voices_owner" CHECK(("voices"."variant" = 'SYSTEM') = ("voices"."org_id" is null))
);
--> statement-breakpoint
CREATE INDEX `voices_by_name` ON `voices` (`org_id`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_time` ON `voices` (`org_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_language_1_name` ON `voices` (`org_id`,`language_range_1`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_language_1_time` ON `voices` (`org_id`,`language_range_1`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_language_2_name` ON `voices` (`org_id`,`language_range_2`,`name_key`,`id`) WHERE "voices"."language_range_2" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_language_2_time` ON `voices` (`org_id`,`language_range_2`,`created_at`,`id`) WHERE "voices"."language_range_2" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_language_3_name` ON `voices` (`org_id`,`language_range_3`,`name_key`,`id`) WHERE "voices"."language_range_3" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_language_3_time` ON `voices` (`org_id`,`language_range_3`,`created_at`,`id`) WHERE "voices"."language_range_3" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_category_name` ON `voices` (`org_id`,`category`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_category_time` ON `voices` (`org_id`,`category`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_category_language_1_name` ON `voices` (`org_id`,`category`,`language_range_1`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_category_language_1_time` ON `voices` (`org_id`,`category`,`language_range_1`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `voices_by_category_language_2_name` ON `voices` (`org_id`,`category`,`language_range_2`,`name_key`,`id`) WHERE "voices"."language_range_2" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_category_language_2_time` ON `voices` (`org_id`,`category`,`language_range_2`,`created_at`,`id`) WHERE "voices"."language_range_2" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_category_language_3_name` ON `voices` (`org_id`,`category`,`language_range_3`,`name_key`,`id`) WHERE "voices"."language_range_3" is not null;--> statement-breakpoint
CREATE INDEX `voices_by_category_language_3_time` ON `voices` (`org_id`,`category`,`language_range_3`,`created_at`,`id`) WHERE "voices"."language_range_3" is not null;--> statement-breakpoint
CREATE INDEX `voices_unready` ON `voices` (`created_at`,`id`) WHERE "voices"."r2_object_key" is null and "voices"."org_id" is not null;