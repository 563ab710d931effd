import Alerts
import Customers
import Database
import Identity
import Records
import SQLText
import Sales
import Search
import TestSupport
import Values

/// A company with the real features and real people: 王芳 leads 华东 with the team 上海 below it, where the colleague
/// 陈静 works; 赵敏 works in 华南. Everybody else is made by the test that needs them.
struct Company {
    let engine: RecordEngine
    let identities: Identities
    let logIn: LogIn
    let east: RecordID
    let shanghai: RecordID
    let south: RecordID
    let admin: Actor
    let colleague: Actor
    let stranger: Actor

    static let password = "清晨 the heron waits"

    static func open(clock: Clock = .system) async throws -> Company {
        let database = try await TestDatabase.make()
        let ids = IDSource(clock: clock)
        let modules = [CustomersModule.module, SalesModule.module, Alerts.module]
        let engine = try await RecordEngine(database: database, modules: modules, ids: ids, clock: clock)
        let identities = Identities(
            database: database,
            ids: ids,
            clock: clock,
            sortKey: { SortKey.spelled($0) },
            audit: { change, connection in
                let entry = AuditEntry(
                    change.action.rawValue,
                    object: change.subject.rawValue,
                    record: change.id,
                    changes: change.changes
                )
                try Audit.add(entry, by: change.actor, at: change.at, on: connection)
                try NightLogIns.watch(change, ids: ids, on: connection)
            }
        )
        let boss = Actor.system("setup")
        let teams = try await database.write { connection in
            try identities.seedRoles(on: connection)
            let east = try identities.addTeam("华东", by: boss, on: connection).id
            let shanghai = try identities.addTeam("上海", parent: east, by: boss, on: connection).id
            return [east, shanghai, try identities.addTeam("华南", by: boss, on: connection).id]
        }
        let logIn = LogIn(identities, passwords: .testing)
        func person(_ name: String, _ email: String, _ team: RecordID?, _ role: String) async throws -> Actor {
            try await add(name, email, team: team, roles: [role], identities, logIn)
        }
        return Company(
            engine: engine,
            identities: identities,
            logIn: logIn,
            east: teams[0],
            shanghai: teams[1],
            south: teams[2],
            admin: try await person("周海", "zhou@example.cn", nil, "administrator"),
            colleague: try await person("陈静", "chen@example.cn", teams[1], "salesperson"),
            stranger: try await person("赵敏", "zhao@example.cn", teams[2], "salesperson")
        )
    }

    /// Makes a person who can log in, and answers them as an actor.
    func person(_ name: String, _ email: String, team: RecordID?, roles: [String]) async throws -> Actor {
        try await Company.add(name, email, team: team, roles: roles, identities, logIn)
    }

    private static func add(
        _ name: String,
        _ email: String,
        team: RecordID?,
        roles: [String],
        _ identities: Identities,
        _ logIn: LogIn
    ) async throws -> Actor {
        let boss = Actor.system("setup")
        let id = try await identities.database.write { connection in
            let roles = try roles.compactMap { try identities.role(key: $0, on: connection)?.id }
            let new = NewUser(email: email, name: name, team: team, roles: roles)
            return try identities.addUser(new, by: boss, on: connection).id
        }
        try await logIn.setPassword(password, of: id, by: boss)
        guard let actor = try await identities.actor(for: id) else { throw Problem.notFound }
        return actor
    }

    /// Makes a record from JSON in the API's form.
    @discardableResult
    func make(_ plural: String, _ json: String, as actor: Actor = .system("setup")) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.create(try $0.object(plural), input) }
    }

    /// Changes a record.
    @discardableResult
    func change(_ plural: String, _ id: RecordID, _ json: String, as actor: Actor) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.update(try $0.object(plural), id, input) }
    }

    /// A record in the API's form.
    func show(_ plural: String, _ id: RecordID, as actor: Actor) async throws -> JSONValue {
        try await engine.read(as: actor) { session in
            var json = JSONWriter()
            try session.write(try session.object(plural), id, to: &json)
            return try JSONReader.parse(json.text)
        }
    }
}

/// The problem that `body` ends with, or nil.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
