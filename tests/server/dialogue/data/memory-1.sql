-- A memory of version 1, as Loquent wrote it before there was a version 2. Not to be changed.
PRAGMA application_id = 1282502260;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
BEGIN TRANSACTION;
CREATE TABLE erasures (id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL);
CREATE TABLE exchanges (
            id INTEGER PRIMARY KEY AUTOINCREMENT, pair INTEGER NOT NULL REFERENCES pairs ON DELETE CASCADE,
            said_at INTEGER NOT NULL, said TEXT NOT NULL, reply TEXT NOT NULL, marked TEXT
        );
INSERT INTO "exchanges" VALUES(1,1,1764000000125,'Have you seen my brother?','He went north, ' || char(0) || ' through the "gate".','He went north, ' || char(0) || ' [point:north] through the "gate".');
INSERT INTO "exchanges" VALUES(2,1,1764000060500,'','You again! 👋🏽',NULL);
INSERT INTO "exchanges" VALUES(3,3,1764086400000,'Hello','Welcome!',NULL);
CREATE TABLE pairs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, player TEXT NOT NULL, character TEXT NOT NULL, UNIQUE (player, character)
        );
INSERT INTO "pairs" VALUES(1,'zoë','guard');
INSERT INTO "pairs" VALUES(3,'../../x','innkeeper');
CREATE INDEX exchanges_of_pair ON exchanges (pair, said_at);
CREATE INDEX exchanges_by_age ON exchanges (said_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('pairs',3);
INSERT INTO "sqlite_sequence" VALUES('exchanges',3);
COMMIT;
