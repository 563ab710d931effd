import App
import Database
import Foundation
import Hummingbird
import Identity
import Logging
import Records
import ServiceLifecycle
import TestSupport
import Values
import WebServer

/// A small firm with a running server: an administrator, a manager with two salespeople, and somebody who only reads.
final class Company: Sendable {
    static let password = "correct horse battery"

    let workspace: OpenWorkspace
    let port: Int
    let keys: [String: String]
    /// Serves until the process ends: a test that has let go of the company may still wait for an answer.
    private let task: Task<Void, any Error>

    /// One company for all tests that do not mind each other.
    static let shared = Task { try await Company() }

    init(settings adjust: (inout ServerSettings) -> Void = { _ in }) async throws {
        let workspace = try await OpenWorkspace(
            "acme",
            in: WorkspaceDirectory.chosen(
                Settings(flags: ["data": TestFolder.path(), "database": TestDatabase.freshAddress()])
            ),
            node: 0,
            passwords: .testing
        )
        var keys: [String: String] = [:]
        let (identities, boss) = (workspace.identities, OpenWorkspace.operatorActor)
        let teams = try await workspace.engine.database.write { connection in
            let sales = try identities.addTeam("Sales", by: boss, on: connection)
            let east = try identities.addTeam("East", parent: sales.id, by: boss, on: connection)
            return (sales.id, east.id)
        }
        let people = [
            ("ann", "administrator", nil), ("mei", "sales_manager", teams.0), ("bo", "salesperson", teams.1),
            ("cy", "salesperson", teams.1), ("rita", "read_only", nil),
        ]
        for (name, role, team) in people {
            let made = try await workspace.addPerson(
                email: "\(name)@example.com",
                name: name.capitalized,
                role: role,
                password: Company.password
            )
            keys[name] = try await workspace.engine.database.write { connection in
                if let team {
                    try identities.updateUser(made.user.id, UserPatch(team: team), by: boss, on: connection)
                }
                return try identities.addKey(for: made.user.id, name: "test", by: boss, on: connection).token
            }
        }
        var settings = ServerSettings()
        settings.port = 0
        settings.requestsPerSecond = 0
        adjust(&settings)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let web = WebServer(
            workspace: workspace.served,
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        task = Task {
            let service = try web.application { found.yield($0) }
            try await ServiceGroup(
                configuration: .init(services: [service], logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
            ).run()
        }
        var port = 0
        for await number in ports {
            port = number
            break
        }
        self.workspace = workspace
        self.port = port
        self.keys = keys
    }

    /// A client with the API key of a person; English unless told otherwise.
    func client(_ name: String, language: String = "en") -> Client {
        Client(
            port: port,
            headers: ["Authorization": "Bearer \(keys[name] ?? "")", "Accept-Language": language]
        )
    }

    /// A client that has not logged in.
    var stranger: Client { Client(port: port, headers: ["Accept-Language": "en"]) }

    /// Makes a customer and answers its id.
    func customer(_ name: String, by who: String = "ann") async throws -> String {
        let answer = try await client(who).send("POST", "/api/v1/customers", #"{"name":"\#(name)"}"#)
        return answer.json["id"]?.string ?? "none: \(answer.text)"
    }
}

/// Says nothing.
struct SwiftLogNoOpLogHandler: LogHandler {
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.critical
    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {}
}
