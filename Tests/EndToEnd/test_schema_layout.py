"""A workspace is a schema that knows of no other: what schema-based sharding asks for, so that each may lie on another
machine."""

import re
import time

from served import EMAIL, PASSWORD, Served

# Of the schemas of workspaces only.
OURS = "n.nspname LIKE 'w\\_%'"

REFUSED = {
    "foreign keys between schemas": f"""
        SELECT n.nspname || ' ' || c.conname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid
        JOIN pg_class b ON b.oid = c.confrelid JOIN pg_namespace n ON n.oid = a.relnamespace
        WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace""",
    "triggers": f"""
        SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND {OURS}""",
    "sequences, views, foreign and partitioned tables, types": f"""
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OURS} AND c.relkind NOT IN ('r', 'i', 't')""",
    "tables that are not kept, or belong to others": f"""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OURS} AND (c.relpersistence <> 'p' OR c.relispartition OR c.relhassubclass OR c.relhasrules)""",
    "extensions": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    "exclusions": f"""
        SELECT c.conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE c.contype = 'x' AND {OURS}""",
    "things that need one of another workspace": f"""
        SELECT DISTINCT a.relname || ' ' || b.relname FROM pg_depend d
        JOIN pg_class a ON d.classid = 'pg_class'::regclass AND a.oid = d.objid
        JOIN pg_class b ON d.refclassid = 'pg_class'::regclass AND b.oid = d.refobjid
        JOIN pg_namespace n ON n.oid = a.relnamespace
        WHERE {OURS} AND a.relnamespace <> b.relnamespace""",
    "functions of another workspace": f"""
        SELECT DISTINCT a.relname || ' ' || p.proname FROM pg_depend d
        JOIN pg_class a ON d.classid = 'pg_class'::regclass AND a.oid = d.objid
        JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
        JOIN pg_namespace n ON n.oid = a.relnamespace JOIN pg_namespace o ON o.oid = p.pronamespace
        WHERE {OURS} AND o.oid <> n.oid AND o.nspname <> 'pg_catalog'""",
    "what lies outside of workspaces and their directory": """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'S') AND n.nspname NOT LIKE 'w\\_%' AND n.nspname NOT LIKE 'spare\\_%'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'kehu_directory')""",
}


def transactions(log):
    """The schema that each transaction said it works in, with its statements."""
    running = {}
    for line in re.split(r"(?m)^(?=process \d+ )", log):
        found = re.match(r"process (\d+) .*?(?:statement|execute [^:]*): (.*)", line, re.S)
        if not found:
            continue
        process, text = found.groups()
        start = re.search(r'SET LOCAL search_path = "([^"]+)"', text)
        if start:
            running[process] = start.group(1)
        if process in running:
            yield running[process], text
        if text.startswith(("COMMIT", "ROLLBACK")):
            running.pop(process, None)


def test_workspaces_share_nothing_but_the_list_of_them(server, tmp_path):
    server.ask("ALTER SYSTEM SET log_line_prefix = 'process %p '")
    server.ask("ALTER SYSTEM SET log_statement = 'all'")
    server.ask("SELECT pg_reload_conf()")
    served = Served(tmp_path, database=server.address)
    try:
        made = served.run("workspace", "new", "globex", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        for name in ("acme", "globex"):
            served.start("--workspace", name)
            key = served.json("key", "new", "--user", EMAIL, "--name", "w", "--workspace", name)["token"]
            headers = {"Authorization": "Bearer " + key}
            for number in range(3):
                customer = {"name": f"客户 {number}", "phone": "13800001234"}
                record = served.post("/api/v1/customers", json=customer, headers=headers)
                assert record.status_code == 201, record.text
            field = {"key": "colour", "label": {"en": "Colour", "zh": "颜色"}, "kind": "text", "indexed": True}
            assert served.post("/api/v1/schema/objects/customer/fields", json=field, headers=headers).ok
            for path in ("/api/v1/customers?q=客户", "/api/v1/search?q=1380", "/api/v1/reports/pipeline", "/api/v1/audit"):
                assert served.get(path, headers=headers).ok, path
            assert served.get("/api/v1/customers/export?format=csv", headers=headers).ok
            assert served.json("verify", "--workspace", name)["ok"]
            time.sleep(1)
            assert served.stop() == 0
        for what, question in REFUSED.items():
            assert server.ask(question) == "", what
        # No transaction of one workspace names another, and none but those of the list itself names the list.
        counts = {}
        for schema, text in transactions((server.folder / "data" / "log").read_text("utf-8", "replace")):
            counts[schema] = counts.get(schema, 0) + 1
            others = {"w_acme", "w_globex", "kehu_directory"} - {schema}
            if schema != "public":
                assert not any(other in text for other in others), (schema, text)
        assert counts["w_acme"] > 100 and counts["w_globex"] > 100, counts
    finally:
        served.close()
