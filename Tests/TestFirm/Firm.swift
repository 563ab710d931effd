import Customers
import Database
public import Identity
public import Records
import SQLText
import Sales
import Schema
import TestSupport
public import Values

/// A small firm: two salespeople who see their own, and their head who sees all.
public struct Firm: Sendable {
    /// The firm's records.
    public let engine: RecordEngine
    /// A salesperson.
    public let chen: Actor
    /// Another salesperson of the same team.
    public let lin: Actor
    /// Their head.
    public let head: Actor

    /// A firm with a database of its own; `more` are features beside customers and sales.
    public static func open(clock: Clock = .system, also more: [Module] = []) async throws -> Firm {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module] + more,
            clock: clock
        )
        let (team, ids) = (engine.ids.next(), engine.ids)
        func person(_ name: String, _ scope: Scope) -> Actor {
            var rights = Rights()
            rights.objects["*"] = ObjectRights(everything: scope)
            if scope == .all { rights = .all }
            return Actor(
                userID: ids.next(),
                name: name,
                teamID: team,
                teamAndAbove: [team],
                teamTree: [team],
                rights: rights
            )
        }
        let firm = Firm(
            engine: engine,
            chen: person("陈", .own),
            lin: person("林", .own),
            head: person("主管", .all)
        )
        let people = [firm.chen, firm.lin, firm.head]
        try await database.write { connection in
            try connection.run("INSERT INTO sys_team (id, name, created_at) VALUES (\(team), '销售部', 0)")
            for person in people {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, team, language, time_zone, state, created_at,
                    updated_at) VALUES (\(person.userID), \("\(person.name)@example.com"), \(person.name),
                    \(person.name), \(person.teamID), 'zh', 'Asia/Shanghai', 'active', 0, 0)
                    """
                )
            }
        }
        return firm
    }

    /// Makes a record from the API's input form.
    @discardableResult
    public func make(_ plural: String, _ json: String, as actor: Actor) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.create(try $0.object(plural), input) }
    }

    /// Changes a record from the API's input form.
    @discardableResult
    public func change(_ plural: String, _ id: RecordID, _ json: String, as actor: Actor) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.update(try $0.object(plural), id, input) }
    }

    /// Runs a verb under a record.
    @discardableResult
    public func act(_ verb: String, _ object: String, _ id: RecordID, _ json: String, as actor: Actor) async throws
        -> JSONValue
    {
        let body = try JSONReader.parse(json)
        let action = engine.actions(of: object).first { $0.name == verb }
        guard let action else { throw Problem.notFound }
        return try await engine.write(as: actor) { try action.run(id, body, $0) }
    }

    /// A record as the API shows it.
    public func show(_ plural: String, _ id: RecordID, as actor: Actor) async throws -> JSONValue {
        try await engine.read(as: actor) { session in
            var json = JSONWriter()
            try session.write(try session.object(plural), id, to: &json)
            return try JSONReader.parse(json.text)
        }
    }

    /// How many records match an expression.
    public func count(_ plural: String, _ filter: String? = nil, as actor: Actor) async throws -> Int64 {
        try await engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = filter
            return try session.count(try session.object(plural), query)
        }
    }
}

/// The problem that `body` ends with, or nil.
public func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
