"""The command line as an administrator uses it, while the server runs and beside it."""

import json
import sqlite3

import pytest

from served import EMAIL, Served


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("commands"))
    served.start()
    yield served
    served.kill()


def definition(world, key):
    objects = world.get("/api/v1/schema").json()["objects"]
    return next((each for each in objects if each["key"] == key), None)


def field(world, key, name):
    return next((each for each in definition(world, key)["fields"] if each["key"] == name), None)


def test_objects_fields_and_choices_change_by_command_while_the_server_runs(world):
    world.json("object", "add", "depot", "--label", "Depot", "--label-zh", "仓库")
    assert definition(world, "x_depot")["label"] == {"en": "Depot", "zh": "仓库"}
    world.json("object", "rename", "x_depot", "--label-zh", "库房", "--plural-label", "Depots")
    assert definition(world, "x_depot")["label"] == {"en": "Depot", "zh": "库房"}
    assert definition(world, "x_depot")["plural_label"]["en"] == "Depots"
    world.json("field", "add", "x_depot", "size", "--label", "Size", "--kind", "choice", "--choice", "small:小:Small", "--choice", "big:大:Big")
    world.json("choice", "add", "x_depot", "x_size", "huge", "--label", "Huge", "--label-zh", "特大")
    made = world.post("/api/v1/x_depots", json={"name": "浦东", "x_size": "huge"})
    assert made.status_code == 201, made.text
    address = f"/api/v1/x_depots/{made.json()['id']}"
    world.json("choice", "rename", "x_depot", "x_size", "huge", "--label-zh", "超大")
    choices = {each["key"]: each for each in field(world, "x_depot", "x_size")["choices"]}
    assert choices["huge"]["label"] == {"en": "Huge", "zh": "超大"}
    world.json("choice", "hide", "x_depot", "x_size", "small")
    choices = {each["key"]: each for each in field(world, "x_depot", "x_size")["choices"]}
    assert choices["small"]["hidden"] is True and "hidden" not in choices["huge"]
    world.json("choice", "show", "x_depot", "x_size", "small")
    refused = world.run("choice", "remove", "x_depot", "x_size", "huge")
    assert refused.returncode == 1 and len(refused.stderr.strip().splitlines()) == 1
    world.json("choice", "remove", "x_depot", "x_size", "huge", "--move-to", "big")
    assert world.get(address).json()["x_size"] == "big"
    # What is only planned changes nothing.
    planned = world.json("object", "hide", "x_depot", "--plan")
    assert planned["done"] is False and planned["steps"] and definition(world, "x_depot")
    world.json("object", "hide", "x_depot")
    assert world.get("/api/v1/x_depots").status_code == 404
    world.json("object", "show", "x_depot")
    assert world.get(address).json()["name"] == "浦东"
    # A removed field comes back by its key, with its values, by command and by the API.
    world.json("field", "remove", "x_depot", "x_size")
    assert field(world, "x_depot", "x_size") is None and "x_size" not in world.get(address).json()
    world.json("field", "restore", "x_depot", "x_size")
    assert world.get(address).json()["x_size"] == "big"
    assert world.request("DELETE", "/api/v1/schema/objects/x_depot/fields/x_size").ok
    assert world.post("/api/v1/schema/objects/x_depot/fields/x_size/restore", json={}).ok
    assert world.get(address).json()["x_size"] == "big"
    assert world.run("choice", "hide", "x_depot", "name", "a").returncode == 1
    assert world.run("choice", "hide", "x_depot", "x_size", "nothing").returncode == 1
    world.json("object", "remove", "x_depot")
    world.json("object", "restore", "x_depot")
    assert world.get(address).ok


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",), ("serve", "--nonsense"), ("serve", "--port", "99999"), ("serve", "--port", "eighty"),
        ("serve", "--log", "loud"), ("serve", "--log-level", "loud"), ("serve", "--rate-limit", "-1"),
        ("import", "customers"), ("import", "customers", "x.csv", "--mode", "explode"),
        ("import", "customers", "x.csv", "--encoding", "EBCDIC"), ("import", "customers", "x.csv", "--quote", "many"),
        ("export", "customers", "--format", "pdf"), ("key", "new", "--user", EMAIL),
        ("key", "new", "--user", EMAIL, "--name", "x", "--scopes", "everything"), ("workspace", "new", "x"),
        ("object", "rename", "customer"), ("choice", "rename", "customer", "level", "a"), ("webhook", "replay", "x"),
        ("demo", "--login-host", "crm.example.com"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_64_and_one_line(world, arguments):
    done = world.run(*arguments)
    assert done.returncode == 64, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and done.stderr.startswith("kehu: "), done.stderr
    assert done.stdout == ""


def test_a_definition_that_is_not_complete_says_what_is_missing(world):
    def errors(**members):
        body = {"key": "f", "label": {"en": "F", "zh": "字段"}, **members}
        answer = world.post("/api/v1/schema/objects/customer/fields", json=body)
        assert answer.status_code == 422
        return {each["field"]: each["message"] for each in answer.json()["errors"]}

    assert "auto_number" in errors(kind="integer")["kind"]
    assert "«to»" in errors(kind="link")["to"]
    assert "«expression»" in errors(kind="formula")["expression"]


def test_rules_are_expressions_that_hold_at_once_and_none_is_left_out_in_silence(world):
    """A rule without an id is a new one; what is no rule, choice or member is refused, not passed over."""
    change = "/api/v1/schema/objects/lead"
    rule = {"expression": "len(name) < 5", "message": {"en": "Too long.", "zh": "名称过长"}, "field": "name"}
    answer = world.patch(change, json={"rules": [rule]})
    assert answer.status_code == 200, answer.text
    stored = definition(world, "lead")["rules"]
    assert len(stored) == 1 and stored[0]["id"] and stored[0]["active"] is True
    refused = world.post("/api/v1/leads", json={"name": "很长很长的名字"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["message"] == "Too long.", refused.text
    assert world.post("/api/v1/leads", json={"name": "短名"}).status_code == 201
    for wrong in (
        {"rules": [{**rule, "expression": "nothing > 1"}]}, {"rules": [{**rule, "expression": "name"}]},
        {"rules": [{"expression": "true"}]}, {"rules": [{**rule, "message": "text"}]}, {"rules": ["true"]},
        {"rules": [{**rule, "field": "nothing"}]}, {"rules": "true"}, {"label": "Lead"}, {"hidden": "yes"},
        {"list_fields": ["nothing"]}, {"colour": 1},
    ):
        assert world.patch(change, json=wrong).status_code == 422, wrong
    assert definition(world, "lead")["rules"] == stored
    assert world.patch(change, json={"rules": []}).ok
    for wrong in ({"requird": True}, {"unique": "yes"}, {"choices": [{"key": "a"}]}, {"kind": "choice", "choices": [{}]}):
        body = {"key": "g", "kind": "text", "label": {"en": "G", "zh": "字段"}, **wrong}
        assert world.post(change + "/fields", json=body).status_code == 422, wrong
    choices = field(world, "lead", "status")["choices"]
    lost = [*choices[:-1], {"key": choices[-1]["key"]}]
    assert world.patch(change + "/fields/status", json={"choices": lost}).status_code == 422
    assert world.post("/api/v1/schema/objects", json={"key": "q", "label": {"en": "Q", "zh": "问"}, "x": 1}).status_code == 422


def test_what_is_shown_once_is_not_kept_in_plain_for_repeated_requests(world):
    headers = {"Idempotency-Key": "once"}
    first = world.post("/api/v1/api-keys", json={"name": "n"}, headers=headers)
    again = world.post("/api/v1/api-keys", json={"name": "n"}, headers=headers)
    assert first.status_code == again.status_code == 201 and first.content == again.content
    with sqlite3.connect(f"file:{world.file}?mode=ro", uri=True) as database:
        stored = b"".join(row[0] for row in database.execute("SELECT body FROM sys_idempotency"))
    database.close()
    assert stored and first.json()["token"].encode() not in stored
    assert json.loads(first.content)["token"].startswith("kh_")
