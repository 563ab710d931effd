import Database
import Foundation
import Identity
import Logging
import Operations
import Records
import SQLText
import Schema
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Values
import WebServer

@testable import App

/// An upgrade from one version to the next while both serve the same workspace in PostgreSQL. The versions differ in what
/// they declare and in their migrations; everything else about them is the program as it is.
@Suite(.enabled(if: TestDatabase.dialect == .postgres, "a file belongs to one process"))
struct RollingUpgradeTests {
    @Test func `a new version moves in under load, and not one request of either version fails`() async throws {
        let place = Place()
        let old = try await place.start(Version.old)
        try await old.fill(1500)
        let load = Load(old)
        try await load.hasAnswered(20)
        let new = try await place.start(Version.new)
        let both = Load(new)
        try await both.hasAnswered(20)
        // The old version still runs: what only it needs is there, and every row is filled all the same.
        _ = try await old.beat()
        let waiting = try await new.beat()
        guard case .waiting(let others) = waiting else {
            Issue.record("nothing waited: \(waiting)")
            return
        }
        #expect(others.map(\.program.format) == [1])
        #expect(try await new.columns().isSuperset(of: ["website", "motto", "site"]))
        #expect(try await new.unfilled("客户") == 0)
        #expect(try await new.format() == 1)
        // A second server of the old version may still begin: the new one takes nothing away from it.
        let second = try await place.start(Version.old)
        let late = Load(second)
        try await late.hasAnswered(20)
        await load.stop()
        await old.end()
        _ = try await second.beat()
        guard case .waiting = try await new.beat() else {
            Issue.record("the second one was forgotten")
            return
        }
        await late.stop()
        await second.end()
        // Now nothing older runs: the rest is done, while the new version goes on.
        #expect(try await new.beat() == .settled)
        #expect(try await new.beat() == .settled)
        #expect(try await !new.columns().contains("website"))
        #expect(try await new.unfilled("") == 0)
        #expect(try await new.format() == 2)
        try await both.hasAnswered(10)
        await both.stop()
        for each in [load, both, late] { #expect(each.failures == []) }
        #expect(try await new.workspace.engine.verifyKept() == [])
        // One that was thought to be gone touches nothing any more, and says why.
        for path in ["/api/v1/customers", "/readyz"] {
            let answer = try await old.client.send("GET", path)
            #expect(answer.status == 503 && answer.code == "newer_data")
        }
        #expect(try await old.beat() == .outdated)
        await #expect(throws: Problem.self) { try await place.start(Version.old) }
    }

    @Test func `a report that runs for long holds an upgrade up, and the upgrade holds nobody up`() async throws {
        let place = Place()
        let old = try await place.start(Version.old)
        let database = old.workspace.engine.database
        let report = Task {
            try await database.read { connection in
                _ = try connection.value("SELECT count(*) FROM customer")
                _ = try connection.value("SELECT CAST(pg_sleep(4) AS TEXT)")
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        let load = Load(old)
        let new = try await place.start(Version.new)
        try await report.value
        await load.stop()
        // The definition waits for 1.5 s at most before it lets the others go first.
        #expect(load.failures == [] && load.slowest < .seconds(3))
        await new.end()
    }

    @Test func `what an older version does not keep is counted when it has gone`() async throws {
        let place = Place()
        let old = try await place.start(Version.old)
        let new = try await place.start(Version.new)
        let read = Version.keptKinds
        #expect(try await new.workspace.engine.database.read(read).isEmpty)
        for number in 0..<5 { #expect(try await old.make("旧 \(number)").status == 201) }
        await old.end()
        #expect(try await new.beat() == .settled)
        #expect(try await new.workspace.engine.database.read(read) == ["site"])
        #expect(try await new.workspace.engine.verifyKept() == [])
        await new.end()
    }

    @Test func `what an older process needs of a workspace that it has closed stays until it has ended`() async throws {
        let place = Place()
        let first = try await place.start(Version.old)
        await first.end()
        let (many, directory) = try await place.many()
        try await many.begin(serves: true)
        let work = Task { await many.work() }
        _ = try await many.server(for: "acme.crm.example")
        let server = try #require(directory.server)
        let database = Database(postgres: server, schema: try #require(try await directory.current().schema("acme")))
        // Nobody comes, so that it is closed.
        var isOpen = true
        for _ in 0..<600 where isOpen {
            try await Task.sleep(for: .milliseconds(200))
            let open = try await database.read {
                try $0.value("SELECT count(*) FROM sys_node WHERE seen IS NOT NULL").integer
            }
            isOpen = open != 0
        }
        #expect(!isOpen)
        let new = try await place.start(Version.new)
        guard case .waiting(let others) = try await new.beat() else {
            Issue.record("nothing waited for the older process")
            return
        }
        #expect(others.map(\.program.format) == [1])
        #expect(try await new.columns().isSuperset(of: ["website", "site"]))
        #expect(try await new.format() == 1)
        // Somebody comes to the older process again.
        _ = try await many.server(for: "acme.crm.example")
        #expect(try await new.beat().isWaiting)
        work.cancel()
        await work.value
        await many.close()
        #expect(try await new.beat() == .settled)
        #expect(try await !new.columns().contains("website"))
        #expect(try await new.format() == 2)
        await new.end()
    }

    @Test func `nobody is sent to a process with a workspace too new for it where a newer one serves`() async throws {
        let place = Place()
        let new = try await place.start(Version.new)
        let (many, directory) = try await place.many()
        try await many.begin(serves: true)
        try await many.ready()
        await #expect(throws: Problem.self) { _ = try await many.server(for: "acme.crm.example") }
        // It goes on with what it can do as long as nobody else does more.
        try await many.ready()
        let newer = Presence(try #require(directory.server), Edition(format: 2, mark: "newer"))
        try await newer.begin(serves: false)
        try await many.ready()
        await newer.end()
        let serving = Presence(try #require(directory.server), Edition(format: 2, mark: "newer"))
        try await serving.begin(serves: true)
        await #expect { try await many.ready() } throws: { ($0 as? Problem)?.code == "newer_data" }
        await serving.end()
        try await many.ready()
        await many.close()
        await new.end()
    }
}

/// Two versions of the program: the newer one keeps the website of customers in another column, has a motto and an index
/// over it, and counts customers by site.
private enum Version {
    struct Program {
        let modules: [Module]
        let migrations: [Migration]
    }

    static let old = Program(modules: Modules.all, migrations: [])
    static let new = Program(
        modules: Modules.all.map { module in
            guard module.objects.contains(where: { $0.key == "customer" }) else { return module }
            return Module(
                name: module.name,
                objects: module.objects.map { $0.key == "customer" ? changed($0) : $0 },
                hooks: module.hooks,
                actions: module.actions,
                tables: module.tables + ["CREATE TABLE IF NOT EXISTS sys_later (id INTEGER PRIMARY KEY)"],
                watches: module.watches,
                observers: module.observers,
                references: module.references,
                hearings: module.hearings
            )
        },
        migrations: [move]
    )

    private static func changed(_ customer: ObjectDefinition) -> ObjectDefinition {
        var customer = customer
        var fields = customer.fields.filter { $0.key != "website" }
        func text(_ key: String, _ label: Label) -> FieldDefinition {
            FieldDefinition(id: "customer." + key, key: key, label: label, kind: .text(max: 200))
        }
        fields.append(text("site", Label("Site", zh: "网址")))
        var motto = text("motto", Label("Motto", zh: "口号"))
        motto.indexed = true
        customer.setFields(fields + [motto])
        customer.keptSums.append(KeptSum(by: ["site"]))
        return customer
    }

    private static let move = Migration(
        to: 2,
        label: Label("Move websites", zh: "迁移网址"),
        expand: { try $0.script("ALTER TABLE customer ADD COLUMN site TEXT") },
        fill: { connection in
            try connection.run(
                """
                UPDATE customer SET site = website WHERE id IN (SELECT id FROM customer
                WHERE site IS NULL AND website IS NOT NULL LIMIT 200)
                """
            ) > 0
        },
        contract: { try $0.script("ALTER TABLE customer DROP COLUMN website") }
    )

    static let keptKinds: @Sendable (Connection) throws -> [String] = { connection in
        try connection.rows("SELECT DISTINCT kind FROM sys_kept WHERE object = 'customer' AND kind = 'site'").map {
            $0.text(0)
        }
    }
}

/// A database and a folder that several servers share.
private struct Place {
    let folder = TestFolder.path()
    let address = TestDatabase.freshAddress() ?? ""

    /// Serves the workspace by a version of the program, with connections of its own.
    func start(_ version: Version.Program) async throws -> Running {
        let directory = try await WorkspaceDirectory.chosen(Settings(flags: ["data": folder, "database": address]))
        let workspace = try await OpenWorkspace(
            "acme",
            in: directory,
            modules: version.modules,
            passwords: .testing,
            migrations: version.migrations
        )
        return try await Running(workspace)
    }

    /// A process that serves all workspaces of the place by the program as it is, which is the older version, and closes
    /// those that nobody uses.
    func many() async throws -> (OpenWorkspaces, WorkspaceDirectory) {
        let flags: [String: String?] = [
            "data": folder, "database": address, "hosts": "*.crm.example", "idle_seconds": "1", "spare_workspaces": "0",
            "backup_at": "off",
        ]
        let settings = try Settings(flags: flags, environment: [:])
        let directory = try await WorkspaceDirectory.chosen(settings)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        guard let hosts = try Hosts(settings) else { throw Problem.unknownHost }
        return (
            try OpenWorkspaces(directory, hosts, settings, try ServerSettings(settings), logger: logger), directory
        )
    }
}

/// A server that runs.
struct Running: Sendable {
    let workspace: OpenWorkspace
    let client: Client
    private let task: Task<Void, any Error>

    init(_ workspace: OpenWorkspace) async throws {
        self.workspace = workspace
        let (identities, name) = (workspace.identities, "p" + UUID().uuidString.lowercased())
        let boss = OpenWorkspace.operatorActor
        let person = try await workspace.addPerson(
            email: name + "@example.com",
            role: "administrator",
            password: "correct horse battery"
        )
        let key = try await workspace.engine.database.write { connection in
            try identities.addKey(for: person.user.id, name: "test", by: boss, on: connection).token
        }
        var settings = ServerSettings()
        (settings.port, settings.requestsPerSecond) = (0, 0)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let web = WebServer(workspace: workspace.served, settings: settings, logger: quiet)
        task = Task {
            let service = try web.application { found.yield($0) }
            try await ServiceGroup(configuration: .init(services: [service], logger: quiet)).run()
        }
        let port = await ports.first { _ in true } ?? 0
        client = Client(port: port, headers: ["Authorization": "Bearer \(key)", "Accept-Language": "en"])
    }

    func beat() async throws -> Rollout.State { try await workspace.rollout.beat(workspace.engine) }

    /// Says that it ends; it could still be asked, as one that was only thought to have ended.
    func end() async { await workspace.rollout.end(workspace.engine) }

    func make(_ name: String) async throws -> Client.Answer {
        try await client.send("POST", "/api/v1/customers", #"{"name":"\#(name)"}"#)
    }

    func fill(_ count: Int) async throws {
        try await workspace.engine.write(as: .system("test")) { session in
            guard let object = session.schema.object("customer") else { return }
            for number in 0..<count {
                let text = #"{"name":"客户 \#(number)","website":"https://a.cn"}"#
                _ = try session.create(object, try JSONReader.parse(text))
            }
        }
    }

    func columns() async throws -> Set<String> {
        Set(try await workspace.engine.database.read { try $0.columns(of: "customer").map(\.name) })
    }

    func format() async throws -> Int64 { try await workspace.engine.database.read { try $0.storedFormat() } }

    /// How many customers of a name the new version does not know the website of; all were made with one.
    func unfilled(_ name: String) async throws -> Int64 {
        try await workspace.engine.database.read {
            try $0.value("SELECT count(*) FROM customer WHERE site IS NULL AND name LIKE \(name + "%")").integer ?? -1
        }
    }
}

/// People who read and write at a server until they are told to stop.
private final class Load: Sendable {
    private struct Figures {
        var answered = 0
        var failures: [String] = []
        var slowest = Duration.zero
    }
    private let figures = Mutex(Figures())
    private let stopped = Atomic(false)
    private let tasks = Mutex<[Task<Void, Never>]>([])

    var failures: [String] { figures.withLock { $0.failures } }
    var slowest: Duration { figures.withLock { $0.slowest } }

    init(_ server: Running) {
        let field = server.workspace.engine.schema.object("customer")?.field("site") == nil ? "website" : "site"
        let started = (0..<3).map { number in Task { await self.work(server.client, number, field) } }
        tasks.withLock { $0 = started }
    }

    private func work(_ client: Client, _ number: Int, _ field: String) async {
        var last = ""
        for round in 0... where !stopped.load(ordering: .relaxed) {
            let body = #"{"name":"人 \#(number)-\#(round)","\#(field)":"https://b.cn"}"#
            let made = await ask(client, "POST", "/api/v1/customers", body)
            last = made?.json["id"]?.string ?? last
            await ask(client, "PATCH", "/api/v1/customers/\(last)", #"{"phone":"1380000\#(1000 + round % 9000)"}"#)
            await ask(client, "GET", "/api/v1/customers/\(last)")
            await ask(client, "GET", "/api/v1/customers?limit=20&sort=name")
            await ask(client, "GET", "/api/v1/customers?q=%E4%BA%BA&limit=5")
            if stopped.load(ordering: .relaxed) { return }
        }
    }

    @discardableResult
    private func ask(_ client: Client, _ method: String, _ path: String, _ body: String? = nil) async -> Client.Answer?
    {
        let start = ContinuousClock.now
        let headers = body == nil ? [:] : ["Content-Type": "application/json"]
        let answer = try? await client.send(method, path, body, headers: headers)
        let time = ContinuousClock.now - start
        figures.withLock { figures in
            figures.answered += 1
            figures.slowest = max(figures.slowest, time)
            if !(200...201).contains(answer?.status ?? 0) {
                figures.failures.append("\(method) \(path): \(answer?.status ?? 0) \(answer?.text.prefix(200) ?? "")")
            }
        }
        return answer
    }

    /// Waits until so many more requests have been answered.
    func hasAnswered(_ count: Int) async throws {
        let wanted = figures.withLock { $0.answered } + count
        while figures.withLock({ $0.answered }) < wanted { try await Task.sleep(for: .milliseconds(20)) }
    }

    func stop() async {
        stopped.store(true, ordering: .relaxed)
        for task in tasks.withLock({ $0 }) { await task.value }
    }
}
