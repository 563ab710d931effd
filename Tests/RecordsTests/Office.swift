import Database
import Identity
import Records
import SQLText
import Schema
import TestSupport
import Values

/// A small believable company for the tests: two teams under one head, a few customers and deals.
struct Office {
    let engine: RecordEngine
    let ada: Actor
    let bob: Actor
    let mei: Actor
    let head: Actor
    let admin: Actor
    let outsider: Actor

    static func open(
        on dialect: Dialect = TestDatabase.dialect,
        clock: Clock = .system,
        hooks: [String: ObjectHooks] = [:]
    ) async throws -> Office {
        let database = try await TestDatabase.make(dialect)
        let module = Module(name: "office", objects: [company, deal], hooks: hooks)
        let engine = try await RecordEngine(
            database: database,
            modules: [module],
            ids: IDSource(clock: clock),
            clock: clock
        )
        let ids = engine.ids
        let (sales, east, west) = (ids.next(), ids.next(), ids.next())
        func person(_ name: String, team: RecordID, above: [RecordID], below: [RecordID], _ rights: Rights) -> Actor {
            Actor(
                userID: ids.next(),
                name: name,
                teamID: team,
                teamAndAbove: [team] + above,
                teamTree: [team] + below,
                rights: rights
            )
        }
        let office = Office(
            engine: engine,
            ada: person("Ada", team: east, above: [sales], below: [], seller),
            bob: person("Bob", team: west, above: [sales], below: [], seller),
            mei: person("梅", team: east, above: [sales], below: [], colleague),
            head: person("Head", team: sales, above: [], below: [east, west], boss),
            admin: person("Admin", team: sales, above: [], below: [east, west], .all),
            outsider: person("Outsider", team: west, above: [], below: [], Rights())
        )
        let teams = [(sales, "Sales", nil), (east, "East", sales), (west, "West", sales)]
        try await office.fill(teams)
        return office
    }

    private func fill(_ teams: [(RecordID, String, RecordID?)]) async throws {
        let people = [ada, bob, mei, head, admin, outsider]
        try await engine.database.write { connection in
            for (id, name, parent) in teams {
                try connection.run(
                    "INSERT INTO sys_team (id, name, parent, created_at) VALUES (\(id), \(name), \(parent), 0)"
                )
            }
            for person in people {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, team, language, time_zone, state, created_at,
                    updated_at) VALUES (\(person.userID), \("\(person.name)@example.com".lowercased()), \(person.name),
                    \(person.name), \(person.teamID), 'en', 'Asia/Shanghai', 'active', 0, 0)
                    """
                )
            }
        }
    }

    static let seller = rights(.own, assign: .none)
    static let colleague = rights(.team, assign: .none)
    static let boss = rights(.teamTree, assign: .teamTree)

    static func rights(_ scope: Scope, assign: Scope) -> Rights {
        var object = ObjectRights(everything: scope)
        object.assign = assign
        var rights = Rights()
        rights.objects = ["company": object, "deal": object]
        return rights
    }

    static let company: ObjectDefinition = {
        func field(_ key: String, _ kind: FieldKind, _ adjust: (inout FieldDefinition) -> Void = { _ in })
            -> FieldDefinition
        {
            var field = FieldDefinition(id: key, key: key, label: Label(key, zh: "字段\(key)"), kind: kind)
            adjust(&field)
            return field
        }
        return .declared(
            "company",
            plural: "companies",
            Label("Company", zh: "公司"),
            many: Label("Companies", zh: "公司"),
            icon: "customer",
            fields: [
                field("name", .text(max: 100)) {
                    $0.required = true; $0.searchable = true
                },
                field("code", .text(max: 20)) { $0.unique = true },
                field("phone", .phone) { $0.searchable = true },
                field("level", .choice([Choice("a", Label("A", zh: "甲")), Choice("b", Label("B", zh: "乙"))])),
                field("worth", .money) { $0.indexed = true },
                field("secret", .text(max: 100)),
                field("staff", .integer),
            ]
        )
    }()

    static let deal: ObjectDefinition = .declared(
        "deal",
        plural: "deals",
        Label("Deal", zh: "交易"),
        many: Label("Deals", zh: "交易"),
        icon: "opportunity",
        fields: [
            FieldDefinition(id: "name", key: "name", label: Label("Name", zh: "名称"), kind: .text(max: 100)),
            FieldDefinition(
                id: "company",
                key: "company",
                label: Label("Company", zh: "公司"),
                kind: .link(to: "company")
            ),
            FieldDefinition(id: "amount", key: "amount", label: Label("Amount", zh: "金额"), kind: .money),
        ]
    ) { $0.parentLink = "company" }

    /// Makes a company as `actor`, from the API's input form.
    @discardableResult
    func company(_ json: String, as actor: Actor) async throws -> AnyRecord {
        try await make("companies", json, as: actor)
    }

    /// Makes a record as `actor`.
    @discardableResult
    func make(_ plural: String, _ json: String, as actor: Actor) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.create(try $0.object(plural), input) }
    }

    /// Changes a record as `actor`.
    @discardableResult
    func change(
        _ plural: String,
        _ id: RecordID,
        _ json: String,
        version: Int64? = nil,
        as actor: Actor
    ) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.update(try $0.object(plural), id, input, version: version) }
    }

    /// The names that a list shows to `actor`.
    func names(_ plural: String = "companies", _ query: ListQuery = ListQuery(), as actor: Actor) async throws
        -> [String]
    {
        try await engine.read(as: actor) { session in
            let page = try session.list(try session.object(plural), query)
            guard let slot = page.plan.slot("name") else { return [] }
            return page.rows.compactMap { $0.values(slot)[0].text }
        }
    }

    /// A list as the API's JSON.
    func json(_ plural: String, _ query: ListQuery = ListQuery(), as actor: Actor) async throws -> JSONValue {
        try await engine.read(as: actor) { session in
            var json = JSONWriter()
            try session.writeList(try session.object(plural), query, to: &json)
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
