PRAGMA application_id = 1196182852;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    title_is_auto INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    folder TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    deleted_at REAL,
    unread INTEGER NOT NULL,
    leaf_id TEXT,
    setup TEXT NOT NULL,
    draft TEXT NOT NULL,
    extra TEXT NOT NULL,
    touched INTEGER NOT NULL
);
INSERT INTO "conversations" VALUES('c1','第一个对话',0,1,0,'',1.0,2.0,NULL,0,'m3','{"system":"你是助手","turns":[],"template_id":"","template_thinking":null,"endpoint_id":"","model":"glm-4.6","thinking":"template","parameters":{"temperature":null,"top_p":null,"max_tokens":null,"stop":null,"json_object":false}}','','{}',1);
INSERT INTO "conversations" VALUES('c2','second',1,0,0,'',0.0,0.0,NULL,0,NULL,'{"system":"","turns":[],"template_id":"","template_thinking":null,"endpoint_id":"","model":"","thinking":"template","parameters":{"temperature":null,"top_p":null,"max_tokens":null,"stop":null,"json_object":false}}','half a draft','{}',2);
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    parent_id TEXT,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    parts TEXT NOT NULL,
    checksum BLOB NOT NULL,
    model TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    thinking INTEGER,
    finish_reason TEXT NOT NULL,
    request_id TEXT NOT NULL,
    usage TEXT,
    timing TEXT NOT NULL,
    created_at REAL NOT NULL
, cost REAL, saved REAL, deleted_at REAL);
INSERT INTO "messages" VALUES(1,'m1','c1',NULL,'user','complete','[{"kind":"attachment","name":"说明.txt","media_type":"text/plain","text":"附件的文字"},{"kind":"text","text":"密钥在哪里？"}]',X'FED612663676F2DF','','',NULL,'','',NULL,'{"first_token":null,"total":null}',0.0,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(2,'m2','c1','m1','assistant','complete','[{"kind":"reasoning","text":"想一想","seconds":1.5},{"kind":"text","text":"在设置里。"}]',X'CF7D68FA2BD5FE85','glm-4.6','',1,'stop','','{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"cached_tokens":0,"reasoning_tokens":null}','{"first_token":0.5,"total":2.0}',0.0,0.5,0.25,NULL);
INSERT INTO "messages" VALUES(3,'m3','c1','m1','assistant','streaming','[{"kind":"text","text":"half"},{"kind":"error","error":{"kind":"ended_early","args":{},"action":null,"retry":"never","code":"","status":0,"detail":"","request_id":""}}]',X'4C19786EF38B28F6','','',NULL,'','',NULL,'{"first_token":null,"total":null}',0.0,NULL,NULL,NULL);
CREATE INDEX conversations_touched ON conversations (touched);
CREATE INDEX messages_conversation ON messages (conversation_id, seq);
CREATE INDEX messages_streaming ON messages (status) WHERE status = 'streaming';
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, everywhere INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, undone TEXT, created_at REAL NOT NULL);
CREATE INDEX commands_conversation ON commands (conversation_id);
CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TABLE message_text (seq INTEGER PRIMARY KEY REFERENCES messages (seq) ON DELETE CASCADE, body TEXT NOT NULL);
INSERT INTO "message_text" VALUES(1,'密钥在哪里？
说明.txt
附件的文字');
INSERT INTO "message_text" VALUES(2,'在设置里。');
CREATE VIRTUAL TABLE message_index USING fts5(body, content='', tokenize='unicode61 remove_diacritics 0');
INSERT INTO message_index (rowid, body) VALUES (1,' 密  钥  在  哪  里 ？
 说  明 .txt
 附  件  的  文  字 ');
INSERT INTO message_index (rowid, body) VALUES (2,' 在  设  置  里 。');
CREATE TABLE exchanges (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE, at REAL NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE spending (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    at REAL NOT NULL,
    conversation_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    template_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt INTEGER,
    cached INTEGER,
    completion INTEGER,
    reasoning INTEGER,
    cost REAL,
    saved REAL,
    first_token REAL,
    total REAL
);
INSERT INTO "spending" VALUES(1,'m2',0.0,'c1','answer','','','glm-4.6',10,0,20,NULL,0.5,0.25,0.5,2.0);
CREATE INDEX spending_at ON spending (at);
CREATE INDEX exchanges_message ON exchanges (message_id, at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('messages',3);
COMMIT;
