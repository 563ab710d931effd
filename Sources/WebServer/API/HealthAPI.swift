import Database
import Foundation
import HTTPTypes
import Identity
import Jobs
import Records
import SQLText
import Values
import Webhooks

/// For whoever watches over the server.
enum HealthAPI {
    static func alive(_ call: Call) async throws -> Reply { .object { $0.member("status", "ok") } }

    static func ready(_ call: Call) async throws -> Reply {
        // Says no as well when the data has become newer than this program, or lies elsewhere now: then no proxy sends
        // anybody here any more.
        try await call.engine.read(as: .system("health")) { _ in }
        if let stop = try await call.engine.database.writeStop(), stop == .moved { throw Problem(stop) }
        return .object { $0.member("status", "ready") }
    }

    /// Prometheus text. It is for the machine itself, for whoever has the token, and for administrators.
    static func metrics(_ call: Call) async throws -> Reply {
        if !isLocal(call), !hasToken(call) {
            guard let actor = call.caller.actor else { throw Problem.loggedOut }
            try actor.require(.settings)
        }
        let (queue, webhooks) = (call.workspace.jobs, call.workspace.webhooks)
        let stored = try await call.engine.database.read { connection in
            StoredFigures(
                jobs: try queue.counts(on: connection),
                jobWait: try queue.longestWait(on: connection),
                deliveryWait: try webhooks.longestWait(on: connection),
                bytes: try connection.storedBytes()
            )
        }
        var reply = Reply(body: .bytes(Array(MetricsText.of(call.server, stored).utf8)))
        reply.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        return reply
    }

    /// A request that came through a proxy is not of this machine, even when the proxy is.
    static func isLocal(_ call: Call) -> Bool { isLocal(call.headers, call.address) }

    /// The same of a request that is for no workspace.
    static func isLocal(_ headers: HTTPFields, _ address: String) -> Bool {
        let isForwarded = headers[.forwardedFor] != nil || headers[.forwarded] != nil
        return !isForwarded && (address == "::1" || address.hasPrefix("127.") || address.isEmpty)
    }

    /// Whether a request for the figures carries the token of the settings.
    static func hasToken(_ call: Call) -> Bool {
        call.path == "/metrics" && hasToken(call.headers, call.server.settings)
    }

    /// The same of a request for figures that is for no workspace.
    static func hasToken(_ headers: HTTPFields, _ settings: ServerSettings) -> Bool {
        let wanted = settings.metricsToken
        guard !wanted.isEmpty, let given = headers[.authorization] else { return false }
        // Of the hashes, so that the time taken says nothing about the token.
        return ContentHash.sha256(Array(given.utf8)) == ContentHash.sha256(Array("Bearer \(wanted)".utf8))
    }
}

/// What the database says of itself.
struct StoredFigures: Sendable {
    let jobs: [JobState: Int]
    /// In milliseconds.
    let jobWait: Int64
    /// In milliseconds.
    let deliveryWait: Int64
    let bytes: Int64
}

/// The figures in the text form of Prometheus.
enum MetricsText {
    static func of(_ server: WebServer, _ stored: StoredFigures) -> String {
        var lines: [String] = []
        if !server.settings.onlyFigures { requests(server.metrics.now, &lines) }
        database(server.workspace.engine.database, stored, &lines)
        head("kehu_jobs", "gauge", "Background jobs by state", &lines)
        for state in JobState.allCases {
            lines.append("kehu_jobs{state=\"\(state.rawValue)\"} \(stored.jobs[state] ?? 0)")
        }
        wait("kehu_job_wait_seconds", "How long the job has waited that is due the longest", stored.jobWait, &lines)
        wait(
            "kehu_delivery_wait_seconds",
            "How long the webhook delivery has waited that is due the longest",
            stored.deliveryWait,
            &lines
        )
        process(since: server.metrics.started, &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    static func process(since started: ContinuousClock.Instant, _ lines: inout [String]) {
        let uptime = (ContinuousClock.now - started).components.seconds
        one("kehu_uptime_seconds", "gauge", "Seconds since the server began", Int(uptime), &lines)
        one("kehu_resident_bytes", "gauge", "Memory of the program", resident, &lines)
    }

    static func requests(_ figures: Metrics.Figures, _ lines: inout [String]) {
        head("kehu_requests_total", "counter", "Answered requests by route and status", &lines)
        let sorted = figures.byRoute.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        func labels(_ key: Metrics.Key) -> String {
            "{method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"}"
        }
        for (key, count) in sorted { lines.append("kehu_requests_total\(labels(key)) \(count.requests)") }
        head("kehu_route_seconds_total", "counter", "Time spent on requests by route and status", &lines)
        for (key, count) in sorted { lines.append("kehu_route_seconds_total\(labels(key)) \(count.seconds)") }
        head("kehu_request_seconds", "histogram", "Time until an answer was ready", &lines)
        times("kehu_request_seconds", Metrics.bounds, figures.byTime, figures.seconds, &lines)
    }

    /// A histogram of times: how many were at most each bound, and in the last place how many were above all of them.
    private static func times(
        _ name: String,
        _ bounds: [Double],
        _ counts: [Int],
        _ seconds: Double,
        _ lines: inout [String]
    ) {
        var sum = 0
        for (bound, count) in zip(bounds, counts) {
            sum += count
            lines.append("\(name)_bucket{le=\"\(bound)\"} \(sum)")
        }
        let all = counts.reduce(0, +)
        lines.append("\(name)_bucket{le=\"+Inf\"} \(all)")
        lines.append("\(name)_sum \(seconds)")
        lines.append("\(name)_count \(all)")
    }

    private static func wait(_ name: String, _ help: String, _ milliseconds: Int64, _ lines: inout [String]) {
        head(name, "gauge", help, &lines)
        lines.append("\(name) \(Double(milliseconds) / 1000)")
    }

    private static func database(_ database: Database, _ stored: StoredFigures, _ lines: inout [String]) {
        let traffic = database.log.traffic.now
        one("kehu_statements_total", "counter", "Statements run", database.log.statements, &lines)
        one("kehu_reads_total", "counter", "Reads", traffic.reads, &lines)
        one("kehu_replica_reads_total", "counter", "Reads by servers that follow", traffic.followed, &lines)
        one(
            "kehu_replica_misses_total",
            "counter",
            "Reads that none that follows could do",
            traffic.notFollowed,
            &lines
        )
        one("kehu_reads_active", "gauge", "Reads that run or wait for a connection", traffic.reading, &lines)
        one("kehu_read_connections", "gauge", "Connections for reads", database.readers, &lines)
        one("kehu_writes_total", "counter", "Writes, those undone included", traffic.writes, &lines)
        one("kehu_write_queue", "gauge", "Writes that run or wait", traffic.waiting, &lines)
        one("kehu_write_queue_most", "gauge", "Most writes that ever waited", traffic.mostWaiting, &lines)
        head("kehu_write_group_size", "histogram", "Writes committed together", &lines)
        var sum = 0
        for (bound, count) in zip(Traffic.bounds, traffic.bySize) {
            sum += count
            lines.append("kehu_write_group_size_bucket{le=\"\(bound)\"} \(sum)")
        }
        lines.append("kehu_write_group_size_bucket{le=\"+Inf\"} \(traffic.groups)")
        lines.append("kehu_write_group_size_sum \(traffic.writes)")
        lines.append("kehu_write_group_size_count \(traffic.groups)")
        one("kehu_database_bytes", "gauge", "Size of the workspace in the database", Int(stored.bytes), &lines)
        if database.dialect == .sqlite {
            one("kehu_wal_bytes", "gauge", "Size of the write-ahead log", size(database.path + "-wal"), &lines)
        }
        if let pool = database.connections { connections(pool, &lines) }
    }

    /// Of the whole process: its workspaces share the connections.
    static func connections(_ pool: PoolFigures, _ lines: inout [String]) {
        one("kehu_pool_connections_most", "gauge", "Most connections that there may be", pool.most, &lines)
        one("kehu_pool_connections", "gauge", "Connections that are open", pool.open, &lines)
        one("kehu_pool_connections_opened_total", "counter", "Connections that were made", pool.opened, &lines)
        one("kehu_pool_connections_used", "gauge", "Connections at work", pool.used, &lines)
        one("kehu_pool_waiting", "gauge", "Reads and groups of writes that wait for a connection", pool.waiting, &lines)
        one("kehu_pool_refused_total", "counter", "Work that waited in vain for a connection", pool.refused, &lines)
        head("kehu_pool_wait_seconds", "histogram", "Time waited for a connection, mostly none", &lines)
        times("kehu_pool_wait_seconds", PoolFigures.bounds, pool.byTime, pool.seconds, &lines)
    }

    static func one(_ name: String, _ type: String, _ help: String, _ value: Int, _ lines: inout [String]) {
        head(name, type, help, &lines)
        lines.append("\(name) \(value)")
    }

    static func head(_ name: String, _ type: String, _ help: String, _ lines: inout [String]) {
        lines.append("# HELP \(name) \(help)")
        lines.append("# TYPE \(name) \(type)")
    }

    private static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    private static var resident: Int {
        let text = FileManager.default.contents(atPath: "/proc/self/statm") ?? Data()
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * sysconfPage
    }

    private static let sysconfPage = NSPageSize()
}
