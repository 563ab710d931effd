public import Records

/// The feature as the engine takes it: its tables.
public enum WebhooksModule {
    /// The module.
    public static let module = Module(name: "webhooks", objects: [], tables: tables)

    private static let tables = [
        """
        CREATE TABLE IF NOT EXISTS sys_webhook (id INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL,
            user_id BIGINT NOT NULL, events TEXT NOT NULL, filter TEXT NOT NULL, fields TEXT, secret BLOB NOT NULL,
            old_secret BLOB, old_until BIGINT, state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'off')),
            reason TEXT, seen BIGINT NOT NULL, absences BIGINT NOT NULL DEFAULT 0, fails BIGINT NOT NULL DEFAULT 0,
            failing_since BIGINT, rest_until BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS sys_delivery (id INTEGER PRIMARY KEY, webhook BIGINT NOT NULL, event BIGINT,
            type TEXT NOT NULL, object TEXT NOT NULL, record BIGINT NOT NULL, payload TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'failed')), due_at BIGINT NOT NULL,
            tries BIGINT NOT NULL DEFAULT 0, attempts BIGINT NOT NULL DEFAULT 0, held BIGINT NOT NULL DEFAULT 0,
            lease BIGINT, status BIGINT, error TEXT, duration BIGINT, created_at BIGINT NOT NULL, finished_at BIGINT)
        """,
        "CREATE UNIQUE INDEX IF NOT EXISTS sys_delivery_event ON sys_delivery (webhook, event)",
        "CREATE INDEX IF NOT EXISTS sys_delivery_webhook ON sys_delivery (webhook, id)",
        "CREATE INDEX IF NOT EXISTS sys_delivery_record ON sys_delivery (record, id)",
        "CREATE INDEX IF NOT EXISTS sys_delivery_due ON sys_delivery (webhook, due_at, id) WHERE state = 'waiting'",
        "CREATE INDEX IF NOT EXISTS sys_delivery_sending ON sys_delivery (webhook, due_at) WHERE state = 'sending'",
        "CREATE INDEX IF NOT EXISTS sys_delivery_failed ON sys_delivery (webhook, id) WHERE state = 'failed'",
        """
        CREATE INDEX IF NOT EXISTS sys_delivery_order ON sys_delivery (webhook, object, record, id)
            WHERE state IN ('waiting', 'sending')
        """,
        "CREATE INDEX IF NOT EXISTS sys_delivery_finished ON sys_delivery (finished_at) WHERE finished_at IS NOT NULL",
        """
        CREATE TABLE IF NOT EXISTS sys_delivery_attempt (id INTEGER PRIMARY KEY, delivery BIGINT NOT NULL,
            at BIGINT NOT NULL, address TEXT NOT NULL, status BIGINT, error TEXT, duration BIGINT NOT NULL,
            answer TEXT NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS sys_delivery_attempt_of ON sys_delivery_attempt (delivery, id)",
    ]
}
