-- The log and its projections. Times are since the epoch (UTC): seconds, and milliseconds in the record.

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

-- One row a decision; `situation` is all it was made from, `chance` and `choice` its propensities.
CREATE TABLE decision (
  seq INTEGER PRIMARY KEY,
  event INTEGER NOT NULL REFERENCES work_event, person TEXT NOT NULL, at REAL NOT NULL,
  task TEXT NOT NULL, phase TEXT NOT NULL, rule TEXT NOT NULL, case_ref TEXT NOT NULL,
  unit TEXT, shown INTEGER NOT NULL, reason TEXT,
  score REAL, need REAL, chance REAL, charged INTEGER NOT NULL, release INTEGER NOT NULL,
  situation BLOB NOT NULL, choice REAL
);
CREATE INDEX decision_event ON decision (event);
CREATE INDEX decision_person ON decision (person, at);

-- `released`: from when on it may be displayed; while it waits, when that will be unless the person goes on.
CREATE TABLE offer (
  decision INTEGER PRIMARY KEY REFERENCES decision,
  person TEXT NOT NULL, unit TEXT NOT NULL, created REAL NOT NULL, expires REAL NOT NULL,
  state TEXT NOT NULL, displayed REAL, shown_before REAL NOT NULL, message BLOB NOT NULL, released REAL
);
CREATE INDEX offer_undelivered ON offer (person, created) WHERE state='undelivered';
CREATE INDEX offer_released ON offer (released) WHERE state IN ('waiting', 'offered');
CREATE INDEX offer_open ON offer (person, expires) WHERE state IN ('offered', 'displayed', 'opened');

-- The record: xAPI statements in the order of their commits. Its times are milliseconds, and `stored` never falls.
-- `target` is the statement that this one refers to, there or not; `terms` (packed) what it is found by, its
-- targets' included; `body` what is returned, without `authority` and `stored`.
CREATE TABLE statement (
  seq INTEGER PRIMARY KEY, stored INTEGER NOT NULL, authority INT NOT NULL REFERENCES authority, voided SMALLINT NOT NULL,
  voiding SMALLINT NOT NULL, id BLOB NOT NULL, target BLOB, terms BLOB NOT NULL, body BLOB NOT NULL
);
CREATE TABLE authority (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, json BLOB NOT NULL);
CREATE INDEX statement_stored ON statement (stored, seq);
CREATE INDEX statement_target ON statement (target) WHERE target IS NOT NULL;

-- The last statement's numbers, kept where it is removed, how many statements there are, and up to which number
-- they are in the index of terms; those after it wait in `statement_tail`.
CREATE TABLE record_end (
  one SMALLINT PRIMARY KEY, seq INTEGER NOT NULL, stored INTEGER NOT NULL, statements INTEGER NOT NULL, settled INTEGER NOT NULL
);
INSERT INTO record_end VALUES (1, 0, 0, 0, 0);
CREATE TABLE statement_tail (seq INTEGER PRIMARY KEY, terms BLOB NOT NULL, id BLOB);
-- Ids of settled statements; of those that wait they are in `statement_tail`. No id is there twice.
CREATE TABLE statement_id (id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;

-- What statements are found by; `kind` is a place in KINDS of terms.py, `uses` how many settled statements have the term.
CREATE TABLE term (id INTEGER PRIMARY KEY, kind SMALLINT NOT NULL, value TEXT NOT NULL, uses INTEGER NOT NULL);
CREATE TABLE statement_term (term INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (term, seq)) WITHOUT ROWID;

-- Our own view of the statements about our own units. `time` in seconds.
CREATE TABLE outcome (
  seq INTEGER PRIMARY KEY REFERENCES statement, person TEXT NOT NULL, verb TEXT NOT NULL, unit TEXT NOT NULL, block TEXT,
  time REAL NOT NULL, success SMALLINT, decision INTEGER
);
CREATE INDEX outcome_person ON outcome (person, seq);

CREATE TABLE attachment (sha2 TEXT PRIMARY KEY, content_type TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE statement_attachment (seq INTEGER NOT NULL, sha2 TEXT NOT NULL, PRIMARY KEY (seq, sha2)) WITHOUT ROWID;
CREATE INDEX statement_attachment_sha2 ON statement_attachment (sha2);
CREATE TABLE activity (id TEXT PRIMARY KEY, definition BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE agent_name (agent TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (agent, name)) WITHOUT ROWID;

-- State, agent profiles and activity profiles. `place` is a digest of all that names one, `scope` of what lists them.
CREATE TABLE document (
  place BLOB PRIMARY KEY, scope BLOB NOT NULL, kind TEXT NOT NULL, activity TEXT NOT NULL, agent TEXT NOT NULL,
  registration TEXT NOT NULL, id TEXT NOT NULL, content_type TEXT NOT NULL, updated INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX document_scope ON document (scope, updated);

-- Ids of statements that were erased, so that they are not taken again, and what was erased when, without whose it was.
CREATE TABLE tombstone (id BLOB PRIMARY KEY, erased INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE erasure (
  token TEXT PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, statements INTEGER NOT NULL, mentions INTEGER NOT NULL,
  documents INTEGER NOT NULL, done SMALLINT NOT NULL
) WITHOUT ROWID;

-- Where statements are sent on to; all up to number `reached` are there.
CREATE TABLE forwarder (
  name TEXT PRIMARY KEY, url TEXT NOT NULL, auth TEXT NOT NULL, reached INTEGER NOT NULL, sent INTEGER NOT NULL,
  refused INTEGER NOT NULL, attempts INTEGER NOT NULL, next_try INTEGER NOT NULL, last_error TEXT NOT NULL, paused SMALLINT NOT NULL
) WITHOUT ROWID;

-- Projections: they can be made again from the tables above.
CREATE TABLE learner (person TEXT PRIMARY KEY, version INTEGER NOT NULL, next_due REAL, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE work_case (
  source TEXT NOT NULL, case_ref TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (source, case_ref)
) WITHOUT ROWID;

-- What a person remembers of events that some rule's history asks for, and rules that wait for what may not come.
CREATE TABLE trail (person TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE timer (
  event INTEGER NOT NULL REFERENCES work_event, rule TEXT NOT NULL, person TEXT NOT NULL, source TEXT NOT NULL,
  case_ref TEXT NOT NULL, since REAL NOT NULL, due REAL NOT NULL, PRIMARY KEY (event, rule)
) WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due);
CREATE INDEX timer_case ON timer (source, case_ref);
CREATE INDEX timer_person ON timer (person);

-- What was fitted in this organisation, and sums over everybody that decisions read: kind and name say of what.
CREATE TABLE model (name TEXT PRIMARY KEY, version INTEGER NOT NULL, fitted REAL NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;

-- Each task begun: the decision on it, where one was made, and when it turned out wrong. `facts` (packed) is what need
-- could look at then, `base` the task's base rate, `said` what the fitted model said, where there was one.
CREATE TABLE begun (
  seq INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES work_event, decision INTEGER, person TEXT NOT NULL, task TEXT NOT NULL,
  source TEXT NOT NULL, case_ref TEXT NOT NULL, time REAL NOT NULL, wrong_at REAL,
  facts BLOB, base REAL, said REAL
);
CREATE INDEX begun_case ON begun (source, case_ref, task);
CREATE INDEX begun_time ON begun (time);

-- Rhythm: on which days each person did which task, and the rows of each day that chances are fitted on.
CREATE TABLE rhythm (person TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE rhythm_day (day INTEGER PRIMARY KEY, size INTEGER NOT NULL, body BLOB NOT NULL);

-- One digest a person and day (where they are); refreshers decided on a day (since the epoch, UTC); dates on which
-- tasks are known to come, each with what says so.
CREATE TABLE digest (person TEXT NOT NULL, day TEXT NOT NULL, made REAL NOT NULL, body BLOB NOT NULL, PRIMARY KEY (person, day)) WITHOUT ROWID;
CREATE TABLE refresher (person TEXT NOT NULL, task TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (person, task, day)) WITHOUT ROWID;
CREATE TABLE calendar (
  id INTEGER PRIMARY KEY, person TEXT NOT NULL, url TEXT NOT NULL, tasks TEXT NOT NULL, read_at REAL NOT NULL, error TEXT NOT NULL
);
CREATE TABLE task_due (
  person TEXT NOT NULL, task TEXT NOT NULL, origin TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, task, origin, at)
) WITHOUT ROWID;
CREATE INDEX task_due_origin ON task_due (origin);
CREATE INDEX task_due_at ON task_due (at);

-- What is likely to come: the chances of a person doing a task from the start of `day` on, within 24 hours and 7 days.
CREATE TABLE coming (
  person TEXT NOT NULL, task TEXT NOT NULL, day INTEGER NOT NULL, p24h REAL NOT NULL, p7d REAL NOT NULL,
  PRIMARY KEY (person, task)
) WITHOUT ROWID;

-- What moved people's states, in the order in which it did: a state is made again from it. `statement`: the one it follows
-- from, where it does.
CREATE TABLE evidence (seq INTEGER PRIMARY KEY, person TEXT NOT NULL, statement INTEGER, body BLOB NOT NULL);
CREATE INDEX evidence_person ON evidence (person, seq);
CREATE INDEX evidence_statement ON evidence (statement) WHERE statement IS NOT NULL;

-- Each scored answer as it was foretold: `facts` (packed) are what the response model looked at and `said` the chance it
-- gave, `run` and `gap` the history with the check; the same of a review: `regarded`, `recalled`.
CREATE TABLE answer (
  statement INTEGER PRIMARY KEY, person TEXT NOT NULL, check_ref TEXT NOT NULL, skill TEXT NOT NULL, time REAL NOT NULL,
  grade SMALLINT NOT NULL, run SMALLINT NOT NULL, gap SMALLINT NOT NULL, facts BLOB NOT NULL, said REAL NOT NULL,
  regarded BLOB, recalled REAL
);
CREATE INDEX answer_person ON answer (person, check_ref);

-- What mentors saw people do, with what they wrote about it: it is shown to the person.
CREATE TABLE observation (
  seq INTEGER PRIMARY KEY, person TEXT NOT NULL, observer TEXT NOT NULL, task TEXT NOT NULL, at REAL NOT NULL,
  went_right SMALLINT NOT NULL, note TEXT NOT NULL
);
CREATE INDEX observation_person ON observation (person, at);

CREATE TABLE person (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,
  site TEXT NOT NULL, locale TEXT NOT NULL, jurisdiction TEXT NOT NULL, timezone TEXT NOT NULL,
  roles TEXT NOT NULL, teams TEXT NOT NULL,
  consent INTEGER NOT NULL, opted_out INTEGER NOT NULL, quiet_from INTEGER, quiet_until INTEGER,
  created REAL NOT NULL
) WITHOUT ROWID;

-- What a person has settled about prompts and reviews; nothing where they have not.
CREATE TABLE preference (person TEXT PRIMARY KEY REFERENCES person, body BLOB NOT NULL) WITHOUT ROWID;

-- Tests that people took to prove what they know.
CREATE TABLE proof (
  id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person, skill TEXT NOT NULL, started REAL NOT NULL, ended REAL, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX proof_person ON proof (person, started);

-- `person` is NULL until somebody maps the account.
CREATE TABLE account (
  source TEXT NOT NULL, name TEXT NOT NULL, person TEXT REFERENCES person,
  first_seen REAL NOT NULL, last_seen REAL NOT NULL, events INTEGER NOT NULL,
  PRIMARY KEY (source, name)
) WITHOUT ROWID;
-- Who is in which team: the same as person.teams, the other way round.
CREATE TABLE member (team TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (team, person)) WITHOUT ROWID;
CREATE INDEX member_person ON member (person);
CREATE TABLE team (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE release (
  number INTEGER PRIMARY KEY, created REAL NOT NULL, hash TEXT NOT NULL, published_by TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TABLE source (name TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE access_key (
  hash BLOB PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, created REAL NOT NULL, revoked REAL
) WITHOUT ROWID;
-- What a key is bound to: one agent of the record, one registration, a time.
CREATE TABLE key_bound (hash BLOB PRIMARY KEY REFERENCES access_key, actor TEXT, registration TEXT, expires REAL) WITHOUT ROWID;
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
