/// The ledger and what belongs to its runs. Entries are only added; those of a run that was never closed may go.
enum CostingTables {
    static let statements =
        [
            """
            CREATE TABLE IF NOT EXISTS sys_allocation_run (id INTEGER PRIMARY KEY, month TEXT NOT NULL, state TEXT NOT NULL,
                rules_hash TEXT NOT NULL, input_hash TEXT NOT NULL, created_at INTEGER NOT NULL, created_by INTEGER,
                created_name TEXT NOT NULL, finished_at INTEGER, closed_at INTEGER, closed_by INTEGER, closed_name TEXT,
                replaces INTEGER, note TEXT NOT NULL, first_entry INTEGER NOT NULL, last_entry INTEGER NOT NULL,
                problem TEXT, logged INTEGER NOT NULL, estimated INTEGER NOT NULL, pool_cost INTEGER NOT NULL,
                spend INTEGER NOT NULL, direct INTEGER NOT NULL, assigned INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_allocation_run_month ON sys_allocation_run (month, state, id)",
            """
            CREATE TABLE IF NOT EXISTS sys_cost_entry (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, object TEXT NOT NULL,
                record INTEGER NOT NULL, month TEXT NOT NULL, category TEXT NOT NULL, nature TEXT NOT NULL,
                amount INTEGER NOT NULL, method TEXT NOT NULL, confidence TEXT NOT NULL, source_object TEXT NOT NULL,
                source INTEGER NOT NULL, pool INTEGER, activity INTEGER, seconds INTEGER NOT NULL, product INTEGER,
                reason TEXT, channel TEXT, reverses INTEGER)
            """,
            "CREATE INDEX IF NOT EXISTS sys_cost_entry_record ON sys_cost_entry (record, run)",
            """
            CREATE TABLE IF NOT EXISTS sys_cost_residual (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL,
                pool INTEGER, channel TEXT, amount INTEGER NOT NULL, seconds INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_cost_residual_run ON sys_cost_residual (run)",
            """
            CREATE TABLE IF NOT EXISTS sys_run_pool (run INTEGER NOT NULL, pool INTEGER NOT NULL, cost INTEGER NOT NULL,
                capacity INTEGER NOT NULL, used INTEGER NOT NULL, logged INTEGER NOT NULL, assigned INTEGER NOT NULL,
                people INTEGER NOT NULL, PRIMARY KEY (run, pool))
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_profit (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, object TEXT NOT NULL,
                record INTEGER NOT NULL, sales INTEGER NOT NULL, discounts INTEGER NOT NULL, refunds INTEGER NOT NULL,
                goods INTEGER NOT NULL, service INTEGER NOT NULL, maintenance INTEGER NOT NULL, acquired INTEGER NOT NULL,
                acquisition INTEGER NOT NULL, fees INTEGER NOT NULL, bad_debt INTEGER NOT NULL, cash INTEGER NOT NULL,
                logged INTEGER NOT NULL, estimated INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_profit_record ON sys_profit (record, run)",
            // What statements hold of the time of small pools, with amounts below 0: see `Protection`.
            """
            CREATE TABLE IF NOT EXISTS sys_profit_small (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, object TEXT NOT NULL,
                record INTEGER NOT NULL, sales INTEGER NOT NULL, discounts INTEGER NOT NULL, refunds INTEGER NOT NULL,
                goods INTEGER NOT NULL, service INTEGER NOT NULL, maintenance INTEGER NOT NULL, acquired INTEGER NOT NULL,
                acquisition INTEGER NOT NULL, fees INTEGER NOT NULL, bad_debt INTEGER NOT NULL, cash INTEGER NOT NULL,
                logged INTEGER NOT NULL, estimated INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_profit_small_record ON sys_profit_small (record, run)",
            "CREATE INDEX IF NOT EXISTS sys_profit_small_run ON sys_profit_small (run, record)",
            "CREATE INDEX IF NOT EXISTS sys_profit_run ON sys_profit (run, record)",
            "CREATE TABLE IF NOT EXISTS sys_fee_border (runs TEXT PRIMARY KEY, profit INTEGER NOT NULL)",
            // What a run leaves to later months, and what it rests on: see `RestsOn`.
            """
            CREATE TABLE IF NOT EXISTS sys_run_carry (run INTEGER PRIMARY KEY, mark TEXT NOT NULL, rests_on TEXT NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_run_total (run INTEGER PRIMARY KEY, sales INTEGER NOT NULL,
                discounts INTEGER NOT NULL, refunds INTEGER NOT NULL, goods INTEGER NOT NULL, service INTEGER NOT NULL,
                maintenance INTEGER NOT NULL, acquired INTEGER NOT NULL, acquisition INTEGER NOT NULL,
                fees INTEGER NOT NULL, bad_debt INTEGER NOT NULL, cash INTEGER NOT NULL, logged INTEGER NOT NULL,
                estimated INTEGER NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_worth (id INTEGER PRIMARY KEY, object TEXT NOT NULL, record INTEGER NOT NULL,
                at INTEGER NOT NULL, rfm INTEGER, alive REAL, purchases REAL, value INTEGER, churn REAL, reasons TEXT,
                method TEXT NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_worth_record ON sys_worth (record)",
            "CREATE INDEX IF NOT EXISTS sys_worth_value ON sys_worth (value)",
            // The value as readers see it who may not read pay: without the time of small pools.
            """
            CREATE TABLE IF NOT EXISTS sys_worth_open (id INTEGER PRIMARY KEY, object TEXT NOT NULL,
                record INTEGER NOT NULL, value INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_worth_open_record ON sys_worth_open (record)",
            "CREATE INDEX IF NOT EXISTS sys_worth_open_value ON sys_worth_open (value)",
            """
            CREATE TABLE IF NOT EXISTS sys_tier (id INTEGER PRIMARY KEY, object TEXT NOT NULL, record INTEGER NOT NULL,
                tier TEXT NOT NULL, value INTEGER NOT NULL, at INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_tier_record ON sys_tier (record)",
            """
            CREATE TABLE IF NOT EXISTS sys_prediction (id INTEGER PRIMARY KEY, object TEXT NOT NULL, record INTEGER NOT NULL,
                kind TEXT NOT NULL, chance REAL NOT NULL, reasons TEXT NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_prediction_record ON sys_prediction (record)",
            "CREATE INDEX IF NOT EXISTS sys_prediction_kind ON sys_prediction (kind, chance)",
            """
            CREATE TABLE IF NOT EXISTS sys_prediction_model (kind TEXT PRIMARY KEY, at INTEGER NOT NULL,
                rows INTEGER NOT NULL, happened INTEGER NOT NULL, auc INTEGER NOT NULL, lift INTEGER NOT NULL,
                calibration INTEGER NOT NULL, refusal_en TEXT, refusal_zh TEXT)
            """,
            // Customers to look at, reckoned each night; `open` is 1 for who may not read pay.
            """
            CREATE TABLE IF NOT EXISTS sys_cost_warning (id INTEGER PRIMARY KEY, object TEXT NOT NULL,
                record INTEGER NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL, open INTEGER NOT NULL,
                since TEXT NOT NULL, round INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_cost_warning_record ON sys_cost_warning (record, kind)",
            "CREATE INDEX IF NOT EXISTS sys_cost_warning_amount ON sys_cost_warning (open, amount)",
            """
            CREATE TABLE IF NOT EXISTS sys_run_progress (run INTEGER PRIMARY KEY, step TEXT NOT NULL, done INTEGER NOT NULL,
                total INTEGER NOT NULL, same INTEGER)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_cost_setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)
            """,
        ] + RunShares.tables.map { "CREATE TABLE IF NOT EXISTS \($0.0) \($0.1)" }
}
