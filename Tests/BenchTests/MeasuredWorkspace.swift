import Customers
import Database
import Foundation
import Identity
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Values

@testable import Bench

/// A small workspace with the rows of a measurement.
struct MeasuredWorkspace {
    let engine: RecordEngine
    let set: DataSet
    let actor: Actor

    init(customers: Int = 600, each: Companions = Companions(), many: Int? = nil) async throws {
        let database = try await TestDatabase.make()
        let ids = IDSource()
        engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module],
            ids: ids
        )
        let identities = Identities(database: database, ids: ids)
        try await BenchPeople(identities: identities).make()
        var loader = DataSetLoader(engine: engine, say: { _ in })
        if let many { loader.many = many }
        set = try await loader.load(customers: customers, each: each)
        actor = Actor(userID: set.owners[3], name: "rep03", rights: .all)
    }

    /// An owner who sees only what is their own or shared with them.
    var salesperson: Actor {
        var rights = Rights()
        rights.objects["*"] = ObjectRights(everything: .own)
        return Actor(userID: set.owners[3], name: "rep03", rights: rights)
    }

    /// The definitions of all indexes; none on PostgreSQL, whose indexes stay as they are.
    func indexes() async throws -> Set<String> {
        if engine.database.dialect == .postgres { return [] }
        return try await engine.database.read { connection in
            Set(try connection.rows("SELECT sql FROM sqlite_master WHERE type = 'index'").map { $0.text(0) })
        }
    }

    /// The statements that a list of customers takes.
    func statements(of query: ListQuery, in plural: String = "customers", as actor: Actor? = nil) async throws
        -> [String]
    {
        let actor = actor ?? self.actor
        return try await statements { engine in
            _ = try await engine.read(as: actor) { session in
                var json = JSONWriter()
                try session.writeList(try session.object(plural), query, isLast: true, to: &json)
                return json.bytes.count
            }
        }
    }

    /// The statements that something takes the second time, when everything is known that can be.
    func statements(_ body: (RecordEngine) async throws -> Void) async throws -> [String] {
        try await body(engine)
        return try await engine.database.log.recording { try await body(engine) }.statements
    }

    /// The steps of the plans that read the whole table of an object, for statements that were recorded.
    func scans(of statements: [String]) async throws -> [String] {
        if engine.database.dialect == .postgres { return try await postgresScans(of: statements) }
        return try await steps(of: statements).filter {
            $0.hasPrefix("SCAN") && !$0.contains("INDEX") && !$0.contains("search_")
        }
    }

    /// The steps of SQLite's plans.
    func steps(of statements: [String]) async throws -> [String] {
        try await engine.database.read { connection in
            try statements.filter { $0.hasPrefix("SELECT") }.flatMap { text in
                try connection.plan(SQLFragment(text: text))
            }
        }
    }

    /// The same of PostgreSQL, which would read tables as small as these from end to end if it might.
    private func postgresScans(of statements: [String]) async throws -> [String] {
        try await plans(of: statements).filter {
            $0.contains("Seq Scan") && !$0.contains("search_") && !$0.contains("on sys_")
        }
    }

    /// The plans that PostgreSQL makes whatever the values are.
    func plans(of statements: [String]) async throws -> [String] {
        try await engine.database.read { connection in
            try connection.script("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            try connection.script("SET LOCAL plan_cache_mode = force_generic_plan")
            return try statements.filter { $0.hasPrefix("SELECT") }.flatMap { text in
                let places = text.count { $0 == "?" }
                let nothing =
                    places == 0 ? "" : "(" + repeatElement("NULL", count: places).joined(separator: ", ") + ")"
                try connection.script("PREPARE planned AS " + Dialect.numbered(text))
                let plan = try connection.rows(SQLFragment(text: "EXPLAIN EXECUTE planned" + nothing)).map {
                    $0.text(0)
                }
                try connection.script("DEALLOCATE planned")
                return plan
            }
        }
    }
}
