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
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	FOREIGN KEY (`voice_id`) REFERENCES `voices`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `generations_voice_id` ON `generations` (`voice_id`);--> statement-breakpoint
CREATE TABLE `voices` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text,
	`name` text NOT NULL,
	`description` text,
	`category` text DEFAULT 'GENERAL' NOT NULL,
	`language` text DEFAULT 'en-US' NOT NULL,
	`variant` text NOT NULL,
	`r2_object_key` text,
	`content_type` text,
	`duration_seconds` real,
	`size_bytes` integer,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	CONSTRAINT "voices_variant" CHECK("voices"."variant" in ('SYSTEM', 'CUSTOM')),
	CONSTRAINT "voices_category" CHECK("voices"."category" in ('AUDIOBOOK', 'CONVERSATIONAL', 'CUSTOMER_SERVICE', 'GENERAL', 'NARRATIVE', 'CHARACTERS', 'MEDITATION', 'MOTIVATIONAL', 'PODCAST', 'ADVERTISING', 'VOICEOVER', 'CORPORATE')),
	CONSTRAINT "voices_owner" CHECK(("voices"."variant" = 'SYSTEM') = ("voices"."org_id" is null))
);
