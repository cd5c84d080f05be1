-- The search index (src/search/). Derived: `npm run search-index -- --rebuild` makes it again from the main database.

CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- Empty for the system voices.
  org_id TEXT NOT NULL,
  UNIQUE (kind, org_id)
);

CREATE TABLE documents (
  -- The scope times 2^28, plus a number that increases within the scope: its tokens are lists of close numbers.
  id INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL,
  object_id TEXT NOT NULL,
  -- The last change (search_changes in the main database) that the document contains.
  sequence INTEGER NOT NULL,
  -- When its object was deleted, in Unix milliseconds: it has no tokens. An earlier change that arrives later is ignored.
  deleted_at INTEGER,
  UNIQUE (scope_id, object_id)
);

CREATE INDEX documents_deleted ON documents (deleted_at) WHERE deleted_at IS NOT NULL;

-- Only which document has a token, neither texts nor positions.
CREATE VIRTUAL TABLE tokens USING fts5 (grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- One row: how far the index has been built from the main database. Version 0: not begun.
CREATE TABLE build (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  step TEXT NOT NULL,
  position TEXT NOT NULL
);

INSERT INTO build (id, version, step, position) VALUES (1, 0, '', '');
