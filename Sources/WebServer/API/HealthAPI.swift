import Database
import HTTPTypes
import Identity
import Records
import SQLText
import Values

/// For whoever watches over the server.
enum HealthAPI {
    static func alive(_ call: Call) async throws -> Reply { .object { $0.member("status", "ok") } }

    static func ready(_ call: Call) async throws -> Reply {
        _ = try await call.engine.database.read { try $0.value("SELECT 1") }
        return .object { $0.member("status", "ready") }
    }

    /// Prometheus text. It is for the machine itself and for administrators.
    static func metrics(_ call: Call) async throws -> Reply {
        let isLocal = call.address == "::1" || call.address.hasPrefix("127.") || call.address.isEmpty
        if !isLocal {
            guard let actor = call.caller.actor else { throw Problem.loggedOut }
            try actor.require(.settings)
        }
        var reply = Reply(body: .bytes(Array(text(call).utf8)))
        reply.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        return reply
    }

    private static func text(_ call: Call) -> String {
        let figures = call.server.metrics.now
        var lines = ["# TYPE kehu_requests_total counter"]
        for (status, count) in figures.byStatus.sorted(by: { $0.key < $1.key }) {
            lines.append("kehu_requests_total{status=\"\(status)\"} \(count)")
        }
        lines.append("# TYPE kehu_request_seconds histogram")
        var sum = 0
        for (bound, count) in zip(Metrics.bounds, figures.byTime) {
            sum += count
            lines.append("kehu_request_seconds_bucket{le=\"\(bound)\"} \(sum)")
        }
        let all = figures.byTime.reduce(0, +)
        lines.append("kehu_request_seconds_bucket{le=\"+Inf\"} \(all)")
        lines.append("kehu_request_seconds_sum \(figures.seconds)")
        lines.append("kehu_request_seconds_count \(all)")
        lines.append("# TYPE kehu_statements_total counter")
        lines.append("kehu_statements_total \(call.engine.database.log.statements)")
        lines.append("# TYPE kehu_writes_total counter")
        lines.append("kehu_writes_total \(figures.writes)")
        lines.append("# TYPE kehu_write_queue gauge")
        lines.append("kehu_write_queue \(figures.writing)")
        return lines.joined(separator: "\n") + "\n"
    }
}
