-- The log and its projections. Times are seconds since the epoch (UTC).

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What happened at work. `data` holds declared fields only; `silence` names why an event made no moment.
CREATE TABLE work_event (
  seq INTEGER PRIMARY KEY,
  source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
  time REAL NOT NULL, received REAL NOT NULL,
  account TEXT NOT NULL, person TEXT, case_ref TEXT NOT NULL, subject TEXT NOT NULL,
  data BLOB NOT NULL, dropped INTEGER NOT NULL, silence TEXT,
  UNIQUE (source, id)
);
CREATE INDEX work_event_person ON work_event (person, time);

-- One row a decision; `situation` is all it was made from.
CREATE TABLE decision (
  seq INTEGER PRIMARY KEY,
  event INTEGER NOT NULL REFERENCES work_event, person TEXT NOT NULL, at REAL NOT NULL,
  task TEXT NOT NULL, phase TEXT NOT NULL, rule TEXT NOT NULL, case_ref TEXT NOT NULL,
  unit TEXT, shown INTEGER NOT NULL, reason TEXT,
  score REAL, need REAL, chance REAL, charged INTEGER NOT NULL, release INTEGER NOT NULL,
  situation BLOB NOT NULL
);
CREATE INDEX decision_event ON decision (event);
CREATE INDEX decision_person ON decision (person, at);

CREATE TABLE offer (
  decision INTEGER PRIMARY KEY REFERENCES decision,
  person TEXT NOT NULL, unit TEXT NOT NULL, created REAL NOT NULL, expires REAL NOT NULL,
  state TEXT NOT NULL, displayed REAL, shown_before REAL NOT NULL, message BLOB NOT NULL
);
CREATE INDEX offer_open ON offer (person, expires) WHERE state IN ('offered', 'displayed', 'opened');

CREATE TABLE statement (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, verb TEXT NOT NULL, unit TEXT NOT NULL, block TEXT,
  time REAL NOT NULL, stored REAL NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX statement_person ON statement (person, stored);

-- Projections: they can be made again from the tables above.
CREATE TABLE learner (person TEXT PRIMARY KEY, version INTEGER NOT NULL, next_due REAL, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE task_rate (task TEXT PRIMARY KEY, begun INTEGER NOT NULL, erred INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE work_case (
  source TEXT NOT NULL, case_ref TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (source, case_ref)
) WITHOUT ROWID;

CREATE TABLE person (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,
  site TEXT NOT NULL, locale TEXT NOT NULL, jurisdiction TEXT NOT NULL, timezone TEXT NOT NULL,
  roles TEXT NOT NULL, teams TEXT NOT NULL,
  consent INTEGER NOT NULL, opted_out INTEGER NOT NULL, quiet_from INTEGER, quiet_until INTEGER,
  created REAL NOT NULL
) WITHOUT ROWID;

-- `person` is NULL until somebody maps the account.
CREATE TABLE account (
  source TEXT NOT NULL, name TEXT NOT NULL, person TEXT REFERENCES person,
  first_seen REAL NOT NULL, last_seen REAL NOT NULL, events INTEGER NOT NULL,
  PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE TABLE team (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE release (
  number INTEGER PRIMARY KEY, created REAL NOT NULL, hash TEXT NOT NULL, published_by TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TABLE source (name TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE access_key (
  hash BLOB PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, created REAL NOT NULL, revoked REAL
) WITHOUT ROWID;
CREATE TABLE host (name TEXT PRIMARY KEY, secret BLOB NOT NULL, origins TEXT NOT NULL, created REAL NOT NULL) WITHOUT ROWID;

-- Who looked at whose data, for which purpose.
CREATE TABLE access_log (
  seq INTEGER PRIMARY KEY, at REAL NOT NULL, reader TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('support', 'compliance', 'study', 'operations', 'evidence')),
  subject TEXT NOT NULL, what TEXT NOT NULL
);
CREATE INDEX access_log_subject ON access_log (subject, at);

CREATE TABLE lease (
  device TEXT NOT NULL, unit TEXT NOT NULL, person TEXT NOT NULL, release INTEGER NOT NULL, until REAL NOT NULL,
  PRIMARY KEY (device, unit)
) WITHOUT ROWID;
CREATE TABLE checklist_run (
  id TEXT PRIMARY KEY, unit TEXT NOT NULL, block TEXT NOT NULL, source TEXT NOT NULL, case_ref TEXT NOT NULL,
  release INTEGER NOT NULL, started REAL NOT NULL, completed REAL, UNIQUE (unit, block, source, case_ref)
) WITHOUT ROWID;
CREATE TABLE checklist_tick (
  run TEXT NOT NULL REFERENCES checklist_run, item TEXT NOT NULL, ticked INTEGER NOT NULL,
  person TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (run, item)
) WITHOUT ROWID;

CREATE TABLE job (
  name TEXT NOT NULL, key TEXT NOT NULL, due REAL NOT NULL, every REAL, lease_until REAL, attempts INTEGER NOT NULL,
  last_error TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (name, key)
) WITHOUT ROWID;
CREATE INDEX job_due ON job (due);
