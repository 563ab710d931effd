"""Traces: a request that is part of one says so in the log, and its spans go to the collector that the administrator
named, and to nobody without that."""

import http.server
import json
import threading
import time

from served import Served

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector(http.server.ThreadingHTTPServer):
    """Takes spans as a collector does."""

    def __init__(self):
        self.spans = []
        spans = self.spans

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for part in body["resourceSpans"]:
                    for scope in part["scopeSpans"]:
                        spans.extend(scope["spans"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/v1/traces"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def of(self, trace, wanted):
        """The spans of a trace, once there are so many."""
        end = time.monotonic() + 20
        while len(found := [span for span in self.spans if span["traceId"] == trace]) < wanted:
            assert time.monotonic() < end, self.spans
            time.sleep(0.1)
        return found


class Traced(Served):
    def __init__(self, directory, **settings):
        self.extra = settings
        super().__init__(directory)

    def settings(self, data=None):
        return {**super().settings(data), "KEHU_LOG_REQUESTS": "true", **self.extra}


def values(span):
    return {attribute["key"]: attribute["value"]["stringValue"] for attribute in span["attributes"]}


def test_spans_of_requests_statements_and_jobs_go_to_the_collector(tmp_path):
    collector = Collector()
    served = Traced(tmp_path, KEHU_TRACE_ADDRESS=collector.address, KEHU_TRACE_PERCENT="0")
    try:
        served.start()
        headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "X-Request-Id": "r-1"}
        made = served.post("/api/v1/customers", json={"name": "机密客户"}, headers=headers)
        assert made.status_code == 201, made.text
        spans = collector.of(TRACE, 3)
        request = next(span for span in spans if span["kind"] == 2)
        assert request["parentSpanId"] == SPAN and request["name"] == "POST /api/v1/{plural}"
        found = values(request)
        assert found["http.response.status_code"] == "201" and found["kehu.request"] == "r-1", found
        assert found["kehu.workspace"] == "acme"
        statements = [span for span in spans if span["kind"] == 3]
        assert statements and all(span["parentSpanId"] == request["spanId"] for span in statements)
        assert any("INSERT INTO" in values(span)["db.query.text"] for span in statements)
        for span in spans:
            assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        # Nothing of what people write goes out.
        assert "机密" not in json.dumps(collector.spans, ensure_ascii=False)
        assert any(f"trace={TRACE}" in line and "request=r-1" in line for line in served.words().splitlines())
        # A trace that nobody collects is not sent, and one that is malformed is none.
        other = "a" * 32
        assert served.get("/api/v1/me", headers={"traceparent": f"00-{other}-{SPAN}-00"}).ok
        for wrong in ("", "00", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{SPAN}", f"ff-{other}-{SPAN}-01", "x" * 5000):
            assert served.get("/api/v1/me", headers={"traceparent": wrong}).ok
        time.sleep(3)
        assert {span["traceId"] for span in collector.spans} == {TRACE}
        assert served.stop() == 0
    finally:
        served.close()
        collector.shutdown()


def test_a_share_of_other_requests_is_sampled_and_a_collector_that_is_away_holds_nobody_up(tmp_path):
    collector = Collector()
    served = Traced(tmp_path, KEHU_TRACE_ADDRESS=collector.address, KEHU_TRACE_PERCENT="100")
    try:
        served.start()
        assert served.get("/api/v1/customers").ok
        line = next(line for line in served.words().splitlines() if "route=/api/v1/{plural}" in line)
        trace = line.split("trace=")[1].split()[0]
        assert collector.of(trace, 2)
        assert served.json("jobs", "list")
        collector.shutdown()
        collector.server_close()
        start = time.monotonic()
        for _ in range(50):
            assert served.get("/api/v1/customers").ok
        assert time.monotonic() - start < 20
        time.sleep(3)
        assert "spans could not be sent" in served.words()
        assert served.stop() == 0
    finally:
        served.close()


def test_without_an_address_a_trace_is_in_the_log_and_nowhere_else(tmp_path):
    served = Traced(tmp_path)
    try:
        served.start()
        assert served.get("/api/v1/me", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"}).ok
        assert served.get("/api/v1/customers").ok
        lines = [line for line in served.words().splitlines() if " request " in line]
        assert any("route=/api/v1/me" in line and f"trace={TRACE}" in line for line in lines), lines
        assert not any("trace=" in line for line in lines if "{plural}" in line)
    finally:
        served.close()
